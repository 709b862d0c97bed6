using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using VoiceBridge.Cluster;
using VoiceBridge.Cluster.Trust;
using VoiceBridge.RelayBench.Cloud;

namespace VoiceBridge.RelayBench.Report;

/// <summary>What the gateway is measured with.</summary>
internal enum GatewayMode
{
    /// <summary>As a developer starts it.</summary>
    Plain,

    /// <summary>With limits so wide that none counts.</summary>
    Open,

    /// <summary>As production does: every protection configured, tokens of the phone side checked.</summary>
    Guarded,

    /// <summary>TLS to the agents' end.</summary>
    Tls,

    /// <summary>Conversations, not only audio: tools, kept transcripts, telemetry sent out.</summary>
    Busy,
}

/// <summary>The real MediaGateway, with tickets for its callers and a Redis for its heartbeats; no CallControl.</summary>
internal sealed record Gateway(string Name, string Path, string Redis, CloudClient Cloud, GatewayMode Mode, IReadOnlyDictionary<string, string> Extra) : Subject(Name)
{
    private readonly string _clusterKey = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    public override string Dll => Path;

    public override bool Converses => Mode == GatewayMode.Busy;

    public override IEnumerable<string> Arguments(int port, int upstreamPort) => ["--urls", $"http://127.0.0.1:{port}"];

    public override IReadOnlyDictionary<string, string> Environment(int port, int upstreamPort)
    {
        var environment = new Dictionary<string, string>
        {
            ["DOTNET_ENVIRONMENT"] = "Development",
            ["ConnectionStrings__redis"] = Redis,
            ["Cluster__Name"] = "bench-" + Guid.NewGuid().ToString("N"),
            ["Cluster__Keys__0"] = _clusterKey,
            ["Gateway__MaxConnections"] = "2000",
            ["VoiceLive__Endpoints__0__Name"] = "bench",
            ["VoiceLive__Endpoints__0__Url"] = $"ws://127.0.0.1:{upstreamPort}/",
            ["VoiceLive__Endpoints__0__Model"] = "gpt-realtime",
            ["VoiceLive__Endpoints__0__Key"] = "bench",
            ["VoiceLive__Endpoints__0__ConnectionsPerMinute"] = "100000",
            ["Logging__LogLevel__Default"] = "Warning",
            ["SSL_CERT_FILE"] = Cloud.CertificateFile,
        };
        foreach (var (name, value) in Settings().Concat(Extra)) environment[name] = value;
        if (Mode == GatewayMode.Tls) Cloud.Front(upstreamPort);
        return environment;
    }

    public override Func<int, (string Path, string[] Headers)> Request()
    {
        var tickets = new MediaTickets(new ClusterKeys(Options.Create(new ClusterOptions { Keys = [_clusterKey] })), TimeProvider.System);
        string[] token = Mode == GatewayMode.Guarded ? [$"Authorization: Bearer {Cloud.Token()}", "X-Forwarded-Proto: https"] : [];
        return call =>
        {
            var correlationId = Guid.NewGuid().ToString();
            var ticket = tickets.Issue(new MediaTicket
            {
                CallId = CallId.Of(correlationId, "bench"), CorrelationId = correlationId, CallerId = "+14255550100", CalledNumber = "+14255550199", Type = "acs",
                IssuedAt = DateTimeOffset.UtcNow, ExpiresAt = DateTimeOffset.UtcNow.AddMinutes(30),
            });
            return ($"/acs/ws?ticket={ticket}", [$"x-ms-call-connection-id: {Guid.NewGuid()}", $"x-ms-call-correlation-id: {correlationId}", .. token]);
        };
    }

    private Dictionary<string, string> Settings() => Mode switch
    {
        GatewayMode.Open => new()
        {
            ["Media__MaxMessagesPerSecond"] = "100000",
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
            ["Acs__ResourceId"] = CloudHost.ResourceId,
            ["Acs__OpenIdConfiguration"] = Cloud.OpenIdDocument,
            ["Ops__ApiKeys__0"] = "a-key-for-operators-only",
            ["Ingress__Proxies__0"] = "*",
        },
        GatewayMode.Tls => new() { ["VoiceLive__Endpoints__0__Url"] = Cloud.TlsAgents },
        GatewayMode.Busy => new()
        {
            ["Logging__LogLevel__Default"] = "Information",
            ["Transcripts__Keep"] = "true",
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
