namespace VoiceBridge.Cluster.Connections;

/// <summary>The media sockets of the whole cluster.</summary>
public sealed class ConnectionDirectory
{
    /// <summary>
    /// One step: the call's reservation becomes a connection, its media generation rises and its media are open. An earlier connection of
    /// the call no longer counts. Works for calls that have no reservation (reconnects, browser callers) and for unknown ones.
    /// </summary>
    public Task<Registration> RegisterAsync(ConnectionRecord connection, CancellationToken ct) => throw new NotImplementedException();

    /// <summary>Removes the connection; if it is the call's current one, the call's media are gone (<paramref name="reason"/> goes to its timeline).</summary>
    public Task UnregisterAsync(ConnectionRecord connection, string reason, CancellationToken ct) => throw new NotImplementedException();

    /// <summary>All live connections, oldest first.</summary>
    public Task<IReadOnlyList<ConnectionRecord>> ListAsync(CancellationToken ct) => throw new NotImplementedException();
}
