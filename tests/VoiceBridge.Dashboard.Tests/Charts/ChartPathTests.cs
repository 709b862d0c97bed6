using VoiceBridge.Dashboard.Components.Charts;

namespace VoiceBridge.Dashboard.Tests.Charts;

public sealed class ChartPathTests
{
    [Theory]
    [InlineData(0, 1)]
    [InlineData(0.3, 0.4)]
    [InlineData(7, 8)]
    [InlineData(10, 10)]
    [InlineData(11, 20)]
    [InlineData(934, 1_000)]
    [InlineData(1_250, 2_000)]
    public void NiceMax_IsARoundNumberNotBelowTheValue(double value, double expected) => Assert.Equal(expected, ChartPath.NiceMax(value), 9);

    [Fact]
    public void Line_SpansTheBox() => Assert.Equal("M0 100L500 50L1000 0", ChartPath.Line([0, 5, 10], 10));

    [Fact]
    public void Line_IsInterruptedByGaps() => Assert.Equal("M0 0L333.3 0M1000 0", ChartPath.Line([10, 10, null, 10], 10));

    [Fact]
    public void Dots_AreTheValuesThatNoLineReaches() => Assert.Equal("M1000 0h0", ChartPath.Dots([10, 10, null, 10], 10));

    [Fact]
    public void Above_IsClosedAtTheTop() => Assert.Equal("M0 0L0 50L1000 0L1000 0Z", ChartPath.Above([5, 10], 10));

    [Fact]
    public void Area_IsClosedAtTheBottom() => Assert.Equal("M0 100L0 50L1000 0L1000 100Z", ChartPath.Area([5, 10], 10));

    [Fact]
    public void ValuesAboveTheMaximum_StayInTheBox() => Assert.Equal(0, ChartPath.Y(20, 10));
}
