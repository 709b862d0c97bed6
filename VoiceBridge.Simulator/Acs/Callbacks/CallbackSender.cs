using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using VoiceBridge.Simulator.Acs.Identity;

namespace VoiceBridge.Simulator.Acs.Callbacks;

/// <summary>Delivers the events of one call: arrays of CloudEvents, a new token for each POST, retries; in order unless told otherwise.</summary>
internal sealed partial class CallbackSender : IAsyncDisposable
{
    private static readonly TimeSpan PostTimeout = TimeSpan.FromSeconds(5);
    private readonly AcsBehaviour _behaviour;
    private readonly AcsIdentity _identity;
    private readonly HttpClient _http;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Channel<Post> _posts = Channel.CreateUnbounded<Post>(new UnboundedChannelOptions { SingleReader = true });
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _sending;

    internal CallbackSender(AcsBehaviour behaviour, AcsIdentity identity, HttpClient http, TimeProvider time, ILogger log)
    {
        _behaviour = behaviour;
        _identity = identity;
        _http = http;
        _time = time;
        _log = log;
        _sending = Task.Run(SendAllAsync);
    }

    /// <summary>What was delivered, and what was given up.</summary>
    internal int Delivered { get; private set; }

    internal int Lost { get; private set; }

    /// <summary>Queues one POST with these events.</summary>
    internal void Send(Uri to, params JsonObject[] events) => _posts.Writer.TryWrite(new Post(to, events));

    /// <summary>No more events; what is queued is still sent.</summary>
    internal void Complete() => _posts.Writer.TryComplete();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        Complete();
        await _sending;
        _stop.Dispose();
    }

    private async Task SendAllAsync()
    {
        try
        {
            await foreach (var post in _posts.Reader.ReadAllAsync(_stop.Token))
            {
                // The one behind overtakes, if there is one by now.
                if (_behaviour.CallbackReorder)
                {
                    await Task.Delay(TimeSpan.FromMilliseconds(30), _time, _stop.Token);
                    if (_posts.Reader.TryRead(out var next)) await DeliverAsync(next);
                }
                await DeliverAsync(post);
            }
        }
        catch (OperationCanceledException)
        {
            // The simulator is being stopped.
        }
    }

    private async Task DeliverAsync(Post post)
    {
        if (_behaviour.CallbackLoss > 0 && Random.Shared.NextDouble() < _behaviour.CallbackLoss)
        {
            Lost++;
            return;
        }
        await Task.WhenAll(Enumerable.Range(0, Math.Max(_behaviour.CallbackDuplicates, 1)).Select(_ => TryAsync(post)));
    }

    private async Task TryAsync(Post post)
    {
        var body = new JsonArray([.. post.Events.Select(e => e.DeepClone())]).ToJsonString();
        for (var attempt = 0; ; attempt++)
        {
            var outcome = await PostAsync(post.To, body);
            if (outcome is null)
            {
                Delivered++;
                return;
            }
            if (attempt >= _behaviour.CallbackRetries.Count)
            {
                Lost++;
                Log.GivenUp(_log, attempt + 1, outcome);
                return;
            }
            await Task.Delay(_behaviour.CallbackRetries[attempt], _time, _stop.Token);
        }
    }

    private async Task<string?> PostAsync(Uri to, string body)
    {
        using var timeout = new CancellationTokenSource(PostTimeout, _time);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token, timeout.Token);
        using var request = new HttpRequestMessage(HttpMethod.Post, to)
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _identity.CallbackToken());
        try
        {
            using var response = await _http.SendAsync(request, deadline.Token);
            return response.IsSuccessStatusCode ? null : $"status {(int)response.StatusCode}";
        }
        catch (Exception e) when (e is HttpRequestException || (e is OperationCanceledException && !_stop.IsCancellationRequested))
        {
            return e.GetType().Name;
        }
    }

    private sealed record Post(Uri To, JsonObject[] Events);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "A callback was given up after {Attempts} attempts: {Outcome}")]
        internal static partial void GivenUp(ILogger logger, int attempts, string outcome);
    }
}
