using Microsoft.Extensions.AI;

namespace VoiceBridge.MediaGateway.Configuration;

/// <summary>A tool that the program itself brings, see <see cref="AgentToolServiceCollectionExtensions"/>.</summary>
internal sealed record RegisteredTool(AIFunction Function, TimeSpan? Timeout);
