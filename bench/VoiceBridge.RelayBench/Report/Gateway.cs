using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using VoiceBridge.Cluster;
using VoiceBridge.Cluster.Trust;

namespace VoiceBridge.RelayBench.Report;

/// <summary>The real MediaGateway, with tickets for its callers. No Redis, no CallControl: neither is on the media path.</summary>
internal sealed record Gateway(string Name, string Path, IReadOnlyDictionary<string, string> Extra) : Subject(Name)
{
    private readonly string _clusterKey = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    public override string Dll => Path;

    public override IEnumerable<string> Arguments(int port, int upstreamPort) => ["--urls", $"http://127.0.0.1:{port}"];

    public override IReadOnlyDictionary<string, string> Environment(int port, int upstreamPort)
    {
        var environment = new Dictionary<string, string>
        {
            ["DOTNET_ENVIRONMENT"] = "Development",
            ["ConnectionStrings__redis"] = "127.0.0.1:1,abortConnect=false",
            ["Cluster__Keys__0"] = _clusterKey,
            ["Gateway__MaxConnections"] = "2000",
            ["VoiceLive__Endpoints__0__Name"] = "bench",
            ["VoiceLive__Endpoints__0__Url"] = $"ws://127.0.0.1:{upstreamPort}/",
            ["VoiceLive__Endpoints__0__Model"] = "gpt-realtime",
            ["VoiceLive__Endpoints__0__Key"] = "bench",
            ["VoiceLive__Endpoints__0__ConnectionsPerMinute"] = "100000",
            ["Logging__LogLevel__Default"] = "Warning",
        };
        foreach (var (name, value) in Extra) environment[name] = value;
        return environment;
    }

    public override Func<int, (string Path, string[] Headers)> Request()
    {
        var tickets = new MediaTickets(new ClusterKeys(Options.Create(new ClusterOptions { Keys = [_clusterKey] })), TimeProvider.System);
        return call =>
        {
            var correlationId = Guid.NewGuid().ToString();
            var ticket = tickets.Issue(new MediaTicket
            {
                CallId = CallId.Of(correlationId, "bench"), CorrelationId = correlationId, CallerId = "+14255550100", CalledNumber = "+14255550199", Type = "acs",
                IssuedAt = DateTimeOffset.UtcNow, ExpiresAt = DateTimeOffset.UtcNow.AddMinutes(30),
            });
            return ($"/acs/ws?ticket={ticket}", [$"x-ms-call-connection-id: {Guid.NewGuid()}", $"x-ms-call-correlation-id: {correlationId}"]);
        };
    }
}
