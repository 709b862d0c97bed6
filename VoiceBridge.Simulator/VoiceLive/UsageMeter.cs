using System.Text.Json.Nodes;

namespace VoiceBridge.Simulator.VoiceLive;

/// <summary>
/// The tokens of one session's responses, as a realtime model counts them: each response reads the whole conversation again, and what the one before has read or said is
/// cached. Audio: a token for 100 ms of the caller's speech and for 50 ms of the agent's; text: about four letters.
/// </summary>
internal sealed class UsageMeter
{
    private const int Instructions = 45;
    private const int ItemText = 15;
    private readonly Lock _gate = new();
    private (int Text, int Audio) _cached;

    /// <summary>The usage of a response that said <paramref name="own"/>, or nothing, after all other <paramref name="items"/>.</summary>
    internal JsonObject Count(IReadOnlyList<SimulatedItem> items, SimulatedItem? own)
    {
        var before = items.Where(item => item != own).ToList();
        var text = Instructions + before.Where(item => item.Type != "message" || item.AudioMs <= 0).Sum(item => (item.Text.Length + 3) / 4);
        var audio = before.Sum(Audio);
        var spoken = own is null ? 0 : Audio(own);
        (int Text, int Audio) cached;
        lock (_gate)
        {
            // What was truncated or deleted since is not read again.
            cached = (Math.Min(_cached.Text, text), Math.Min(_cached.Audio, audio));
            _cached = (text, audio + spoken);
        }

        return new JsonObject
        {
            ["total_tokens"] = text + audio + spoken + ItemText,
            ["input_tokens"] = text + audio,
            ["output_tokens"] = spoken + ItemText,
            ["input_token_details"] = new JsonObject
            {
                ["cached_tokens"] = cached.Text + cached.Audio,
                ["text_tokens"] = text,
                ["audio_tokens"] = audio,
                ["image_tokens"] = 0,
                ["cached_tokens_details"] = new JsonObject { ["text_tokens"] = cached.Text, ["audio_tokens"] = cached.Audio, ["image_tokens"] = 0 },
            },
            ["output_token_details"] = new JsonObject { ["text_tokens"] = ItemText, ["audio_tokens"] = spoken, ["reasoning_tokens"] = 0 },
        };
    }

    private static int Audio(SimulatedItem item) =>
        item.Type != "message" || item.AudioMs <= 0 ? 0 : (int)(Math.Min(item.AudioMs, item.TruncatedAtMs ?? item.AudioMs) / (item.Role == "user" ? 100 : 50));
}
