using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using VoiceBridge.Cluster.Trust;
using VoiceBridge.MediaGateway.Agents;
using VoiceBridge.MediaGateway.Calls;
using VoiceBridge.MediaGateway.Connections;
using VoiceBridge.Testing;

namespace VoiceBridge.MediaGateway.Tests.Fakes;

/// <summary>A gateway on real sockets, between a fake Voice Live and fake callers. Its Redis is away: no call may notice.</summary>
internal sealed class TestGateway : IAsyncDisposable
{
    private readonly WebApplication _callControl;
    private int _calls;
    private FakeTimeProvider? _time;

    private TestGateway(WebApplication app, WebApplication callControl, FakeVoiceLive voiceLive, FakeAgents agents) =>
        (App, _callControl, VoiceLive, Agents) = (app, callControl, voiceLive, agents);

    public WebApplication App { get; }

    public FakeVoiceLive VoiceLive { get; }

    public FakeAgents Agents { get; }

    /// <summary>What CallControl was asked for: path and body.</summary>
    public ConcurrentQueue<(string Path, JsonElement Body)> Asked { get; } = new();

    /// <summary>What CallControl waits for before it answers.</summary>
    public Task Answer { get; set; } = Task.CompletedTask;

    /// <summary>What CallControl answers.</summary>
    public int Status { get; set; } = StatusCodes.Status202Accepted;

    public ConnectionManager Connections => App.Services.GetRequiredService<ConnectionManager>();

    public Uri Address => new(App.Urls.First());

    /// <summary>Starts all of it. With settings of <c>Agents</c> the real agents talk, else fake ones. A setting that is empty is not there at all.</summary>
    public static Task<TestGateway> StartAsync(params (string Name, string Value)[] settings) => StartAsync(null, settings);

    /// <summary>The same by a clock that only the test moves.</summary>
    public static async Task<TestGateway> StartAsync(FakeTimeProvider? time, params (string Name, string Value)[] settings)
    {
        var voiceLive = await FakeVoiceLive.StartAsync();
        var agents = new FakeAgents();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var callControl = builder.Build();
        TestGateway? gateway = null;
        callControl.MapPost("/calls/{id}/{action}", async (HttpContext context) =>
        {
            gateway!.Asked.Enqueue((context.Request.Path, await context.Request.ReadFromJsonAsync<JsonElement>()));
            await gateway.Answer;
            return Results.StatusCode(gateway.Status);
        });
        await callControl.StartAsync(TestContext.Current.CancellationToken);

        var app = MediaGatewayApp.Create(["--environment", "Development"], web =>
        {
            var usual = new Dictionary<string, string?>
            {
                ["ConnectionStrings:redis"] = "127.0.0.1:1,abortConnect=false,connectTimeout=100,connectRetry=0",
                ["Cluster:Name"] = $"test-{Guid.NewGuid():N}",
                ["Cluster:Keys:0"] = Convert.ToBase64String(new byte[32]),
                ["CallControl:Url"] = callControl.Urls.First(),
                ["VoiceLive:Endpoints:0:Name"] = "fake",
                ["VoiceLive:Endpoints:0:Url"] = voiceLive.Url,
                ["VoiceLive:Endpoints:0:Model"] = "gpt-realtime",
                ["VoiceLive:Endpoints:0:Key"] = "secret",
                ["VoiceLive:Endpoints:0:ConnectionsPerMinute"] = "1000",
                ["VoiceLive:ConnectSeconds"] = "30",
                ["Agents:default:Instructions"] = "Be kind.",
                ["Drain:Seconds"] = "0",
            };
            foreach (var (name, value) in settings)
                usual[name] = value;
            web.Configuration.AddInMemoryCollection(usual.Where(setting => setting.Value!.Length > 0));
            web.Logging.ClearProviders();
            web.WebHost.UseUrls("http://127.0.0.1:0");
            if (time is not null)
                web.Services.Replace(ServiceDescriptor.Singleton<TimeProvider>(time));
            if (!settings.Any(s => s.Name.StartsWith("Agents:", StringComparison.Ordinal)))
                web.Services.AddSingleton<ICallAgentFactory>(agents);
        });
        await app.StartAsync(TestContext.Current.CancellationToken);
        return gateway = new TestGateway(app, callControl, voiceLive, agents) { _time = time };
    }

    public MediaTicket Ticket(string type = "acs") => new()
    {
        CallId = $"{Interlocked.Increment(ref _calls):x32}",
        CorrelationId = $"correlation-{_calls}",
        CallerId = "+1234567890",
        CalledNumber = "+18005550100",
        Type = type,
        IssuedAt = DateTimeOffset.UtcNow,
        ExpiresAt = DateTimeOffset.UtcNow.AddHours(1),
    };

    public string Issue(MediaTicket ticket) => App.Services.GetRequiredService<MediaTickets>().Issue(ticket);

    public Uri Socket(string path, string query) => new UriBuilder(Address) { Scheme = "ws", Path = path, Query = query }.Uri;

    public async Task<FakeCaller> CallAsync(MediaTicket? known = null)
    {
        var ticket = known ?? Ticket();
        var caller = new FakeCaller();
        await caller.ConnectAsync(Socket("/acs/ws", $"ticket={Issue(ticket)}"),
            ("x-ms-call-correlation-id", ticket.CorrelationId), ("x-ms-call-connection-id", "call-connection-1"));
        await caller.SendAsync("""{"kind":"AudioMetadata","audioMetadata":{"subscriptionId":"x","encoding":"PCM","sampleRate":24000,"channels":1,"length":960}}""");
        return caller;
    }

    /// <summary>A call through Twilio, as far as its start.</summary>
    public async Task<FakeTwilio> CallTwilioAsync(MediaTicket? known = null, TimeProvider? time = null, TimeSpan startDelay = default)
    {
        var ticket = known ?? Ticket("twilio");
        var twilio = new FakeTwilio(time ?? TimeProvider.System, startDelay);
        Assert.Equal(HttpStatusCode.SwitchingProtocols, await twilio.ConnectAsync(this, FakeTwilio.PathOf(ticket), FakeTwilio.Sign(FakeTwilio.PathOf(ticket))));
        await twilio.WelcomeAsync();
        await twilio.StartAsync(ticket.CorrelationId, Issue(ticket));
        return twilio;
    }

    /// <summary>Nothing of any call is left.</summary>
    public async Task NothingIsLeftAsync()
    {
        await Eventually.True(() => Connections.ActiveConnections == 0, what: "no connection left");
        await Eventually.True(() => App.Services.GetRequiredService<CallTicker>().Count == 0, what: "no tick left");
        await Eventually.True(() => VoiceLive.Sessions.All(session => session.Over), what: "no session left");
        await Eventually.True(() => Agents.Made.All(agent => agent.Disposed), what: "no agent left");
    }

    public async ValueTask DisposeAsync()
    {
        var stopping = App.StopAsync(CancellationToken.None);
        if (_time is { } time)
        {
            await Eventually.True(() =>
            {
                time.Advance(TimeSpan.FromMilliseconds(100));
                return stopping.IsCompleted;
            }, what: "the gateway's end");
        }
        await stopping;
        await App.DisposeAsync();
        await VoiceLive.DisposeAsync();
        await _callControl.DisposeAsync();
    }
}
