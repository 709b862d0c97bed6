using System.Globalization;
using Microsoft.Extensions.Time.Testing;
using VoiceBridge.MediaGateway.Tests.Fakes;
using VoiceBridge.Testing;

namespace VoiceBridge.MediaGateway.Tests.Callers.Twilio;

/// <summary>What the service is told was heard, beside what was played, by a clock that only the test moves.</summary>
public sealed class TwilioMarkTests
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(10);

    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);
    private int _said;
    private int _speaks;
    private DateTimeOffset _since;

    /// <param name="startDelayMs">How long after its arrival the first audio is played.</param>
    /// <param name="lostEvery">Each mark of that number is lost; 0: none is.</param>
    /// <param name="interruptedAfterMs">When the caller begins to speak.</param>
    [Theory]
    [InlineData(0, 0, 300)]
    [InlineData(80, 0, 300)]
    [InlineData(150, 0, 750)]
    [InlineData(150, 3, 750)]
    [InlineData(80, 2, 1_010)]
    [InlineData(0, 1, 500)]
    public async Task Truncation_IsAtWhatWasPlayed(int startDelayMs, int lostEvery, int interruptedAfterMs)
    {
        await using var gateway = await TestGateway.StartAsync(_time, [("Media:FirstMessageMs", "60000"), ("Twilio:StartMs", "60000"), .. FakeTwilio.Settings]);
        await using var twilio = await ConnectAsync(gateway, TimeSpan.FromMilliseconds(startDelayMs));
        var session = await StartedAsync(gateway);

        await SpeakAsync(session, twilio, 1);
        await PlayAsync(session, twilio, interruptedAfterMs, mark => lostEvery > 0 && mark % lostEvery == 0);
        await session.SpeechStartedAsync();

        Assert.InRange(await TruncationAsync(session, twilio, 1), -40, 40);
    }

    [Fact]
    public async Task MarksOfWhatWasCleared_SayNothingOfWhatFollows()
    {
        await using var gateway = await TestGateway.StartAsync(_time, [("Media:FirstMessageMs", "60000"), ("Twilio:StartMs", "60000"), .. FakeTwilio.Settings]);
        await using var twilio = await ConnectAsync(gateway, TimeSpan.FromMilliseconds(60));
        var session = await StartedAsync(gateway);

        await SpeakAsync(session, twilio, 1);
        await PlayAsync(session, twilio, 400, _ => false);
        await session.SpeechStartedAsync();
        Assert.InRange(await TruncationAsync(session, twilio, 1), -40, 40);
        Assert.NotEmpty(twilio.ClearedMarks);

        await SpeakAsync(session, twilio, 2);
        await PlayAsync(session, twilio, 100, _ => false);
        foreach (var mark in twilio.ClearedMarks)
            await twilio.MarkAsync(mark);
        await PlayAsync(session, twilio, 150, _ => false);
        await session.SpeechStartedAsync();
        Assert.InRange(await TruncationAsync(session, twilio, 2), -40, 40);
    }

    [Fact]
    public async Task AgentIsHeardOut_WhenTheMarksSaySo_AndAlsoWhenTheyStopComing()
    {
        await using var gateway = await TestGateway.StartAsync(_time, [("Media:FirstMessageMs", "60000"), ("Twilio:StartMs", "60000"), .. FakeTwilio.Settings]);
        await using var twilio = await ConnectAsync(gateway, TimeSpan.FromMilliseconds(150));
        var session = await StartedAsync(gateway);
        var controls = gateway.Agents.Made[0].Controls;

        await SpeakAsync(session, twilio, 1, 300);
        await PlayAsync(session, twilio, 310, _ => false);
        Assert.InRange(controls.Remaining.TotalMilliseconds, 100, 200);
        await PlayAsync(session, twilio, 200, _ => false);
        Assert.Equal(TimeSpan.Zero, controls.Remaining);

        await SpeakAsync(session, twilio, 2, 300);
        await PlayAsync(session, twilio, 250, _ => false);
        await PlayAsync(session, twilio, 250, _ => true);
        Assert.True(controls.Remaining > TimeSpan.Zero);
        await PlayAsync(session, twilio, 1_000, _ => true);
        Assert.Equal(TimeSpan.Zero, controls.Remaining);
    }

    /// <summary>Until the call has begun, time passes: the cluster's Redis is away, and that is waited for.</summary>
    private async Task<FakeTwilio> ConnectAsync(TestGateway gateway, TimeSpan startDelay)
    {
        var twilio = await gateway.CallTwilioAsync(time: _time, startDelay: startDelay);
        await Eventually.True(() =>
        {
            _time.Advance(TimeSpan.FromMilliseconds(50));
            return gateway.VoiceLive.Sessions.Any(session => session.Types.Contains("test.opening"));
        }, what: "the call");
        return twilio;
    }

    private static Task<FakeSession> StartedAsync(TestGateway gateway) => TwilioCallTests.OpenedAsync(gateway);

    /// <summary>The agent begins to speak.</summary>
    private async Task SpeakAsync(FakeSession session, FakeTwilio twilio, int response, int milliseconds = 4_200)
    {
        var before = twilio.HeardBytes;
        await session.SendAsync($$$"""{"type":"response.created","response":{"id":"resp_{{{response}}}","status":"in_progress"}}""");
        for (var said = 0; said < milliseconds; said += 60)
            await session.SpeakAsync($"resp_{response}", $"item_{response}", Convert.ToBase64String(new byte[60 * 8]));
        await Eventually.True(() => twilio.HeardBytes - before >= 300 * 8, what: "the first audio");
        (_since, _speaks) = (_time.GetUtcNow(), before + milliseconds * 8);
    }

    /// <summary>Time passes, and marks come back as what is before them is played, but for those that are lost.</summary>
    private async Task PlayAsync(FakeSession session, FakeTwilio twilio, int milliseconds, Func<long, bool> isLost)
    {
        for (var passed = TimeSpan.Zero; passed < TimeSpan.FromMilliseconds(milliseconds); passed += Step)
        {
            _time.Advance(Step);
            var marks = twilio.ReachedMarks().Where(mark => !isLost(Number(mark))).ToList();
            foreach (var mark in marks)
                await twilio.MarkAsync(mark);
            if (marks.Count > 0)
            {
                var frame = FakeTwilio.Frame(++_said);
                await twilio.SayAsync(frame);
                await Eventually.True(() => session.Audio is [.., var last] && last == frame, what: "the gateway to have read the marks");
            }
            // What the gateway sends as its time comes has arrived before more of it passes.
            var due = Math.Min(_speaks, (int)((_time.GetUtcNow() - _since).TotalMilliseconds + 100) * 8);
            await Eventually.True(() => twilio.HeardBytes >= due, what: "the agent's audio");
        }
    }

    /// <summary>Which of the marks it is.</summary>
    private static long Number(string mark) => long.Parse(mark.AsSpan(1), CultureInfo.InvariantCulture) / (60 * 8);

    /// <summary>By how many milliseconds the service is told more than was played.</summary>
    private static async Task<double> TruncationAsync(FakeSession session, FakeTwilio twilio, int count)
    {
        var told = await TwilioCallTests.TruncationAsync(session, count);
        await Eventually.True(() => twilio.Events.Count(name => name == "clear") == count, what: "the clear");
        return told - (twilio.HeardAtClear!.Value - HeardBefore(session, count));
    }

    /// <summary>What was heard of answers before the one that was truncated.</summary>
    private static double HeardBefore(FakeSession session, int count) => session.Received
        .Where(json => json.Contains("conversation.item.truncate", StringComparison.Ordinal)).Take(count - 1)
        .Sum(json => System.Text.Json.JsonDocument.Parse(json).RootElement.GetProperty("audio_end_ms").GetInt32());
}
