using System.ComponentModel.DataAnnotations;

namespace VoiceBridge.ServiceDefaults.Limits;

/// <summary>Section <c>Limits</c>: how much of anything the HTTP endpoints of one replica take. Media sockets have bounds of their own.</summary>
public sealed class LimitOptions
{
    public const string Section = "Limits";

    /// <summary>Requests per second that each entry (webhook, callbacks, calls API, all others) takes in the long run, of those whose credential matches.</summary>
    [Range(1, 1_000_000)]
    public int RequestsPerSecond { get; set; } = 1_000;

    /// <summary>Requests that an entry takes at once after a quiet time: a rush of calls, all ringing in the same second.</summary>
    [Range(1, 1_000_000)]
    public int Burst { get; set; } = 5_000;

    /// <summary>Requests of an entry that wait for their turn when the burst is used up; only what comes beyond gets 429.</summary>
    [Range(0, 100_000)]
    public int Waiting { get; set; } = 2_000;

    /// <summary>Requests per second without a credential that matches, for each entry in the long run; four seconds' worth at once. They take nothing from the others.</summary>
    [Range(1, 1_000_000)]
    public int UnauthenticatedPerSecond { get; set; } = 100;

    /// <summary>All headers of a request together. Bytes.</summary>
    [Range(1_024, 1024 * 1024)]
    public int HeaderBytes { get; set; } = 32 * 1024;

    /// <summary>The first line of a request. Bytes.</summary>
    [Range(1_024, 64 * 1024)]
    public int RequestLineBytes { get; set; } = 8 * 1024;

    /// <summary>The body of a request; some endpoints take less. Bytes.</summary>
    [Range(1_024, 64 * 1024 * 1024)]
    public long BodyBytes { get; set; } = 1024 * 1024;

    /// <summary>From the first byte of a request to the end of its headers. Seconds.</summary>
    [Range(1, 300)]
    public int HeaderSeconds { get; set; } = 10;

    /// <summary>A connection that sends nothing (any more) is closed. Seconds.</summary>
    [Range(5, 3_600)]
    public int IdleSeconds { get; set; } = 130;

    /// <summary>Open connections, upgraded ones included; beyond that they are closed when they come.</summary>
    [Range(10, 1_000_000)]
    public int Connections { get; set; } = 10_000;

    /// <summary>Paths without a limit of requests: what answers them keeps its own bounds.</summary>
    public IList<string> Unlimited { get; } = ["/alive", "/ready", "/health"];
}
