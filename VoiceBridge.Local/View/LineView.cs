using System.Globalization;

namespace VoiceBridge.Local.View;

/// <summary>The calls as plain lines: one whenever a call changes its state or its gateway.</summary>
internal sealed class LineView(TextWriter output, CallBoard board)
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(500);
    private readonly Dictionary<string, (string State, string? Gateway)> _states = [];

    /// <summary>Writes until cancelled, and then once more what has changed since.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            await WriteAsync(cancellationToken);
            await Task.Delay(Period, cancellationToken).ContinueWith(_ => { }, TaskScheduler.Default);
        }
        await WriteAsync(CancellationToken.None);
    }

    private async Task WriteAsync(CancellationToken cancellationToken)
    {
        foreach (var call in await board.ReadAsync(cancellationToken))
        {
            if (_states.TryGetValue(call.CallId, out var before) && before == (call.State, call.Gateway)) continue;
            _states[call.CallId] = (call.State, call.Gateway);
            var where = call.Gateway is { } gateway ? $" on {gateway}" : "";
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{DateTime.Now:HH:mm:ss} {call.Caller} {call.State}{where}"));
        }
    }
}
