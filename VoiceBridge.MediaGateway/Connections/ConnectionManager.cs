using Microsoft.Extensions.Options;
using VoiceBridge.MediaGateway.Calls;

namespace VoiceBridge.MediaGateway.Connections;

/// <summary>
/// Tracks the calls of this gateway and keeps to its limit: exactly, however many come at once. A call has one slot; a second socket of it, a reconnect,
/// takes that slot over (<see cref="Older"/>).
/// </summary>
/// <remarks>The lock is held for a look-up, never over I/O or logging.</remarks>
internal sealed partial class ConnectionManager(IOptions<GatewayOptions> options, TimeProvider time, ILogger<ConnectionManager> logger) : IConnections
{
    // The one that serves the call, and those that it replaces while they close.
    private const int MaxSocketsPerCall = 4;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Connection> _connections = [];

    // By call id, in the order in which they were registered.
    private readonly Dictionary<string, List<Connection>> _calls = [];
    private readonly int _max = options.Value.MaxConnections;
    private bool _draining;

    public int MaxConnections => _max;

    /// <summary>Calls: sockets that replace each other count as one.</summary>
    public int ActiveConnections
    {
        get
        {
            lock (_gate)
                return _calls.Count;
        }
    }

    /// <summary>While set, nobody new is registered.</summary>
    public bool Draining
    {
        get
        {
            lock (_gate)
                return _draining;
        }

        set
        {
            lock (_gate)
                _draining = value;
        }
    }

    /// <summary>Whether another call would be taken now.</summary>
    public bool Ready
    {
        get
        {
            lock (_gate)
                return !_draining && _calls.Count < _max;
        }
    }

    /// <summary>
    /// False when the gateway drains, when the limit is reached by other calls, or when the call has too many sockets already: then nothing was
    /// registered, and <paramref name="refusal"/> says why.
    /// </summary>
    public bool TryRegister(Connection connection, out string? refusal)
    {
        int active;
        lock (_gate)
        {
            var sockets = _calls.GetValueOrDefault(connection.CallId);
            refusal = _draining ? "draining"
                : sockets is null && _calls.Count >= _max ? "full"
                : sockets?.Count >= MaxSocketsPerCall ? "too many sockets of one call"
                : _connections.TryAdd(connection.ConnectionId, connection) ? null : "registered already";
            if (refusal is null)
            {
                if (sockets is null)
                    _calls[connection.CallId] = sockets = [];
                sockets.Add(connection);
            }
            active = _calls.Count;
        }

        if (refusal is null)
            Log.Registered(logger, connection.ConnectionId, connection.Type, connection.CallerShown, active, _max);
        else if (refusal == "draining")
            Log.Draining(logger, connection.ConnectionId);
        else if (refusal == "full")
            Log.LimitReached(logger, connection.ConnectionId);
        return refusal is null;
    }

    /// <summary>Forgets a connection; false when it was not there (any more).</summary>
    public bool Unregister(string connectionId)
    {
        Connection? connection;
        int active;
        lock (_gate)
        {
            if (_connections.Remove(connectionId, out connection) && _calls.TryGetValue(connection.CallId, out var sockets)
                && sockets.Remove(connection) && sockets.Count == 0)
            {
                _calls.Remove(connection.CallId);
            }
            active = _calls.Count;
        }
        if (connection is null)
            return false;
        Log.Unregistered(logger, connectionId, Seconds(time.GetUtcNow() - connection.ConnectedAt), active, _max);
        return true;
    }

    /// <summary>The newest connection of each call at this moment, oldest first.</summary>
    public IReadOnlyList<Connection> Snapshot()
    {
        Connection[] all;
        lock (_gate)
            all = [.. _calls.Values.Select(sockets => sockets[^1])];
        Array.Sort(all, (a, b) => a.ConnectedAt.CompareTo(b.ConnectedAt));
        return all;
    }

    /// <summary>The connections of the same call that were registered before: those that <paramref name="connection"/> replaces.</summary>
    public IReadOnlyList<Connection> Older(Connection connection)
    {
        lock (_gate)
            return _calls.TryGetValue(connection.CallId, out var sockets) ? [.. sockets.TakeWhile(other => other != connection)] : [];
    }

    public Connection? Find(string connectionId)
    {
        lock (_gate)
            return _connections.GetValueOrDefault(connectionId);
    }

    private static string Seconds(TimeSpan duration) =>
        duration.TotalSeconds.ToString("0.0", System.Globalization.CultureInfo.InvariantCulture);

    private static partial class Log
    {
        [LoggerMessage(1001, LogLevel.Information,
            "Connection registered: {ConnectionId} (type={Type}, caller={Caller}). Active connections: {Active}/{Max}")]
        public static partial void Registered(ILogger logger, string connectionId, string type, string caller, int active, int max);

        [LoggerMessage(1002, LogLevel.Information,
            "Connection unregistered: {ConnectionId} (duration={Duration}s). Active connections: {Active}/{Max}")]
        public static partial void Unregistered(ILogger logger, string connectionId, string duration, int active, int max);

        [LoggerMessage(1003, LogLevel.Warning, "Failed to register connection {ConnectionId} - connection limit reached")]
        public static partial void LimitReached(ILogger logger, string connectionId);

        [LoggerMessage(1004, LogLevel.Information, "Failed to register connection {ConnectionId} - draining")]
        public static partial void Draining(ILogger logger, string connectionId);
    }
}
