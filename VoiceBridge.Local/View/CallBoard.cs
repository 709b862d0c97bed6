using StackExchange.Redis;
using VoiceBridge.Cluster.Calls;

namespace VoiceBridge.Local.View;

/// <summary>Reads the cluster's calls as rows for the views.</summary>
internal sealed class CallBoard(LocalSystem system, TimeProvider time)
{
    private const int Recent = 100;
    private IReadOnlyList<CallRow> _last = [];

    /// <summary>Live calls and those that have ended, oldest first. What was last known when Redis is away.</summary>
    public async Task<IReadOnlyList<CallRow>> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            var live = await system.Cluster.Calls.ListLiveAsync(cancellationToken);
            var recent = await system.Cluster.Calls.ListRecentAsync(Recent, cancellationToken);
            var rows = new List<CallRow>();
            foreach (var call in live.Concat(recent).DistinctBy(c => c.CallId).OrderBy(c => c.RangAt))
                rows.Add(await RowAsync(call, cancellationToken));
            return _last = rows;
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException or OperationCanceledException)
        {
            return _last;
        }
    }

    private async Task<CallRow> RowAsync(CallRecord call, CancellationToken cancellationToken)
    {
        var before = _last.FirstOrDefault(row => row.CallId == call.CallId);
        var turns = await system.Cluster.Turns.ReadAsync(call.CallId, cancellationToken);
        var over = call.State is CallState.Ended or CallState.Rejected;
        return new CallRow(
            call.CallId,
            call.From,
            State(call),
            LocalSystem.GatewayName(call.GatewayId),
            turns.LastOrDefault(turn => turn.Speaker == "caller")?.Text ?? before?.CallerWords ?? "",
            turns.LastOrDefault(turn => turn.Speaker == "agent")?.Text ?? before?.AgentWords ?? "",
            // An emptied Redis has forgotten both; the screen has not.
            (call.AnsweredAt ?? before?.AnsweredAt) is { } answered ? (call.EndedAt ?? time.GetUtcNow()) - answered : null,
            over) { AnsweredAt = call.AnsweredAt ?? before?.AnsweredAt };
    }

    private static string State(CallRecord call)
    {
        var state = call.State.ToString().ToLowerInvariant();
        if (call.EndReason is { } reason) return $"{state}: {reason}";
        return call is { State: CallState.Connected, Media: MediaState.Recovering } ? "recovering" : state;
    }
}
