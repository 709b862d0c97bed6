using VoiceBridge.Simulator;
using VoiceBridge.System.Tests.Harness;
using VoiceBridge.Testing;

namespace VoiceBridge.System.Tests.Recordings;

public sealed class RecordedCallTests(RedisServers servers)
{
    [Fact]
    public async Task A_recorded_call_holds_both_voices_in_turns_without_holes_or_clicks()
    {
        var path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.wav");
        SimulatedCall call;
        await using (var system = await Systems.StartAsync(servers, RedisKind.Garnet))
        {
            call = system.Azure!.PlaceCall(new CallPlan { Script = CallerScript.Conversation(3).HangUp(), RecordTo = path });
            await call.OverAsync(TimeSpan.FromSeconds(90));
        }

        var recorded = WavFile.Read(path);
        TestContext.Current.AddAttachment("call.wav", File.ReadAllBytes(path), "audio/wav");
        File.Delete(path);
        Assert.Equal(24_000, recorded.Rate);
        var caller = recorded.Speech(recorded.Left);
        var agent = recorded.Speech(recorded.Right);
        Assert.True(caller.Count >= call.Stats.CallerTurns, $"The caller speaks {caller.Count} times in the file, and did {call.Stats.CallerTurns} times.");
        Assert.True(agent.Count >= call.Stats.AgentTurns, $"The agent speaks {agent.Count} times in the file, and was heard {call.Stats.AgentTurns} times.");
        Assert.All(caller, c => Assert.All(agent, a => Assert.True(c.To <= a.From || a.To <= c.From, $"Both speak at once at {c.From / recorded.Rate} s.")));
        Assert.Equal(caller.Count + 1, Alternations(caller, agent));
        Assert.All(agent, turn => Assert.Equal(0, Holes(recorded.Right.AsSpan(turn.From..turn.To), recorded.Rate / 50)));
        Assert.All(agent, turn => AssertNoClicks(recorded.Right, turn, recorded.Rate / 50));
        Assert.All(caller, turn => AssertNoClicks(recorded.Left, turn, recorded.Rate / 50));
    }

    /// <summary>How often the word goes from one to the other, counted from the first speaker on.</summary>
    private static int Alternations(IReadOnlyList<(int From, int To)> caller, IReadOnlyList<(int From, int To)> agent)
    {
        var speakers = caller.Select(turn => (turn.From, Caller: true)).Concat(agent.Select(turn => (turn.From, Caller: false))).OrderBy(turn => turn.From).ToArray();
        Assert.False(speakers[0].Caller, "The greeting comes first.");
        return speakers.Where((turn, i) => !turn.Caller && (i == 0 || speakers[i - 1].Caller)).Count();
    }

    /// <summary>
    /// Frames without any sample: nothing was there to be played. Speech, and the pauses in it, never are: the simulated agent's
    /// silence carries its mark in the lowest bit.
    /// </summary>
    private static int Holes(ReadOnlySpan<short> turn, int frame)
    {
        var holes = 0;
        for (var at = 0; at + frame <= turn.Length; at += frame)
        {
            if (turn.Slice(at, frame).IndexOfAnyExcept((short)0) < 0) holes++;
        }
        return holes;
    }

    /// <summary>A click at a seam between frames would make the steps there larger than elsewhere in the same speech.</summary>
    private static void AssertNoClicks(short[] channel, (int From, int To) turn, int frame)
    {
        var seams = new List<int>();
        var inside = new List<int>();
        for (var at = turn.From + 1; at < turn.To; at++) (at % frame == 0 ? seams : inside).Add(Math.Abs(channel[at] - channel[at - 1]));
        Assert.True(seams.Max() <= inside.Max(), $"A step of {seams.Max()} between frames, of {inside.Max()} within them.");
    }
}
