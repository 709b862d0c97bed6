using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace VoiceBridge.ServiceDefaults.Telemetry;

/// <summary>The meter and the trace source of VoiceBridge. Instruments are shared by all services; each says where it is measured.</summary>
/// <remarks>
/// Attribute names are the instruments' contract: <c>outcome</c>, <c>reason</c>, <c>direction</c> (<c>uplink</c>, <c>downlink</c>),
/// <c>type</c> (the phone: <c>acs</c>, <c>twilio</c>, <c>web</c>), <c>tool</c>, <c>endpoint</c>, <c>receiver</c> (of webhooks). Never a caller's number, never a call id: metrics have no room for persons.
/// </remarks>
public static class VoiceBridgeTelemetry
{
    /// <summary>The name of both the meter and the activity source.</summary>
    public const string Name = "VoiceBridge";

    private static readonly double[] Seconds = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10, 20];
    private static readonly double[] RelaySeconds = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25];
    private static readonly double[] CallSeconds = [1, 5, 10, 30, 60, 120, 300, 600, 1200, 1800, 3600];

    private static readonly double[] WebhookSeconds = [5, 10, 15, 30, 60, 300, 900, 3600, 14400, 43200, 86400];

    public static Meter Meter { get; } = new(Name);

    public static ActivitySource Source { get; } = new(Name);

    /// <summary>Calls that run now on this gateway, by <c>type</c>.</summary>
    public static UpDownCounter<long> ActiveCalls { get; } = Meter.CreateUpDownCounter<long>("voicebridge.calls.active", "{call}");

    /// <summary>Calls by <c>outcome</c>: answered, rejected, redirected, failed, missed (CallControl); ended with <c>reason</c> (gateway); <c>type</c> is the caller's.</summary>
    public static Counter<long> Calls { get; } = Meter.CreateCounter<long>("voicebridge.calls", "{call}");

    /// <summary>From the media socket to its end, by <c>reason</c> and <c>type</c>.</summary>
    public static Histogram<double> CallDuration { get; } = Histogram("voicebridge.call.duration", CallSeconds);

    /// <summary>From the event to the slot, or to giving up, by <c>outcome</c>.</summary>
    public static Histogram<double> AdmissionWait { get; } = Histogram("voicebridge.admission.wait", Seconds);

    /// <summary>From the media socket to the agent's first audio.</summary>
    public static Histogram<double> FirstAudio { get; } = Histogram("voicebridge.agent.first_audio", Seconds);

    /// <summary>From the end of the caller's speech to the first audio of the answer.</summary>
    public static Histogram<double> TurnLatency { get; } = Histogram("voicebridge.turn.latency", Seconds);

    /// <summary>From <c>speech_started</c> received to StopAudio given to the socket's writer, which sends it at once unless a write is under way.</summary>
    public static Histogram<double> BargeInLatency { get; } = Histogram("voicebridge.barge_in.latency", RelaySeconds);

    /// <summary>From a caller's frame received to the frame given to the writer, sampled.</summary>
    public static Histogram<double> RelayLatency { get; } = Histogram("voicebridge.relay.latency", RelaySeconds);

    /// <summary>How long what has arrived waits for the thread that serves its socket, measured fifty times a second on each.</summary>
    public static Histogram<double> SocketThreadDelay { get; } = Histogram("voicebridge.socket_thread.delay", RelaySeconds);

    /// <summary>Audio frames relayed, by <c>direction</c>.</summary>
    public static Counter<long> Frames { get; } = Meter.CreateCounter<long>("voicebridge.frames", "{frame}");

    /// <summary>Audio frames thrown away because a peer lagged, by <c>direction</c> and <c>reason</c>.</summary>
    public static Counter<long> FramesDropped { get; } = Meter.CreateCounter<long>("voicebridge.frames.dropped", "{frame}");

    /// <summary>Responses of the model that ended otherwise than they should, by <c>status</c> (failed, incomplete, refused, silent, lost).</summary>
    public static Counter<long> Responses { get; } = Meter.CreateCounter<long>("voicebridge.responses", "{response}");

    /// <summary>Ended calls written to the history.</summary>
    public static Counter<long> HistoryWritten { get; } = Meter.CreateCounter<long>("voicebridge.history.written", "{call}");

    /// <summary>What ended calls lost on their way to the history, by <c>what</c> (call, transcript).</summary>
    public static Counter<long> HistoryDropped { get; } = Meter.CreateCounter<long>("voicebridge.history.dropped", "{call}");

    /// <summary>Tries to tell a receiver of an ended call, by <c>receiver</c> and <c>outcome</c> (delivered, failed, gave_up, stopped).</summary>
    public static Counter<long> Webhooks { get; } = Meter.CreateCounter<long>("voicebridge.webhooks", "{try}");

    /// <summary>From a call's end to the receiver's knowledge of it, by <c>receiver</c>.</summary>
    public static Histogram<double> WebhookDelay { get; } = Histogram("voicebridge.webhook.delay", WebhookSeconds);

    /// <summary>Tokens of the model, by <c>kind</c> (input, output) and <c>endpoint</c>.</summary>
    public static Counter<long> Tokens { get; } = Meter.CreateCounter<long>("voicebridge.tokens", "{token}");

    /// <summary>Tool calls by <c>tool</c> and <c>outcome</c> (ok, error, timeout, unknown, too_large, bad_arguments).</summary>
    public static Counter<long> ToolCalls { get; } = Meter.CreateCounter<long>("voicebridge.tool.calls", "{call}");

    /// <summary>How long tools took, by <c>tool</c>.</summary>
    public static Histogram<double> ToolDuration { get; } = Histogram("voicebridge.tool.duration", Seconds);

    /// <summary>Requests and sockets turned away before they cost anything, by <c>entry</c> and <c>reason</c>.</summary>
    public static Counter<long> Refusals { get; } = Meter.CreateCounter<long>("voicebridge.refusals", "{request}");

    /// <summary>Tokens of Entra ID asked for to sign in to Redis, by <c>outcome</c> (acquired, failed).</summary>
    public static Counter<long> RedisTokens { get; } = Meter.CreateCounter<long>("voicebridge.redis.tokens", "{token}");

    /// <summary>Connections to Redis that were given a renewed token, by <c>outcome</c> (ok, failed).</summary>
    public static Counter<long> RedisAuthentications { get; } = Meter.CreateCounter<long>("voicebridge.redis.authentications", "{connection}");

    private static Histogram<double> Histogram(string name, double[] boundaries) =>
        Meter.CreateHistogram(name, "s", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = boundaries });
}
