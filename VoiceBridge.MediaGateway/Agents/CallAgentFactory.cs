using Microsoft.Extensions.Options;
using VoiceBridge.Cluster.Calls;
using VoiceBridge.Cluster.Transcripts;
using VoiceBridge.MediaGateway.Calls.Facts;
using VoiceBridge.MediaGateway.Configuration;
using VoiceBridge.MediaGateway.Engines.VoiceLive;
using VoiceBridge.MediaGateway.Journal;
using VoiceBridge.MediaGateway.Tools;

namespace VoiceBridge.MediaGateway.Agents;

/// <summary>Makes the agent of a call from the settings of the moment.</summary>
internal sealed partial class CallAgentFactory(
    AgentSettingsMonitor settings,
    ToolCatalogue catalogue,
    ToolRunner runner,
    ICallJournal journal,
    WorkingTurns workingTurns,
    RefusedTools refused,
    IOptions<VoiceLiveOptions> voiceLive,
    IOptions<TranscriptOptions> transcripts,
    TimeProvider time,
    ILogger<CallAgent> logger) : ICallAgentFactory
{
    /// <summary>A caller waits meanwhile: better an agent that has forgotten than none.</summary>
    private static readonly TimeSpan ReadingTime = TimeSpan.FromSeconds(2);

    public AgentProfile Choose(CallFacts facts) => settings.Choose(facts.Agent, facts.CalledNumber);

    public async Task<ICallAgent> CreateAsync(AgentProfile profile, ICallControls controls, CancellationToken cancellationToken)
    {
        var facts = controls.Facts;
        var turns = facts.Resumed ? await ReadTurnsAsync(facts.CallId, cancellationToken).ConfigureAwait(false) : [];
        journal.Change(facts.CallId, new CallChange { Agent = profile.Name });
        return new CallAgent(controls, profile, turns, new AgentParts(
            builtIn => catalogue.Open(profile, facts, builtIn), runner, settings.Current.Prices, journal, refused, AnnouncementOf(transcripts.Value), voiceLive.Value.Times, time, logger));
    }

    /// <summary>What callers must be told before anything else: that what they say is kept.</summary>
    private static string? AnnouncementOf(TranscriptOptions options) =>
        options is { Keep: true, Announcement: { Length: > 0 } text } && !text.Equals("off", StringComparison.OrdinalIgnoreCase) ? text : null;

    private async Task<IReadOnlyList<Turn>> ReadTurnsAsync(string callId, CancellationToken cancellationToken)
    {
        try
        {
            return await workingTurns.ReadAsync(callId, cancellationToken).WaitAsync(ReadingTime, time, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            Log.TurnsUnread(logger, e);
            return [];
        }
    }

    private static partial class Log
    {
        [LoggerMessage(20, LogLevel.Warning, "The conversation so far could not be read; the call goes on without it")]
        public static partial void TurnsUnread(ILogger logger, Exception exception);
    }
}
