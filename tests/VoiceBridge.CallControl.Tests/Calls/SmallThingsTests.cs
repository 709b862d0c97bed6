using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using VoiceBridge.CallControl.Calls;
using VoiceBridge.Cluster.Admission;
using VoiceBridge.ServiceDefaults.Telemetry;

namespace VoiceBridge.CallControl.Tests.Calls;

public sealed class SeenIdsTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Id_IsNewOnce_UntilItIsForgotten()
    {
        var seen = new SeenIds(10, TimeSpan.FromMinutes(1), _time);
        Assert.True(seen.TryAdd("a"));
        Assert.False(seen.TryAdd("a"));

        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.True(seen.TryAdd("a"));
    }

    [Fact]
    public void Memory_IsBounded()
    {
        var seen = new SeenIds(2, TimeSpan.FromMinutes(1), _time);
        foreach (var id in (string[])["a", "b", "c"]) seen.TryAdd(id);

        Assert.True(seen.TryAdd("a"));
        Assert.False(seen.TryAdd("c"));
    }
}

public sealed class BlindShareTests
{
    [Fact]
    public void Share_IsThisReplicasPartOfWhatWasFree()
    {
        var share = Share(replicas: 2);
        share.Refresh(new ClusterLoad(Active: 3, Reserved: 1, Waiting: 0, Capacity: 10));

        // 10 less a tenth for headroom, less 4 taken: 5 free, 2 for each.
        Assert.Equal([true, true, false], [share.TryTake("a"), share.TryTake("b"), share.TryTake("c")]);
        Assert.True(share.TryTake("a"), "a call that has its slot keeps it");

        share.GiveBack("b");
        Assert.True(share.TryTake("c"));
    }

    [Fact]
    public void Share_OfAClusterNeverSeen_IsNothing() => Assert.False(Share(replicas: 1).TryTake("a"));

    private static BlindShare Share(int replicas) =>
        new(Options.Create(new CallOptions { CallControl = new() { Replicas = replicas } }));
}

public sealed class CallOptionsTests
{
    [Fact]
    public void Validation_NamesEverySettingThatIsWrong()
    {
        var options = new CallOptions
        {
            CallControl = new() { PublicUrl = new Uri("http://example.com"), Replicas = 0 },
            Media = new() { PublicUrl = new Uri("https://example.com") },
            Admission = new() { RingSeconds = 40, Headroom = 1 },
            Overflow = new() { Number = "call me" },
            Recovery = new() { Seconds = 1 },
            VoiceLive = new() { RecoveryReserve = -1 },
            Calls = new() { MaxMinutes = 0 },
        };

        var failures = new CallOptionsValidation().Validate(null, options).Failures!.ToList();

        foreach (var setting in (string[])
            [
                "CallControl:PublicUrl", "CallControl:Replicas", "Media:PublicUrl", "Admission:RingSeconds", "Admission:Headroom",
                "Overflow:Number", "Recovery:Seconds", "VoiceLive:RecoveryReserve", "Calls:MaxMinutes",
            ])
            Assert.Contains(failures, f => f.StartsWith(setting, StringComparison.Ordinal));
    }

    [Fact]
    public void Defaults_AreValid() => Assert.True(new CallOptionsValidation().Validate(null, new CallOptions()).Succeeded);

    [Theory]
    [InlineData("+14255550100", true)]
    [InlineData("8:acs:a-b_c-d", true)]
    [InlineData("14255550100", false)]
    [InlineData("+1425555010x", false)]
    [InlineData("+14255550100\n", false)]
    [InlineData("sip:me@example.com", false)]
    public void TransferTarget_IsANumberOrAUser(string target, bool allowed) => Assert.Equal(allowed, PhoneNumber.IsTransferTarget(target));

    [Theory]
    [InlineData("target 4:+14255550111 of 14255550112.", "target 4:(number) of (number).")]
    [InlineData("/calls/4%3A%2B14255550111/x", "/calls/4%3A(number)/x")]
    [InlineData("%2b14255550111", "(number)")]
    [InlineData("tel+14255550111x", "tel(number)x")]
    [InlineData("code 8522, id 3f2504e04f8911d39a0c0305e82c3301", "code 8522, id 3f2504e04f8911d39a0c0305e82c3301")]
    public void Numbers_AreTakenOut_HoweverTheyAreWritten(string text, string masked) => Assert.Equal(masked, PhoneNumber.Masked(text));
}

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
