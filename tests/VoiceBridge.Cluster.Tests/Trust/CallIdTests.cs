using VoiceBridge.Cluster.Trust;

namespace VoiceBridge.Cluster.Tests.Trust;

public sealed class CallIdTests
{
    [Fact]
    public void CallId_IsATraceIdAndTheSameEverywhere()
    {
        var id = CallId.Of("corr-1", "context-1");

        Assert.Matches("^[0-9a-f]{32}$", id);
        Assert.Equal(id, CallId.Of("corr-1", "context-1"));
        Assert.Equal("6e340b9cffb37a989ca544e6bb780a2c", CallId.Of("", ""));
    }

    [Fact]
    public void CallId_OfARedirectedCallIsAnother()
    {
        Assert.NotEqual(CallId.Of("corr-1", "context-1"), CallId.Of("corr-1", "context-2"));
        Assert.NotEqual(CallId.Of("ab", "c"), CallId.Of("a", "bc"));
    }
}
