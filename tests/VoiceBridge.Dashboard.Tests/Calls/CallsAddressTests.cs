using VoiceBridge.Dashboard.Calls;

namespace VoiceBridge.Dashboard.Tests.Calls;

public sealed class CallsAddressTests
{
    [Fact]
    public void Filter_SurvivesItsAddress()
    {
        var filter = new CallFilter("my order & more", "media_lost", "gateway-1", 15, CallColumn.Cost, Descending: false);
        var query = Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(new Uri("http://x" + CallsAddress.Of(ended: true, filter)).Query);

        var read = CallsAddress.Read(query["q"], query["state"], query["gateway"], query["within"], query["sort"], query["order"]);

        Assert.Equal((filter, "ended"), (read, query["show"].ToString()));
    }

    [Fact]
    public void Address_OfTheUsualList_IsPlain() => Assert.Equal("/calls", CallsAddress.Of(ended: false));

    [Theory]
    [InlineData("+1 425 555 0123", true)]
    [InlineData("0123", true)]
    [InlineData("123", false)]
    [InlineData("gateway-12345", false)]
    [InlineData("where is my order", false)]
    public void Numbers_AreLeftOut(string search, bool leftOut) =>
        Assert.Equal(leftOut, CallsAddress.Of(ended: false, new CallFilter(search)) == "/calls");

    [Theory]
    [InlineData(null, "/calls")]
    [InlineData("calls?show=ended", "/calls?show=ended")]
    [InlineData("history?agent=sales", "/history?agent=sales")]
    [InlineData("/evil.example/calls", "/calls")]
    [InlineData("//evil.example", "/calls")]
    [InlineData("https://evil.example", "/calls")]
    [InlineData("callsevil", "/calls")]
    public void WayBack_StaysInTheLists(string? back, string expected) => Assert.Equal(expected, CallsAddress.Back(back));

    [Theory]
    [InlineData("x", "Nothing", "61")]
    [InlineData("-5", "99", "0")]
    public void Nonsense_DoesNotFilter(string within, string sort, string other)
    {
        Assert.Equal(new CallFilter(), CallsAddress.Read(null, null, null, within, sort, null));
        Assert.Equal(new CallFilter(), CallsAddress.Read(null, null, null, other, null, null));
    }
}
