using System.Globalization;
using VoiceBridge.Cluster.Calls;
using VoiceBridge.Dashboard.Presentation;

namespace VoiceBridge.Dashboard.Tests.Presentation;

/// <summary>How a call ended, when, and whose doing that was.</summary>
public sealed class CallSentenceTests
{
    private static readonly DateTimeOffset At = new(2025, 12, 5, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void CutOffCall_SaysWhatWasLostAndHowLongTheCallerHeardNothing() => Assert.Equal(
        "Cut off at 12:01:13: its gateway gateway-1 died at 12:01:00, and no gateway took calls. The caller heard nothing for 13 s.",
        Say("media_lost", 73, new CallEvent(At.AddSeconds(60), "media_failed", "400/8581"), new CallEvent(At.AddSeconds(66), "gateway_lost", "gateway-1-0123456789ab"),
            new CallEvent(At.AddSeconds(73), "recovery", "hang up: Done, no gateway took calls")));

    [Fact]
    public void CutOffCall_WhoseGatewayLives_DidNotGetItsAudioBack() => Assert.Equal(
        "Cut off at 12:01:15: its audio broke off at 12:01:00, and the audio did not come back in time. The caller heard nothing for 15 s.",
        Say("media_lost", 75, new CallEvent(At.AddSeconds(60), "media_stopped", "200/0"), new CallEvent(At.AddSeconds(61), "recovery", "start: Refused")));

    [Theory]
    [InlineData("operator", "Anna transferred the caller to ********0123; that was accepted, and the call left us at 12:01:00, after 1:00.")]
    [InlineData("agent_ended", "The agent transferred the caller to ********0123; that was accepted, and the call left us at 12:01:00, after 1:00.")]
    public void Transfer_SaysByWhomAndWhereTo(string cause, string said)
    {
        CallEvent[] events =
        [
            new(At.AddSeconds(50), "transfer_requested", cause), new(At.AddSeconds(51), "transfer_target", "********0123"),
            .. cause == "operator" ? new[] { new CallEvent(At.AddSeconds(51), "operator", "Anna transferred the call to ********0123.") } : [],
        ];

        Assert.Equal(said, Say("transferred", 60, events));
    }

    [Fact]
    public void HangUp_OfAnOperator_HasTheName() => Assert.Equal("Anna hung the call up at 12:01:00.", Say("operator", 60, new CallEvent(At.AddSeconds(60), "operator", "Anna hung the call up.")));

    [Fact]
    public void Caller_WhoHungUpOnSilence_HadHeardNothing() =>
        Assert.EndsWith(", after 1:00, having heard nothing for 10 s.", Say("caller_hung_up", 60, new CallEvent(At.AddSeconds(50), "media_failed", "")), StringComparison.Ordinal);

    [Fact]
    public void EveryEndReason_HasASentence() => Assert.All(EndReasons.All, reason =>
    {
        var said = Say(reason.Code, 60);
        Assert.EndsWith(".", said, StringComparison.Ordinal);
        Assert.Contains("12:01:00", said, StringComparison.Ordinal);
    });

    [Fact]
    public void BrowsersCall_WhoseGatewayWasDrained_HeardNoGoodbye() => Assert.Equal(
        "Cut off at 12:01:00, after 1:00: its gateway was drained, and the conversation did not go on at another one.", SayOf("web", "drained", 60));

    private static string Say(string reason, int seconds, params CallEvent[] events) => SayOf("acs", reason, seconds, events);

    private static string SayOf(string phone, string reason, int seconds, params CallEvent[] events) => CallSentence.Of(
        new CallRecord { CallId = "c", CorrelationId = "c", Type = phone, State = CallState.Ended, EndReason = reason, RangAt = At.AddSeconds(-2), AnsweredAt = At, ConnectedAt = At, EndedAt = At.AddSeconds(seconds) },
        events, at => at.ToString("HH:mm:ss", CultureInfo.InvariantCulture));
}
