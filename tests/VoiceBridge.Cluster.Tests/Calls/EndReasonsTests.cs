using VoiceBridge.Cluster.Calls;

namespace VoiceBridge.Cluster.Tests.Calls;

public sealed class EndReasonsTests
{
    [Fact]
    public void EachReason_HasItsWords()
    {
        Assert.All(EndReasons.All, reason => Assert.False(string.IsNullOrWhiteSpace(reason.Name) || string.IsNullOrWhiteSpace(reason.Sentence) || reason.Sentence.EndsWith('.'), reason.Code));
        Assert.Equal(EndReasons.All.Count, EndReasons.All.Select(reason => reason.Name).Distinct().Count());
    }

    [Fact]
    public void CallsThatAreCutOffOrCannotBeAnswered_AreFailures() =>
        Assert.Equal(
            ["agent_lost", "answer_failed", "drained", "error", "media_lost", "no_agent"],
            EndReasons.All.Where(reason => EndReasons.IsFailure(reason.Code)).Select(reason => reason.Code).Order(StringComparer.Ordinal));

    [Fact]
    public void ReasonOfALaterVersion_IsShownAsItReads()
    {
        Assert.Equal("Struck by lightning", EndReasons.Of("struck_by_lightning").Name);
        Assert.False(EndReasons.IsFailure("struck_by_lightning"));
        Assert.False(EndReasons.IsFailure(null));
    }
}
