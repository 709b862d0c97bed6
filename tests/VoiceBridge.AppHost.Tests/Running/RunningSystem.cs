using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Aspire.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using VoiceBridge.AppHost.Tests.Telemetry;
using VoiceBridge.Testing;

namespace VoiceBridge.AppHost.Tests.Running;

/// <summary>
/// The whole system as <c>dotnet run --project VoiceBridge.AppHost</c> starts it, without a container engine. Its telemetry comes here instead of to Aspire's
/// dashboard; all else is as Aspire sets it.
/// </summary>
public sealed class RunningSystem : IAsyncLifetime
{
    private static readonly TimeSpan StartDeadline = TimeSpan.FromMinutes(5);

    internal DistributedApplication App { get; private set; } = null!;

    internal OtlpReceiver Telemetry { get; private set; } = null!;

    internal HttpClient Simulator { get; private set; } = null!;

    internal HttpClient CallControl { get; private set; } = null!;

    internal HttpClient Dashboard { get; private set; } = null!;

    internal DistributedApplicationModel Model => App.Services.GetRequiredService<DistributedApplicationModel>();

    internal ResourceCommandService Commands => App.Services.GetRequiredService<ResourceCommandService>();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        deadline.CancelAfter(StartDeadline);
        Telemetry = await OtlpReceiver.StartAsync(deadline.Token);
        var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.VoiceBridge_AppHost>(["--Redis:Server", "embedded"], deadline.Token);
        // Nobody is healthy at once; with Aspire's dashboard, which is off in tests, this is not logged either.
        builder.Services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Warning)
            .AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks.DefaultHealthCheckService", LogLevel.None));
        foreach (var project in builder.Resources.OfType<ProjectResource>()) builder.CreateResourceBuilder(project)
            .WithEnvironment("OTEL_EXPORTER_OTLP_ENDPOINT", Telemetry.Address)
            .WithEnvironment("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf")
            // In Development they are shown in full.
            .WithEnvironment("Privacy__CallerId", "Last4");
        App = await builder.BuildAsync(deadline.Token);
        await App.StartAsync(deadline.Token);
        foreach (var resource in (string[])["mediagateway", "callcontrol", "dashboard", "simulator"])
            await App.ResourceNotifications.WaitForResourceHealthyAsync(resource, deadline.Token);
        Simulator = App.CreateHttpClient("simulator", "http");
        CallControl = App.CreateHttpClient("callcontrol", "http");
        Dashboard = App.CreateHttpClient("dashboard", "http");
    }

    public async ValueTask DisposeAsync()
    {
        Simulator?.Dispose();
        CallControl?.Dispose();
        Dashboard?.Dispose();
        if (App is not null) await App.DisposeAsync();
        if (Telemetry is not null) await Telemetry.DisposeAsync();
    }

    /// <summary>The replicas of a service, each with its name and its own address.</summary>
    internal IReadOnlyList<Replica> Replicas(string service) => App.Services.GetRequiredService<Replicas>().Of(Resource(service));

    internal IResource Resource(string name) => Model.Resources.Single(resource => resource.Name == name);

    /// <summary>What Aspire knows of one process.</summary>
    internal CustomResourceSnapshot Snapshot(string replica) =>
        App.ResourceNotifications.TryGetCurrentState(replica, out var state) ? state.Snapshot : throw new InvalidOperationException($"Aspire knows no {replica}.");

    /// <summary>The process that Aspire started for it: <c>dotnet run</c>, whose child the service is.</summary>
    internal int ProcessId(string replica) =>
        Convert.ToInt32(Snapshot(replica).Properties.Single(property => property.Name == "executable.pid").Value, CultureInfo.InvariantCulture);

    /// <summary>The phone rings.</summary>
    internal async Task<IReadOnlyList<string>> PlaceCallsAsync(int count, string from, int seconds)
    {
        using var placed = await Simulator.PostAsJsonAsync("/simulator/calls", new { count, from, seconds }, Cancellation);
        Assert.True(placed.IsSuccessStatusCode, $"placing calls: {placed.StatusCode}");
        var calls = await placed.Content.ReadFromJsonAsync<JsonElement>(Cancellation);
        return [.. calls.EnumerateArray().Select(call => call.GetProperty("correlationId").GetString()!)];
    }

    /// <summary>How these calls are, as the callers notice it.</summary>
    internal async Task<IReadOnlyList<PlacedCall>> CallsAsync(IReadOnlyCollection<string> ids) =>
        [.. (await Simulator.GetFromJsonAsync<PlacedCall[]>("/simulator/calls", Cancellation))!.Where(call => ids.Contains(call.CorrelationId))];

    /// <summary>Returns the calls when all are as wanted.</summary>
    internal Task<IReadOnlyList<PlacedCall>> CallsAsync(IReadOnlyCollection<string> ids, Func<PlacedCall, bool> wanted, string what) =>
        Eventually.Get(() => CallsAsync(ids), calls => calls.All(wanted), TimeSpan.FromMinutes(1), what);

    /// <summary>Every caller hangs up, and the cluster forgets them.</summary>
    internal async Task HangUpAsync()
    {
        using var hungUp = await Simulator.PostAsync("/simulator/calls/hangup", null, Cancellation);
        Assert.True(hungUp.IsSuccessStatusCode, $"hanging up: {hungUp.StatusCode}");
        await Eventually.True(async () => (await StatsAsync()).GetProperty("active_connections").GetInt32() == 0, what: "no call in /stats");
    }

    internal Task<JsonElement> StatsAsync() => CallControl.GetFromJsonAsync<JsonElement>("/stats", Cancellation);
}

/// <summary>Of a call that the simulator placed, what tests look at.</summary>
internal sealed record PlacedCall(
    string CorrelationId, string State, string? EndReason, double? FirstAudioMs, long FramesHeard, long FramesLost, long FramesForeign, int MediaSockets, int AgentTurns);
