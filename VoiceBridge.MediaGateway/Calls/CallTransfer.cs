using VoiceBridge.Cluster.Calls;
using VoiceBridge.MediaGateway.Calls.Facts;
using VoiceBridge.MediaGateway.Calls.Phone;

namespace VoiceBridge.MediaGateway.Calls;

/// <summary>
/// The transfer of a call: asked for, and then watched, because the phone service tells CallControl what becomes of it. That is read from the call's timeline,
/// twice a second while a transfer is under way.
/// </summary>
internal sealed class CallTransfer(IPhone phone, CallStore calls, TimeProvider time, Action<string> failed)
{
    /// <summary>A transfer that has not taken the call away by then has failed, whatever anybody says.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(40);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    // As CallControl writes it.
    private const string FailedEvent = "transfer_failed";

    private volatile bool _underWay;

    /// <summary>Asked for and not failed: when the caller's media end now, the transfer is why.</summary>
    public bool IsUnderWay => _underWay;

    /// <summary>Null when the phone service tries, else why not.</summary>
    public async Task<string?> AskAsync(CallFacts facts, string target, CancellationToken cancellationToken, CancellationToken callOver)
    {
        // Before it is answered: the transfer may take the call away before anybody says so.
        var (before, asked) = (_underWay, time.GetUtcNow());
        _underWay = true;
        var accepted = false;
        try
        {
            var refusal = await phone.TransferAsync(facts, target, cancellationToken);
            accepted = refusal is null;
            if (accepted)
                _ = WatchAsync(facts.CallId, asked, callOver);
            return refusal;
        }
        finally
        {
            _underWay = before || accepted;
        }
    }

    private async Task WatchAsync(string callId, DateTimeOffset asked, CancellationToken callOver)
    {
        var why = "nobody answered";
        try
        {
            CallEvent? told = null;
            while (told is null && time.GetUtcNow() - asked < Longest)
            {
                await Task.Delay(Pause, time, callOver);
                told = await ReadAsync(callId, asked, callOver);
            }
            why = told?.Text ?? why;
        }
        catch (OperationCanceledException)
        {
            return;
        }
        _underWay = false;
        failed(why);
    }

    private async Task<CallEvent?> ReadAsync(string callId, DateTimeOffset asked, CancellationToken callOver)
    {
        try
        {
            var events = await calls.ListEventsAsync(callId, callOver).WaitAsync(TimeSpan.FromSeconds(1), time, callOver);
            return events.LastOrDefault(entry => entry.At >= asked && entry.Kind == FailedEvent);
        }
        catch (Exception) when (!callOver.IsCancellationRequested)
        {
            // Redis is away: the longest time decides.
            return null;
        }
    }
}
