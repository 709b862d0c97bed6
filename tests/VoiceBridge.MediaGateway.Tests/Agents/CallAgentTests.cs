using VoiceBridge.Cluster.Transcripts;
using VoiceBridge.MediaGateway.Audio;
using VoiceBridge.MediaGateway.Calls.Facts;
using VoiceBridge.Testing;

namespace VoiceBridge.MediaGateway.Tests.Agents;

/// <summary>How a call begins, is kept going, and ends.</summary>
public sealed class CallAgentTests
{
    private static readonly string[] EventTypes =
    [
        "session.created", "session.updated", "error", "warning", "input_audio_buffer.speech_started", "input_audio_buffer.speech_stopped",
        "input_audio_buffer.committed", "conversation.item.created", "conversation.item.input_audio_transcription.completed",
        "conversation.item.input_audio_transcription.failed", "response.created", "response.done", "response.output_item.added", "response.output_item.done",
        "response.audio_transcript.delta", "response.audio_transcript.done", "response.text.done", "response.function_call_arguments.done",
    ];

    private static readonly Dictionary<string, string?> Transfers = new() { ["Agents:default:Transfer:Numbers:sales"] = "+14255550111", ["Agents:default:Transfer:FromWeb"] = "true" };

    [Fact]
    public async Task Greeting_IsSpokenWordForWord_BeforeTheCallerSaysAnything()
    {
        await using var bench = new AgentBench(new Dictionary<string, string?> { ["Agents:default:Greeting"] = "Welcome to Contoso." });

        var opening = Assert.Single(bench.Begin());

        Assert.Equal("response.create", opening.GetProperty("type").GetString());
        Assert.Equal("Welcome to Contoso.", opening.GetProperty("response").GetProperty("pre_generated_assistant_message")
            .GetProperty("content")[0].GetProperty("text").GetString());
    }

    [Fact]
    public async Task Greeting_IsHeardOut_AndOnlyThenMayTheCallerInterrupt()
    {
        await using var bench = new AgentBench();
        bench.Controls.Withhold();
        bench.Begin();
        Assert.False(bench.Agent.Interruptible);
        bench.Speak("Hello!");
        Assert.False(bench.Agent.Interruptible);
        Assert.Empty(bench.Controls.SentOf("session.update"));

        bench.Controls.Hear();

        await Eventually.True(() => bench.Agent.Interruptible);
        var update = Assert.Single(bench.Controls.SentOf("session.update")).GetProperty("session");
        Assert.True(update.GetProperty("turn_detection").GetProperty("interrupt_response").GetBoolean());
    }

    [Fact]
    public async Task EventsThatSayNothingButTheirType_OrNull_CostNoCall()
    {
        await using var bench = new AgentBench();
        bench.Begin();

        foreach (var type in EventTypes)
        {
            foreach (var fields in new[]
            {
                "{}",
                """{"item_id":null,"response_id":null,"call_id":null,"delta":null}""",
                """{"item":{},"response":{},"session":{},"error":{},"warning":{}}""",
                """{"item":{"id":null,"type":"function_call"},"response":{"id":null,"status":"completed","output":[{"type":"function_call"},{}]}}""",
                """{"item":{"type":"message"}}""",
            })
                bench.Say(type, fields);
        }

        bench.Hear("Are you still there?");
        Assert.Contains(bench.Journal.Turns, turn => turn.Text == "Are you still there?");
    }

    [Fact]
    public async Task InterruptibleGreeting_CanBeInterruptedAtOnce()
    {
        await using var bench = new AgentBench(new Dictionary<string, string?>
        {
            ["Agents:default:Greeting:Text"] = "Welcome.",
            ["Agents:default:Greeting:Interruptible"] = "true",
        });
        bench.Begin();

        Assert.True(bench.Agent.Interruptible);
    }

    [Theory]
    [InlineData("Welcome to Contoso.", true)]
    [InlineData("off", false)]
    public async Task Announcement_IsSpokenFirst_AndHeardOut(string greeting, bool greets)
    {
        await using var bench = new AgentBench(
            new Dictionary<string, string?> { ["Agents:default:Greeting"] = greeting }, announcement: "This call is written down.");
        bench.Controls.Withhold();
        var opening = Assert.Single(bench.Begin());
        Assert.Contains("This call is written down.", opening.GetRawText());
        Assert.False(bench.Agent.Interruptible);

        bench.Speak("This call is written down.");
        if (greets)
        {
            Assert.Equal(greeting, bench.LastSaid());
            bench.Speak(greeting);
        }
        Assert.Equal(greets ? 1 : 0, bench.Controls.SentOf("response.create").Count);
        Assert.False(bench.Agent.Interruptible);
        bench.Controls.Hear();
        Assert.True(bench.Agent.Interruptible);
    }

