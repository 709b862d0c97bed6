using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;
using VoiceBridge.CallControl;
using VoiceBridge.Cluster;
using VoiceBridge.Cluster.Calls;
using VoiceBridge.Cluster.Connections;
using VoiceBridge.Cluster.Events;
using VoiceBridge.Cluster.Transcripts;
using VoiceBridge.Dashboard;
using VoiceBridge.Dashboard.Snapshots;
using VoiceBridge.Testing;

namespace VoiceBridge.ClusterBench;

/// <summary>A whole cluster in this process over a Redis server of its own: everything but media and HTTP is the real thing.</summary>
internal sealed class ClusterRun(Plan plan, RedisServer server) : IAsyncDisposable
{
    /// <summary>Gateways share a few connections to Redis: threads are what this machine has least of.</summary>
    private const int Members = 4;

    private readonly CancellationTokenSource _stopping = new();
    private readonly Dictionary<string, string?> _settings = new()
    {
        ["ConnectionStrings:redis"] = server.ConnectionString,
        ["Cluster:Name"] = "bench",
        ["Cluster:Keys:0"] = Convert.ToBase64String(new byte[32]),
        ["CallControl:PublicUrl"] = "http://127.0.0.1:9",
        ["Media:PublicUrl"] = "ws://127.0.0.1:9",
        ["Admission:Headroom"] = plan.Waiting > 0 ? "0" : "0.1",
        ["Admission:RingSeconds"] = "20",
    };

    private readonly List<IConnectionMultiplexer> _clients = [];
    private readonly List<IServiceProvider> _members = [];
    private readonly List<WebApplication> _callControls = [];
    private readonly List<BenchGateway> _gateways = [];
    private readonly List<ClusterSnapshotService> _dashboards = [];
    private readonly ConcurrentDictionary<string, BenchCall> _calls = new();
    private readonly ConcurrentQueue<long> _freed = new();
    private readonly Samples _lateness = new();
    private readonly Samples _admission = new();
    private readonly Samples _slotTaken = new();
    private readonly Samples _recovered = new();
    private readonly Random _random = new(7);
    private ConnectionMultiplexer _admin = null!;
    private long _killedAt;
    private int _refused;
    private int _placed;

    private BenchGateway Emptiest => _gateways.Where(gateway => gateway.Alive).MinBy(gateway => gateway.Connections.Count)!;

    private int Talking => _gateways.Sum(gateway => gateway.Connections.Count);

    public static async Task<ClusterRun> StartAsync(Plan plan, CancellationToken cancel)
    {
        var run = new ClusterRun(plan, await RedisServer.StartAsync(RedisKind.Redis));
        run._admin = await ConnectionMultiplexer.ConnectAsync($"127.0.0.1:{run.Port},allowAdmin=true");
        for (var i = 0; i < Members; i++) run._members.Add(await run.JoinAsync(_ => { }));
        for (var i = 0; i < plan.Gateways; i++)
        {
            run._gateways.Add(new BenchGateway(run._members[i % Members], $"gateway-{i:000}", plan.CapacityOf(i), run._lateness));
            _ = run._gateways[i].BeatAsync(TimeSpan.FromSeconds((double)i / plan.Gateways), run._stopping.Token);
        }

        await Task.Delay(TimeSpan.FromSeconds(2), cancel);
        for (var i = 0; i < plan.CallControls; i++) await run.StartCallControlAsync(cancel);
        for (var i = 0; i < plan.Dashboards; i++) await run.StartDashboardAsync(cancel);
        await run.FillAsync(cancel);
        return run;
    }

    /// <summary>Measures, and says what was found as a row of a table and the rates by command.</summary>
    public async Task<string> MeasureAsync(CancellationToken cancel)
    {
        if (!plan.Idle) Run(KeepAsync);
        await Task.Delay(TimeSpan.FromSeconds(plan.Waiting > 0 ? 5 : 2), cancel);
        foreach (var samples in (Samples[])[_lateness, _admission, _slotTaken, _recovered]) samples.Begin();
        var redis = _admin.GetServer("127.0.0.1", Port);
        var before = await Meter.ReadAsync(redis, _clients);
        using var own = Process.GetCurrentProcess();
        var cpu = own.TotalProcessorTime;
        if (plan.Kill) Kill();
        await Task.Delay(plan.Measured, cancel);
        var after = await Meter.ReadAsync(redis, _clients);
        own.Refresh();
        return Report.Of(plan, before, after, new Findings(
            Talking, _refused, _lateness, _admission, _slotTaken, _recovered, 100 * (own.TotalProcessorTime - cpu).TotalSeconds / plan.Measured.TotalSeconds));
    }

