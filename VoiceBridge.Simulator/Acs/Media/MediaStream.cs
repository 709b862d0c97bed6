using System.Net.WebSockets;
using VoiceBridge.Simulator.Acs.Rest;

namespace VoiceBridge.Simulator.Acs.Media;

/// <summary>The media streaming of one call: its sockets, and what happens when one is lost.</summary>
internal sealed partial class MediaStream : IDisposable
{
    private readonly CallServices _services;
    private readonly MediaStreaming _media;
    private readonly string _callConnectionId;
    private readonly string _correlationId;
    private readonly MediaLeg.MessageHandler _onMessage;
    private readonly Action<MediaEvent> _report;
    private readonly ILogger _log;
    private readonly CancellationTokenSource _ended = new();
    private readonly CancellationToken _untilEnd;
    private readonly MediaLeg.PaceHandler _pace;
    private readonly int _announcedRate;
    private readonly Lock _gate = new();
    private MediaLeg[] _legs = [];
    private Task _accepted = Task.CompletedTask;
    private bool _acceptedStart;
    private long _lostOfEndedLegs;
    private bool _wanted;

    // From then on: a stop in between does not make a service that will not start willing.
    private volatile bool _lost;

    internal MediaStream(
        CallServices services, MediaStreaming media, string callConnectionId, SimulatedCall call, MediaLeg.MessageHandler onMessage, MediaLeg.PaceHandler pace,
        Action<MediaEvent> report)
    {
        _services = services;
        _media = media;
        _callConnectionId = callConnectionId;
        _correlationId = call.CorrelationId;
        _announcedRate = call.Plan.AnnouncedSampleRate ?? media.SampleRate;
        _onMessage = onMessage;
        _pace = pace;
        _report = report;
        _log = services.Logs.CreateLogger<MediaStream>();
        _untilEnd = _ended.Token;
    }

    /// <summary>Something to tell the service about.</summary>
    internal sealed record MediaEvent(string What, string Details, int Code = 200, int SubCode = 0, string Message = "Action completed successfully.");

    /// <summary>The id in the metadata message and in the call's properties.</summary>
    internal string SubscriptionId { get; } = Guid.NewGuid().ToString();

    internal int Opened { get; private set; }

    internal long FramesLost => _lostOfEndedLegs + _legs.Sum(l => l.Lost);

    internal bool Active => _legs.Any(l => l.Open);

    internal IReadOnlyList<MediaLeg> Legs => _legs;

    private AcsBehaviour Behaviour => _services.Options.Acs;

    /// <summary>Opens the first socket. The event is the caller's to send.</summary>
    internal async Task<MediaEvent> StartAsync()
    {
        MediaEvent? happened = null;
        await Accept(start: true, async () => happened = await OpenFirstAsync());
        return happened!;
    }

    private async Task<MediaEvent> OpenFirstAsync()
    {
        _wanted = true;
        return await OpenAsync()
            ? new MediaEvent("Started", "subscriptionStarted")
            : new MediaEvent("Failed", "initialWebSocketConnectionFailed", 400, 8581, "Action failed, Transport url is not valid or web socket server is not operational.");
    }

    /// <summary><c>:startMediaStreaming</c>, as far as the mode allows; null = accepted.</summary>
    internal RestError? Start()
    {
        bool active;
        lock (_gate) active = _accepted.IsCompleted ? Active : _acceptedStart;
        switch (Behaviour.MediaReconnect)
        {
            case MediaReconnect.StartRefused when _wanted || _lost:
                return new RestError(400, "8583", "Media streaming cannot be started again.");
            case MediaReconnect.StartAcceptedButNothingComes when _wanted || _lost:
                return null;
            case MediaReconnect.SecondSocketBeside:
                break;
            default:
                if (active) return new RestError(400, "8582", "Media streaming has already started.");
                break;
        }
        _ = Accept(start: true, async () => Report(await OpenFirstAsync()));
        return null;
    }

    /// <summary><c>:stopMediaStreaming</c>.</summary>
    internal void Stop() => _ = Accept(start: false, async () =>
    {
        _wanted = false;
        await CloseAllAsync();
        Report(new MediaEvent("Stopped", "subscriptionStopped"));
    });

