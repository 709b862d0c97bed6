using VoiceBridge.Cluster.Gateways;

namespace VoiceBridge.CallControl.ClusterState;

/// <summary>
/// "A lapse alone never moves a call." After an outage of Redis everybody looks dead. A gateway's silence, of itself or of one of its connections, counts
/// only when Redis has answered without a gap for 10 s; that of itself when another gateway has been heard meanwhile, that of a connection when it has been itself.
/// </summary>
internal sealed class HeartbeatRule(TimeProvider time)
{
    private static readonly TimeSpan Steady = TimeSpan.FromSeconds(10);

    /// <summary>A gap in our own looking counts as one of Redis: a process that was paused knows nothing.</summary>
    private static readonly TimeSpan Gap = TimeSpan.FromSeconds(3);

    /// <summary>How long a gateway must have been heard without a lapse.</summary>
    private static readonly TimeSpan Company = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, DateTimeOffset> _freshSince = new(StringComparer.Ordinal);
    private DateTimeOffset? _answeringSince;
    private DateTimeOffset _lastSight;

    /// <summary>Redis answered, with these gateways.</summary>
    public void RecordSighting(IReadOnlyList<GatewayView> gateways)
    {
        var now = time.GetUtcNow();
        lock (_lock)
        {
            if (_answeringSince is null || now - _lastSight > Gap) _answeringSince = now;
            _lastSight = now;
            var fresh = gateways.Where(g => g.State is not (GatewayState.Suspect or GatewayState.Dead)).Select(g => g.Heartbeat.GatewayId).ToHashSet();
            foreach (var gone in _freshSince.Keys.Where(id => !fresh.Contains(id)).ToList()) _freshSince.Remove(gone);
            foreach (var id in fresh) _freshSince.TryAdd(id, now);
        }
    }

    /// <summary>Redis did not answer.</summary>
    public void RecordOutage()
    {
        lock (_lock)
        {
            _answeringSince = null;
            _freshSince.Clear();
        }
    }

    /// <summary>Whether Redis has answered without a gap for 10 s, so that a gateway's silence is its own. Enough to say so, not to move its calls.</summary>
    public bool IsSteady
    {
        get
        {
            var now = time.GetUtcNow();
            lock (_lock) return _answeringSince is { } since && now - _lastSight <= Gap && now - since >= Steady;
        }
    }

    /// <summary>Whether a connection that <paramref name="gatewayId"/> does not announce may be taken for lost.</summary>
    public bool CanDeclareLost(string gatewayId)
    {
        var now = time.GetUtcNow();
        lock (_lock)
        {
            return _answeringSince is { } since
                && now - _lastSight <= Gap
                && now - since >= Steady
                && (_freshSince.TryGetValue(gatewayId, out var itself)
                    ? now - itself >= Company
                    : _freshSince.Values.Any(fresh => now - fresh >= Company));
        }
    }
}
