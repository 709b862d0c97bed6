using VoiceBridge.Dashboard.Components.Messages;

namespace VoiceBridge.Dashboard.Tests.Messages;

public sealed class DrainQuestionTests
{
    [Fact]
    public void LastGateway_IsAskedAboutInRed()
    {
        var question = DrainQuestion.About("gateway-1", calls: 0, others: 0, free: 0);

        Assert.True(question.IsRed);
        Assert.StartsWith("This is the last gateway that takes calls", question.Warning, StringComparison.Ordinal);
    }

    [Fact]
    public void Calls_ThatNobodyElseCanTake_AreSaidToEnd() =>
        Assert.Contains("2 slots free; the others are told goodbye", DrainQuestion.About("gateway-1", calls: 5, others: 1, free: 2).Text, StringComparison.Ordinal);

    [Fact]
    public void Others_WithRoom_MakeItAnOrdinaryQuestion()
    {
        var question = DrainQuestion.About("gateway-1", calls: 1, others: 2, free: 100);

        Assert.False(question.IsRed);
        Assert.Contains("Its call goes on", question.Text, StringComparison.Ordinal);
        Assert.EndsWith("moved to other gateways.", question.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Others_WithoutRoom_MakeItARedOne() => Assert.True(DrainQuestion.About("gateway-1", calls: 0, others: 2, free: 0).IsRed);
}
