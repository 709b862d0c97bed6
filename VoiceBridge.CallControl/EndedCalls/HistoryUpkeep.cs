using VoiceBridge.History.Keeping;

namespace VoiceBridge.CallControl.EndedCalls;

/// <summary>Deletes once an hour what the history holds for longer than it may.</summary>
internal sealed partial class HistoryUpkeep(Retention retention, TimeProvider time, ILogger<HistoryUpkeep> logger) : BackgroundService
{
    private static readonly TimeSpan Start = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Period = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            // Not while a service starts.
            for (var pause = Start; ; pause = Period)
            {
                await Task.Delay(pause, time, stoppingToken);
                await ApplyAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The next replica goes on.
        }
    }

    private async Task ApplyAsync(CancellationToken cancellationToken)
    {
        try
        {
            var (calls, transcripts) = await retention.ApplyAsync(cancellationToken);
            if (calls + transcripts > 0) Log.Deleted(logger, calls, transcripts);
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            Log.Failed(logger, exception.GetBaseException().Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1811, LogLevel.Information, "Retention: {Calls} calls and {Transcripts} transcripts deleted from the history")]
        public static partial void Deleted(ILogger logger, long calls, long transcripts);

        [LoggerMessage(1812, LogLevel.Warning, "Retention could not be applied to the history, the next try is in an hour: {Reason}")]
        public static partial void Failed(ILogger logger, string reason);
    }
}
