using VoiceBridge.MediaGateway.Configuration;

namespace VoiceBridge.MediaGateway.Engines.VoiceLive;

/// <summary>An endpoint as this gateway knows it: what it used of the minute's budget, and whether it answers.</summary>
internal sealed class VoiceLiveEndpoint(VoiceLiveEndpointOptions options, string apiVersion, TimeProvider time)
{
    private const int MaxFailures = 6;
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan FirstBackoff = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Queue<long> _connects = new();
    private int _failures;
    private long _failedAt;
    private TimeSpan _backoff;

    public string Name => options.Name;

    public int ConnectionsPerMinute => options.ConnectionsPerMinute;

    public string? Key => options.Key;

    /// <summary>What sessions are opened to, unless the call's agent says otherwise.</summary>
    public SessionTarget Target { get; } = options.Target;

    public Uri SessionUri(SessionTarget target) => options.SessionUri(apiVersion, target);

    /// <summary>False for a while after a failure, longer with each one in a row.</summary>
    public bool Healthy
    {
        get
        {
            lock (_gate)
                return _failures == 0 || time.GetElapsedTime(_failedAt) >= _backoff;
        }
    }

    /// <summary>How many connections this gateway alone may still open in this minute.</summary>
    public int Headroom
    {
        get
        {
            lock (_gate)
            {
                Forget();
                return ConnectionsPerMinute - _connects.Count;
            }
        }
    }

    public void CountConnect()
    {
        lock (_gate)
        {
            Forget();
            _connects.Enqueue(time.GetTimestamp());
        }
    }

    public void Succeeded()
    {
        lock (_gate)
            _failures = 0;
    }

    /// <summary>Backs off for <paramref name="retryAfter"/>, else for 1, 2, 4 ... 32 s.</summary>
    public void Failed(TimeSpan? retryAfter)
    {
        lock (_gate)
        {
            _failures = Math.Min(_failures + 1, MaxFailures);
            _failedAt = time.GetTimestamp();
            _backoff = retryAfter ?? FirstBackoff * (1 << (_failures - 1));
        }
    }

    private void Forget()
    {
        while (_connects.TryPeek(out var oldest) && time.GetElapsedTime(oldest) >= Minute)
            _connects.Dequeue();
    }
}
