namespace VoiceBridge.Local.Joining;

/// <summary>Services that the user starts beside the local system, at the two addresses that are kept for them: calls reach them while they answer there.</summary>
internal sealed class Joined : IAsyncDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private readonly Uri _gateway;
    private readonly Uri _control;
    private readonly Action _changed;
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = Patience };
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _watching;
    private volatile bool _hasGateway;
    private volatile bool _hasControl;

    /// <summary>Watches the two addresses; <paramref name="changed"/> runs when one begins or ceases to answer.</summary>
    public Joined(Uri gateway, Uri control, Action changed)
    {
        (_gateway, _control, _changed) = (gateway, control, changed);
        _watching = WatchAsync();
    }

    /// <summary>The gateway of the user's own, while it answers.</summary>
    public IEnumerable<Uri> Gateways => _hasGateway ? [_gateway] : [];

    /// <summary>The CallControl of the user's own, while it answers.</summary>
    public IEnumerable<Uri> Controls => _hasControl ? [_control] : [];

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _watching;
        _stopping.Dispose();
        _http.Dispose();
    }

    private async Task WatchAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            var (gateway, control) = (await AnswersAsync(_gateway), await AnswersAsync(_control));
            if (gateway != _hasGateway || control != _hasControl)
            {
                (_hasGateway, _hasControl) = (gateway, control);
                _changed();
            }
            await Task.Delay(Period, _stopping.Token).ContinueWith(_ => { }, TaskScheduler.Default);
        }
    }

    private async Task<bool> AnswersAsync(Uri address)
    {
        try
        {
            using var response = await _http.GetAsync(new Uri(address, "/alive"), _stopping.Token);
            return response.IsSuccessStatusCode;
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
        {
            return false;
        }
    }
}
