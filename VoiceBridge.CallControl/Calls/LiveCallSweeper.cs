using Microsoft.Extensions.Options;
using VoiceBridge.CallControl.Acs;
using VoiceBridge.Cluster.Calls;

namespace VoiceBridge.CallControl.Calls;

/// <summary>Looks over all live calls now and then, for those that nobody else will end: too long, or forgotten.</summary>
internal sealed partial class LiveCallSweeper(
    CallStore calls, CallEnds ends, HangUps hangUps, ICallAutomation automation, IOptions<CallOptions> options, CallWork work,
    TimeProvider time, ILogger<LiveCallSweeper> logger)
    : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    /// <summary>A gateway ends its own long calls, with a goodbye; this is for those that it did not.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(1);

    /// <summary>Longer than any phone rings.</summary>
    private static readonly TimeSpan RingingPatience = TimeSpan.FromSeconds(60);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, work.Stopping);
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(either.Token))
            {
                try
                {
                    foreach (var call in await calls.ListLiveAsync(either.Token)) await LookAsync(call, either.Token);
                }
                catch (Exception exception) when (exception is not OperationCanceledException)
                {
                    if (!RedisAway.Is(exception)) Log.Failed(logger, exception);
                }
            }
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            // Other replicas sweep on.
        }
    }

    internal async Task LookAsync(CallRecord call, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var longest = TimeSpan.FromMinutes(options.Value.Calls.MaxMinutes) + Grace;
        var since = call.ConnectedAt ?? call.AnsweredAt ?? call.RangAt;
        if (call.State is CallState.Connected && since != default && now - since > longest)
        {
            Log.TooLong(logger, call.CallId, (now - since).TotalMinutes);
            if (call is { Type: "acs", CallConnectionId: { } id }) await hangUps.HangUpAsync(call.CallId, id, EndReason.TooLong, cancellationToken);
            else await ends.EndAsync(call.CallId, CallState.Ended, EndReason.TooLong, cancellationToken);
        }
        else if (call.State is CallState.Ringing or CallState.Answering && call.RangAt != default && now - call.RangAt > RingingPatience)
        {
            await ForgottenAsync(call, cancellationToken);
        }
    }

    /// <summary>Answered but never connected, or never answered: the notice of its end is lost, or its replicas are.</summary>
    private async Task ForgottenAsync(CallRecord call, CancellationToken cancellationToken)
    {
        if (call.CallConnectionId is { } id)
        {
            var status = await automation.GetAsync(id, cancellationToken);
            if (status.Ok && !status.Value!.Ended)
            {
                // Somebody is on the line, and only the notice of that was lost.
                await calls.AdvanceAsync(call.CallId, CallState.Connected, new CallChange { ConnectedAt = call.AnsweredAt ?? time.GetUtcNow() }, cancellationToken);
                return;
            }

            if (status.Outcome is not (CallOutcome.Gone or CallOutcome.Done)) return;
        }

        Log.Forgotten(logger, call.CallId, call.State);
        var reason = call.State is CallState.Ringing ? EndReason.Missed : EndReason.Error;
        await ends.EndAsync(call.CallId, CallState.Ended, reason, cancellationToken);
    }

    private static partial class Log
    {
        [LoggerMessage(1521, LogLevel.Error, "Could not look over the live calls")]
        public static partial void Failed(ILogger logger, Exception exception);

        [LoggerMessage(1522, LogLevel.Warning, "Call {CallId} has lasted {Minutes:F0} minutes, longer than Calls:MaxMinutes: hanging up")]
        public static partial void TooLong(ILogger logger, string callId, double minutes);

        [LoggerMessage(1523, LogLevel.Warning, "Call {CallId} was left behind while it was {State}")]
        public static partial void Forgotten(ILogger logger, string callId, CallState state);
    }
}
