namespace VoiceBridge.Local.Hosting;

/// <summary>A running service of the local system, in this process or in its own.</summary>
public abstract class Service : IAsyncDisposable
{
    /// <summary>Its name in tables and commands, e.g. <c>gateway-1</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Where it listens, without a path.</summary>
    public required Uri Address { get; init; }

    /// <summary>It was neither stopped nor killed, and has not ended by itself.</summary>
    public abstract bool Running { get; }

    /// <summary>Stops it as a platform does: SIGTERM, and its own shutdown.</summary>
    public abstract Task StopAsync(CancellationToken cancellationToken);

    /// <summary>Ends it without any warning; in this process as near to that as it gets.</summary>
    public abstract Task KillAsync();

    public abstract ValueTask DisposeAsync();
}
