using VoiceBridge.Simulator;
using VoiceBridge.System.Tests.Harness;
using VoiceBridge.Testing;

namespace VoiceBridge.System.Tests.Agents;

[Collection<AgentCalls>]
public sealed class ConversationTests(AgentSystem agents, ITestOutputHelper output)
{
    private const int FramesHeardAgain = 25;
    private const string WantsStory = "Tell me a long story, please.";
    private const string Story = "Once upon a time there was a telephone that wanted to see the world.";

    [Fact]
    public async Task Interrupted_agent_is_silent_at_once_and_remembers_what_was_heard()
    {
        var call = agents.Call(AgentSystem.Plain, CallerScript.Start
            .Say(WantsStory).Interrupt(TimeSpan.FromSeconds(2), "No, wait, that is not what I meant.")
            .WaitForAgent().Say(WantsStory).Interrupt(TimeSpan.FromSeconds(1), "Sorry, can I interrupt you for a moment?")
            .WaitForAgent());
        await call.HeardAsync(4);

        Assert.Equal(2, call.Stats.Interruptions);
        Assert.Equal(0, call.Stats.FramesAfterStop);
        var session = Assert.Single(agents.Sessions(call));
        Assert.Equal(0, session.Errors);
        var played = call.Playout.PlayedByItem;
        var cut = session.Items.Where(item => item.TruncatedAtMs is not null).ToArray();
        Assert.Equal(2, cut.Length);
        var off = cut.Select(item => Math.Abs(item.TruncatedAtMs!.Value - played[item.Number])).ToArray();
        output.WriteLine($"Truncated {string.Join(", ", cut.Select((item, i) => $"at {item.TruncatedAtMs} ms, {off[i]:0} ms beside what was played"))}");
        // Of two, because the callers' clock may be late once on a busy machine.
        Assert.True(off.Min() <= 100, $"Truncated {off.Min()} ms beside what was played.");

        var record = await agents.ConnectedAsync(call);
        var turns = await agents.TurnsAsync(record.CallId, read => read.Count(turn => turn.Interrupted) == 2, "both interrupted turns");
        Assert.All(turns.Where(turn => turn.Interrupted), turn =>
        {
            Assert.StartsWith(turn.Text, Story, StringComparison.Ordinal);
            Assert.NotEqual(Story, turn.Text);
        });
        await call.HangUpAsync();
    }

    [Fact]
    public async Task Session_killed_in_midsentence_is_replaced_and_the_new_one_knows_the_conversation()
    {
        var speed = agents.Azure.Options.VoiceLive.Speed;
        // Hardly faster than it plays: the sentence that is cut off is the one that is heard.
        agents.Azure.Options.VoiceLive.Speed = 1.1;
        try
        {
            var call = agents.Call(AgentSystem.Plain, CallerScript.Start.Say("Hi, where is my order?").WaitForAgent().Say(WantsStory));
            await call.HeardAsync(1);
            await Eventually.True(() => call.AgentSpeaking && agents.Sessions(call)[0] is { Responding: true } speaking
                && speaking.Items[^1].AudioMs > 1_500, Systems.Deadline, "the story to be told");
            agents.Sessions(call)[0].Drop();

            await Eventually.True(() => agents.Sessions(call).Count == 2 && agents.Sessions(call)[1].Responding, Systems.Deadline, "the next session to go on");
            var second = agents.Sessions(call)[1];
            var told = second.Items.Where(item => item.FromClient && item.Role is "user" or "assistant").ToArray();
            Assert.Equal(["user", "assistant", "user", "assistant"], told.Select(item => item.Role));
            Assert.Equal(
                ["Hi, where is my order?", "Your order is on its way and should arrive tomorrow.", WantsStory], told.Take(3).Select(item => item.Text));
            Assert.StartsWith("Once upon a time", told[3].Text, StringComparison.Ordinal);
            await Eventually.True(() => !second.Responding && !call.AgentSpeaking, Systems.Deadline, "the apology's end");
            call.Say("Do you remember what I said before?");
            await Eventually.True(() => call.Heard.Any(turn => turn.Text == $"You said: {WantsStory}"), Systems.Deadline, "what the caller said before");

            Assert.Equal(1, call.Stats.MediaSockets);
            Assert.Equal(0, call.Stats.FramesLost);
            await call.HangUpAsync();
        }
        finally
        {
            agents.Azure.Options.VoiceLive.Speed = speed;
        }
    }

    [Fact]
    public async Task Session_that_lives_for_5_seconds_is_swapped_without_a_lost_frame()
    {
        agents.Azure.Options.VoiceLive.SessionSeconds = 5;
        try
        {
            var call = agents.Call(AgentSystem.Plain, CallerScript.Start.Say("What time is it?"));
            await Eventually.True(() => agents.Sessions(call).Count(session => session.AppendedBytes > 0) >= 3, Systems.Deadline, "the third session");
            var told = agents.Sessions(call)[2].Items.Where(item => item.FromClient && item.Role is "user" or "assistant").Select(item => item.Text);
            Assert.Equal(["What time is it?", "It is a good time to talk."], told);
            await call.HangUpAsync();
            await agents.EndedAsync(call);

            Assert.Equal("It is a good time to talk.", Assert.Single(call.Heard).Text);
            var sessions = agents.Sessions(call);
            await Eventually.True(() => sessions.All(session => !session.IsOpen), Systems.Deadline, "the sessions' end");
            // None was ended by the service, with its error.
            Assert.All(sessions, session => Assert.Equal(0, session.Errors));
            Assert.Equal(0, call.Stats.FramesLost);
            // Nothing is missing, and of what came before a swap the next session hears half a second again: a first word may have begun in it.
            var again = (sessions.Sum(session => session.AppendedMilliseconds) / 20) - call.Stats.FramesSent;
            Assert.InRange(again, 0, (sessions.Count - 1) * FramesHeardAgain);
        }
        finally
        {
            agents.Azure.Options.VoiceLive.SessionSeconds = 3_600;
        }
    }

    [Fact]
    public async Task Silent_caller_is_asked_and_asked_again_and_let_go()
    {
        var call = agents.Call(AgentSystem.Quiet, CallerScript.Silent);

        var record = await agents.EndedAsync(call);

        Assert.Equal(["Are you still there?", "Please go on.", AgentSystem.Goodbye], call.Heard.Select(turn => turn.Text));
        Assert.Equal("silent", record.EndReason);
    }
}
