namespace VoiceBridge.Simulator.Callers;

/// <summary>When each measured frame went out, and how long it took to come back.</summary>
internal sealed class ProbeTimes(TimeProvider time)
{
    private const int Window = 4096;

    /// <summary>What was sent that shortly before the last one may still be on its way.</summary>
    private static readonly TimeSpan UnderWay = TimeSpan.FromSeconds(1);

    private readonly long[] _sent = new long[Window];
    private readonly List<double> _roundTrips = [];
    private readonly Lock _gate = new();
    private long _last;
    private long _overtaken;

    internal IReadOnlyList<double> RoundTrips
    {
        get
        {
            lock (_gate) return [.. _roundTrips];
        }
    }

    /// <summary>Sent, and not back although there was time enough.</summary>
    internal long Lost
    {
        get
        {
            lock (_gate) return _overtaken + _sent.Count(sent => sent != 0 && time.GetElapsedTime(sent, _last) > UnderWay);
        }
    }

    internal void Sent(ushort number)
    {
        lock (_gate)
        {
            if (_sent[number % Window] != 0) _overtaken++;
            _sent[number % Window] = _last = time.GetTimestamp();
        }
    }

    internal void Back(ushort number)
    {
        lock (_gate)
        {
            var sent = _sent[number % Window];
            if (sent == 0) return; // each frame carries its number several times
            _sent[number % Window] = 0;
            _roundTrips.Add(time.GetElapsedTime(sent).TotalMilliseconds);
        }
    }
}
