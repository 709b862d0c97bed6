using Microsoft.Extensions.Options;

namespace VoiceBridge.MediaGateway.Connections;

/// <summary>Tracks the calls of this gateway and keeps to its limit: exactly, however many come at once.</summary>
/// <remarks>The lock is held for a look-up, never over I/O or logging.</remarks>
internal sealed partial class ConnectionManager(IOptions<GatewayOptions> options, TimeProvider time, ILogger<ConnectionManager> logger)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Connection> _connections = [];
    private readonly int _max = options.Value.MaxConnections;
    private bool _draining;

    public int MaxConnections => _max;

    public int ActiveConnections
    {
        get
        {
            lock (_gate)
                return _connections.Count;
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
                return !_draining && _connections.Count < _max;
        }
    }

    /// <summary>False when the limit is reached or the gateway drains: then nothing was registered.</summary>
    public bool TryRegister(Connection connection)
    {
        int active;
        bool draining;
        bool registered;
        lock (_gate)
        {
            draining = _draining;
            registered = !draining && _connections.Count < _max && _connections.TryAdd(connection.ConnectionId, connection);
            active = _connections.Count;
        }

        if (registered)
            Log.Registered(logger, connection.ConnectionId, connection.Type, connection.CallerShown, active, _max);
        else if (draining)
            Log.Draining(logger, connection.ConnectionId);
        else
            Log.LimitReached(logger, connection.ConnectionId);
        return registered;
    }

    /// <summary>Forgets a connection; false when it was not there (any more).</summary>
    public bool Unregister(string connectionId)
    {
        Connection? connection;
        int active;
        lock (_gate)
        {
            _connections.Remove(connectionId, out connection);
            active = _connections.Count;
        }
        if (connection is null)
            return false;
        Log.Unregistered(logger, connectionId, Seconds(time.GetUtcNow() - connection.ConnectedAt), active, _max);
        return true;
    }

    /// <summary>All connections at this moment, oldest first.</summary>
    public IReadOnlyList<Connection> Snapshot()
    {
        Connection[] all;
        lock (_gate)
            all = [.. _connections.Values];
        Array.Sort(all, (a, b) => a.ConnectedAt.CompareTo(b.ConnectedAt));
        return all;
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