    /// <summary>Starts and stops are done one after the other, in the order in which they were accepted.</summary>
    private Task Accept(bool start, Func<Task> operation)
    {
        lock (_gate)
        {
            var before = _accepted;
            _acceptedStart = start;
            return _accepted = Task.Run(async () =>
            {
                await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                await operation();
            });
        }
    }

    internal void Post(ReadOnlySpan<byte> message, bool audio = true)
    {
        foreach (var leg in Volatile.Read(ref _legs))
        {
            if (leg.Open) leg.Post(message, audio);
        }
    }

    /// <summary>The call is over.</summary>
    internal async Task EndAsync()
    {
        _wanted = false;
        await _ended.CancelAsync();
        await CloseAllAsync();
    }

    public void Dispose() => _ended.Dispose();

    /// <summary>One more socket, whatever there is already.</summary>
    internal async Task<bool> OpenAsync()
    {
        using var timeout = new CancellationTokenSource(Behaviour.MediaConnectTimeout, _services.Time);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(_untilEnd, timeout.Token);
        MediaLeg leg;
        try
        {
            leg = await MediaLeg.ConnectAsync(
                _media.TransportUrl,
                [
                    ("Authorization", $"Bearer {_services.Identity.MediaToken()}"), ("x-ms-call-connection-id", _callConnectionId),
                    ("x-ms-call-correlation-id", _correlationId),
                ],
                Behaviour.FragmentedMessages, _services.Connector, _onMessage, _pace, deadline.Token);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or HttpRequestException or InvalidOperationException)
        {
            Log.NotOpened(_log, _callConnectionId, e.Message);
            return false;
        }
        leg.Post(MediaWriter.Metadata(SubscriptionId, _announcedRate), audio: false);
        if (Behaviour.UnknownMessages) leg.Post(MediaWriter.Unknown, audio: false);
        lock (_gate)
        {
            _legs = [.. _legs, leg];
            Opened++;
        }
        _ = WatchAsync(leg);
        if (_untilEnd.IsCancellationRequested) leg.Abort();
        return true;
    }

    private async Task WatchAsync(MediaLeg leg)
    {
        await leg.Ended;
        lock (_gate)
        {
            _legs = [.. _legs.Where(l => l != leg)];
            _lostOfEndedLegs += leg.Lost;
        }
        var expected = leg.EndedByUs || !_wanted || _untilEnd.IsCancellationRequested;
        leg.Dispose();
        if (expected || Active) return;
        try
        {
            await LostAsync();
        }
        catch (OperationCanceledException)
        {
            // The call ended meanwhile.
        }
    }

    private async Task LostAsync()
    {
        _lost = true;
        switch (Behaviour.MediaReconnect)
        {
            case MediaReconnect.ReconnectsItself or MediaReconnect.SecondSocketBeside:
                for (var attempt = 0; attempt < Behaviour.ReconnectAttempts; attempt++)
                {
                    await Task.Delay(Behaviour.ReconnectDelay, _services.Time, _untilEnd);
                    if (Active || !_wanted) return;
                    if (!await OpenAsync()) continue;
                    Report(new MediaEvent("Started", "streamConnectionReestablished"));
                    return;
                }
                Report(new MediaEvent("Failed", "streamConnectionUnsuccessful", 500, 8580, "Action failed, the media socket could not be opened again."));
                break;
            case MediaReconnect.StartResumes:
                Report(new MediaEvent("Stopped", "streamConnectionInterrupted"));
                break;
            default:
                Report(new MediaEvent("Failed", "streamConnectionInterrupted", 500, 8580, "Action failed, the media socket was lost."));
                break;
        }
    }

    private void Report(MediaEvent happened)
    {
        if (!_untilEnd.IsCancellationRequested) _report(happened);
    }

    private Task CloseAllAsync() => Task.WhenAll(_legs.Select(leg =>
    {
        if (!Behaviour.AbruptClose) return leg.CloseAsync();
        leg.Abort();
        return Task.CompletedTask;
    }));

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "The media socket of call connection {CallConnectionId} could not be opened: {Reason}")]
        internal static partial void NotOpened(ILogger logger, string callConnectionId, string reason);
    }
}
