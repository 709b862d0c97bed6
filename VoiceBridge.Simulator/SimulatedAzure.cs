using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging.Abstractions;
using VoiceBridge.Simulator.Acs;
using VoiceBridge.Simulator.Acs.Identity;
using VoiceBridge.Simulator.Acs.Media;
using VoiceBridge.Simulator.Acs.Rest;
using VoiceBridge.Simulator.Control;
using VoiceBridge.Simulator.EventGrid;
using VoiceBridge.Simulator.Twilio;
using VoiceBridge.Simulator.VoiceLive;

namespace VoiceBridge.Simulator;

/// <summary>
/// Everything that a voice bridge talks to, on one loopback port: Event Grid, ACS Call Automation with its callbacks,
/// media sockets and identity, Voice Live; Twilio beside them. And the people who call.
/// </summary>
public sealed class SimulatedAzure : IAsyncDisposable
{
    private readonly WebApplication _server;
    private readonly SimulatorOptions _options;
    private readonly CallServices _services;
    private readonly CallRegistry _calls;
    private readonly EventSubscription _subscription;
    private readonly VoiceLiveService _voiceLive;

    private SimulatedAzure(SimulatorOptions options, int port, TimeProvider time, ILoggerFactory logs)
    {
        _options = options;
        // Proxies of the environment are not for loopback traffic, and one handler keeps all connections of a kind.
        var handler = new SocketsHttpHandler { UseProxy = false, PooledConnectionLifetime = TimeSpan.FromMinutes(2), ConnectTimeout = TimeSpan.FromSeconds(5) };
        var connector = new SocketsHttpHandler { UseProxy = false, ConnectTimeout = TimeSpan.FromSeconds(5) };
        _services = new CallServices(
            options,
            new AcsIdentity(options, time),
            new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan },
            new HttpMessageInvoker(connector),
            new Pacer(time),
            time,
            logs,
            Forward);
        _calls = new CallRegistry(options, Forward);
        _subscription = new EventSubscription(options, _services.Http, time, logs.CreateLogger<EventSubscription>());
        _voiceLive = new VoiceLiveService(options, time, logs);
        _server = Build(port, logs);
    }

    /// <summary>Where it listens: <c>http://127.0.0.1:port</c>.</summary>
    public Uri Address { get; private set; } = new("http://127.0.0.1");

    /// <summary>How it behaves; changes count from the next event on.</summary>
    public SimulatorOptions Options => _options;

    /// <summary>For Call Automation clients.</summary>
    public string AcsConnectionString => $"endpoint={Address};accesskey={_options.AccessKey}";

    /// <summary>Where the keys of ACS's tokens are described.</summary>
    public Uri OpenIdConfiguration => new(Address, AcsIdentity.ConfigurationPath);

    /// <summary>Signs what ACS sends.</summary>
    internal AcsIdentity Identity => _services.Identity;

    /// <summary>The base address of Voice Live; <c>/voice-live/realtime</c> is below it.</summary>
    public Uri VoiceLiveEndpoint => Address;

    /// <summary>The calls so far, oldest first; see <see cref="SimulatorOptions.Remembered"/>.</summary>
    public IReadOnlyCollection<SimulatedCall> Calls => _calls.All;

    /// <summary>The Voice Live sessions so far, oldest first; see <see cref="SimulatorOptions.Remembered"/>.</summary>
    public IReadOnlyCollection<SimulatedSession> Sessions => _voiceLive.Sessions;

    /// <summary>Voice Live connections that were refused.</summary>
    public int VoiceLiveRefused => _voiceLive.Refused;

    /// <summary>Of these, the ones at an endpoint; the default one has no name.</summary>
    public int VoiceLiveRefusedAt(string name) => _voiceLive.RefusedAt(name);

    /// <summary>Event Grid deliveries that were answered with success, and those given up.</summary>
    public (int Delivered, int GivenUp) Deliveries => (_subscription.Delivered, _subscription.DeadLettered);

    /// <summary>Starts the server.</summary>
    /// <param name="options">How it behaves.</param>
    /// <param name="port">0 = any free one.</param>
    /// <param name="time">The clock of everything in it.</param>
    /// <param name="logs">Where it logs to; nowhere by default.</param>
    /// <param name="ct">Ends the start.</param>
    public static async Task<SimulatedAzure> StartAsync(
        SimulatorOptions options, int port = 0, TimeProvider? time = null, ILoggerFactory? logs = null, CancellationToken ct = default)
    {
        var azure = new SimulatedAzure(options, port, time ?? TimeProvider.System, logs ?? NullLoggerFactory.Instance);
        try
        {
            await azure._server.StartAsync(ct);
        }
        catch
        {
            await azure.DisposeAsync();
            throw;
        }
        azure.Address = new Uri(azure._server.Services.GetRequiredService<Microsoft.AspNetCore.Hosting.Server.IServer>()
            .Features.Get<IServerAddressesFeature>()!.Addresses.First());
        azure._services.Identity.Address = azure.Address;
        return azure;
    }

    /// <summary>The base address of one of <see cref="VoiceLiveBehaviour.Endpoints"/>.</summary>
    public Uri VoiceLiveEndpointNamed(string name) => new(Address, $"/{name}/");

    /// <summary>The event subscription's handshake with <see cref="SimulatorOptions.Webhook"/>.</summary>
    /// <exception cref="InvalidOperationException">The webhook did not answer as Event Grid demands.</exception>
    public Task SubscribeAsync(CancellationToken ct = default) => _subscription.HandshakeAsync(ct);

    /// <summary>Tells the webhook that the subscription was deleted. False when it did not take it.</summary>
    public Task<bool> DeleteSubscriptionAsync() => _subscription.DeleteAsync();

    /// <summary>The phone rings now.</summary>
    /// <exception cref="IOException">A file of the plan cannot be read or written.</exception>
    /// <exception cref="InvalidDataException">A file of the plan is no WAV.</exception>
    public SimulatedCall PlaceCall(CallPlan plan)
    {
        plan.CheckFiles();
        var call = new SimulatedCall(plan, _services);
        _calls.Add(call);
        if (plan.Network is PhoneNetwork.Twilio) call.RingTwilio();
        else _subscription.Publish(EventGridEvent.IncomingCall(call));
        return call;
    }

    /// <summary>Delivers the call's event once more.</summary>
    public void Redeliver(SimulatedCall call) => _subscription.Publish(EventGridEvent.IncomingCall(call));

    /// <summary>Cuts a part (0 to 1) of the open Voice Live sessions; returns how many.</summary>
    public int DropVoiceLive(double fraction = 1)
    {
        var open = Sessions.Where(s => s.IsOpen).ToArray();
        var count = (int)Math.Ceiling(open.Length * Math.Clamp(fraction, 0, 1));
        Random.Shared.Shuffle(open);
        foreach (var session in open.Take(count)) session.Drop();
        return count;
    }

    /// <summary>Ends all calls and sessions, and the server.</summary>
    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(Calls.Select(c => c.DisposeAsync().AsTask()));
        await _subscription.DisposeAsync();
        foreach (var session in Sessions) session.Drop();
        await _services.Pacer.DisposeAsync();
        await _server.DisposeAsync();
        _services.Http.Dispose();
        _services.Connector.Dispose();
        _services.Identity.Dispose();
    }

    private void Forward(SimulatedCall call, string number)
    {
        if (!_options.Acs.OwnNumbers.Contains(number)) return;
        // Twilio makes another call of it.
        PlaceCall(call.Plan with { To = number, CorrelationId = call.Plan.Network is PhoneNetwork.Twilio ? null : call.CorrelationId });
    }

    private WebApplication Build(int port, ILoggerFactory logs)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Listen(System.Net.IPAddress.Loopback, port, listen => listen.Protocols = HttpProtocols.Http1);
        });
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton(logs);
        var app = builder.Build();
        app.UseWebSockets(new WebSocketOptions { KeepAliveInterval = TimeSpan.FromSeconds(30) });
        app.UseRouting();
        new CallAutomationApi(_options, _calls, _services.Time).Map(app);
        new TwilioApi(_options.Twilio, _calls, _services.Time).Map(app);
        app.MapGet(AcsIdentity.ConfigurationPath, http => Json(http, _services.Identity.OpenIdDocument()));
        app.MapGet(AcsIdentity.KeysPath, http => Json(http, _services.Identity.KeySet()));
        app.MapGet("/voice-live/realtime", http => _voiceLive.AcceptAsync(http, null));
        app.MapGet("/{endpoint}/voice-live/realtime", http => _voiceLive.AcceptAsync(http, (string?)http.Request.RouteValues["endpoint"]));
        new ControlApi(this).Map(app);
        return app;
    }

    private static Task Json(HttpContext http, string body)
    {
        http.Response.ContentType = "application/json";
        return http.Response.WriteAsync(body, http.RequestAborted);
    }
}
