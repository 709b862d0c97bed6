using Microsoft.Extensions.Time.Testing;
using VoiceBridge.Cluster.Transcripts;
using VoiceBridge.Cluster.Trust;
using VoiceBridge.Testing;
using static VoiceBridge.Cluster.Tests.TestCluster;

namespace VoiceBridge.Cluster.Tests.Trust;

/// <summary>
/// docs/operations.md, "How is a cluster key replaced?": at each of its steps replicas with the keys before it and replicas with those after
/// it work side by side, for as long as the deployment takes.
/// </summary>
public sealed class KeyRotationTests(RedisServers servers)
{
    private static readonly DateTimeOffset TakesOver = new(2026, 5, 4, 10, 0, 0, TimeSpan.Zero);
    private static readonly string Old = TestKeys.New(1);
    private static readonly string New = TestKeys.New(2, TakesOver);

    /// <summary>The keys on both sides of a step, and when it may be taken: minutes from the moment at which the new key takes over.</summary>
    public static TheoryData<string, string[], string[], int[]> Steps => new()
    {
        { "the new key is announced", [Old], [Old, New], [-600, -2] },
        { "the new key takes over", [Old, New], [Old, New], [-1, 0, 1] },
        { "the keys change places, which means nothing", [Old, New], [New, Old], [-600, -1, 0, 1, 600] },
        { "the old key goes", [Old, New], [New], [66, 600] },
        { "the new key's time goes", [New], [TestKeys.New(2)], [66, 600] },
    };

    [Theory, MemberData(nameof(Steps))]
    public void Tickets_of_a_call_are_the_same_bytes_and_are_read_on_both_sides_of_each_step(string step, string[] before, string[] after, int[] minutes)
    {
        foreach (var rang in minutes.Select(minute => TakesOver.AddMinutes(minute)))
        {
            // Whatever the replicas' clocks say: a call that rang before the key took over may be answered after it.
            string[] issued =
            [
                .. from keys in (string[][])[before, after]
                   from late in (TimeSpan[])[TimeSpan.Zero, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(28)]
                   select Tickets(keys, rang + late).Issue(Ticket(rang)),
            ];

            Assert.True(issued.Distinct().Count() == 1, $"{step}: not one ticket but {string.Join(", ", issued.Distinct())}");
            Assert.All([before, after], keys => Assert.Equal(Ticket(rang), Tickets(keys, rang.AddMinutes(1)).Read(issued[0]).Ticket));
        }
    }

    [Theory, MemberData(nameof(Steps))]
    public void Tokens_are_accepted_on_both_sides_of_each_step(string step, string[] before, string[] after, int[] minutes)
    {
        foreach (var now in minutes.Select(minute => TakesOver.AddMinutes(minute)))
        {
            foreach (var (from, to) in ((string[], string[])[])[(before, after), (after, before)])
                Assert.True(Tokens(to, now).TryVerify(Tokens(from, now).Issue("callcontrol"), "callcontrol", out var why), $"{step}: {why}");
        }
    }

    [Theory, MemberData(nameof(Steps))]
    public async Task What_is_kept_of_a_call_is_read_on_both_sides_of_each_step(string step, string[] before, string[] after, int[] minutes)
    {
        await using var cluster = await OnAsync(await servers.GetAsync(RedisKind.Garnet));
        foreach (var now in minutes.Select(minute => TakesOver.AddMinutes(minute)))
        {
            await using var one = await cluster.ReplicaAsync(before, new FakeTimeProvider(now));
            await using var other = await cluster.ReplicaAsync(after, new FakeTimeProvider(now));
            foreach (var (from, to) in ((TestCluster, TestCluster)[])[(one, other), (other, one)])
            {
                var call = Ringing(NewId());
                var turn = new Turn(now, "user", step);
                await from.Turns.AppendAsync(call.CallId, [turn], Ct);
                await from.Kept.AppendAsync(call.CallId, [turn], Ct);
                await from.Due.TryClaimAsync(call, "replica", TimeSpan.FromSeconds(5), Ct);

                Assert.Equal([turn], await to.Turns.ReadAsync(call.CallId, Ct));
                Assert.Equal([turn], await to.Kept.ReadAsync(call.CallId, Ct));
                Assert.Equal(call.IncomingCallContext, (await to.Calls.GetAsync(call.CallId, Ct))?.IncomingCallContext);
            }
        }
    }

    /// <summary>Calls go on for an hour: what was issued and kept under the old key has to be good until the old key goes.</summary>
    [Fact]
    public void Tickets_of_the_old_key_are_good_until_it_goes()
    {
        var ticket = Ticket(TakesOver.AddSeconds(-1));
        var issued = Tickets([Old], ticket.IssuedAt).Issue(ticket);

        Assert.Equal(ticket, Tickets([Old, New], TakesOver.AddMinutes(64)).Read(issued).Ticket);
        Assert.Equal("unknown key", Tickets([New], TakesOver.AddMinutes(64)).Read(issued).Refusal);
    }

    [Fact]
    public void A_key_that_has_taken_over_signs_and_one_that_has_not_does_not()
    {
        var (earlier, later) = (Ticket(TakesOver.AddSeconds(-1)), Ticket(TakesOver));
        var both = Tickets([Old, New], TakesOver);

        Assert.Equal(Tickets([Old], TakesOver).Issue(earlier), both.Issue(earlier));
        Assert.Equal(Tickets([New], TakesOver).Issue(later), both.Issue(later));
        Assert.NotEqual(Tickets([Old], TakesOver).Issue(later), both.Issue(later));
    }

    private static MediaTickets Tickets(string[] keys, DateTimeOffset now) => new(new ClusterKeys(TestKeys.Options(keys)), new FakeTimeProvider(now));

    private static ClusterTokens Tokens(string[] keys, DateTimeOffset now)
    {
        var options = TestKeys.Options(keys);
        var time = new FakeTimeProvider(now);
        return new ClusterTokens(new ClusterKeys(options, time: time), options, time);
    }

    private static MediaTicket Ticket(DateTimeOffset rang) => new()
    {
        CallId = "0123456789abcdef0123456789abcdef",
        CorrelationId = "8d1c4e6e-0000-4000-8000-1234567890ab",
        CallerId = "+14255550123",
        CalledNumber = "+18005550100",
        IssuedAt = rang,
        ExpiresAt = rang.AddMinutes(65),
    };
}
