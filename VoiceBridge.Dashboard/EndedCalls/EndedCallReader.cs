using System.Data.Common;
using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components.Authorization;
using VoiceBridge.Dashboard.Access;
using VoiceBridge.History.Keeping;
using VoiceBridge.History.Reading;
using VoiceBridge.History.Storage;
using VoiceBridge.ServiceDefaults.Access;

namespace VoiceBridge.Dashboard.EndedCalls;

/// <summary>
/// Reads the history for whoever is signed in. What is said in calls, and search in it, is for those who may read transcripts, and each look at one is recorded.
/// Throws a <see cref="DbException"/> while the database does not answer.
/// </summary>
internal sealed partial class EndedCallReader(
    IServiceProvider services, AuthenticationStateProvider signedIn, IAuthorizationService authorization, ILogger<EndedCallReader> logger)
{
    private readonly CallHistory? _calls = services.GetService<CallHistory>();
    private readonly CallReports? _reports = services.GetService<CallReports>();
    private readonly AccessLog? _accesses = services.GetService<AccessLog>();

    /// <summary>Whether a history is kept.</summary>
    public bool IsKept => _calls is not null;

    /// <summary>A page of calls; null when nobody who may see it is signed in. Without the right to read transcripts their words find nothing.</summary>
    public async Task<FoundCalls?> FindAsync(CallQuery query, CancellationToken ct)
    {
        if (_calls is null || !await MayAsync(Policies.Read)) return null;
        if (query.Words is { Length: > 0 } && !await MayAsync(Policies.ReadTranscripts)) return new FoundCalls([], null);
        return await _calls.FindAsync(query, ct);
    }

    public async Task<KeptCall?> GetAsync(string callId, bool withTurns, CancellationToken ct) =>
        _calls is null || !await MayAsync(Policies.Read) ? null : await _calls.GetAsync(callId, withTurns && await MayAsync(Policies.ReadTranscripts), ct);

    public async Task<IReadOnlyList<string>> ListAgentsAsync(CancellationToken ct) =>
        _calls is null || !await MayAsync(Policies.Read) ? [] : await _calls.ListAgentsAsync(ct);

    public async Task<ReportView?> ReportAsync(int days, string agent, CancellationToken ct) =>
        _reports is null || !await MayAsync(Policies.Read) ? null : await _reports.ReadAsync(days, agent, ct);

    /// <summary>Who has read the call's transcript before; nothing for those who may not read it.</summary>
    public async Task<IReadOnlyList<AccessEntry>> ListLooksAsync(string callId, CancellationToken ct) =>
        _accesses is null || !await MayAsync(Policies.ReadTranscripts) ? [] : await _accesses.ListAsync(callId, ct);

    /// <summary>Records that the transcript of a call is shown to whoever is signed in. It is in the log in any case.</summary>
    public async Task RecordLookAsync(string callId, CancellationToken ct)
    {
        var who = NameOf((await signedIn.GetAuthenticationStateAsync()).User);
        LogLook(logger, callId, who);
        if (_accesses is null) return;
        try
        {
            await _accesses.AddLookAsync(who, callId, ct);
        }
        catch (DbException exception)
        {
            LogNotRecorded(logger, callId, exception.Message);
        }
    }

    /// <summary>The name that is recorded.</summary>
    public static string NameOf(ClaimsPrincipal user) => Refusals.Printable(user.Identity?.Name ?? "unnamed");

    public async Task<bool> MayAsync(string policy) => (await authorization.AuthorizeAsync((await signedIn.GetAuthenticationStateAsync()).User, policy)).Succeeded;

    [LoggerMessage(EventId = 7040, Level = LogLevel.Information, Message = "The transcript of call {CallId} is shown to {Who}")]
    private static partial void LogLook(ILogger logger, string callId, string who);

    [LoggerMessage(EventId = 7041, Level = LogLevel.Warning, Message = "The look at the transcript of call {CallId} is not in the history: {Reason}")]
    private static partial void LogNotRecorded(ILogger logger, string callId, string reason);
}