    [Fact]
    public async Task NoGreeting_SendsNothing()
    {
        await using var bench = new AgentBench(new Dictionary<string, string?> { ["Agents:default:Greeting"] = "off" });

        Assert.Empty(bench.Begin());
        Assert.True(bench.Agent.Interruptible);
    }

    [Fact]
    public async Task SilentCaller_IsAskedTwice_AndThenLetGo()
    {
        await using var bench = new AgentBench().Greeted();

        bench.Time.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal("Are you still there?", bench.LastSaid());
        bench.Speak("Are you still there?");
        bench.Time.Advance(TimeSpan.FromSeconds(11));
        Assert.StartsWith("I cannot hear you.", bench.LastSaid());
        bench.Speak("I cannot hear you. Are you still there?");
        bench.Time.Advance(TimeSpan.FromSeconds(11));
        Assert.EndsWith("Goodbye.", bench.LastSaid());
        Assert.Empty(bench.Controls.Ends);
        bench.Controls.Withhold();
        bench.Speak("Goodbye.");
        Assert.Empty(bench.Controls.Ends);
        bench.Controls.Hear();
        bench.Time.Advance(TimeSpan.FromSeconds(1));

        await Eventually.True(() => bench.Controls.Ends.Count == 1);
        Assert.Equal(CallEndReason.Silent, bench.Controls.Ends[0].Reason);
    }

    [Fact]
    public async Task CallerWhoSpeaks_BeginsTheLadderAnew()
    {
        await using var bench = new AgentBench().Greeted();
        bench.Time.Advance(TimeSpan.FromSeconds(11));
        bench.Speak("Are you still there?");

        bench.Hear("Yes.");
        bench.Speak("Good.");
        bench.Controls.Forget();
        bench.Time.Advance(TimeSpan.FromSeconds(9));
        Assert.Empty(bench.Controls.Sent);
        bench.Time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal("Are you still there?", bench.LastSaid());
    }

    [Fact]
    public async Task Silence_IsCountedFromWhenTheAgentWasHeard()
    {
        await using var bench = new AgentBench().Greeted();
        bench.Hear("Tell me a story.");
        bench.Controls.Withhold();
        bench.Speak("Once upon a time...");
        bench.Controls.Forget();

        bench.Time.Advance(TimeSpan.FromSeconds(60));
        Assert.Empty(bench.Controls.Sent);

        bench.Controls.Hear();
        await Eventually.True(() =>
        {
            bench.Time.Advance(TimeSpan.FromSeconds(1));
            return bench.Controls.Sent.Count > 0;
        });
        Assert.Equal("Are you still there?", bench.LastSaid());
    }

    [Fact]
    public async Task Ladder_CanBeSwitchedOff()
    {
        await using var bench = new AgentBench(new Dictionary<string, string?> { ["Silence:AskAfter"] = "00:00:00" }).Greeted();

        bench.Time.Advance(TimeSpan.FromMinutes(10));

        Assert.Empty(bench.Controls.Sent);
    }

    [Fact]
    public async Task EndCall_HangsUpAfterTheGoodbyeHasBeenHeard()
    {
        await using var bench = new AgentBench().Greeted();
        bench.Controls.Withhold();

        bench.Respond("r1");
        bench.Call("r1", "c1", "end_call", """{"goodbye":"Bye!"}""");
        await Eventually.True(() => bench.Outputs.Count == 1);
        bench.Finish("r1");
        Assert.Equal("Bye!", bench.LastSaid());
        bench.Speak("Bye!");
        Assert.Empty(bench.Controls.Ends);
        bench.Controls.Hear();
        bench.Time.Advance(TimeSpan.FromSeconds(1));

        await Eventually.True(() => bench.Controls.Ends.Count == 1);
        Assert.Equal(CallEndReason.AgentEnded, bench.Controls.Ends[0].Reason);
        Assert.Single(bench.Controls.SentOf("response.create"));
    }

    [Fact]
    public async Task EndCall_AfterAGoodbyeInTheSameResponse_SaysNothingMore()
    {
        await using var bench = new AgentBench().Greeted();

        bench.Respond("r1");
        bench.Say("response.audio_transcript.done", """{"response_id":"r1","item_id":"a","transcript":"Goodbye!"}""");
        bench.Call("r1", "c1", "end_call");
        bench.Finish("r1");
        await Eventually.True(() => bench.Outputs.Count == 1);
        bench.Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Single(bench.Controls.Ends);
        Assert.Empty(bench.Controls.SentOf("response.create"));
    }

