using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using VoiceBridge.Cluster;
using VoiceBridge.Cluster.Trust;
using VoiceBridge.RelayBench.Cloud;
using VoiceBridge.RelayBench.Load;

namespace VoiceBridge.RelayBench.Report;

/// <summary>What the gateway is measured with.</summary>
internal enum GatewayMode
{
    /// <summary>As a developer starts it, by itself.</summary>
    Plain,

    /// <summary>With limits so wide that none counts.</summary>
    Open,

    /// <summary>As production does: every protection configured, tokens of the phone side checked.</summary>
    Guarded,

    /// <summary>Conversations, not only audio: tools, kept transcripts, telemetry sent out.</summary>
    Busy,

    /// <summary>The whole flow: CallControl gets the events, answers, and takes the callbacks.</summary>
    Whole,
}

/// <summary>The real MediaGateway with a Redis for its heartbeats. Its callers have tickets of the bench, or in <see cref="GatewayMode.Whole"/> those of CallControl.</summary>
internal sealed record Gateway(
    string Name, string Dll, string? CallControlDll, string Redis, CloudClient Cloud, GatewayMode Mode, IReadOnlyDictionary<string, string> Extra) : Subject(Name)
{
    private const string WebhookKey = "a-key-for-event-grid-only";
    private static readonly TimeSpan TicketLife = TimeSpan.FromMinutes(30);

    public override Talk TalkOf(Talk asked) => Mode == GatewayMode.Busy ? Talk.EchoAndEvents : asked;

    public override Server Start(LoadPlan plan, Uri upstream)
    {
        var cluster = Cluster();
        var (port, controlPort) = (Ports.Free(), Ports.Free());
        if (Mode != GatewayMode.Whole) return new Server(StartGateway(cluster, upstream, port, plan.Pinned), Requests(cluster, port, plan.Calls), plan.Arrival);

        var control = StartCallControl(cluster, port, controlPort);
        var gateway = StartGateway(new(cluster) { ["CallControl__Url"] = $"http://127.0.0.1:{controlPort}" }, upstream, port, plan.Pinned);
        Task<IReadOnlyList<double>>? answers = null;
        return new Server(gateway, [], plan.Arrival, control)
        {
            Announce = () =>
            {
                var arrivals = new AnnouncedArrivals();
                var webhook = new Uri($"http://127.0.0.1:{controlPort}/acs/incomingcall?code={WebhookKey}");
                answers = Cloud.RingAsync(webhook, plan.Calls, plan.Arrival, arrivals, CancellationToken.None);
                return arrivals;
            },
            Answers = () => answers is { IsCompletedSuccessfully: true } ? answers.Result : [],
        };
    }

    private MeasuredProcess StartGateway(Dictionary<string, string> cluster, Uri upstream, int port, bool pinned)
    {
        var environment = new Dictionary<string, string>(cluster)
        {
            ["Gateway__MaxConnections"] = "2000",
            ["VoiceLive__Endpoints__0__Name"] = "bench",
            ["VoiceLive__Endpoints__0__Url"] = upstream.AbsoluteUri,
            ["VoiceLive__Endpoints__0__Model"] = "gpt-realtime",
            ["VoiceLive__Endpoints__0__Key"] = "bench",
            ["VoiceLive__Endpoints__0__ConnectionsPerMinute"] = "100000",
        };
        foreach (var (name, value) in Settings().Concat(Extra)) environment[name] = value;
        return MeasuredProcess.Start(Dll, ["--urls", $"http://127.0.0.1:{port}"], environment, port, pinned);
    }

    private MeasuredProcess StartCallControl(Dictionary<string, string> cluster, int gatewayPort, int port)
    {
        var environment = new Dictionary<string, string>(cluster)
        {
            ["CallControl__PublicUrl"] = $"http://127.0.0.1:{port}",
            ["Media__PublicUrl"] = $"ws://127.0.0.1:{gatewayPort}",
            ["EventGrid__Keys__0"] = WebhookKey,
            ["Acs__Client"] = "Rest",
            ["Acs__ConnectionString"] = $"endpoint={Cloud.Plain};accesskey={Convert.ToBase64String(RandomNumberGenerator.GetBytes(32))}",
        };
        var dll = CallControlDll ?? throw new InvalidOperationException("The whole flow needs --call-control.");
        return MeasuredProcess.Start(dll, ["--urls", $"http://127.0.0.1:{port}"], environment, port, pinned: false);
    }

    private CallerRequest[] Requests(Dictionary<string, string> cluster, int port, int calls)
    {
        var keys = new ClusterKeys(Options.Create(new ClusterOptions { Keys = [cluster["Cluster__Keys__0"]] }));
        var tickets = new MediaTickets(keys, TimeProvider.System);
        string[] token = Mode == GatewayMode.Guarded ? [$"Authorization: Bearer {Cloud.Token()}", "X-Forwarded-Proto: https"] : [];
        return [.. Enumerable.Range(0, calls).Select(_ =>
        {
            var correlationId = Guid.NewGuid().ToString();
            var ticket = tickets.Issue(new MediaTicket
            {
                CallId = CallId.Of(correlationId, "bench"), CorrelationId = correlationId, CallerId = "+14255550100", CalledNumber = "+14255550199", Type = "acs",
                IssuedAt = DateTimeOffset.UtcNow, ExpiresAt = DateTimeOffset.UtcNow + TicketLife,
            });
            return new CallerRequest(port, $"/acs/ws?ticket={ticket}", [$"x-ms-call-connection-id: {Guid.NewGuid()}", $"x-ms-call-correlation-id: {correlationId}", .. token]);
        })];
    }

    /// <summary>What all services of one run share.</summary>
    private Dictionary<string, string> Cluster()
    {
        var shared = new Dictionary<string, string>
        {
            ["DOTNET_ENVIRONMENT"] = "Development",
            ["ConnectionStrings__redis"] = Redis,
            ["Cluster__Name"] = "bench-" + Guid.NewGuid().ToString("N"),
            ["Cluster__Keys__0"] = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)),
            ["Logging__LogLevel__Default"] = "Warning",
            ["SSL_CERT_FILE"] = Cloud.CertificateFile,
        };
        if (Mode is not (GatewayMode.Whole or GatewayMode.Guarded)) return shared;
        shared["Acs__ResourceId"] = CloudHost.ResourceId;
        shared["Acs__OpenIdConfiguration"] = Cloud.OpenIdDocument;
        return shared;
    }

    private Dictionary<string, string> Settings() => Mode switch
    {
        GatewayMode.Open => new()
        {
            ["Media__MaxMessagesPerSecond"] = "100000",
            ["Media__MaxAudioRate"] = "1000",
            ["Media__MaxAgentMessagesPerSecond"] = "100000",
            ["Media__MaxCallerMessageBytes"] = "16777216",
            ["Media__MaxBytesPerSecond"] = "1000000000",
            ["Media__MaxControlFramesPerSecond"] = "10000",
            ["Media__MaxAgentMessageBytes"] = "67108864",
            ["Media__MaxPendingUpgrades"] = "100000",
        },
        GatewayMode.Guarded => new()
        {
            ["DOTNET_ENVIRONMENT"] = "Production",
            ["Ops__ApiKeys__0"] = "a-key-for-operators-only",
            ["Ingress__Proxies__0"] = "*",
        },
        GatewayMode.Busy => new()
        {
            ["Logging__LogLevel__Default"] = "Information",
            ["Transcripts__Keep"] = "true",
            ["Transcripts__Announcement"] = "off",
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = Cloud.Plain,
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
            ["OTEL_METRIC_EXPORT_INTERVAL"] = "5000",
            ["Agents__default__Instructions"] = "You are measured.",
            ["Agents__default__Greeting__Text"] = "Hello.",
            ["Agents__default__Greeting__Interruptible"] = "true",
            ["Tools__Http__opening_hours__Description"] = "Tells the opening hours.",
            ["Tools__Http__opening_hours__Url"] = $"{Cloud.Plain}/opening-hours",
        },
        _ => [],
    };
}
