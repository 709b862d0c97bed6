using System.Collections.Concurrent;
using System.Diagnostics;
using OpenTelemetry;
using OpenTelemetry.Trace;
using VoiceBridge.Cluster.Calls;
using VoiceBridge.ServiceDefaults.Telemetry;
using VoiceBridge.Simulator;
using VoiceBridge.System.Tests.Harness;
using VoiceBridge.Testing;

namespace VoiceBridge.System.Tests.Telemetry;

public sealed class TraceTests(RedisServers servers)
{
    [Fact]
    public async Task One_trace_per_call_goes_from_the_event_through_the_gateway_to_the_tools()
    {
        var spans = new SpanList();
        using var tracing = Sdk.CreateTracerProviderBuilder().AddSource(VoiceBridgeTelemetry.Name).AddInMemoryExporter(spans).Build();
        await using var system = await Systems.StartAsync(servers, RedisKind.Garnet);

        var call = system.Azure!.PlaceCall(new CallPlan { Script = CallerScript.Conversation(1).HangUp() });
        await call.OverAsync();
        var record = await system.RecordAsync(call, r => r.State == CallState.Ended);
        await Eventually.True(() => spans.Of(record.CallId).Any(span => span.OperationName == "call"), Systems.Deadline, "the gateway's span");

        var names = spans.Of(record.CallId).Select(span => span.OperationName).ToArray();
        Assert.Contains("incoming call", names);
        Assert.Contains("admit call", names);
        Assert.Contains("answer call", names);
        Assert.Contains("call notice", names);
        Assert.Contains("call", names);
        Assert.Contains("tool end_call", names);
        Assert.Contains("end call", names);
        Assert.Equal(record.CallId, record.TraceId);
    }

    /// <summary>The exporter adds from the services' threads while the test reads.</summary>
    private sealed class SpanList : ICollection<Activity>
    {
        private readonly ConcurrentQueue<Activity> _spans = new();

        public int Count => _spans.Count;

        public bool IsReadOnly => false;

        public IEnumerable<Activity> Of(string traceId) => _spans.Where(span => span.TraceId.ToHexString() == traceId);

        public void Add(Activity item) => _spans.Enqueue(item);

        public void Clear() => _spans.Clear();

        public bool Contains(Activity item) => _spans.Contains(item);

        public void CopyTo(Activity[] array, int arrayIndex) => _spans.CopyTo(array, arrayIndex);

        public bool Remove(Activity item) => throw new NotSupportedException();

        public IEnumerator<Activity> GetEnumerator() => _spans.GetEnumerator();

        global::System.Collections.IEnumerator global::System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
