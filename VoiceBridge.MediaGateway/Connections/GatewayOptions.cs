using System.ComponentModel.DataAnnotations;

namespace VoiceBridge.MediaGateway.Connections;

/// <summary>Section <c>Gateway</c>.</summary>
internal sealed class GatewayOptions
{
    public const string Section = "Gateway";

    /// <summary>
    /// What this replica is called: its id in the cluster begins with it, and so do the dashboard's rows. Without it the name that Azure Container Apps gives
    /// the replica, else <c>gw</c>.
    /// </summary>
    [RegularExpression("^[A-Za-z0-9._-]{0,64}$")]
    public string Name { get; set; } = "";

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