    [Fact]
    public async Task CallerWhoInterruptsTheGoodbye_KeepsTheCall()
    {
        await using var bench = new AgentBench().Greeted();
        bench.Controls.Withhold();
        bench.Respond("r1");
        bench.Call("r1", "c1", "end_call", """{"goodbye":"Bye!"}""");
        await Eventually.True(() => bench.Outputs.Count == 1);
        bench.Finish("r1");
        var item = bench.Speak("Bye!");

        bench.BargeIn(new HeardItem(item, 0, 200, 600));
        bench.Controls.Hear();
        bench.Hear("Wait, one more thing.");
        bench.Speak("Of course.");
        bench.Time.Advance(TimeSpan.FromSeconds(5));

        Assert.Empty(bench.Controls.Ends);
    }

    [Fact]
    public async Task GoodbyeThatWasNotYetBegun_IsNotSaid_WhenTheCallerSpeaks()
    {
        await using var bench = new AgentBench().Greeted();
        bench.Respond("r1");
        bench.Call("r1", "c1", "end_call", """{"goodbye":"Bye!"}""");
        await Eventually.True(() => bench.Outputs.Count == 1);

        bench.Say("input_audio_buffer.speech_started", """{"item_id":"u"}""");
        bench.Finish("r1", "cancelled");
        bench.Say("input_audio_buffer.speech_stopped", """{"item_id":"u"}""");
        bench.Time.Advance(TimeSpan.FromSeconds(3));

        Assert.Empty(bench.Controls.SentOf("response.create"));
        Assert.Empty(bench.Controls.Ends);
    }

    [Fact]
    public async Task Transfer_GoesToANamedNumber_AfterEverythingWasHeard()
    {
        await using var bench = new AgentBench(Transfers).Greeted();
        bench.Controls.Withhold();

        bench.Respond("r1");
        bench.Call("r1", "c1", "transfer_call", """{"target":"sales"}""");
        bench.Finish("r1");
        Assert.Empty(bench.Controls.Transfers);
        bench.Controls.Hear();

        await Eventually.True(() => bench.Outputs.Count == 1);
        Assert.Equal("+14255550111", Assert.Single(bench.Controls.Transfers));
        Assert.Empty(bench.Controls.SentOf("response.create"));
        Assert.Contains(("transfer", "ringing"), bench.Journal.Events);
    }

    [Fact]
    public async Task Transfer_ThatTakesTheCallAwayBeforeItIsAnswered_HasSucceeded()
    {
        await using var bench = new AgentBench(Transfers).Greeted();
        bench.Controls.WithholdTransfer();
        bench.Respond("r1");
        bench.Call("r1", "c1", "transfer_call", """{"target":"sales"}""");
        bench.Finish("r1");
        await Eventually.True(() => bench.Controls.Transfers.Count == 1);

        bench.End(CallEndReason.CallerHungUp);
        bench.Controls.AnswerTransfer();

        await Eventually.True(() => bench.Journal.Events.Contains(("tool", "transfer_call: ok")));
        Assert.Contains(("transfer", "ringing"), bench.Journal.Events);
        Assert.Empty(bench.Outputs);
    }

    [Fact]
    public async Task Transfer_IsNotAskedForAfterTheEndOfTheCall()
    {
        await using var bench = new AgentBench(Transfers).Greeted();
        bench.Controls.Withhold();
        bench.Respond("r1");
        bench.Call("r1", "c1", "transfer_call", """{"target":"sales"}""");
        bench.Finish("r1");

        bench.End(CallEndReason.CallerHungUp);
        await bench.Agent.DisposeAsync();
        bench.Controls.Hear();

        Assert.Empty(bench.Controls.Transfers);
        Assert.DoesNotContain(("tool", "transfer_call: ok"), bench.Journal.Events);
    }

    [Theory]
    [InlineData("+900555123456")]
    [InlineData("boss")]
    public async Task Transfer_ToWhatTheProfileDoesNotName_IsRefused(string target)
    {
        await using var bench = new AgentBench(Transfers).Greeted();

        bench.Respond("r1");
        bench.Call("r1", "c1", "transfer_call", $$"""{"target":"{{target}}"}""");
        bench.Finish("r1");

        await Eventually.True(() => bench.Controls.SentOf("response.create").Count == 1);
        Assert.Empty(bench.Controls.Transfers);
        Assert.Contains("sales only", bench.Outputs[0].Output);
    }

