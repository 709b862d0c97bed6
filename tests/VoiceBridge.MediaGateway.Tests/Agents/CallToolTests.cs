using System.ComponentModel;
using System.Text.Json;
using Microsoft.Extensions.AI;
using VoiceBridge.MediaGateway.Audio;
using VoiceBridge.MediaGateway.Tools;
using VoiceBridge.Testing;

namespace VoiceBridge.MediaGateway.Tests.Agents;

/// <summary>Tools as the model calls them: what it is answered, and when it is asked to go on.</summary>
public sealed class CallToolTests
{
    private static readonly AIFunction Echo = Tool("echo", ([Description("What to say")] string text) => text);

    [Fact]
    public async Task Tool_IsAnswered_AndTheModelGoesOnAfterItsResponseIsDone()
    {
        await using var bench = new AgentBench(tools: [Echo]).Greeted();

        bench.Respond("r1");
        bench.Call("r1", "c1", "echo", """{"text":"hi"}""");
        await Eventually.True(() => bench.Outputs.Count == 1);
        Assert.Empty(bench.Controls.SentOf("response.create"));
        bench.Finish("r1");

        Assert.Equal(("c1", "hi"), bench.Outputs[0]);
        Assert.Single(bench.Controls.SentOf("response.create"));
    }

    [Fact]
    public async Task ParallelTools_AreAnsweredAsTheyFinish_AndTheModelGoesOnOnce()
    {
        var slow = new TaskCompletionSource<string>();
        await using var bench = new AgentBench(tools: [Echo, Tool("slow", () => slow.Task)]).Greeted();

        bench.Respond("r1");
        bench.Call("r1", "c1", "slow");
        bench.Call("r1", "c2", "echo", """{"text":"quick"}""");
        bench.Finish("r1");
        await Eventually.True(() => bench.Outputs.Count == 1);
        Assert.Equal("c2", bench.Outputs[0].CallId);
        Assert.Empty(bench.Controls.SentOf("response.create"));

        slow.SetResult("late");
        await Eventually.True(() => bench.Controls.SentOf("response.create").Count == 1);
        Assert.Equal(("c1", "late"), bench.Outputs[1]);
        Assert.Equal("response.create", bench.Controls.Sent[^1].GetProperty("type").GetString());
    }

    [Fact]
    public async Task Call_AnnouncedTwice_RunsOnce()
    {
        var runs = 0;
        await using var bench = new AgentBench(tools: [Tool("count", () => Interlocked.Increment(ref runs))]).Greeted();

        bench.Respond("r1");
        bench.Call("r1", "c1", "count");
        bench.Call("r1", "c1", "count");
        bench.Say("response.done", """
            {"response":{"id":"r1","status":"completed",
            "output":[{"id":"item_c1","type":"function_call","status":"completed","name":"count","call_id":"c1","arguments":"{}"}]}}
            """);

        await Eventually.True(() => bench.Controls.SentOf("response.create").Count == 1);
        Assert.Equal(1, runs);
        Assert.Single(bench.Outputs);
    }

    [Fact]
    public async Task Call_KnownFromTheEndOfTheResponseOnly_RunsToo()
    {
        await using var bench = new AgentBench(tools: [Echo]).Greeted();

        bench.Respond("r1");
        bench.Say("response.done", """
            {"response":{"id":"r1","status":"completed",
            "output":[{"type":"function_call","name":"echo","call_id":"c1","arguments":"{\"text\":\"x\"}"}]}}
            """);

        await Eventually.True(() => bench.Controls.SentOf("response.create").Count == 1);
        Assert.Equal(("c1", "x"), Assert.Single(bench.Outputs));
    }

