using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Aspire.Hosting;
using VoiceBridge.AppHost.Tests.Telemetry;
using VoiceBridge.Testing;

namespace VoiceBridge.AppHost.Tests.Running;

/// <summary>
/// The whole system under Aspire's orchestrator. Starting it takes half a minute, so all share one: in the order in which they stand here, from its first
/// calls to its end. Each can run alone, too.
/// </summary>
[TestMethodOrderer<WrittenOrder>]
public sealed class RunningSystemTests(RunningSystem system) : IClassFixture<RunningSystem>
{
    private const string RedactionOff = "OTEL_DOTNET_EXPERIMENTAL_ASPNETCORE_DISABLE_URL_QUERY_REDACTION";
    private static readonly TimeSpan Step = TimeSpan.FromMinutes(1);
    private static readonly string[] OurServices = ["callcontrol", "mediagateway"];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task First_ten_calls_at_once_are_heard_from_the_start()
    {
        var ids = await system.PlaceCallsAsync(10, "+14255550100", seconds: 60);

        var calls = await system.CallsAsync(ids, call => call.AgentTurns > 0 || call.State == "Ended", "ten greetings");

        Assert.Equal(10, calls.Count);
        Assert.All(calls, call => Assert.Equal("Answered", call.State));
        Assert.All(calls, call => Assert.Equal((0, 0), (call.FramesLost, call.FramesForeign)));
        // One that had to be recovered has had two.
        Assert.All(calls, call => Assert.Equal(1, call.MediaSockets));
        await system.HangUpAsync();
    }

    [Fact]
    public async Task Every_resource_is_healthy_with_all_its_replicas()
    {
        foreach (var (service, replicas) in ((string, int)[])[("mediagateway", 2), ("callcontrol", 2), ("dashboard", 1), ("simulator", 1)])
        {
            var running = system.Replicas(service);
            Assert.Equal(replicas, running.Select(replica => replica.Address).Distinct().Count());
            Assert.All(running, replica => Assert.Equal("Healthy", system.Snapshot(replica.Name).HealthStatus.ToString()));
        }
        Assert.Equal("Healthy", system.Snapshot("redis-server").HealthStatus.ToString());
        await Eventually.True(async () => (await system.StatsAsync()).GetProperty("gateways").GetArrayLength() == 2, Step, "both gateways in /stats");
    }

    [Fact]
    public async Task A_call_is_shown_by_stats_and_by_the_dashboard()
    {
        await system.PlaceCallsAsync(1, "+14255550123", seconds: 60);

        await Eventually.True(async () => (await system.StatsAsync()).GetProperty("connection_types").GetProperty("acs").GetInt32() == 1, Step, "/stats shows the call");
        var connection = (await system.StatsAsync()).GetProperty("connections").EnumerateArray().Single();
        Assert.Equal("connected", connection.GetProperty("status").GetString());
        Assert.EndsWith("0123", connection.GetProperty("caller_id").GetString(), StringComparison.Ordinal);
        await Eventually.True(
            async () => (await system.Dashboard.GetStringAsync("/calls", Cancellation)).Contains(">Live 1<", StringComparison.Ordinal), Step, "the dashboard shows the call");

        await system.HangUpAsync();
    }

    [Fact]
    public async Task A_call_is_one_trace_across_services()
    {
        var ids = await system.PlaceCallsAsync(1, "+14255557301", seconds: 60);
        await system.CallsAsync(ids, call => call.AgentTurns > 0, "a greeting");
        await system.HangUpAsync();
        // The span of the whole call ends last.
        await Eventually.True(() => OfCaller("7301").Any(), Step, "the span of the call");

        var call = Assert.Single(OfCaller("7301"));
        await Eventually.True(
            () => OurServices.All(service => system.Telemetry.Spans.Any(span => span.Service == service && span.TraceId == call.TraceId)
                && system.Telemetry.Logs.Any(log => log.Service == service && log.TraceId == call.TraceId)),
            Step, "spans and log lines of both services in the call's trace", () => Told(system.Telemetry.Spans));
        // Nothing that these services do is outside of all calls' traces, but what this test asks them for.
        await Eventually.True(() => Strays().Length == 0, Step, "the call of every span", () => Told(Strays()));
    }

    [Fact]
    public async Task Commands_do_what_they_say()
    {
        Assert.Equal("The phone rings 10 times; the calls last 30 s.", await RunAsync("simulator", "place-calls"));
        Assert.Equal("The phone rings once; the call lasts 30 s.", await RunAsync("simulator", "place-call"));
        Assert.Equal("11 callers hung up.", await RunAsync("simulator", "hang-up-calls"));

        var gateway = system.Replicas("mediagateway")[1];
        Assert.Equal($"{gateway.Name} takes no new calls.", await RunAsync(gateway.Name, "drain"));
        Assert.False(await IsReadyAsync(gateway));
        Assert.Equal($"{gateway.Name} takes calls again.", await RunAsync(gateway.Name, "undrain"));
        Assert.True(await IsReadyAsync(gateway));
    }

