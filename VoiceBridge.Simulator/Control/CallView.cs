namespace VoiceBridge.Simulator.Control;

/// <summary>One call as <c>GET /simulator/calls</c> shows it.</summary>
internal sealed record CallView(
    string CorrelationId,
    string CallConnectionId,
    string From,
    string To,
    string State,
    string? EndReason,
    double? TimeToAnswerMs,
    double? FirstAudioMs,
    long FramesSent,
    long FramesHeard,
    long FramesLost,
    long FramesForeign,
    int MediaSockets,
    int CallerTurns,
    int AgentTurns,
    int Interruptions)
{
    internal static CallView Of(SimulatedCall call)
    {
        var stats = call.Stats;
        return new(
            call.CorrelationId, call.CallConnectionId, call.Plan.From, call.Plan.To, call.State.ToString(), call.EndReason,
            stats.TimeToAnswer?.TotalMilliseconds, stats.FirstAudio?.TotalMilliseconds, stats.FramesSent, stats.FramesHeard, stats.FramesLost, stats.FramesForeign,
            stats.MediaSockets, stats.CallerTurns, stats.AgentTurns, stats.Interruptions);
    }
}
