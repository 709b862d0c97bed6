using System.Text.Json;
using Microsoft.Extensions.AI;

namespace VoiceBridge.MediaGateway.Tools;

internal static class ToolJson
{
    /// <summary>What models read: as <see cref="AIJsonUtilities"/> writes it, without the indentation, which costs tokens.</summary>
    public static JsonSerializerOptions Options { get; } = new(AIJsonUtilities.DefaultOptions) { WriteIndented = false };
}
