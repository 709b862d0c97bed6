namespace VoiceBridge.MediaGateway.Calls;

/// <summary>The calls of this gateway, within its limit.</summary>
internal interface IConnections
{
    /// <summary>False when nothing was registered; <paramref name="refusal"/> says why.</summary>
    bool TryRegister(Connection connection, out string? refusal);

    /// <summary>Forgets a connection; false when it was not there (any more).</summary>
    bool Unregister(string connectionId);

    /// <summary>The connections of the same call that were registered before: those that <paramref name="connection"/> replaces.</summary>
    IReadOnlyList<Connection> Older(Connection connection);
}