    /// <summary>A call was answered: its media socket comes to the emptiest gateway, and then the notices of the phone network.</summary>
    public void Answered(string name)
    {
        if (!_calls.TryGetValue(name, out var call)) return;
        _admission.Add(Stopwatch.GetElapsedTime(call.RangAt));
        if (_freed.TryDequeue(out var freed)) _slotTaken.Add(Stopwatch.GetElapsedTime(freed));
        Run(() => TalkAsync(call));
    }

    public void Refused(string name)
    {
        if (!_calls.TryRemove(name, out _)) return;
        Interlocked.Increment(ref _refused);
    }

    /// <summary>CallControl brings a call back whose gateway is dead.</summary>
    public void MediaWanted(string callId)
    {
        if (_killedAt != 0) _recovered.Add(Stopwatch.GetElapsedTime(_killedAt));
        if (_calls.Values.FirstOrDefault(call => call.CallId == callId) is { } call) Run(() => RegisterAsync(call));
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        foreach (var dashboard in _dashboards) await dashboard.StopAsync(CancellationToken.None);
        foreach (var app in _callControls) await app.DisposeAsync();
        foreach (var gateway in _gateways) gateway.Dispose();
        foreach (var member in _members) await ((ServiceProvider)member).DisposeAsync();
        await _admin.DisposeAsync();
        await server.DisposeAsync();
        _stopping.Dispose();
    }

    private int Port => server.Port;

    private async Task<IServiceProvider> JoinAsync(Action<IServiceCollection> add)
    {
        var connection = await server.ConnectAsync();
        _clients.Add(connection);
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(_settings).Build();
        var services = new ServiceCollection().AddLogging().AddSingleton<IConnectionMultiplexer>(connection).AddCluster(configuration);
        add(services);
        return services.BuildServiceProvider();
    }

    private async Task StartCallControlAsync(CancellationToken cancel)
    {
        var app = CallControlApp.Create(["--environment", "Development"], builder =>
        {
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            builder.Configuration.AddInMemoryCollection(_settings);
            builder.Logging.ClearProviders();
            builder.Services.AddSingleton<IPhoneService>(new BenchPhone(this));
        });
        await app.StartAsync(cancel);
        _callControls.Add(app);
        _clients.Add(app.Services.GetRequiredService<IConnectionMultiplexer>());
    }

    private async Task StartDashboardAsync(CancellationToken cancel)
    {
        var services = await JoinAsync(services => services
            .AddSingleton<AlertLog>().AddSingleton<CallCache>().AddSingleton<SnapshotReader>().AddSingleton<ClusterSnapshotService>().AddOptions<DashboardOptions>());
        _members.Add(services);
        var dashboard = services.GetRequiredService<ClusterSnapshotService>();
        await dashboard.StartAsync(cancel);
        _dashboards.Add(dashboard);
    }

    /// <summary>All calls that are wanted, each somewhere in its three minutes.</summary>
    private async Task FillAsync(CancellationToken cancel)
    {
        // Some end meanwhile.
        while (Talking < 0.97 * plan.Calls)
        {
            var missing = plan.Calls - _calls.Count;
            for (var i = 0; i < Math.Min(missing, 40); i++)
                await RingAsync(plan.Idle ? TimeSpan.FromHours(1) : Plan.CallLength * _random.NextDouble());
            await Task.Delay(100, cancel);
        }
    }

