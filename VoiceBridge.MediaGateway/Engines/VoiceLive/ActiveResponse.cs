using VoiceBridge.MediaGateway.Engines.VoiceLive.Protocol;

namespace VoiceBridge.MediaGateway.Engines.VoiceLive;

/// <summary>A response that the service is making.</summary>
internal sealed class ActiveResponse(string id, DateTimeOffset now)
{
    public string Id => id;

    /// <summary>The request of ours that it answers; null for one that the service makes by itself.</summary>
    public ResponseRequest? Request { get; set; }

    /// <summary>The request that it may answer without saying so.</summary>
    public ResponseRequest? Candidate { get; set; }

    /// <summary>It began when the service had seen every item that we sent.</summary>
    public bool KnowsAll { get; init; }

    /// <summary>Whether it brings anything that the caller hears.</summary>
    public bool HasSound { get; set; }

    public bool HasCall { get; set; }

    /// <summary>What it says without saying it aloud.</summary>
    public string Text { get; set; } = "";

    public DateTimeOffset HeardOf { get; set; } = now;

    /// <summary>What its end says of what it brought.</summary>
    public void Take(IEnumerable<ItemInfo> output)
    {
        foreach (var item in output)
        {
            HasCall |= item.Type == "function_call";
            foreach (var part in item.Content)
            {
                HasSound |= part.Type?.Contains("audio", StringComparison.Ordinal) == true || !string.IsNullOrEmpty(part.Transcript);
                if (Text.Length == 0 && item.Type == "message")
                    Text = part.Text ?? "";
            }
        }
    }
}
