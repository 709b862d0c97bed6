using VoiceBridge.Dashboard.Components.Charts;

namespace VoiceBridge.Dashboard.Tests.Charts;

public sealed class ChartScaleTests
{
    [Fact]
    public void Chart_IsAsHighAsItsValues_WhereCapacityIsFar() =>
        Assert.Equal(20, ChartScale.Top([new("calls", "c1", [3, 14], ChartShape.Area), new("capacity", "c0", [300, 300], ChartShape.Ceiling)]));

    [Fact]
    public void Chart_ShowsTheCapacity_WhenTheValuesComeNear() =>
        Assert.Equal(400, ChartScale.Top([new("calls", "c1", [3, 240], ChartShape.Area), new("capacity", "c0", [300, 300], ChartShape.Ceiling)]));

    [Fact]
    public void Chart_IsAsHighAsItsBarsTogether() =>
        Assert.Equal(10, ChartScale.Top([new("answered", "c2", [6, 1], ChartShape.Bar), new("failed", "c4", [4, 1], ChartShape.Bar)]));

    [Fact]
    public void Chart_OfCapacityAlone_IsEmpty() =>
        Assert.True(ChartScale.IsEmpty([new("calls", "c1", [0, null], ChartShape.Area), new("capacity", "c0", [300, 300], ChartShape.Ceiling)]));
}
