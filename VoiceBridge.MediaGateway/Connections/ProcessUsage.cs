namespace VoiceBridge.MediaGateway.Connections;

/// <summary>What this process takes of its machine.</summary>
internal sealed class ProcessUsage(TimeProvider time)
{
    private long _lastAt = time.GetTimestamp();
    private TimeSpan _lastCpu = Environment.CpuUsage.TotalTime;

    /// <summary>CPU since the last call of this method; 100 is all cores.</summary>
    public double CpuPercent()
    {
        var now = time.GetTimestamp();
        var cpu = Environment.CpuUsage.TotalTime;
        var elapsed = time.GetElapsedTime(_lastAt, now);
        var used = cpu - _lastCpu;
        (_lastAt, _lastCpu) = (now, cpu);
        return elapsed <= TimeSpan.Zero ? 0 : Math.Round(100 * (used / elapsed) / Environment.ProcessorCount, 1);
    }

    public static long MemoryBytes() => Environment.WorkingSet;
}
