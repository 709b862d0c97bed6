using System.Diagnostics;
using VoiceBridge.Local.Cli;
using VoiceBridge.Local.Joining;
using VoiceBridge.MediaGateway;
using VoiceBridge.Simulator;
using VoiceBridge.System.Tests.Harness;
using VoiceBridge.Testing;
using Microsoft.Extensions.Configuration;

namespace VoiceBridge.System.Tests.Local;

/// <summary>A service of the user's own beside a local system.</summary>
public sealed class JoinTests(RedisServers servers)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_gateway_of_ones_own_with_a_tool_in_CSharp_serves_the_calls()
    {
        await using var system = await Systems.StartAsync(servers, RedisKind.Garnet, options => options with { Gateways = 0, Joinable = true });
        var variables = system.Join!.Services[JoinInfo.Gateway];
        using var gateway = Start(variables);
        try
        {
            var call = system.Azure!.PlaceCall(new CallPlan { Script = CallerScript.Start.WaitForAgent().Say("Can you tell me the weather in Berlin?") });

            await Eventually.True(
                () => call.Heard.Any(turn => turn.Text == "Here is what I found. In Berlin it is sunny, 21 degrees."), Systems.Deadline, "the tool's answer",
                () => $"{call.State} {call.EndReason}: {string.Join(" | ", call.Heard.Select(turn => turn.Text))}");

            var record = await system.RecordAsync(call, found => found.GatewayId is not null);
            Assert.StartsWith("gateway-own-", record.GatewayId, StringComparison.Ordinal);
            await call.HangUpAsync();
        }
        finally
        {
            gateway.Kill();
            await gateway.WaitForExitAsync(Ct);
        }
    }

    [Fact]
    public async Task What_is_printed_is_what_a_shell_evaluates()
    {
        var info = new JoinInfo { ProcessId = 7, Services = new() { [JoinInfo.Gateway] = new(StringComparer.Ordinal) { ["A__B"] = "it's $HOME & \"more\"" } } };
        var lines = JoinCommand.Lines(info, JoinInfo.Gateway, launchSettings: false);

        using var bash = Process.Start(new ProcessStartInfo("bash", ["-c", $"eval \"$LINES_\"; printenv A__B"]) { Environment = { ["LINES_"] = string.Join('\n', lines) }, RedirectStandardOutput = true })!;

        Assert.Equal("it's $HOME & \"more\"", (await bash.StandardOutput.ReadToEndAsync(Ct)).TrimEnd('\n'));
        Assert.Contains("\"commandName\": \"Project\"", Assert.Single(JoinCommand.Lines(info, JoinInfo.Gateway, launchSettings: true)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_running_system_is_found_until_it_ends()
    {
        string name;
        await using (var system = await Systems.StartAsync(servers, RedisKind.Garnet, options => options with { Joinable = true }))
        {
            name = system.ClusterName;
            Assert.Contains(JoinInfo.Running(), Is);
        }
        Assert.DoesNotContain(JoinInfo.Running(), Is);

        bool Is(JoinInfo info) => info.Services[JoinInfo.CallControl]["Cluster__Name"] == name;
    }

    [Fact]
    public async Task A_gateway_without_an_endpoint_is_not_ready_and_says_why()
    {
        var redis = await servers.GetAsync(RedisKind.Garnet);
        await using var gateway = MediaGatewayApp.Create(["--environment", "Development", "--urls", "http://127.0.0.1:0"], builder => builder.Configuration.AddInMemoryCollection(
            new Dictionary<string, string?> { ["ConnectionStrings:redis"] = redis.ConnectionString, ["Cluster:Name"] = RedisServers.UniqueName(), ["WarmUp:Seconds"] = "0" }));
        await gateway.StartAsync(Ct);

        using var http = new HttpClient { BaseAddress = new Uri(gateway.Urls.First()) };
        using var response = await http.GetAsync(new Uri("/ready", UriKind.Relative), Ct);

        Assert.Equal(503, (int)response.StatusCode);
        Assert.Equal("no Voice Live endpoint: set VoiceLive:Endpoints:0:Name, Url and Model", await response.Content.ReadAsStringAsync(Ct));
    }

    [Fact]
    public async Task A_service_of_its_own_lists_what_is_missing_without_a_stack()
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "VoiceBridge.MediaGateway.dll"), "--environment", "Production", "--urls", "http://127.0.0.1:0"])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        using var gateway = Process.Start(start)!;
        var said = gateway.StandardError.ReadToEndAsync(Ct);
        _ = gateway.StandardOutput.ReadToEndAsync(Ct);
        await gateway.WaitForExitAsync(Ct);

        var lines = (await said).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(78, gateway.ExitCode);
        Assert.StartsWith("Not started: ", lines[0], StringComparison.Ordinal);
        Assert.All(lines[1..], line => Assert.StartsWith("- ", line, StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("- VoiceLive:Endpoints", StringComparison.Ordinal));
    }

    private static Process Start(IEnumerable<KeyValuePair<string, string>> variables)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "VoiceBridge.Samples.OwnGateway.dll")]);
        foreach (var (name, value) in variables) start.Environment[name] = value;
        return Process.Start(start)!;
    }
}
