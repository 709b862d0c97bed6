namespace VoiceBridge.MediaGateway.Transcripts;

/// <summary>Who a turn is from, as <see cref="Cluster.Transcripts.Turn.Speaker"/> has it.</summary>
internal static class Speakers
{
    public const string Caller = "caller";
    public const string Agent = "agent";
    public const string Tool = "tool";
}
