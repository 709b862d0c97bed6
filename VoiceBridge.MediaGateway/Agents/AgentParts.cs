using VoiceBridge.MediaGateway.Configuration;
using VoiceBridge.MediaGateway.Engines.VoiceLive;
using VoiceBridge.MediaGateway.Journal;
using VoiceBridge.MediaGateway.Tools;

namespace VoiceBridge.MediaGateway.Agents;

/// <summary>What an agent needs beside its call.</summary>
internal sealed record AgentParts(
    Func<IReadOnlyList<AgentTool>, ToolRegistry> OpenTools, ToolRunner Runner, IReadOnlyDictionary<string, ModelPrice> Prices, ICallJournal Journal,
    RefusedTools Refused, string? Announcement, ResponseTimes Times, TimeProvider Time, ILogger Logger);
