using VoiceBridge.Cluster.Calls;

namespace VoiceBridge.CallControl.Calls.Recovery;

/// <summary>A call without media, in Redis and at its phone service.</summary>
internal sealed partial class LostCall(
    CallRecord lost, CallStore calls, CallTermination termination, Transfers transfers, IPhoneService phone, CallWork work, TimeProvider time, ILogger logger,
    Func<bool> noGateway, CancellationToken stopping)
    : ILostCall
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <summary>Its latest transfer. One that nobody has heard of for long has not taken the call away, but it was the last.</summary>
    public CallTransfer? Transfer { get; private set; } = transfers.Recent(lost);

    /// <summary>The service's id of it, without which nothing can be asked. It may come yet, with a notice.</summary>
    public string? ConnectionId { get; private set; } = lost.CallConnectionId;

    /// <summary>Why it ends, should it end here.</summary>
    public string Cause => Transfer is { ToOverflow: true } ? Transfer.Cause : EndReason.MediaLost;

    public async Task<CallRecord?> ReadAsync()
    {
        if (await RedisFailures.ReadOrNullAsync(() => calls.GetAsync(lost.CallId, work.Abandoned)) is not { } record) return null;
        Transfer = transfers.Recent(record) ?? Transfer;
        ConnectionId = record.CallConnectionId ?? ConnectionId;
        return record with { Transfer = Transfer };
    }

    public Task WriteAsync(RecoveryPosition position) =>
        RedisFailures.IgnoreAsync(() => calls.UpdateAsync(lost.CallId, new CallChange { Recovery = position }, work.Abandoned));

    public Task NoteAsync(string kind, string text) =>
        RedisFailures.IgnoreAsync(() => calls.AddEventAsync(lost.CallId, new CallEvent(time.GetUtcNow(), kind, text), work.Abandoned));

    public async Task<PhoneOutcome> DoAsync(RecoveryMove move)
    {
        if (ConnectionId is not { } id)
        {
            await Task.Delay(Pause, time, stopping);
            return PhoneOutcome.Unavailable;
        }

        if (move is RecoveryMove.AskForCall)
        {
            var asked = await phone.GetAsync(id, work.Abandoned);
            Log.Moved(logger, lost.CallId, move, asked.Result);
            return asked.Value?.Ended == true ? PhoneOutcome.Gone : asked.Outcome;
        }

        var (name, result) = move switch
        {
            RecoveryMove.StartMedia => ("start", await phone.StartMediaAsync(id, work.Abandoned)),
            RecoveryMove.StopMedia => ("stop", await phone.StopMediaAsync(id, work.Abandoned)),
            RecoveryMove.SendToOverflow => ("overflow", await transfers.SendToOverflowAsync(lost.CallId, id, Cause, work.Abandoned)),
            _ => ("hang up", await termination.HangUpAsync(lost.CallId, id, Cause, work.Abandoned)),
        };
        Log.Moved(logger, lost.CallId, move, result);
        await NoteAsync("recovery", $"{name}: {result.Outcome}{(move is RecoveryMove.HangUp && noGateway() ? ", no gateway took calls" : "")}");
        return result.Outcome;
    }

    private static partial class Log
    {
        [LoggerMessage(1503, LogLevel.Information, "Recovery of call {CallId}: {Move}: {Result}")]
        public static partial void Moved(ILogger logger, string callId, RecoveryMove move, PhoneResult result);
    }
}