    [Fact]
    public async Task A_Twilio_call_is_placed_by_its_command_and_answered()
    {
        Assert.Equal("The phone rings once; the call lasts 30 s.", await RunAsync("simulator", "place-twilio-call"));

        var calls = (await system.Simulator.GetFromJsonAsync<PlacedCall[]>("/simulator/calls", Cancellation))!;
        // A call's id is what the network calls it: those of Twilio begin so.
        var call = Assert.Single(calls, placed => placed.CorrelationId.StartsWith("CA", StringComparison.Ordinal));
        await system.CallsAsync([call.CorrelationId], placed => placed.AgentTurns > 0, "a greeting");
        await Eventually.True(
            () => OurServices.All(service => system.Telemetry.Logs.Any(log => log.Service == service && log.Attributes.GetValueOrDefault("provider") == "twilio")),
            Step, "lines of both services that name the phone");
        await system.HangUpAsync();
    }

    [Fact]
    public async Task Commands_by_the_plain_name_choose_among_the_replicas()
    {
        var gateways = system.Replicas("mediagateway");
        var names = gateways.Select(gateway => gateway.Name).ToArray();
        // The plain name can be used a moment after the replicas' own.
        await Eventually.True(() => system.App.ResourceNotifications.TryGetCurrentState("mediagateway", out _), Step, "the plain name");

        Assert.Equal($"{names[0]} takes no new calls.", await RunAsync("mediagateway", "drain"));
        Assert.Equal($"{names[1]} takes no new calls.", await RunAsync("mediagateway", "drain"));
        var third = await system.Commands.ExecuteCommandAsync("mediagateway", "drain", Cancellation);
        Assert.Equal((false, $"None takes calls: {names[0]}, {names[1]}."), (third.Success, third.Message));
        Assert.Equal($"{names[0]} and {names[1]} take calls again.", await RunAsync("mediagateway", "undrain"));
        foreach (var gateway in gateways) Assert.True(await IsReadyAsync(gateway));
    }

    [Fact]
    public async Task Secrets_are_in_no_variable_that_aspire_describe_shows()
    {
        var secrets = await SecretsAsync();
        foreach (var service in system.Model.Resources.OfType<ProjectResource>())
        {
            // Aspire blanks what is a secret parameter and nothing else.
            var blanked = new EnvironmentCallbackContext(new DistributedApplicationExecutionContext(DistributedApplicationOperation.Run), service, cancellationToken: Cancellation);
            foreach (var callback in service.Annotations.OfType<EnvironmentCallbackAnnotation>()) await callback.Callback(blanked);
            foreach (var replica in system.Replicas(service.Name))
            {
                var shown = system.Snapshot(replica.Name).EnvironmentVariables
                    .Where(variable => secrets.Any(secret => variable.Value?.Contains(secret, StringComparison.Ordinal) is true))
                    .Where(variable => blanked.EnvironmentVariables[variable.Name] is not ParameterResource { Secret: true });
                Assert.Empty(shown.Select(variable => $"{replica.Name}: {variable.Name}"));
            }
        }
    }

    [Fact]
    public async Task An_idle_cluster_is_silent()
    {
        await system.HangUpAsync();
        // Exporters send each second. What follows is measured over time, so there is nothing to wait for.
        await Task.Delay(TimeSpan.FromSeconds(10), Cancellation);
        var (spans, logs) = (system.Telemetry.Spans.Count, system.Telemetry.Logs.Count);
        await Task.Delay(TimeSpan.FromMinutes(1), Cancellation);

        var newSpans = system.Telemetry.Spans.Skip(spans).ToArray();
        var newLogs = system.Telemetry.Logs.Skip(logs).ToArray();
        Assert.True(newSpans.Length <= 10, $"{newSpans.Length} spans:\n{Told(newSpans)}");
        Assert.True(newLogs.Length <= 20, $"{newLogs.Length} log lines:\n{Told(newLogs)}");
    }

    [Fact]
    public async Task A_killed_gateways_calls_go_on_elsewhere()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The service's process is found in /proc.");
        var ids = await system.PlaceCallsAsync(10, "+14255550100", seconds: 300);
        await system.CallsAsync(ids, call => call.AgentTurns > 0, "ten greetings");
        var victim = system.Replicas("mediagateway")[0];
        var carried = await ActiveAsync(victim);
        Assert.InRange(carried, 1, 9);

        var service = Assert.Single(ProcessTree.OfApplication(Environment.ProcessId), process => process.Parent == system.ProcessId(victim.Name));
        using (var process = Process.GetProcessById(service.Id)) process.Kill();

