using VoiceBridge.Cluster.Calls;
using VoiceBridge.MediaGateway.Calls.Facts;

namespace VoiceBridge.MediaGateway.Tests.Calls;

public sealed class CallEndTests
{
    /// <summary>A superseded handler ends, and its call does not.</summary>
    [Fact]
    public void EveryReasonThatEndsACall_HasItsWords() => Assert.All(
        Enum.GetValues<CallEndReason>().Where(reason => reason is not CallEndReason.Superseded),
        reason => Assert.Contains(EndReasons.All, known => known.Code == new CallEnd(reason).Code));
}
