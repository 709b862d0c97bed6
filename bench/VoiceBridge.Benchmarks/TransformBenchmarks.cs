using BenchmarkDotNet.Attributes;
using VoiceBridge.MediaGateway.Audio;
using VoiceBridge.MediaGateway.Callers.Acs;
using VoiceBridge.MediaGateway.Calls.Facts;

namespace VoiceBridge.Benchmarks;

/// <summary>The transform of one message, beside the way quickstarts write it. The gateway's share must be at most a twentieth.</summary>
[MemoryDiagnoser]
public class TransformBenchmarks
{
    private readonly MediaOperations _gateway = new();
    private readonly QuickstartOperations _quickstart = new();
    private readonly ReadOnlyMemory<byte> _workingSound = Recording.Find(RecordingKind.Working, []).In(AudioFormat.Pcm24k)[..AudioFormat.Pcm24k.TextLength(30)];

    [Benchmark]
    public int UplinkFrame() => _gateway.UplinkFrame();

    [Benchmark]
    public int UplinkFrame_Quickstart() => _quickstart.UplinkFrame();

    [Benchmark]
    public int DownlinkDelta20Ms() => _gateway.DownlinkDelta20Ms();

    [Benchmark]
    public int DownlinkDelta20Ms_Quickstart() => _quickstart.DownlinkDelta();

    [Benchmark]
    public int DownlinkDelta200Ms() => _gateway.DownlinkDelta200Ms();

    /// <summary>What a caller hears who waits for a tool, against the agent's audio above.</summary>
    [Benchmark]
    public int WorkingSound30Ms()
    {
        var message = AcsLeg.Splice(_workingSound.Span, 30);
        message.Release();
        return message.AudioMs;
    }

    [Benchmark]
    public int TwilioUplinkFrame() => _gateway.TwilioUplinkFrame();

    [Benchmark]
    public int TwilioDownlinkDelta60Ms() => _gateway.TwilioDownlinkDelta60Ms();

    [Benchmark]
    public int TwilioMark() => _gateway.TwilioMark();

    [Benchmark]
    public int SilentFrame() => _gateway.SilentFrame();

    [Benchmark]
    public int SpeechStarted() => _gateway.SpeechStarted();
}
