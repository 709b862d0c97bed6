using VoiceBridge.Cluster.Admission;

namespace VoiceBridge.CallControl.Calls;

/// <summary>Looks once a second for calls whose replica has gone, and answers those that still ring.</summary>
internal sealed partial class ClaimSweeper(ClaimBook claims, CallIntake intake, CallWork work, Replica replica, TimeProvider time, ILogger<ClaimSweeper> logger)
    : BackgroundService
{
    private const int AtOnce = 50;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, work.Stopping);
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), time);
        try
        {
            while (await timer.WaitForNextTickAsync(either.Token))
            {
                try
                {
                    foreach (var record in await claims.TakeLapsedAsync(replica.Id, ClaimKeeper.Lease, AtOnce, either.Token)) intake.TakeOver(record);
                }
                catch (Exception exception) when (exception is not OperationCanceledException)
                {
                    if (!RedisAway.Is(exception)) Log.Failed(logger, exception);
                }
            }
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            // What this replica takes now it could not finish.
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1241, LogLevel.Error, "Could not look for lapsed claims")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
