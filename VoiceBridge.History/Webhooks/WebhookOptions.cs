namespace VoiceBridge.History.Webhooks;

/// <summary>Section <c>Webhooks</c>: who is told of each call that has ended, and how long that is tried.</summary>
public sealed class WebhookOptions
{
    /// <summary>The configuration section's name.</summary>
    public const string Section = "Webhooks";

    /// <summary>The receivers, by names of one's own.</summary>
    public Dictionary<string, WebhookReceiver> Receivers { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether receivers may be in a private network or on this machine, and speak plain http.</summary>
    public bool AllowPrivate { get; set; }

    /// <summary>How long a receiver may take for an answer.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How long after the first try the second one comes; doubled each time.</summary>
    public TimeSpan MinDelay { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The longest pause between two tries, unless a receiver asks for more.</summary>
    public TimeSpan MaxDelay { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How long an event is tried.</summary>
    public TimeSpan GiveUpAfter { get; set; } = TimeSpan.FromDays(1);
}

/// <summary>One receiver.</summary>
public sealed class WebhookReceiver
{
    /// <summary>Where events are posted to.</summary>
    public Uri? Url { get; set; }

    /// <summary>Keys that events are signed with, <c>whsec_</c> and base64. While one replaces another both sign.</summary>
    public List<string> Secrets { get; } = [];

    /// <summary>Whether the event holds what was said, as far as that is kept.</summary>
    public bool Turns { get; set; }

    /// <summary>Whether it holds the numbers of the caller and of the phone, as <c>Privacy:CallerId</c> shows them.</summary>
    public bool Numbers { get; set; } = true;
}
