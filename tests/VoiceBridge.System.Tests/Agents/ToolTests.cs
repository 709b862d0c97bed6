using System.Text.Json.Nodes;
using VoiceBridge.Simulator;
using VoiceBridge.System.Tests.Harness;
using VoiceBridge.Testing;

namespace VoiceBridge.System.Tests.Agents;

[Collection<AgentCalls>]
public sealed class ToolTests(AgentSystem agents)
{
    [Theory]
    [InlineData("It hangs.", "hanging: timeout")]
    [InlineData("It fails.", "failing: error")]
    [InlineData("It is huge.", "huge: too_large")]
    [InlineData("It is not there.", "(unknown): unknown")]
    [InlineData("It gets nonsense.", "prompt: bad_arguments")]
    [InlineData("It throws.", "lookup_order: error")]
    public async Task A_tool_that_goes_wrong_costs_an_apology_and_not_the_call(string said, string outcome)
    {
        var call = agents.Troubles[said];
        await call.HeardAsync(2);

        Assert.Equal(["I am sorry, that did not work.", "It is a good time to talk."], call.Heard.Select(turn => turn.Text));
        Assert.Equal(0, call.Stats.FramesLost);
        var record = await agents.ConnectedAsync(call);
        await agents.HappenedAsync(record.CallId, "tool", outcome);
        await call.HangUpAsync();
    }

    [Fact]
    public async Task Tools_of_one_response_answer_when_they_can_and_the_model_goes_on_after_the_last()
    {
        var call = agents.Troubles["It hangs."];
        await call.HeardAsync(1);

        var events = agents.Sessions(call)[0].Received.Select(json => JsonNode.Parse(json)!).ToArray();
        var calls = agents.Sessions(call)[0].Items.Where(item => item.Type == "function_call").ToDictionary(item => item.Name!, item => item.CallId);
        var outputs = events.Select(e => (string?)e["item"]?["call_id"]).ToList();
        var prompt = outputs.IndexOf(calls["prompt"]);
        var hanging = outputs.IndexOf(calls["hanging"]);
        Assert.InRange(prompt, 0, hanging - 1);
        Assert.Equal("All is well.", (string?)events[prompt]["item"]!["output"]);
        Assert.Equal(hanging + 1, Array.FindIndex(events, e => (string?)e["type"] == "response.create"));
    }

    [Fact]
    public async Task Keys_reach_the_agent_as_text_and_a_tool_as_its_input_and_are_not_kept()
    {
        var call = agents.Call(AgentSystem.Tools, CallerScript.Start.Say("My card is 4111 1111 1111 1111.").WaitForAgent().Dtmf("4711#"));
        await Eventually.True(() => call.Heard.Any(turn => turn.Text?.Contains("a blue bicycle", StringComparison.Ordinal) == true), Systems.Deadline, "the order");

        var record = await agents.ConnectedAsync(call);
        var turns = await agents.TurnsAsync(record.CallId, read => read.Count(turn => turn.Speaker == "caller") == 2, "both turns of the caller");
        Assert.Equal(["My card is 4111 1111 1111 1111.", "[DTMF] 4711#"], turns.Where(turn => turn.Speaker == "caller").Select(turn => turn.Text));
        Assert.Equal("lookup_order", Assert.Single(turns, turn => turn.Speaker == "tool").ToolName);
        await call.HangUpAsync();
        var kept = await Eventually.Get(
            () => agents.System.Cluster.Transcripts.ReadAsync(record.CallId, TestContext.Current.CancellationToken),
            read => read.Count(turn => turn.Speaker == "agent") == 2, Systems.Deadline, "the kept transcript");
        Assert.Equal(["My card is [card number].", "[DTMF] [keys]"], kept.Where(turn => turn.Speaker == "caller").Select(turn => turn.Text));
    }

    [Fact]
    public async Task Goodbye_is_heard_before_the_agent_hangs_up()
    {
        var call = agents.Call(AgentSystem.Plain, CallerScript.Start.Say("Thank you, that is all. Goodbye."));

        var record = await agents.EndedAsync(call);

        Assert.Equal("agent_ended", record.EndReason);
        var goodbye = Assert.Single(call.Heard);
        Assert.Equal((AgentSystem.Goodbye, false), (goodbye.Text, goodbye.Interrupted));
    }

    [Fact]
    public async Task Caller_is_transferred_where_the_profile_allows_it_and_nowhere_else()
    {
        var call = agents.Call(AgentSystem.Plain, CallerScript.Start.Say("Connect me to Paris.").WaitForAgent().Say("Please transfer me to a colleague."));

        var record = await agents.EndedAsync(call);

        Assert.Equal("I am sorry, that did not work.", Assert.Single(call.Heard).Text);
        Assert.Equal($"transferred to {AgentSystem.Colleague}", call.EndReason);
        Assert.Equal("transferred", record.EndReason);
    }
}
