using VoiceBridge.MediaGateway.Audio;
using VoiceBridge.MediaGateway.Calls.Facts;
using VoiceBridge.MediaGateway.Sockets;

namespace VoiceBridge.MediaGateway.Tests.Fakes;

/// <summary>A caller's side without a socket.</summary>
internal sealed class FakeLeg : ICallerLeg
{
    private readonly TaskCompletionSource<PumpEnd> _over = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>How often what was playing was stopped.</summary>
    public int Stops { get; private set; }

    /// <summary>The state that each look at it fails with.</summary>
    public Exception? Broken { get; set; }

    public bool HasSpoken => Broken is { } broken ? throw broken : true;

    public SocketWriter Writer { get; } = new(new StallingSocket(), AudioLane.Complete(TimeSpan.Zero), TimeSpan.FromMinutes(1), TimeProvider.System, _ => { });

    public Task<PumpEnd> RunAsync(ICallerSink sink) => _over.Task;

    public AudioFormat Format => AudioFormat.Pcm24k;

    public void Play(ReadOnlySpan<byte> base64, long position)
    {
    }

    public void StopPlaying() => Stops++;

    public void Show(ReadOnlyMemory<byte> json)
    {
    }

    public void Close(CallEnd end) => _over.TrySetResult(PumpEnd.Closed);

    public void Abort() => _over.TrySetResult(PumpEnd.Broken);
}
