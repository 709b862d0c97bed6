using System.Text;

namespace VoiceBridge.Benchmarks;

/// <summary>Messages as the services send them.</summary>
internal static class Samples
{
    public static byte[] CallerFrame(int milliseconds) => Encoding.UTF8.GetBytes(
        "{\"kind\":\"AudioData\",\"audioData\":{\"data\":\"" + Audio(milliseconds, 48) + "\",\"timestamp\":\"2026-10-04T10:13:14.867Z\",\"participantRawID\":\"4:+14255550100\",\"silent\":false}}");

    public static byte[] TwilioFrame(int milliseconds) => Encoding.UTF8.GetBytes(
        "{\"event\":\"media\",\"sequenceNumber\":\"3\",\"media\":{\"track\":\"inbound\",\"chunk\":\"1\",\"timestamp\":\"5\",\"payload\":\"" + Audio(milliseconds, 8) + "\"},\"streamSid\":\"MZ00000000000000000000000000000003\"}");

    public static byte[] AgentDelta(int milliseconds, int bytesPerMs = 48) => Encoding.UTF8.GetBytes(
        "{\"type\":\"response.audio.delta\",\"event_id\":\"event_11\",\"response_id\":\"resp_1\",\"item_id\":\"item_A1\",\"output_index\":0,\"content_index\":0,\"delta\":\"" + Audio(milliseconds, bytesPerMs) + "\"}");

    private static string Audio(int milliseconds, int bytesPerMs)
    {
        var samples = new byte[milliseconds * bytesPerMs];
        new Random(milliseconds).NextBytes(samples);
        return Convert.ToBase64String(samples);
    }
}
