using VoiceBridge.ServiceDefaults.Telemetry;

namespace VoiceBridge.CallControl.Tests.Calls;

public sealed class CallTraceTests
{
    [Fact]
    public void Trace_IsTheCallsAndTheSameEachTime()
    {
        const string CallId = "0123456789abcdef0123456789abcdef";

        Assert.Equal(CallId, CallTrace.ContextOf(CallId).TraceId.ToString());
        Assert.Equal(CallTrace.TraceParentOf(CallId), $"00-{CallId}-{CallTrace.ContextOf(CallId).SpanId}-01");
    }
}
