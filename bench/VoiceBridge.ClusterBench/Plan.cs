namespace VoiceBridge.ClusterBench;

/// <summary>What is run: see the options of the command.</summary>
internal sealed record Plan(int Gateways, int Calls, int CallControls, int Dashboards, int Waiting, TimeSpan Measured, bool Idle, bool Kill)
{
    public static readonly TimeSpan CallLength = TimeSpan.FromMinutes(3);

    public static readonly TimeSpan TurnInterval = TimeSpan.FromSeconds(4);

    /// <summary>Slots of one gateway: exactly the calls where callers wait, else twice as many.</summary>
    public int CapacityOf(int gateway) => Waiting > 0 ? (Calls / Gateways) + (gateway < Calls % Gateways ? 1 : 0) : Math.Max(1, 2 * Calls / Gateways);
}
