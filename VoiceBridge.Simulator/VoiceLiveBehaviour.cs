using System.Net;

namespace VoiceBridge.Simulator;

/// <summary>How the simulated Voice Live behaves. <see cref="Endpoints"/> inherit what they do not set.</summary>
public sealed class VoiceLiveBehaviour
{
    /// <summary>New connections a minute; beyond it the upgrade is answered with 429. 0 = no limit.</summary>
    public int ConnectionsPerMinute { get; set; }

    /// <summary>Length of a session: <c>expires_at</c>, and the forced close (real: 3600).</summary>
    public double SessionSeconds { get; set; } = 3600;

    /// <summary>Time that the upgrade takes.</summary>
    public TimeSpan ConnectDelay { get; set; }

    /// <summary>Refuse every connection with this status.</summary>
    public HttpStatusCode? Refuse { get; set; }

    /// <summary>How much faster than it plays audio is delivered; 0 = at once.</summary>
    public double Speed { get; set; } = 6;

    /// <summary>Usual length of a delta; the real ones vary around it.</summary>
    public TimeSpan DeltaLength { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Deltas of irregular size: whole samples, no multiples of a packet.</summary>
    public bool OddDeltas { get; set; } = true;

    /// <summary>Between the end of the caller's turn and the first content of the response; <c>response.created</c> comes at once.</summary>
    public TimeSpan ResponseDelay { get; set; } = TimeSpan.FromMilliseconds(150);

    /// <summary>Events of unknown types and unknown members among the others.</summary>
    public bool UnknownEvents { get; set; } = true;

    /// <summary>Split messages over several WebSocket frames.</summary>
    public bool FragmentedMessages { get; set; }

    /// <summary>Write <c>+</c> and <c>/</c> of base64 as JSON escapes.</summary>
    public bool EscapedBase64 { get; set; }

    /// <summary>No agent: each appended piece of audio comes back as a delta, for load and latency.</summary>
    public bool Echo { get; set; }

    /// <summary>Every response fails (<c>response.done</c> with status <c>failed</c>).</summary>
    public bool ResponsesFail { get; set; }

    /// <summary>What goes wrong, in which sessions and how often; the first that fits counts.</summary>
    public IList<VoiceLiveFault> Faults { get; } = [];

    /// <summary>What the agent answers to what; the first match counts, and the built-in agent answers everything else.</summary>
    public IList<ScriptedReply> Replies { get; } = [];

    /// <summary>More resources than the default one, by name: <c>/{name}/voice-live/realtime</c>.</summary>
    public IDictionary<string, VoiceLiveEndpointOptions> Endpoints { get; } =
        new Dictionary<string, VoiceLiveEndpointOptions>(StringComparer.OrdinalIgnoreCase);
}

/// <summary>One more Voice Live resource, with its own key and budget. Null means: as the default one.</summary>
public sealed class VoiceLiveEndpointOptions
{
    /// <summary>Its key.</summary>
    public string? Key { get; set; }

    /// <summary>Its connections a minute; 0 = no limit.</summary>
    public int? ConnectionsPerMinute { get; set; }

    /// <summary>Refuse every connection with this status.</summary>
    public HttpStatusCode? Refuse { get; set; }

    /// <summary>The <c>Retry-After</c> of a refusal: seconds, or an HTTP date; null: none.</summary>
    public string? RetryAfter { get; set; }

    /// <summary>Time that the upgrade takes.</summary>
    public TimeSpan? ConnectDelay { get; set; }
}

/// <summary>What the agent does when the caller's words contain <see cref="Keyword"/>.</summary>
public sealed class ScriptedReply
{
    /// <summary>Part of the caller's sentence, in any case.</summary>
    public string Keyword { get; set; } = "";

    /// <summary>What it says.</summary>
    public string? Say { get; set; }

    /// <summary>The tool that it calls, if the session offers it; several, with commas, are called in one response.</summary>
    public string? Call { get; set; }

    /// <summary>Calls it though the session does not offer it: models make names up.</summary>
    public bool Invented { get; set; }

    /// <summary>The arguments as JSON; made up from the tool's schema when null.</summary>
    public string? Arguments { get; set; }
}
