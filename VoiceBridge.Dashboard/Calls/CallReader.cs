using System.Data.Common;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components.Authorization;
using VoiceBridge.Cluster.Calls;
using VoiceBridge.Cluster.Events;
using VoiceBridge.Cluster.Transcripts;
using VoiceBridge.Dashboard.Access;
using VoiceBridge.Dashboard.EndedCalls;
using VoiceBridge.Dashboard.Presentation;

namespace VoiceBridge.Dashboard.Calls;

/// <summary>Reads one call for whoever is signed in, from Redis or, when it has left that, from the history. What is said in it is read only for those who may see it.</summary>
internal sealed class CallReader(
    CallStore calls, ICallTurns said, ClusterEvents events, EndedCallReader history, AuthenticationStateProvider signedIn,
    IAuthorizationService authorization)
{
    private string? _lookedAt;

    /// <summary>The call, or null when it is unknown. Throws what the Redis client throws when it is away.</summary>
    public async Task<CallDetails?> ReadAsync(string callId, CancellationToken ct)
    {
        var user = (await signedIn.GetAuthenticationStateAsync()).User;
        if (!(await authorization.AuthorizeAsync(user, Policies.Read)).Succeeded) return null;
        var mayReadTurns = (await authorization.AuthorizeAsync(user, Policies.ReadTranscripts)).Succeeded;

        if (await calls.GetAsync(callId, ct) is not { } call) return await ReadKeptAsync(callId, ct);
        var events = await calls.ListEventsAsync(callId, ct);
        if (!mayReadTurns) return new CallDetails(call, events, null);
        var turns = await ReadTurnsAsync(call, ct);
        if (turns.Count > 0) await RecordLookAsync(callId, ct);
        return new CallDetails(call, events, turns);
    }

    private async Task<CallDetails?> ReadKeptAsync(string callId, CancellationToken ct)
    {
        if (await history.GetAsync(callId, withTurns: true, ct) is not { } found) return null;
        var mayReadTurns = await history.MayAsync(Policies.ReadTranscripts);
        if (mayReadTurns && found.Turns.Count > 0) await RecordLookAsync(callId, ct);
        return new CallDetails(found.Record, found.Timeline, mayReadTurns ? found.Turns : null) { IsKept = true, Looks = await history.ListLooksAsync(callId, ct) };
    }

    /// <summary>A page that is open is one look, however often it is read anew.</summary>
    private async Task RecordLookAsync(string callId, CancellationToken ct)
    {
        if (_lookedAt == callId) return;
        _lookedAt = callId;
        await history.RecordLookAsync(callId, ct);
    }

    /// <summary>Calls <paramref name="heard"/> on a background thread when something was said in the call, until the result is disposed.</summary>
    public Task<IAsyncDisposable> ListenAsync(string callId, Action heard, CancellationToken ct) => events.SubscribeToTurnsAsync(callId, _ => heard(), ct);

    private async Task<IReadOnlyList<Turn>> ReadTurnsAsync(CallRecord call, CancellationToken ct)
    {
        // Kept copies are in Redis until they are in the history.
        var turns = await said.ReadAsync(call, ct);
        if (turns.Count > 0 || !CallText.IsOver(call) || !history.IsKept) return turns;
        try
        {
            return (await history.GetAsync(call.CallId, withTurns: true, ct))?.Turns ?? [];
        }
        catch (DbException)
        {
            // The rest of the call is shown all the same.
            return [];
        }
    }
}