    [Fact]
    public async Task Call_CutOffByTheCaller_IsNotRun()
    {
        var runs = 0;
        await using var bench = new AgentBench(tools: [Tool("pay", () => Interlocked.Increment(ref runs))]).Greeted();

        bench.Respond("r1");
        bench.Call("r1", "c1", "pay", """{"amou""", status: "incomplete");
        bench.Finish("r1", "cancelled");

        Assert.Equal(0, runs);
        Assert.Empty(bench.Outputs);
        Assert.Empty(bench.Controls.SentOf("response.create"));
    }

    [Fact]
    public async Task Tool_ThatThrows_GivesTheModelAnErrorWithoutItsMessage()
    {
        await using var bench = new AgentBench(tools: [Tool("bad", string () => throw new InvalidOperationException("password=1234"))]).Greeted();

        Run(bench, "bad");
        await Eventually.True(() => bench.Outputs.Count == 1);

        Assert.Contains("error", bench.Outputs[0].Output);
        Assert.DoesNotContain("1234", bench.Outputs[0].Output);
        GoesOn(bench, "bad: error");
    }

    [Fact]
    public async Task Tool_ThatSaysWhy_GivesTheModelTheReason()
    {
        await using var bench = new AgentBench(tools: [Tool("find", string () => throw new AgentToolException("No such order."))]).Greeted();

        Run(bench, "find");
        await Eventually.True(() => bench.Outputs.Count == 1);

        Assert.Equal("""{"error":"No such order."}""", bench.Outputs[0].Output);
    }

    [Fact]
    public async Task Tool_ThatHangs_IsLeftBehind()
    {
        // It does not even listen to its cancellation.
        await using var bench = new AgentBench(tools: [Tool("hang", () => new TaskCompletionSource<string>().Task)]).Greeted();

        Run(bench, "hang");
        await Eventually.True(() =>
        {
            bench.Time.Advance(TimeSpan.FromSeconds(1));
            return bench.Outputs.Count == 1;
        });

        Assert.Contains("did not answer in time", bench.Outputs[0].Output);
        GoesOn(bench, "hang: timeout");
    }

    [Fact]
    public async Task Tool_ThatReturnsFiveMegabytes_IsNotReadOut()
    {
        await using var bench = new AgentBench(tools: [Tool("huge", () => new string('x', 5_000_000))]).Greeted();

        Run(bench, "huge");
        await Eventually.True(() => bench.Outputs.Count == 1);

        Assert.True(bench.Outputs[0].Output.Length < 500);
        GoesOn(bench, "huge: too_large");
    }

    [Fact]
    public async Task Tool_ThatDoesNotExist_GivesTheModelAnError()
    {
        await using var bench = new AgentBench().Greeted();

        Run(bench, "fly");
        await Eventually.True(() => bench.Outputs.Count == 1);

        Assert.Contains("no such tool", bench.Outputs[0].Output);
        GoesOn(bench, "(unknown): unknown");
    }

    [Theory]
    [InlineData("""{"text":""", "not valid JSON")]
    [InlineData("[1]", "must be a JSON object")]
    [InlineData("{}", "'text' is missing")]
    [InlineData("", "'text' is missing")]
    [InlineData("null", "'text' is missing")]
    public async Task Arguments_ThatAreMalformed_AreExplainedToTheModel(string arguments, string explanation)
    {
        await using var bench = new AgentBench(tools: [Echo]).Greeted();

        Run(bench, "echo", arguments);
        await Eventually.True(() => bench.Outputs.Count == 1);

        Assert.Contains(explanation, JsonDocument.Parse(bench.Outputs[0].Output).RootElement.GetProperty("error").GetString());
        GoesOn(bench, "echo: bad_arguments");
    }

    [Fact]
    public async Task Answer_WantedWhileTheServiceAnswersItself_ComesAfterThat()
    {
        await using var bench = new AgentBench(tools: [Echo]).Greeted();

        bench.Respond("r1");
        bench.Call("r1", "c1", "echo", """{"text":"x"}""");
        await Eventually.True(() => bench.Outputs.Count == 1);
        bench.Finish("r1");
        bench.Say("error", """{"error":{"type":"invalid_request_error","code":"conversation_already_has_active_response"}}""");
        Assert.Single(bench.Controls.SentOf("response.create"));

        bench.Speak("One moment.");
        Assert.Equal(2, bench.Controls.SentOf("response.create").Count);
    }

