using System.Net;
using System.Net.Http.Headers;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using VoiceBridge.Cluster;
using VoiceBridge.Cluster.Trust;
using VoiceBridge.Local;
using VoiceBridge.Simulator;
using VoiceBridge.Simulator.Acs.Identity;
using VoiceBridge.System.Tests.Failures;
using VoiceBridge.System.Tests.Harness;
using VoiceBridge.Testing;

namespace VoiceBridge.System.Tests.Trust;

/// <summary>A system with all its protections configured, and whatever somebody may come to its doors with.</summary>
internal sealed class GuardedSystem : IAsyncDisposable
{
    internal const string OpsKey = "an-operators-key-of-the-tests";
    internal const string CommandKey = "a-commanders-key-of-the-tests";
    internal const string Origin = "https://talk.example";
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, UseCookies = false });

    private GuardedSystem(LocalSystem system, string key, CapturedLog log)
    {
        (System, ClusterKey, Log) = (system, key, log);
        Stranger = new AcsIdentity(system.Azure!.Options, TimeProvider.System) { Address = system.Azure.Address };
    }

    internal LocalSystem System { get; }

    internal string ClusterKey { get; }

    internal CapturedLog Log { get; }

    internal Uri Control => System.Controls[0].Address;

    internal Uri Gateway => System.Gateways[0].Address;

    internal string WebhookKey => System.Webhook.Query["?code=".Length..];

    internal AcsIdentity Acs => System.Azure!.Identity;

    /// <summary>Another one who signs tokens just like ACS's, with a key of his own.</summary>
    internal AcsIdentity Stranger { get; }

    internal static Task<GuardedSystem> StartAsync(RedisServers servers, params (string Key, string Value)[] settings) => StartAsync(servers, _ => { }, settings);

    internal static async Task<GuardedSystem> StartAsync(RedisServers servers, Action<SimulatorOptions> simulate, params (string Key, string Value)[] settings)
    {
        var log = new CapturedLog();
        var key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
        var system = await Systems.StartAsync(servers, RedisKind.Garnet, options => (options with { Log = log, Simulate = simulate, Twilio = true }).With(
            [("Cluster:Keys:0", key), ("Ops:ApiKeys:0", OpsKey), ("Ops:CommandKeys:0", CommandKey), ("Web:AllowedOrigins:0", Origin), .. settings]));
        return new GuardedSystem(system, key, log);
    }

    /// <summary>Its services are processes of their own, whose sockets complete on their own threads, as where they are deployed.</summary>
    internal static async Task<GuardedSystem> StartInProcessesAsync(
        RedisServers servers, Action<SimulatorOptions> simulate, Func<LocalOptions, LocalOptions> change, params (string Key, string Value)[] settings)
    {
        var key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
        var system = await Systems.StartAsync(servers, RedisKind.Garnet, options => change(Crowd.InProcesses(options with { Simulate = simulate })).With(
            [("Cluster:Keys:0", key), ("Ops:ApiKeys:0", OpsKey), ("Ops:CommandKeys:0", CommandKey), ("Web:AllowedOrigins:0", Origin), .. settings]));
        return new GuardedSystem(system, key, new CapturedLog());
    }

    internal static string Bearer(string token) => $"Bearer {token}";

    /// <summary>The token with its signature changed.</summary>
    internal static string Forged(string token) => token[..^10] + (token[^10] == 'A' ? 'B' : 'A') + token[^9..];

    /// <summary>The token's content, unsigned.</summary>
    internal static string Unsigned(string token) =>
        $"{Convert.ToBase64String("""{"alg":"none","typ":"JWT"}"""u8).TrimEnd('=')}.{token.Split('.')[1]}.";

    internal static MediaTicket Ticket(string type = "acs", TimeSpan age = default) => new()
    {
        CallId = RandomNumberGenerator.GetHexString(32, lowercase: true),
        CorrelationId = Guid.NewGuid().ToString(),
        CallerId = "+14255550123",
        CalledNumber = "+14255550199",
        Type = type,
        IssuedAt = DateTimeOffset.UtcNow - age,
        ExpiresAt = DateTimeOffset.UtcNow - age + Hour,
    };

    internal string Issue(MediaTicket ticket, bool otherKey = false) => new MediaTickets(Keys(otherKey), TimeProvider.System).Issue(ticket);

    internal string ClusterToken(string audience = "callcontrol", string? cluster = null, TimeSpan age = default, bool otherKey = false) => new ClusterTokens(
        Keys(otherKey), Options.Create(new ClusterOptions { Name = cluster ?? System.ClusterName }), new FakeTimeProvider(DateTimeOffset.UtcNow - age)).Issue(audience);

    /// <summary>Sends a request and reads what comes back; of an upgrade its status.</summary>
    internal async Task<(int Status, string Body, string Headers)> SendAsync(Request request)
    {
        using var message = new HttpRequestMessage(new HttpMethod(request.Method), request.Url);
        if (request.Body is not null) message.Content = new StringContent(request.Body, Encoding.UTF8, MediaTypeHeaderValue.Parse("application/json"));
        foreach (var (name, value) in request.Headers) Assert.True(message.Headers.TryAddWithoutValidation(name, value));
        // Refused before it was read whole: nothing else goes over that connection.
        if (request.Body?.Length > 100_000) message.Headers.ConnectionClose = true;
        if (request.Upgrade)
        {
            message.Version = HttpVersion.Version11;
            foreach (var (name, value) in new[] { ("Connection", "Upgrade"), ("Upgrade", "websocket"), ("Sec-WebSocket-Version", "13"), ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==") })
                message.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await _http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        var body = response.StatusCode is HttpStatusCode.SwitchingProtocols ? "" : await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return ((int)response.StatusCode, body, response.Headers.ToString());
    }

    /// <summary>Opens a phone's media socket for a call of its own, as ACS would.</summary>
    internal async Task<ClientWebSocket> ConnectAsync()
    {
        var ticket = Ticket();
        var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Authorization", Bearer(Acs.MediaToken()));
        socket.Options.SetRequestHeader("x-ms-call-correlation-id", ticket.CorrelationId);
        var address = new UriBuilder(Gateway) { Scheme = "ws", Path = "/acs/ws", Query = $"ticket={Issue(ticket)}" }.Uri;
        await socket.ConnectAsync(address, TestContext.Current.CancellationToken);
        return socket;
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        Stranger.Dispose();
        await System.DisposeAsync();
    }

    private ClusterKeys Keys(bool other) => new(Options.Create(new ClusterOptions
    {
        Keys = [other ? Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)) : ClusterKey],
    }));
}

/// <summary>What somebody sends to a door.</summary>
internal sealed record Request(string Method, Uri Url, string? Body = null, bool Upgrade = false, params (string Name, string Value)[] Headers);
