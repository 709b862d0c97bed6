using VoiceBridge.MediaGateway.Calls.Facts;

namespace VoiceBridge.MediaGateway.Calls;

/// <summary>Tells the cluster of a call. Without Redis the call goes on, and is announced later.</summary>
internal sealed partial class CallRegistration(CallServices services, Connection connection)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(1);

    /// <summary>A call that rang longer ago probably had a media socket before.</summary>
    private static readonly TimeSpan FirstSocket = TimeSpan.FromSeconds(20);

    /// <summary>Turns the call's reservation into a connection: what is known of the call now, and the endpoint on whose budget it was admitted. Null when the
    /// call is over.</summary>
    public async Task<(CallFacts Facts, string? Endpoint)?> RegisterAsync(CallFacts facts, CancellationToken cancellationToken)
    {
        string? endpoint = null;
        try
        {
            var registration = await services.Directory.RegisterAsync(connection.Record(services.Identity.Id), cancellationToken)
                .WaitAsync(Deadline, services.Time, cancellationToken);
            if (registration.CallOver)
                return null;
            facts = facts with { Generation = registration.Generation, Resumed = registration.Resumed, AnsweredAt = registration.AnsweredAt };
            endpoint = registration.VoiceLiveEndpoint;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // Nobody says whether the call had a media socket before. If it had, its conversation is worth a look.
            var now = services.Time.GetUtcNow();
            facts = facts with { Generation = now.ToUnixTimeSeconds(), Resumed = now - facts.RangAt > FirstSocket };
            Log.NotRegistered(services.Logger, facts.ConnectionId, exception.GetType().Name);
        }
        connection.Generation = facts.Generation;
        // Those of this gateway's; one elsewhere learns it from its next heartbeat. Not before this socket is registered: the cluster would take the call's
        // media for lost.
        foreach (var older in services.Connections.Older(connection))
            older.Handler?.End(new CallEnd(CallEndReason.Superseded));
        return (facts, endpoint);
    }

    public Task UnregisterAsync(CallEnd end) =>
        TellAsync(cancellationToken => services.Directory.UnregisterAsync(connection.Record(services.Identity.Id), end.Code, cancellationToken));

    /// <summary>Tells the cluster something that the call does not depend on: what Redis does not take now lapses or is announced again.</summary>
    public async Task TellAsync(Func<CancellationToken, Task> tell)
    {
        try
        {
            await tell(CancellationToken.None).WaitAsync(Deadline, services.Time);
        }
        catch (Exception exception)
        {
            Log.NotTold(services.Logger, connection.ConnectionId, exception.GetType().Name);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(2309, LogLevel.Debug, "[connection_id={ConnectionId}] The cluster could not be told: {Error}")]
        public static partial void NotTold(ILogger logger, string connectionId, string error);

        [LoggerMessage(2310, LogLevel.Warning, "[connection_id={ConnectionId}] The cluster does not know of the call yet: {Error}")]
        public static partial void NotRegistered(ILogger logger, string connectionId, string error);
    }
}