    [Fact]
    public async Task Answer_IsNotAskedForWhileTheCallerSpeaks_AndTheServicesOwnAnswerCounts()
    {
        await using var bench = new AgentBench(tools: [Echo]).Greeted();

        bench.Respond("r1");
        bench.Call("r1", "c1", "echo", """{"text":"x"}""");
        await Eventually.True(() => bench.Outputs.Count == 1);
        bench.Say("input_audio_buffer.speech_started", """{"item_id":"u"}""");
        bench.Finish("r1", "cancelled");
        Assert.Empty(bench.Controls.SentOf("response.create"));

        bench.Say("conversation.item.created", """{"item":{"id":"o1","type":"function_call_output","call_id":"c1"}}""");
        bench.Say("input_audio_buffer.speech_stopped", """{"item_id":"u"}""");
        bench.Speak("Here you are.");
        bench.Time.Advance(TimeSpan.FromSeconds(5));
        Assert.Empty(bench.Controls.SentOf("response.create"));
    }

    [Fact]
    public async Task Answer_ComesAllTheSame_WhenTheServiceDoesNotAnswerTheCaller()
    {
        await using var bench = new AgentBench(tools: [Echo]).Greeted();

        bench.Respond("r1");
        bench.Say("input_audio_buffer.speech_started", """{"item_id":"u"}""");
        bench.Call("r1", "c1", "echo", """{"text":"x"}""");
        await Eventually.True(() => bench.Outputs.Count == 1);
        bench.Finish("r1");
        bench.Say("input_audio_buffer.speech_stopped", """{"item_id":"u"}""");
        Assert.Empty(bench.Controls.SentOf("response.create"));

        bench.Time.Advance(TimeSpan.FromSeconds(3));
        Assert.Single(bench.Controls.SentOf("response.create"));
    }

    [Fact]
    public async Task ToolOfALostSession_IsAnsweredInTheNext_AsWhatItIs()
    {
        var slow = new TaskCompletionSource<string>();
        await using var bench = new AgentBench(tools: [Tool("slow", () => slow.Task)]).Greeted();
        bench.Hear("Where is it?");
        bench.Respond("r1");
        bench.Call("r1", "c1", "slow");
        bench.Finish("r1");

        bench.Begin(resumed: true);
        bench.Controls.Forget();
        slow.SetResult("on its way");

        await Eventually.True(() => bench.Controls.SentOf("response.create").Count == 1);
        var items = bench.Controls.SentOf("conversation.item.create").Select(json => json.GetProperty("item")).ToList();
        Assert.Equal(["function_call", "function_call_output"], items.Select(item => item.GetProperty("type").GetString()));
        Assert.Equal("slow", items[0].GetProperty("name").GetString());
        Assert.Equal(("c1", "on its way"), Assert.Single(bench.Outputs));
    }

    [Fact]
    public async Task ToolThatRunsWhenTheSessionDies_IsAnsweredInTheNext_ThoughNobodyHasSaidAnything()
    {
        var slow = new TaskCompletionSource<string>();
        await using var bench = new AgentBench(tools: [Tool("slow", () => slow.Task)]);
        bench.Begin();
        bench.Respond("r1");
        bench.Call("r1", "c1", "slow");
        bench.Finish("r1");

        bench.Begin(resumed: true);
        bench.Controls.Forget();
        slow.SetResult("on its way");

        await Eventually.True(() => bench.Outputs.Count == 1);
        Assert.Equal("function_call", bench.Controls.SentOf("conversation.item.create")[0].GetProperty("item").GetProperty("type").GetString());
        Assert.Single(bench.Controls.SentOf("response.create"));
    }

