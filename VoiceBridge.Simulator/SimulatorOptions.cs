namespace VoiceBridge.Simulator;

/// <summary>How the simulated Azure behaves. May be changed while it runs; most settings count from the next event on.</summary>
public sealed class SimulatorOptions
{
    /// <summary>The configuration section that the process reads.</summary>
    public const string Section = "Simulator";

    /// <summary>The access key of the ACS resource, base64. The default is a test key, good for nothing else.</summary>
    public string AccessKey { get; set; } = "bG9jYWwtZW11bGF0b3ItYWNjZXNzLWtleS0zMmJ5dGU=";

    /// <summary>Instead of the key's signature: the bearer token that ACS accepts; null accepts any.</summary>
    public string? BearerToken { get; set; }

    /// <summary>The immutable resource id of the ACS resource: the audience of its tokens.</summary>
    public string ResourceId { get; set; } = "5a1b0c7e-0b51-4d3f-9a52-6d5b8a3c1f00";

    /// <summary>The key that Voice Live demands (header or query <c>api-key</c>). Bearer tokens are accepted beside it.</summary>
    public string VoiceLiveKey { get; set; } = "simulated-voice-live-key";

    /// <summary>Where Event Grid delivers: the whole URL, with the secret in its query.</summary>
    public Uri? Webhook { get; set; }

    /// <summary>The name of the event subscription, sent as <c>aeg-subscription-name</c>.</summary>
    public string SubscriptionName { get; set; } = "voicebridge-incoming";

    /// <summary>The ARM path of the ACS resource: topic and source of events.</summary>
    public string Topic { get; set; } =
        "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/simulated/providers/Microsoft.Communication/communicationServices/simulated";

    /// <summary>Deliver in the CloudEvents schema instead of Event Grid's own.</summary>
    public bool CloudEvents { get; set; }

    /// <summary>Deliver each event that many times, concurrently.</summary>
    public int Duplicates { get; set; } = 1;

    /// <summary>Deliver events in another order than they happened.</summary>
    public bool Reorder { get; set; }

    /// <summary>Events per delivery at most; above 1, what happens within 20 ms is delivered together.</summary>
    public int BatchSize { get; set; } = 1;

    /// <summary>Event Grid's waits between attempts. The default is much shorter than the real 10 s, 30 s, 1 min ...</summary>
    public IList<TimeSpan> RetrySchedule { get; } = [TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(6)];

    /// <summary>How long Event Grid waits for a response.</summary>
    public TimeSpan DeliveryTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>A bearer token that Event Grid sends with each delivery, as with Entra ID protection.</summary>
    public string? EventGridToken { get; set; }

    /// <summary>So many calls, and so many Voice Live sessions, are remembered at most; the oldest that have ended are forgotten.</summary>
    public int Remembered { get; set; } = 2_000;

    /// <summary>The phone side.</summary>
    public AcsBehaviour Acs { get; } = new();

    /// <summary>The other phone side.</summary>
    public TwilioBehaviour Twilio { get; } = new();

    /// <summary>The model side.</summary>
    public VoiceLiveBehaviour VoiceLive { get; } = new();
}
