using System.Net.WebSockets;
using VoiceBridge.Simulator.Acs;
using VoiceBridge.Simulator.Acs.Media;
using VoiceBridge.Simulator.Audio;
using VoiceBridge.Simulator.Callers;

namespace VoiceBridge.Simulator.Twilio;

/// <summary>The media of one call: one bidirectional stream at a time, mu-law at 8 kHz, played out in real time with marks.</summary>
internal sealed partial class TwilioLine : IMediaLine
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);
    private readonly CallServices _services;
    private readonly string _callSid;
    private readonly ILogger _log;
    private readonly byte[] _frame = new byte[Pcm.SamplesPerFrame(MuLaw.Rate)];
    private readonly Lock _gate = new();
    private readonly Queue<(string Name, long PlayedAt)> _marks = new();
    private TwilioMessages? _messages;
    private MediaLeg? _leg;
    private long _played;
    private long _framesOfStream;
    private long _lostOfEndedLegs;

    internal TwilioLine(SimulatedCall call, CallServices services)
    {
        _services = services;
        _callSid = call.CorrelationId;
        _log = services.Logs.CreateLogger<TwilioLine>();
        Conversation = new Conversation(call, this, services);
    }

    internal Conversation Conversation { get; }

    /// <summary>Marks that have not come back.</summary>
    internal int Outstanding
    {
        get
        {
            lock (_gate) return _marks.Count;
        }
    }

    public int SampleRate => MuLaw.Rate;

    public int Opened { get; private set; }

    public long FramesLost => _lostOfEndedLegs + (_leg?.Lost ?? 0);

    public bool Active => _leg is { Open: true };

    private TwilioBehaviour Behaviour => _services.Options.Twilio;

    /// <summary>Opens a stream's socket and says what it is. Null when it cannot be opened.</summary>
    internal async Task<MediaLeg?> OpenAsync(Uri url, string streamSid, IReadOnlyDictionary<string, string> parameters, CancellationToken cancel)
    {
        using var timeout = new CancellationTokenSource(ConnectTimeout, _services.Time);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancel, timeout.Token);
        var messages = new TwilioMessages(streamSid, _callSid, Behaviour);
        MediaLeg leg;
        try
        {
            leg = await MediaLeg.ConnectAsync(
                url, TwilioSigner.Headers(Behaviour, url.OriginalString, []), fragmented: false, _services.Connector, message => OnMessage(messages, message),
                _ => ValueTask.CompletedTask, deadline.Token);
        }
        catch (Exception e) when (e is WebSocketException or HttpRequestException or InvalidOperationException || e is OperationCanceledException && !cancel.IsCancellationRequested)
        {
            Log.NotOpened(_log, _callSid, e.Message);
            return null;
        }
        leg.Post(TwilioMessages.Connected, audio: false);
        leg.Post(messages.Start(parameters), audio: false);
        if (Behaviour.UnknownMessages) leg.Post(messages.Unknown(), audio: false);
        lock (_gate)
        {
            (_messages, _leg, _framesOfStream) = (messages, leg, 0);
            Opened++;
        }
        return leg;
    }

    /// <summary>The stream is over: what it brought is not played any more.</summary>
    internal async Task CloseAsync(bool byUs)
    {
        MediaLeg? leg;
        TwilioMessages? messages;
        lock (_gate)
        {
            (leg, messages) = (_leg, _messages);
            (_leg, _messages) = (null, null);
            _marks.Clear();
        }
        if (leg is null) return;
        _lostOfEndedLegs += leg.Lost;
        Conversation.Drop();
        if (byUs && leg.Open)
        {
            leg.Post(messages!.Stop(), audio: false);
            await leg.CloseAsync();
        }
        if (leg.BinaryPieces > 0) Conversation.CountInvalid();
        leg.Dispose();
    }

    public void Post(ReadOnlySpan<short> frame, bool silent)
    {
        lock (_gate)
        {
            if (_messages is null) return;
            MuLaw.EncodeMarked(frame, _frame);
            _leg!.Post(_messages.Media(_frame, _framesOfStream++ * Pcm.FrameMilliseconds));
        }
    }

    public void PostTone(char tone) => Send(messages => messages.Dtmf(tone));

    public void Played(long samples)
    {
        lock (_gate)
        {
            _played = samples;
            while (_marks.TryPeek(out var mark) && mark.PlayedAt <= samples) Return(_marks.Dequeue().Name);
        }
    }

    public void PostRaw(ReadOnlySpan<byte> message) => _leg?.Post(message, audio: false);

    public void Cut() => _leg?.Cut();

    public void StopReading() => _leg?.StopReading();

    public Task<bool> OpenAsync() => Task.FromResult(false);

    private void OnMessage(TwilioMessages messages, ReadOnlySpan<byte> message)
    {
        switch (messages.Read(message, out var audio, out var mark))
        {
            case TwilioMessages.Kind.Media:
                var samples = new short[audio.Length];
                MuLaw.DecodeMarked(audio, samples);
                Conversation.Receive(samples);
                break;
            case TwilioMessages.Kind.Mark:
                lock (_gate)
                {
                    var due = Conversation.PlayedAtEnd;
                    if (due <= _played && _marks.Count == 0) Return(mark);
                    else _marks.Enqueue((mark, due));
                }
                break;
            case TwilioMessages.Kind.Clear:
                lock (_gate)
                {
                    Conversation.Stop();
                    // All at once, as if they had been played.
                    while (_marks.TryDequeue(out var outstanding)) Return(outstanding.Name);
                }
                break;
            default:
                Conversation.CountInvalid();
                break;
        }
    }

    private void Return(string mark)
    {
        if (Behaviour.MarkLoss > 0 && Random.Shared.NextDouble() < Behaviour.MarkLoss) return;
        if (Behaviour.MarkDelay <= TimeSpan.Zero) Send(messages => messages.Mark(mark));
        else _ = ReturnLateAsync(mark);
    }

    private async Task ReturnLateAsync(string mark)
    {
        await Task.Delay(Behaviour.MarkDelay, _services.Time);
        Send(messages => messages.Mark(mark));
    }

    private void Send(Func<TwilioMessages, byte[]> make)
    {
        lock (_gate)
        {
            if (_messages is { } messages) _leg!.Post(make(messages), audio: false);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "The media stream of call {CallSid} could not be opened: {Reason}")]
        internal static partial void NotOpened(ILogger logger, string callSid, string reason);
    }
}