    [Fact]
    public async Task Transfer_ThatIsRefused_LeavesTheCallerWithTheAgent()
    {
        await using var bench = new AgentBench(Transfers).Greeted();
        bench.Controls.TransferRefusal = "nobody answers";

        bench.Respond("r1");
        bench.Call("r1", "c1", "transfer_call", """{"target":"sales"}""");
        bench.Finish("r1");

        await Eventually.True(() => bench.Controls.SentOf("response.create").Count == 1);
        Assert.Contains("nobody answers", bench.Outputs[0].Output);
    }

    [Fact]
    public async Task Transfer_ThatNeverHappens_IsToldToTheModel()
    {
        await using var bench = new AgentBench(Transfers).Greeted();
        bench.Respond("r1");
        bench.Call("r1", "c1", "transfer_call", """{"target":"sales"}""");
        bench.Finish("r1");
        await Eventually.True(() => bench.Outputs.Count == 1);

        bench.Controls.Do(() => bench.Agent.OnTransferFailed("486 busy"));

        Assert.Single(bench.Controls.SentOf("response.create"));
        Assert.Contains(("transfer", "failed 486 busy"), bench.Journal.Events);
    }

    [Fact]
    public async Task Transfer_IsNotOfferedWithoutNumbers()
    {
        await using var bench = new AgentBench();

        var session = FakeCallControls.Parse(bench.Agent.SessionUpdate(AgentBench.Target, false)).GetProperty("session");

        Assert.Equal("end_call", Assert.Single(session.GetProperty("tools").EnumerateArray()).GetProperty("name").GetString());
    }

    [Fact]
    public async Task Transfer_IsNotOfferedToBrowserCallers_UnlessTheProfileSaysSo()
    {
        await using var bench = new AgentBench(new Dictionary<string, string?> { ["Agents:default:Transfer:Numbers:sales"] = "+14255550111" });
        await using var other = new AgentBench(Transfers);

        Assert.DoesNotContain("transfer_call", FakeCallControls.Parse(bench.Agent.SessionUpdate(AgentBench.Target, false)).GetRawText());
        Assert.Contains("transfer_call", FakeCallControls.Parse(other.Agent.SessionUpdate(AgentBench.Target, false)).GetRawText());
    }

    [Fact]
    public async Task Keys_ReachTheModelTogether_AfterAShortGap()
    {
        await using var bench = new AgentBench().Greeted();

        bench.Press("1");
        bench.Press("two");
        Assert.Empty(bench.Controls.Sent);
        bench.Time.Advance(TimeSpan.FromSeconds(2));

        var item = bench.Controls.SentOf("conversation.item.create")[0].GetProperty("item");
        Assert.Equal("user", item.GetProperty("role").GetString());
        Assert.Equal("[DTMF] 12", item.GetProperty("content")[0].GetProperty("text").GetString());
        Assert.Single(bench.Controls.SentOf("response.create"));
    }

    [Fact]
    public async Task HashKey_EndsTheInputAtOnce()
    {
        await using var bench = new AgentBench().Greeted();

        foreach (var key in new[] { "4", "2", "pound" })
            bench.Press(key);

        Assert.Equal("[DTMF] 42#", bench.Controls.SentOf("conversation.item.create")[0]
            .GetProperty("item").GetProperty("content")[0].GetProperty("text").GetString());
    }

    [Fact]
    public async Task Tokens_AreAddedUpAndPriced()
    {
        await using var bench = new AgentBench(new Dictionary<string, string?>
        {
            ["Prices:gpt-realtime:InputText"] = "4",
            ["Prices:gpt-realtime:InputAudio"] = "32",
            ["Prices:gpt-realtime:CachedText"] = "0.4",
            ["Prices:gpt-realtime:OutputText"] = "16",
            ["Prices:gpt-realtime:OutputAudio"] = "64",
        }).Greeted();

        bench.Respond("r1");
        bench.Say("response.done", """
            {"response":{"id":"r1","status":"completed","usage":{"total_tokens":330,"input_tokens":200,"output_tokens":130,
            "input_token_details":{"cached_tokens":50,"text_tokens":150,"audio_tokens":50,"cached_tokens_details":{"text_tokens":50,"audio_tokens":0}},
            "output_token_details":{"text_tokens":30,"audio_tokens":100}}}}
            """);

        var change = Assert.Single(bench.Journal.Changes, change => change.InputTokens > 0);
        Assert.Equal((200, 130), (change.InputTokens, change.OutputTokens));
        Assert.Equal((100 * 4m + 50 * 32m + 50 * 0.4m + 30 * 16m + 100 * 64m) / 1_000_000m, change.Cost);
    }