    [Fact]
    public async Task ToolThatRunsWhileSessionsChange_IsToldOnce_WithWhatItWasCalledWith()
    {
        var slow = new TaskCompletionSource<string>();
        await using var bench = new AgentBench(tools: [Tool("slow", (string text) => slow.Task)]).Greeted();
        bench.Respond("r1");
        bench.Call("r1", "c1", "slow", """{"text":"4711"}""");
        bench.Finish("r1");

        Assert.DoesNotContain(bench.Begin(resumed: true), json => json.GetRawText().Contains("function_call", StringComparison.Ordinal));
        slow.SetResult("on its way");
        await Eventually.True(() => bench.Outputs.Count == 1);
        var opening = bench.Begin(resumed: true).Where(json => json.GetRawText().Contains("function_call", StringComparison.Ordinal)).ToList();

        Assert.Equal(2, opening.Count);
        Assert.Equal("""{"text":"4711"}""", opening[0].GetProperty("item").GetProperty("arguments").GetString());
        Assert.Equal("on its way", opening[1].GetProperty("item").GetProperty("output").GetString());
    }

    [Fact]
    public async Task ToolThatRanWhenAnotherGatewayDied_IsKnownToHaveBeenCalled()
    {
        var slow = new TaskCompletionSource<string>();
        await using var first = new AgentBench(tools: [Tool("book", (string day) => slow.Task)]).Greeted();
        first.Respond("r1");
        first.Call("r1", "c1", "book", """{"day":"Monday"}""");
        var written = first.Journal.Turns;

        await using var second = new AgentBench(turns: written);
        var items = second.Begin(resumed: true).Select(json => json.TryGetProperty("item", out var item) ? item : default).ToList();

        Assert.Contains(items, item => item.ValueKind == JsonValueKind.Object && item.GetProperty("type").GetString() == "function_call"
            && item.GetProperty("name").GetString() == "book" && item.GetProperty("arguments").GetString() == """{"day":"Monday"}""");
        Assert.Contains(items, item => item.ValueKind == JsonValueKind.Object && item.GetProperty("type").GetString() == "function_call_output"
            && item.GetProperty("output").GetString()!.Contains("not known", StringComparison.Ordinal));
    }

    [Fact]
    public async Task ArgumentsOfATool_AreNotKept()
    {
        await using var bench = new AgentBench(tools: [Echo]).Greeted();
        Run(bench, "echo", """{"text":"secret"}""");
        await Eventually.True(() => bench.Outputs.Count == 1);

        Assert.Contains("secret", bench.Journal.Turns.Single(turn => turn.Speaker == "tool").ToolArguments);
        Assert.Null(bench.Journal.Kept.Single(turn => turn.Speaker == "tool").ToolArguments);
    }

    [Fact]
    public async Task CallOfATool_HasAKey_ThatIsTheCallsAndItsOwn()
    {
        var key = "";
        var tool = Tool("book", (AIFunctionArguments arguments) => key = ToolRunner.KeyOf(arguments) ?? "");
        await using var bench = new AgentBench(tools: [tool]).Greeted();
        Run(bench, "book");
        await Eventually.True(() => bench.Outputs.Count == 1);

        Assert.Equal("call-1/c1", key);
    }

