using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components.Authorization;
using VoiceBridge.Cluster.Calls;
using VoiceBridge.Cluster.Events;
using VoiceBridge.Cluster.Transcripts;
using VoiceBridge.Dashboard.Access;
using VoiceBridge.Dashboard.Viewing;

namespace VoiceBridge.Dashboard.Calls;

/// <summary>Reads one call for whoever is signed in. What is said in it is read from Redis only for those who may see it.</summary>
internal sealed class CallReader(
    CallStore calls, WorkingTurns working, Transcripts kept, ClusterEvents events, AuthenticationStateProvider signedIn, IAuthorizationService authorization)
{
    /// <summary>The call, or null when it is unknown. Throws what the Redis client throws when it is away.</summary>
    public async Task<CallDetails?> ReadAsync(string callId, CancellationToken ct)
    {
        var user = (await signedIn.GetAuthenticationStateAsync()).User;
        if (!(await authorization.AuthorizeAsync(user, Policies.Read)).Succeeded) return null;
        var mayReadTurns = (await authorization.AuthorizeAsync(user, Policies.ReadTranscripts)).Succeeded;

        if (await calls.GetAsync(callId, ct) is not { } call) return null;
        var events = await calls.ListEventsAsync(callId, ct);
        return new CallDetails(call, events, mayReadTurns ? await ReadTurnsAsync(call, ct) : null);
    }

    /// <summary>Calls <paramref name="said"/> on a background thread when something was said in the call, until the result is disposed.</summary>
    public Task<IAsyncDisposable> ListenAsync(string callId, Action said, CancellationToken ct) => events.SubscribeToTurnsAsync(callId, _ => said(), ct);

    private async Task<IReadOnlyList<Turn>> ReadTurnsAsync(CallRecord call, CancellationToken ct)
    {
        // The working turns go soon after the call; from then on there is the kept copy, where copies are kept.
        var turns = await working.ReadAsync(call.CallId, ct);
        return turns.Count > 0 || !CallWords.IsOver(call) ? turns : await kept.ReadAsync(call.CallId, ct);
    }
}
