using System.Text;

namespace VoiceBridge.Benchmarks;

/// <summary>Messages as the services send them.</summary>
internal static class Samples
{
    private const int BytesPerMs = 48;

    public static byte[] CallerFrame(int milliseconds) => Encoding.UTF8.GetBytes(
        "{\"kind\":\"AudioData\",\"audioData\":{\"data\":\"" + Audio(milliseconds) + "\",\"timestamp\":\"2026-10-04T10:13:14.867Z\",\"participantRawID\":\"4:+14255550100\",\"silent\":false}}");

    public static byte[] AgentDelta(int milliseconds) => Encoding.UTF8.GetBytes(
        "{\"type\":\"response.audio.delta\",\"event_id\":\"event_11\",\"response_id\":\"resp_1\",\"item_id\":\"item_A1\",\"output_index\":0,\"content_index\":0,\"delta\":\"" + Audio(milliseconds) + "\"}");

    private static string Audio(int milliseconds)
    {
        var samples = new byte[milliseconds * BytesPerMs];
        new Random(milliseconds).NextBytes(samples);
        return Convert.ToBase64String(samples);
    }
}