        await Eventually.True(async () => (await system.CallsAsync(ids)).Count(call => call.MediaSockets > 1) == carried, Step, $"{carried} calls on the other gateway");
        var moved = (await system.CallsAsync(ids)).ToDictionary(call => call.CorrelationId, call => call.FramesHeard);
        var calls = await system.CallsAsync(ids, call => call.FramesHeard > moved[call.CorrelationId] + 50, "all agents to be heard again");
        Assert.All(calls, call => Assert.Equal(("Answered", 0), (call.State, call.FramesForeign)));
        Assert.Equal(10, await ActiveAsync(system.Replicas("mediagateway").Single()));

        var gone = await system.Commands.ExecuteCommandAsync(victim.Name, "drain", Cancellation);
        Assert.Equal((false, $"{victim.Name} has no address yet: it does not run."), (gone.Success, gone.Message));
        await system.HangUpAsync();
    }

    [Fact]
    public async Task Telemetry_holds_no_key_ticket_number_or_words()
    {
        var ids = await system.PlaceCallsAsync(2, "+14255559731", seconds: 60);
        await system.CallsAsync(ids, call => call.AgentTurns > 1, "two answers");
        await system.HangUpAsync();
        await Eventually.True(() => OfCaller("9731").Count() == 2, Step, "the spans of both calls");

        // What the test would not see if it did not look: Aspire has switched redaction off, and everybody has something to say.
        Assert.Contains(system.Snapshot(system.Replicas("callcontrol")[0].Name).EnvironmentVariables, variable => (variable.Name, variable.Value) == (RedactionOff, "true"));
        Assert.All(OurServices, service => Assert.Contains(system.Telemetry.Logs, log => log.Service == service));

        // {"alg": of a token, and the caller's first words.
        string[] forbidden = [.. await SecretsAsync(), "ticket=", "code=", "eyJhbGciOi", "14255559731", "14255557301", "14255550100", "where is my order"];
        var found = system.Telemetry.Search(forbidden).Take(10).ToArray();
        Assert.True(found.Length == 0, string.Join("\n\n", found));
    }

    [Fact]
    public async Task After_the_end_no_process_is_left()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Processes are found in /proc.");
        var processes = ProcessTree.OfApplication(Environment.ProcessId);
        Assert.All(system.Replicas("callcontrol"), replica => Assert.Contains(processes, process => process.Id == system.ProcessId(replica.Name)));

        await system.App.StopAsync(Cancellation);
        await system.App.DisposeAsync();

        await Eventually.True(
            () => !processes.Any(process => process.IsAlive), Step, "the end of all processes",
            () => string.Join('\n', processes.Where(process => process.IsAlive).Select(process => process.CommandLine)));
    }

    private IEnumerable<TelemetryRecord> OfCaller(string lastDigits) => system.Telemetry.Spans.Where(span =>
        span.Service == "mediagateway" && span.Attributes.GetValueOrDefault("voicebridge.caller")?.EndsWith(lastDigits, StringComparison.Ordinal) is true);

    private TelemetryRecord[] Strays()
    {
        var calls = system.Telemetry.Spans.Select(span => span.Attributes.GetValueOrDefault("voicebridge.call_id")).ToHashSet();
        return [.. system.Telemetry.Spans.Where(span => OurServices.Contains(span.Service) && !calls.Contains(span.TraceId) && span.Attributes.GetValueOrDefault("url.path") != "/stats")];
    }

    private static string Told(IEnumerable<TelemetryRecord> records) => string.Join('\n', records.Take(60));

    private async Task<string[]> SecretsAsync()
    {
        var values = new List<string>();
        foreach (var parameter in system.Model.Resources.OfType<ParameterResource>().Where(parameter => parameter.Secret))
            values.Add((await parameter.GetValueAsync(Cancellation))!);
        Assert.Equal(5, values.Count);
        return [.. values];
    }

    private async Task<string?> RunAsync(string resource, string command)
    {
        var result = await system.Commands.ExecuteCommandAsync(resource, command, Cancellation);
        Assert.True(result.Success, result.Message);
        Assert.Equal(result.Message, result.Data?.Value);
        return result.Message;
    }

    private static async Task<bool> IsReadyAsync(Replica gateway)
    {
        using var http = new HttpClient();
        using var reply = await http.GetAsync(new Uri(gateway.Address, "/ready"), Cancellation);
        return reply.StatusCode == HttpStatusCode.OK;
    }

    private static async Task<int> ActiveAsync(Replica gateway)
    {
        using var http = new HttpClient();
        using var stats = JsonDocument.Parse(await http.GetStringAsync(new Uri(gateway.Address, "/stats"), Cancellation));
        return stats.RootElement.GetProperty("active_connections").GetInt32();
    }
}
