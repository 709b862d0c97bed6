using VoiceBridge.Cluster.Calls;
using VoiceBridge.Dashboard.Presentation;

namespace VoiceBridge.Dashboard.Tests.Presentation;

/// <summary>A timeline reads as sentences, with its numbers. That no kind is without is checked against the code that writes them (DocumentedFactsTests).</summary>
public sealed class CallEventWordsTests
{
    private static readonly DateTimeOffset At = new(2025, 12, 5, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("rang", "", "The phone rang.")]
    [InlineData("waited", "after 5.2 s", "It waited 5.2 s for a free slot.")]
    [InlineData("waited", "no_gateway: after 20.0 s", "No gateway took calls for 20 s.")]
    [InlineData("answered", "after 312 ms", "The call was answered after 312 ms of ringing.")]
    [InlineData("answered", "", "The call was answered.")]
    [InlineData("connected", "200/0", "The phone network has connected the caller.")]
    [InlineData("connected", "acs media on gateway-1-0123456789ab", "Its audio is connected to gateway-1.")]
    [InlineData("moved", "acs media on gateway-2-0123456789ab", "gateway-2 has the call now.")]
    [InlineData("first_audio", "after 1234 ms", "The caller hears the agent, 1.2 s after the call was answered.")]
    [InlineData("interruption", "after 2100 ms", "The caller interrupted the agent, who had been heard for 2.1 s.")]
    [InlineData("interruption", "", "The caller interrupted the agent.")]
    [InlineData("tool", "weather: ok", "The agent used the tool weather.")]
    [InlineData("tool", "weather: timeout", "The agent used the tool weather: it took too long.")]
    [InlineData("session", "replaced a lost one", "A new Voice Live session replaced the lost one, and the conversation went on.")]
    [InlineData("media_failed", "400/8581 Action failed", "The phone network lost the audio (400/8581 Action failed).")]
    [InlineData("media_stopped", "200/0", "The phone network stopped the audio.")]
    [InlineData("media_closed", "caller_hung_up", "The audio was closed.")]
    [InlineData("gateway_lost", "gateway-1-0123456789ab", "gateway-1, which had the call, is not heard of any more.")]
    [InlineData("recovery", "start: Done", "The phone network was asked to open the audio again, and agreed.")]
    [InlineData("recovery", "start: Refused", "The phone network was asked to open the audio again, and refused.")]
    [InlineData("recovery", "hang up: Done, no gateway took calls", "The audio did not come back, because no gateway took calls: the call was hung up.")]
    [InlineData("recovered", "after 3.2 s", "The audio is back after 3.2 s.")]
    [InlineData("transfer_requested", "operator", "An operator asked for a transfer.")]
    [InlineData("transfer_target", "********0123", "It is to go to ********0123.")]
    [InlineData("transfer_failed", "486/10560", "The transfer failed (486/10560): nobody accepted.")]
    [InlineData("rejected", "busy", "Turned away as busy: no slot became free.")]
    [InlineData("ended", "media_lost", "Cut off: the media were lost and could not be recovered.")]
    [InlineData("of_a_later_version", "x", "Of a later version: x.")]
    public void Event_IsASentence(string kind, string text, string said) => Assert.Equal(said, CallEventWords.Of(new CallEvent(At, kind, text)).Text);

    [Fact]
    public void Failures_LookLikeFailures()
    {
        Assert.Equal(Health.Failed, CallEventWords.Of(new CallEvent(At, "ended", "drained")).Health);
        Assert.Equal(Health.Degraded, CallEventWords.Of(new CallEvent(At, "rejected", "busy")).Health);
        Assert.Equal(Health.Healthy, CallEventWords.Of(new CallEvent(At, "ended", "caller_hung_up")).Health);
    }

    [Fact]
    public void EveryEndReason_HasWordsAndAKind() => Assert.All(EndReasons.All, reason =>
    {
        Assert.DoesNotContain("_", reason.Name + reason.Sentence, StringComparison.Ordinal);
        Assert.Equal(reason.Kind is EndKind.Failed, EndReasons.IsFailure(reason.Code));
        Assert.Equal(reason.Kind is EndKind.TurnedAway, EndReasons.IsTurnedAway(reason.Code));
    });
}