    /// <summary>As many callers come as leave, and as many wait as are wanted.</summary>
    private async Task KeepAsync()
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (await timer.WaitForNextTickAsync(_stopping.Token))
        {
            while (_calls.Count < plan.Calls + plan.Waiting) await RingAsync(Plan.CallLength);
        }
    }

    private async Task RingAsync(TimeSpan length)
    {
        var name = $"call-{Interlocked.Increment(ref _placed)}";
        var incoming = new IncomingCall(name, name, "server", "+14255550100", "+14255550199", DateTimeOffset.UtcNow);
        _calls[name] = new BenchCall(name, incoming.CallId, length);
        await AnyCallControl().GetRequiredService<CallIntake>().AcceptAsync(incoming);
    }

    private async Task TalkAsync(BenchCall call)
    {
        await RegisterAsync(call);
        Notify(call, CallNoticeKind.Connected);
        Notify(call, CallNoticeKind.MediaStarted);
        await JournalAsync(call, new CallChange { Agent = "reception", FirstAudioAt = DateTimeOffset.UtcNow, FirstAudioMs = 500 }, "connected");
        var talked = Stopwatch.GetTimestamp();
        await Task.Delay(Plan.TurnInterval * Random.Shared.NextDouble(), _stopping.Token);
        while (Stopwatch.GetElapsedTime(talked) < call.Length)
        {
            if (!plan.Idle) await TurnAsync(call);
            await Task.Delay(Plan.TurnInterval, _stopping.Token);
        }

        await EndAsync(call);
    }

    private async Task RegisterAsync(BenchCall call)
    {
        var gateway = Emptiest;
        var connection = new ConnectionRecord
        {
            ConnectionId = Guid.NewGuid().ToString("N"), CallId = call.CallId, CorrelationId = call.Name, CallerId = "+14255550100", GatewayId = gateway.Id,
            ConnectedAt = DateTimeOffset.UtcNow,
        };
        gateway.Connections[call.CallId] = connection;
        var registration = await gateway.Cluster.GetRequiredService<ConnectionDirectory>().RegisterAsync(connection, _stopping.Token);
        gateway.Connections[call.CallId] = connection with { Generation = registration.Generation };
        call.Gateway = gateway;
    }

    /// <summary>What a gateway's journal writes of a turn.</summary>
    private async Task TurnAsync(BenchCall call)
    {
        var cluster = call.Gateway!.Cluster;
        await Task.WhenAll(
            cluster.GetRequiredService<CallStore>().UpdateAsync(
                call.CallId, new CallChange { Turns = 1, InputTokens = 150, OutputTokens = 80, Cost = 0.002m }, _stopping.Token),
            cluster.GetRequiredService<WorkingTurns>().AppendAsync(
                call.CallId, [new Turn(DateTimeOffset.UtcNow, "caller", "And what about Friday, if that is not too late for you?")], _stopping.Token),
            cluster.GetRequiredService<ClusterEvents>().PublishAsync(new ClusterEvent("turn", call.CallId), _stopping.Token));
    }

    private async Task JournalAsync(BenchCall call, CallChange change, string what)
    {
        var calls = call.Gateway!.Cluster.GetRequiredService<CallStore>();
        await Task.WhenAll(
            calls.UpdateAsync(call.CallId, change, _stopping.Token),
            calls.AddEventAsync(call.CallId, new CallEvent(DateTimeOffset.UtcNow, what, ""), _stopping.Token));
    }

    private async Task EndAsync(BenchCall call)
    {
        _calls.TryRemove(call.Name, out _);
        if (!call.Gateway!.Connections.TryRemove(call.CallId, out var connection)) return;
        // Before the slot is given back: the next caller may be answered sooner than this comes back.
        if (plan.Waiting > 0) _freed.Enqueue(Stopwatch.GetTimestamp());
        await call.Gateway.Cluster.GetRequiredService<ConnectionDirectory>().UnregisterAsync(connection, "caller_hung_up", _stopping.Token);
        Notify(call, CallNoticeKind.Disconnected);
        await call.Gateway.Cluster.GetRequiredService<WorkingTurns>().EndAsync(call.CallId, _stopping.Token);
    }

    private void Notify(BenchCall call, CallNoticeKind kind) => AnyCallControl().GetRequiredService<CallLifecycle>().Handle(
    [
        new CallNotice(kind, Guid.NewGuid().ToString("N"), call.CallId, DateTimeOffset.UtcNow, $"connection-{call.CallId}", "server", call.Name, "", null),
    ]);

    private void Kill()
    {
        var victim = _gateways.First(gateway => gateway.Alive);
        _killedAt = Stopwatch.GetTimestamp();
        victim.Kill();
        victim.Connections.Clear();
    }

    private IServiceProvider AnyCallControl() => _callControls[Random.Shared.Next(_callControls.Count)].Services;

    private void Run(Func<Task> work) => _ = Task.Run(async () =>
    {
        try
        {
            await work();
        }
        catch (Exception exception) when (_stopping.IsCancellationRequested || exception is RedisException or TimeoutException)
        {
            // The run is over, or Redis cannot keep up: the figures show it.
        }
    });
}
