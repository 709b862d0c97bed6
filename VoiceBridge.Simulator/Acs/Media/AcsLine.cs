using System.Buffers;
using VoiceBridge.Simulator.Acs.Rest;
using VoiceBridge.Simulator.Audio;
using VoiceBridge.Simulator.Callers;

namespace VoiceBridge.Simulator.Acs.Media;

/// <summary>ACS's media streaming as the line of a conversation.</summary>
internal sealed class AcsLine : IMediaLine
{
    private readonly MediaStreaming _media;
    private readonly MediaWriter _writer;
    private readonly Conversation _conversation;
    private readonly CallServices _services;

    internal AcsLine(SimulatedCall call, MediaStreaming media, CallServices services, Action<MediaStream.MediaEvent> report)
    {
        (_media, _services) = (media, services);
        _writer = new MediaWriter(services.Options.Acs, media.Unmixed ? Identifiers.RawId(call.Plan.From) : null);
        _conversation = new Conversation(call, this, services);
        Stream = new MediaStream(services, media, call.CallConnectionId, call, OnMessage, PaceAsync, report);
    }

    internal MediaStream Stream { get; }

    internal Conversation Conversation => _conversation;

    public int SampleRate => _media.SampleRate;

    public int Opened => Stream.Opened;

    public long FramesLost => Stream.FramesLost;

    public bool Active => Stream.Active;

    public void Post(ReadOnlySpan<short> frame, bool silent) => Stream.Post(_writer.Audio(frame, silent, _services.Time.GetUtcNow()));

    public void PostTone(char tone)
    {
        if (_media.Dtmf) Stream.Post(MediaWriter.Dtmf(tone), audio: false);
    }

    public void Played(long samples)
    {
        // ACS does not tell.
    }

    public void PostRaw(ReadOnlySpan<byte> message) => Stream.Post(message, audio: false);

    public void Cut()
    {
        foreach (var leg in Stream.Legs) leg.Cut();
    }

    public void StopReading()
    {
        foreach (var leg in Stream.Legs) leg.StopReading();
    }

    public Task<bool> OpenAsync() => Stream.OpenAsync();

    /// <summary>A message of the bridge; on the receiving loop of its socket.</summary>
    private void OnMessage(ReadOnlySpan<byte> message)
    {
        var audio = ArrayPool<byte>.Shared.Rent(message.Length);
        switch (MediaReader.Read(message, audio, out var bytes))
        {
            case MediaReader.Kind.Audio when _media.Bidirectional:
                _conversation.Receive(Pcm.Samples(audio.AsSpan(0, bytes)));
                break;
            case MediaReader.Kind.Stop:
                _conversation.Stop();
                break;
            case MediaReader.Kind.Invalid:
                _conversation.CountInvalid();
                break;
        }
        ArrayPool<byte>.Shared.Return(audio);
    }

    /// <summary>Done when ACS may read on; see <see cref="AcsBehaviour.ReadAhead"/>.</summary>
    private async ValueTask PaceAsync(CancellationToken cancel)
    {
        while (_services.Options.Acs.ReadAhead is { } most && _conversation.QueuedMilliseconds > most.TotalMilliseconds)
            await Task.Delay(TimeSpan.FromMilliseconds(Pcm.FrameMilliseconds), _services.Time, cancel);
    }
}
