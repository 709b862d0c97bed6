using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using VoiceBridge.Cluster;
using VoiceBridge.Cluster.Trust;

namespace VoiceBridge.CallControl.Tests.Calls;

/// <summary>Two replicas on both sides of a step of a key change answer the same call, one of them perhaps again: it has to be one request.</summary>
public sealed class KeyRotationTests
{
    private static readonly DateTimeOffset TakesOver = new(2026, 5, 4, 10, 0, 0, TimeSpan.Zero);
    private static readonly string Old = Key("the key that was in use until today");
    private static readonly string Next = Key("the key that will be in use from now on");
    private static readonly string New = $"{Next}@2026-05-04T10:00Z";

    public static TheoryData<string, string[], string[], int[]> Steps => new()
    {
        { "the new key is announced", [Old], [Old, New], [-600, -2] },
        { "the keys change places", [Old, New], [New, Old], [-600, -1, 0, 1, 600] },
        { "the old key goes", [Old, New], [New], [66, 600] },
        { "the new key's time goes", [New], [Next], [66, 600] },
    };

    [Theory, MemberData(nameof(Steps))]
    public void A_call_is_answered_by_the_same_request_on_both_sides_of_each_step(string step, string[] before, string[] after, int[] minutes)
    {
        foreach (var minute in minutes)
        {
            var call = Call("one", TakesOver.AddMinutes(minute));

            Assert.True(Requests(before).Of(call) == Requests(after).Of(call), $"{step}, {minute} minutes from the takeover");
        }
    }

    /// <summary>It depends on no key at all, so that a key replaced in a hurry answers no call twice either.</summary>
    [Fact]
    public void The_id_of_a_request_is_of_the_call_and_of_what_is_done_with_it()
    {
        var id = Id("one", "answer");

        Assert.Equal(4, id.Version);
        Assert.Equal(id, Id("one", "answer"));
        Assert.NotEqual(id, Id("one", "reject"));
        Assert.NotEqual(id, Id("another", "answer"));

        static Guid Id(string call, string operation) => AnswerRequests.Ringing(Call(call, TakesOver), operation).Repeatability.RequestId;
    }

    private static IncomingCall Call(string name, DateTimeOffset rang) => new(name, $"context of {name}", null, "+14255550123", "+18005550100", rang);

    private static AnswerRequests Requests(string[] keys)
    {
        var options = Options.Create(new CallOptions
        {
            CallControl = new() { PublicUrl = new Uri("https://calls.example") }, Media = new() { PublicUrl = new Uri("wss://media.example") },
        });
        return new(
            new MediaTickets(new ClusterKeys(Options.Create(new ClusterOptions { Keys = keys })), TimeProvider.System),
            new PhoneNetworks([new AcsNetwork(new ServiceCollection().BuildServiceProvider(), Options.Create(new AcsOptions()), options)]), options);
    }

    private static string Key(string text) => Convert.ToBase64String(Encoding.ASCII.GetBytes(text));
}
