namespace VoiceBridge.Simulator;

/// <summary>What Twilio does when a media socket breaks. Which of these is true of the real one is not documented.</summary>
public enum AfterBreak
{
    /// <summary>The verbs after <c>&lt;Connect&gt;</c> run, as they do when the bridge closes the socket.</summary>
    RestOfTwimlRuns,

    /// <summary>The call ends.</summary>
    CallEnds,

    /// <summary>The caller hears nothing until the call is updated over REST.</summary>
    NothingUntilUpdate,
}

/// <summary>How the simulated Twilio behaves.</summary>
public sealed class TwilioBehaviour
{
    /// <summary>The account. The default is a test account, good for nothing else.</summary>
    public string AccountSid { get; set; } = "AC0123456789abcdef0123456789abcdef";

    /// <summary>Its auth token: signs webhooks and upgrades, and is the password of its REST requests.</summary>
    public string AuthToken { get; set; } = "simulated-auth-token-0123456789ab";

    /// <summary>The secret of a SharedKey: webhooks and upgrades are signed with it, by HMAC-SHA256, instead of the auth token.</summary>
    public string? SharedKey { get; set; }

    /// <summary>An API key that REST requests may bring instead of the account, with <see cref="ApiSecret"/>.</summary>
    public string? ApiKey { get; set; }

    /// <summary>Its secret.</summary>
    public string? ApiSecret { get; set; }

    /// <summary>The voice URL of the numbers.</summary>
    public Uri? VoiceUrl { get; set; }

    /// <summary>Asked when the voice URL fails; null: the caller hears an error, and the call ends.</summary>
    public Uri? FallbackUrl { get; set; }

    /// <summary>Where the end of each call is reported.</summary>
    public Uri? StatusCallback { get; set; }

    /// <summary>The caller gives up after that long.</summary>
    public double RingSeconds { get; set; } = 60;

    /// <summary>How long a webhook is waited for (real: 15).</summary>
    public TimeSpan ResponseTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>The voice webhook is posted that many times at once; the first response counts.</summary>
    public int Duplicates { get; set; } = 1;

    /// <summary>What happens to a call whose media socket breaks.</summary>
    public AfterBreak AfterBreak { get; set; }

    /// <summary>Lose this part of the marks (0 to 1).</summary>
    public double MarkLoss { get; set; }

    /// <summary>Marks come back so much later than what they mark was played.</summary>
    public TimeSpan MarkDelay { get; set; }

    /// <summary>Lose this part of the callbacks (0 to 1).</summary>
    public double CallbackLoss { get; set; }

    /// <summary>Send each callback that many times.</summary>
    public int CallbackDuplicates { get; set; } = 1;

    /// <summary>So many REST requests give 429 with code 20429. Counts down.</summary>
    public int ThrottleTimes { get; set; }

    /// <summary>So many updates give 500 although they were done. Counts down.</summary>
    public int LoseUpdateTimes { get; set; }

    /// <summary>Time that each REST request takes.</summary>
    public TimeSpan RestDelay { get; set; }

    /// <summary>Write <c>/</c> of base64 as a JSON escape, as some serializers do.</summary>
    public bool EscapedBase64 { get; set; }

    /// <summary>Mix messages of unknown kinds into the media stream.</summary>
    public bool UnknownMessages { get; set; } = true;

    /// <summary>Numbers that treat <c>&lt;Dial&gt;</c> in a way of their own; others accept it.</summary>
    public IDictionary<string, TransferTarget> DialTargets { get; } = new Dictionary<string, TransferTarget>();

    /// <summary>How long a caller talks to whoever was dialled for them.</summary>
    public TimeSpan DialLasts { get; set; } = TimeSpan.FromMilliseconds(500);
}
