using System.Collections.Concurrent;

namespace VoiceBridge.RelayBench.Load;

/// <summary>A caller's upgrade: where to, and with what.</summary>
internal sealed record CallerRequest(int Port, string PathAndQuery, string[] Headers);

/// <summary>Calls as they come.</summary>
internal interface IArrivals
{
    /// <summary>The next call, if it is time; asked for by the generator's thread, up to a thousand times a second.</summary>
    bool TryTake(TimeSpan sinceReady, out CallerRequest request);
}

/// <summary>Calls that are known beforehand, evenly within a time.</summary>
internal sealed class EvenArrivals(IReadOnlyList<CallerRequest> requests, TimeSpan within) : IArrivals
{
    private int _taken;

    public bool TryTake(TimeSpan sinceReady, out CallerRequest request)
    {
        request = null!;
        if (_taken == requests.Count || sinceReady < within / requests.Count * _taken) return false;
        request = requests[_taken++];
        return true;
    }
}

/// <summary>Calls that somebody else announces.</summary>
internal sealed class AnnouncedArrivals : IArrivals
{
    private readonly ConcurrentQueue<CallerRequest> _announced = new();

    public void Announce(CallerRequest request) => _announced.Enqueue(request);

    public bool TryTake(TimeSpan sinceReady, out CallerRequest request) => _announced.TryDequeue(out request!);
}
