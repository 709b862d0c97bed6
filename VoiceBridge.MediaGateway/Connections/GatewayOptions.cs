using System.ComponentModel.DataAnnotations;

namespace VoiceBridge.MediaGateway.Connections;

/// <summary>Section <c>Gateway</c>.</summary>
internal sealed class GatewayOptions
{
    public const string Section = "Gateway";

    /// <summary>Calls at once on this replica.</summary>
    [Range(1, 100_000)]
    public int MaxConnections { get; set; } = 100;

    /// <summary>Requests per second that <c>/alive</c>, <c>/ready</c> and <c>/health</c> take of one address; four seconds' worth at once.</summary>
    [Range(1, 100_000)]
    public int ProbesPerSecond { get; set; } = 100;
}

/// <summary>Section <c>Drain</c>.</summary>
internal sealed class DrainOptions
{
    public const string Section = "Drain";

    /// <summary>How long calls may go on after the gateway was told to leave; the last are handed over then, others before (<see cref="HandOverSchedule"/>).</summary>
    [Range(0, 24 * 3600)]
    public double Seconds { get; set; } = 540;
}
