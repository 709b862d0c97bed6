using System.Text.Json;
using System.Text.Json.Nodes;

namespace VoiceBridge.MediaGateway.Configuration;

/// <summary>How long a tool may take, and how much it may give the model to read.</summary>
internal sealed record ToolLimits(TimeSpan Timeout, int MaxResultBytes)
{
    public static ToolLimits Default { get; } = new(TimeSpan.FromSeconds(10), 16 * 1024);

    /// <summary>These, with what <paramref name="json"/> has of its own.</summary>
    public ToolLimits With(JsonNode? json) =>
        new(json?[nameof(Timeout)].Deserialize<TimeSpan?>() ?? Timeout, json?[nameof(MaxResultBytes)].Deserialize<int?>() ?? MaxResultBytes);
}