    [Fact]
    public async Task CallerWhoWaitsForATool_HearsAQuietSound_UntilSomebodySpeaks()
    {
        var slow = new TaskCompletionSource<string>();
        await using var bench = new AgentBench(tools: [Tool("slow", () => slow.Task)]).Greeted();
        bench.Respond("r1");
        bench.Call("r1", "c1", "slow");
        bench.Controls.Withhold();
        bench.Speak("One moment.");
        bench.Finish("r1");
        bench.Time.Advance(TimeSpan.FromSeconds(5));
        Assert.Empty(bench.Controls.Played);

        bench.Controls.Hear();
        bench.Time.Advance(TimeSpan.FromSeconds(1.9));
        Assert.Empty(bench.Controls.Played);
        bench.Time.Advance(TimeSpan.FromSeconds(0.2));
        Assert.Equal([RecordingKind.Working], bench.Controls.Played);
        bench.Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(2, bench.Controls.Played.Count);

        bench.Say("input_audio_buffer.speech_started", """{"item_id":"u"}""");
        bench.Time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(2, bench.Controls.Played.Count);
        bench.Say("input_audio_buffer.speech_stopped", """{"item_id":"u"}""");
        slow.SetResult("done");
        await Eventually.True(() => bench.Outputs.Count == 1);
        bench.Time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(2, bench.Controls.Played.Count);
    }

    [Theory]
    [InlineData("Agents:default:Working:Sound", "phrase", RecordingKind.Hold)]
    [InlineData("Agents:default:Working:After", "00:00:04", RecordingKind.Working)]
    [InlineData("Agents:default:Working", "off", null)]
    [InlineData("Agents:default:Hold", "false", null)]
    public async Task SoundWhileATool_Runs_IsTheProfilesChoice(string setting, string value, object? heard)
    {
        var slow = new TaskCompletionSource<string>();
        await using var bench = new AgentBench(new Dictionary<string, string?> { [setting] = value }, [Tool("slow", () => slow.Task)]).Greeted();
        Run(bench, "slow");
        bench.Time.Advance(TimeSpan.FromSeconds(4.5));

        Assert.Equal(heard is null ? [] : [heard], bench.Controls.Played.Cast<object>());
    }

    [Fact]
    public async Task CallerWhoseTransferRings_HearsTheSoundToo()
    {
        await using var bench = new AgentBench(new Dictionary<string, string?> { ["Agents:default:Transfer:Numbers:sales"] = "+14255550111", ["Agents:default:Transfer:FromWeb"] = "true" }).Greeted();
        bench.Respond("r1");
        bench.Call("r1", "c1", "transfer_call", """{"target":"sales"}""");
        bench.Finish("r1");
        await Eventually.True(() => bench.Outputs.Count == 1);
        Assert.Empty(bench.Controls.Played);

        bench.Time.Advance(TimeSpan.FromSeconds(2.1));
        Assert.Equal([RecordingKind.Working], bench.Controls.Played);

        bench.Controls.Do(() => bench.Agent.OnTransferFailed("busy"));
        bench.Time.Advance(TimeSpan.FromSeconds(5));
        Assert.Single(bench.Controls.Played);
    }

    [Fact]
    public async Task CallThatEnds_CancelsItsTools()
    {
        var started = new TaskCompletionSource();
        var cancelled = new TaskCompletionSource();
        var tool = Tool("wait", async (CancellationToken token) =>
        {
            started.SetResult();
            try
            {
                await Task.Delay(Timeout.Infinite, token);
                return "";
            }
            finally
            {
                cancelled.TrySetResult();
            }
        });
        var bench = new AgentBench(tools: [tool]).Greeted();
        Run(bench, "wait");
        await started.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

        await bench.DisposeAsync();

        await cancelled.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Assert.Empty(bench.Outputs);
    }

    private static AIFunction Tool(string name, Delegate method) => AIFunctionFactory.Create(method, name, "A tool.");

    private static void Run(AgentBench bench, string name, string arguments = "{}")
    {
        bench.Respond("r1");
        bench.Call("r1", "c1", name, arguments);
        bench.Finish("r1");
    }

    /// <summary>The call goes on, and the operator has seen what happened.</summary>
    private static void GoesOn(AgentBench bench, string noted)
    {
        Assert.Single(bench.Controls.SentOf("response.create"));
        Assert.Empty(bench.Controls.Ends);
        Assert.Contains(("tool", noted), bench.Journal.Events);
        Assert.Contains(bench.Journal.Changes, change => change.ToolCalls == 1);
    }
}
