namespace VoiceBridge.MediaGateway.Tests.Agents;

internal static class SaidExtensions
{
    /// <summary>The text of the last response that was asked for word for word.</summary>
    public static string? LastSaid(this AgentBench bench) => bench.Controls.SentOf("response.create")[^1]
        .GetProperty("response").GetProperty("pre_generated_assistant_message").GetProperty("content")[0].GetProperty("text").GetString();
}
