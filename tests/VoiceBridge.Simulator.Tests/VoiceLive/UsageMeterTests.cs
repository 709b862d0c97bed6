using System.Text.Json.Nodes;
using VoiceBridge.Simulator.VoiceLive;

namespace VoiceBridge.Simulator.Tests.VoiceLive;

/// <summary>Tokens as a realtime model counts them: the conversation is read again at each turn, and what was read before is cached.</summary>
public sealed class UsageMeterTests
{
    [Fact]
    public void Usage_GrowsWithTheConversation_AndOnlyWhatIsNewIsNotCached()
    {
        var meter = new UsageMeter();
        List<SimulatedItem> items = [Said("user", 2_000), Said("assistant", 3_000)];
        var first = meter.Count(items, items[1]);
        Assert.Equal((20, 0, 60), (Input(first, "audio_tokens"), Cached(first), Output(first)));

        items.AddRange([Said("user", 1_000), Said("assistant", 1_000)]);
        var second = meter.Count(items, items[3]);

        // Read: the first question and its answer, which are cached, and the second question.
        Assert.Equal((90, 80, 20), (Input(second, "audio_tokens"), Cached(second), Output(second)));
        Assert.Equal(Input(second, "text_tokens"), (int)second["input_token_details"]!["cached_tokens_details"]!["text_tokens"]!);
    }

    [Fact]
    public void WhatTheCallerDidNotHear_IsNotReadAgain()
    {
        var cut = Said("assistant", 10_000);
        cut.TruncatedAtMs = 1_000;

        Assert.Equal(20, Input(new UsageMeter().Count([cut, Said("assistant", 500)], null), "audio_tokens") - 10);
    }

    private static SimulatedItem Said(string role, double ms) => new() { Id = $"{role}-{ms}", Type = "message", Role = role, AudioMs = ms, Text = "words" };

    private static int Input(JsonObject usage, string what) => (int)usage["input_token_details"]![what]!;

    private static int Cached(JsonObject usage) => (int)usage["input_token_details"]!["cached_tokens_details"]!["audio_tokens"]!;

    private static int Output(JsonObject usage) => (int)usage["output_token_details"]!["audio_tokens"]!;
}