    [Fact]
    public async Task ResponseWithoutUsage_CostsNothing()
    {
        await using var bench = new AgentBench().Greeted();

        bench.Respond("r1");
        bench.Say("response.done", """{"response":{"id":"r1","status":"cancelled","usage":null}}""");

        Assert.DoesNotContain(bench.Journal.Changes, change => change.InputTokens > 0);
    }

    [Fact]
    public async Task NewSession_IsToldTheConversation_AndAnswersACallerWhoWaits()
    {
        await using var bench = new AgentBench().Greeted();
        bench.Hear("Where is my order?");

        var opening = bench.Begin(resumed: true);

        Assert.Equal(["system", "assistant", "user"], opening.Take(3).Select(json => json.GetProperty("item").GetProperty("role").GetString()));
        Assert.Equal("text", opening[1].GetProperty("item").GetProperty("content")[0].GetProperty("type").GetString());
        Assert.Equal("input_text", opening[2].GetProperty("item").GetProperty("content")[0].GetProperty("type").GetString());
        Assert.Equal("response.create", opening[3].GetProperty("type").GetString());
        Assert.True(bench.Agent.Interruptible);
    }

    [Fact]
    public async Task NewSessionInAPause_SaysNothing()
    {
        await using var bench = new AgentBench().Greeted();

        var opening = bench.Begin(resumed: true);

        Assert.DoesNotContain(opening, json => json.GetProperty("type").GetString() == "response.create");
    }

    [Fact]
    public async Task SessionLostMidSentence_GoesOnInTheNext()
    {
        await using var bench = new AgentBench().Greeted();
        bench.Respond("r1");
        bench.Say("response.audio_transcript.delta", """{"response_id":"r1","item_id":"a9","delta":"Your order will"}""");

        var opening = bench.Begin(resumed: true);

        Assert.Equal("Your order will", opening[^2].GetProperty("item").GetProperty("content")[0].GetProperty("text").GetString());
        Assert.Contains("Go on", opening[^1].GetProperty("additional_instructions").GetString());
        Assert.True(bench.Journal.Turns[^1].Interrupted);
    }

    [Fact]
    public async Task CallerWhoseWordsWentWithTheSession_IsAskedAgain()
    {
        await using var bench = new AgentBench().Greeted();
        bench.Hear(null, transcribe: false);

        var opening = bench.Begin(resumed: true);

        Assert.Contains("say it again", opening[^1].GetProperty("additional_instructions").GetString());
    }

    [Fact]
    public async Task PreparedSession_ChangesNothingUntilItIsUsed()
    {
        await using var bench = new AgentBench();
        bench.Controls.Withhold();
        bench.Begin();
        bench.Speak("Hello!");

        bench.Agent.SessionUpdate(AgentBench.Target, resumed: true);
        Assert.False(bench.Agent.Interruptible);

        bench.Agent.Opening(resumed: true);
        Assert.True(bench.Agent.Interruptible);
    }

    [Fact]
    public async Task AnotherHandlersCall_IsContinuedFromItsTurns()
    {
        var at = DateTimeOffset.UnixEpoch;
        await using var bench = new AgentBench(turns: [new Turn(at, "agent", "Hello!"), new Turn(at, "caller", "I need help.")]);

        var opening = bench.Begin(resumed: true);

        Assert.Equal("I need help.", opening[2].GetProperty("item").GetProperty("content")[0].GetProperty("text").GetString());
        Assert.Contains("Apologise", opening[3].GetProperty("additional_instructions").GetString());
    }

    [Fact]
    public async Task HandlerWithoutTurns_GreetsEvenWhenResumed()
    {
        await using var bench = new AgentBench();

        Assert.True(Assert.Single(bench.Begin(resumed: true)).GetProperty("response").TryGetProperty("pre_generated_assistant_message", out _));
    }

    [Theory]
    [InlineData(CallEndReason.CallerHungUp, true)]
    [InlineData(CallEndReason.Superseded, false)]
    [InlineData(CallEndReason.Drained, false)]
    public async Task WorkingTurns_OutliveAHandlerWhoseCallGoesOn(object reason, bool over)
    {
        await using var bench = new AgentBench().Greeted();

        bench.End((CallEndReason)reason);

        Assert.Equal(over, bench.Journal.ClosedAsOver);
    }

    [Fact]
    public async Task NothingHappens_AfterTheEnd()
    {
        await using var bench = new AgentBench().Greeted();
        bench.End(CallEndReason.CallerHungUp);

        bench.Time.Advance(TimeSpan.FromMinutes(5));
        bench.Speak("Anybody?");

        Assert.Empty(bench.Controls.Sent);
    }
}
