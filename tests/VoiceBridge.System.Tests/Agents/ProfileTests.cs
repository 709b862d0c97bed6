using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using VoiceBridge.Local.Hosting;
using VoiceBridge.MediaGateway;
using VoiceBridge.Simulator;
using VoiceBridge.System.Tests.Harness;
using VoiceBridge.Testing;

namespace VoiceBridge.System.Tests.Agents;

[Collection<AgentCalls>]
public sealed partial class ProfileTests(AgentSystem agents, RedisServers servers)
{
    [Fact]
    public async Task Dialled_number_chooses_who_answers_with_which_model_and_the_cost_is_counted()
    {
        var call = agents.Call(AgentSystem.Mini, CallerScript.Silent);
        await call.HeardAsync(1);

        Assert.Equal("Hello, this is VoiceBridge.", call.Heard[0].Text);
        var session = Assert.Single(agents.Sessions(call));
        Assert.Equal("gpt-realtime-mini", session.Model);
        var configuration = JsonNode.Parse(session.Configuration)!;
        Assert.Equal("You are small.", (string?)configuration["instructions"]);
        // What this family of models transcribes with: known with the first session, though nothing chose it.
        Assert.Equal("whisper-1", (string?)configuration["input_audio_transcription"]!["model"]);
        // The tool that the service refused was left out, and named; the others are there.
        Assert.Contains(configuration["tools"]!.AsArray(), tool => (string?)tool!["name"] == "end_call");
        Assert.DoesNotContain(configuration["tools"]!.AsArray(), tool => (string?)tool!["description"] == "Nameless.");
        await call.HangUpAsync();
        var record = await agents.System.RecordAsync(call, r => r is { EndedAt: not null, OutputTokens: > 0 });
        Assert.Equal("mini", record.Agent);
        Assert.True(record.InputTokens > 0, "Input was not counted.");
        Assert.Equal(record.InputTokens + record.OutputTokens, record.Cost);
        await Eventually.True(
            async () => (await agents.System.Cluster.Calls.ListEventsAsync(record.CallId, TestContext.Current.CancellationToken)).Any(entry => RefusedTool().IsMatch(entry.Text)),
            Systems.Deadline, "the refused tool in the timeline");
    }

    [Fact]
    public async Task Changed_profile_holds_for_the_next_call()
    {
        var first = agents.Call("+14255550199", CallerScript.Silent);
        await first.HeardAsync(1);
        var configuration = (IConfigurationRoot)((HostedService)agents.System.Gateways[0]).Services.GetRequiredService<IConfiguration>();
        configuration["Agents:default:Greeting"] = "How can I help you?";
        configuration.Reload();

        var second = agents.Call("+14255550199", CallerScript.Silent);
        await second.HeardAsync(1);

        Assert.Equal(["Hello, how can I help you today?", "How can I help you?"], [first.Heard[0].Text, second.Heard[0].Text]);
        await Task.WhenAll(first.HangUpAsync(), second.HangUpAsync());
    }

    [Fact]
    public async Task Agent_of_the_endpoint_brings_its_own_instructions_the_longest_call_ends_and_nothing_is_kept_unasked()
    {
        await using var system = await Systems.StartAsync(servers, RedisKind.Garnet, options => options.With(
            ("VoiceLive:Endpoints:0:AgentName", "clerk"), ("VoiceLive:Endpoints:0:ProjectName", "shop"), ("Calls:MaxMinutes", "0.08")));

        var call = system.Azure!.PlaceCall(new CallPlan { Script = CallerScript.Silent });
        await call.OverAsync();

        var session = Assert.Single(system.Azure.Sessions);
        Assert.Contains("agent-name=clerk&agent-project-name=shop", session.Query);
        Assert.All(session.Updates, update => Assert.Null(JsonNode.Parse(update)!["session"]!["instructions"]));
        var record = await system.RecordAsync(call, r => r.EndedAt is not null && r.Turns > 0);
        Assert.Equal("too_long", record.EndReason);
        Assert.Empty(await system.Cluster.Transcripts.ReadAsync(record.CallId, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Gateway_with_five_mistakes_does_not_start_and_names_all_five()
    {
        await using var app = MediaGatewayApp.Create(["--environment", "Development", "--urls", "http://127.0.0.1:0"], builder =>
            builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
            {
                ["ConnectionStrings:redis"] = "127.0.0.1:1,abortConnect=false",
                ["Agents:sales:Instructions"] = "Sell.",
                ["Agents:sales:Temperature"] = "hot",
                ["Agents:sales:Numbers:0"] = "twelve",
                ["Agents:sales:Voise"] = "alloy",
                ["Agents:sales:Tools:0"] = "no_such_tool",
                ["Agents:service:Greeting"] = "Hello!",
            }));

        var refused = await Assert.ThrowsAsync<OptionsValidationException>(() => app.StartAsync(TestContext.Current.CancellationToken));

        Assert.All(
            ["sales:Temperature", "sales:Numbers", "sales:Voise", "sales:Tools", "service:Instructions"],
            setting => Assert.Contains($"Agents:{setting}", refused.Message, StringComparison.Ordinal));
        Assert.Equal(5, refused.Failures.Count());
    }

    [GeneratedRegex(@"^the service refuses tool \d+, function$")]
    private static partial Regex RefusedTool();
}
