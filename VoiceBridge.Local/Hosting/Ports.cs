namespace VoiceBridge.Local.Hosting;

/// <summary>Chooses the ports of one local system: the usual ones where they are free, else others, and says so.</summary>
internal sealed class Ports(bool usual)
{
    private readonly HashSet<int> _taken = [];
    private readonly List<string> _notes = [];

    /// <summary>One sentence for each port that was not free.</summary>
    public IReadOnlyList<string> Notes => _notes;

    /// <summary>The port for <paramref name="what"/>: <paramref name="wanted"/> if it is free and usual ports are asked for, else any free one.</summary>
    public int Take(string what, int wanted)
    {
        if (usual && _taken.Add(wanted))
        {
            if (LoopbackPorts.IsFree(wanted)) return wanted;
            var other = LoopbackPorts.Find();
            _notes.Add($"Port {wanted} is busy: {what} uses {other}.");
            return other;
        }
        return LoopbackPorts.Find();
    }
}
