using System.Data.Common;
using VoiceBridge.Cluster.Events;
using VoiceBridge.History.Reading;
using VoiceBridge.History.Webhooks;
using VoiceBridge.ServiceDefaults.Telemetry;

namespace VoiceBridge.CallControl.EndedCalls.Webhooks;

/// <summary>Takes events to one receiver, several at once, at least once each. After a failure one at a time, until one arrives.</summary>
internal sealed partial class WebhookCourier(
    string name, WebhookReceiver receiver, WebhookOptions options, WebhookOutbox queue, WebhookClient client, Func<KeptCall, DateTimeOffset, HttpContent> write, ClusterEvents events,
    TimeProvider time, ILogger<WebhookCourier> logger)
{
    private const int MaxInFlight = 8;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan AnnouncePeriod = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan AlertPeriod = TimeSpan.FromMinutes(5);

    /// <summary>For how long nobody else tries what was taken: longer than a try can last.</summary>
    private readonly TimeSpan _lease = options.Timeout + TimeSpan.FromSeconds(30);

    private readonly Uri _url = receiver.Url!;
    private DateTimeOffset _announcedAt;
    private DateTimeOffset _alertedAt;
    private DateTimeOffset _restsUntil;
    private bool _away;
    private volatile bool _failing;

    /// <summary>Until the service stops; what is in flight then may end, within a few seconds.</summary>
    public async Task RunAsync(CancellationToken stoppingToken)
    {
        var running = new List<Task>();
        using var patience = new CancellationTokenSource();
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                running.RemoveAll(task => task.IsCompleted);
                var taken = await TakeAsync((_failing ? 1 : MaxInFlight) - running.Count, stoppingToken);
                running.AddRange(taken.Select(webhook => TryAsync(webhook, patience.Token)));
                await Task.WhenAny([.. running, Task.Delay(Pause, time, stoppingToken)]);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // What was taken and has not arrived is taken again, by whoever is there, when its lease lapses.
        }

        // A receiver that hangs does not hold up the service's end.
        patience.CancelAfter(StopPatience);
        await Task.WhenAll(running);
    }

    /// <summary>How long after so many tries the next one comes: doubled each time, by chance up to half of it less, so that what failed together does not come together.</summary>
    internal static TimeSpan DelayAfter(int attempts, WebhookOptions options)
    {
        var longest = Math.Min(options.MaxDelay.TotalSeconds, options.MinDelay.TotalSeconds * Math.Pow(2, Math.Clamp(attempts - 1, 0, 30)));
        return TimeSpan.FromSeconds(longest * (0.5 + (0.5 * Random.Shared.NextDouble())));
    }

    /// <summary>None while the database is away: it is said once.</summary>
    private async Task<IReadOnlyList<PendingWebhook>> TakeAsync(int max, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        try
        {
            if (now - _announcedAt >= AnnouncePeriod)
            {
                await queue.AnnounceAsync(name, _url, cancellationToken);
                _announcedAt = now;
            }

            IReadOnlyList<PendingWebhook> taken = max <= 0 || now < _restsUntil ? [] : await queue.TakeAsync(name, _url, max, _lease, receiver.Turns, cancellationToken);
            _away = false;
            return taken;
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            if (!_away) Log.Away(logger, name, exception.GetBaseException().Message);
            _away = true;
            return [];
        }
    }

    /// <summary>A mistake in here must not end the service, which has calls to look after.</summary>
    private async Task TryAsync(PendingWebhook webhook, CancellationToken cancellationToken)
    {
        try
        {
            using var content = write(webhook.Call, time.GetUtcNow());
            var result = await client.SendAsync(_url, content, cancellationToken);
            if (result.Error is null) await OnDeliveredAsync(webhook);
            else if (result.IsGone) await OnGoneAsync(webhook, result.Error);
            else await OnFailedAsync(webhook, result.Error, result.RetryAfter);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Another replica tries it when the lease lapses.
        }
        catch (DbException exception)
        {
            // It is tried again when the lease lapses, and may arrive twice.
            Log.NotRecorded(logger, name, webhook.Call.Row.CallId, exception.Message);
        }
        catch (Exception exception)
        {
            Log.Failed(logger, exception, name, webhook.Call.Row.CallId);
        }
    }

    private async Task OnDeliveredAsync(PendingWebhook webhook)
    {
        _failing = false;
        Count("delivered");
        VoiceBridgeTelemetry.WebhookDelay.Record((time.GetUtcNow() - webhook.Call.Row.EndedAt).TotalSeconds, new KeyValuePair<string, object?>("receiver", name));
        if (webhook.Attempts > 1) Log.DeliveredLate(logger, name, webhook.Call.Row.CallId, webhook.Attempts);
        await queue.DoneAsync(name, webhook, CancellationToken.None);
    }

    private async Task OnFailedAsync(PendingWebhook webhook, string error, TimeSpan? retryAfter)
    {
        _failing = true;
        var now = time.GetUtcNow();
        var delay = DelayAfter(webhook.Attempts, options);
        if (retryAfter is { } wanted && wanted > TimeSpan.Zero)
        {
            // All of its events: it has said that it wants none.
            var rest = wanted < options.GiveUpAfter ? wanted : options.GiveUpAfter;
            _restsUntil = now + rest;
            if (rest > delay) delay = rest;
        }

        if (now - webhook.StartedAt >= options.GiveUpAfter)
        {
            Count("gave_up");
            Log.GaveUp(logger, name, webhook.Call.Row.CallId, webhook.Attempts, error);
            await queue.FailAsync(webhook, error, null, CancellationToken.None);
            await AlertAsync(now, $"The webhook {name} was not told of a call, after {webhook.Attempts} tries: {error}");
            return;
        }

        Count("failed");
        await queue.FailAsync(webhook, error, now + delay, CancellationToken.None);
        // Twice may happen to anybody.
        if (webhook.Attempts > 2 && await AlertAsync(now, $"The webhook {name} does not take events: {error}")) Log.DoesNotTake(logger, name, webhook.Call.Row.CallId, webhook.Attempts, error);
    }

    private async Task OnGoneAsync(PendingWebhook webhook, string error)
    {
        Count("stopped");
        await queue.StopAsync(name, _url, CancellationToken.None);
        await queue.FailAsync(webhook, error, time.GetUtcNow(), CancellationToken.None);
        Log.Stopped(logger, name);
        await events.PublishAsync(new ClusterEvent("alert", Detail: $"The webhook {name} has answered that it is gone (410): nothing is sent to it any more"), CancellationToken.None);
    }

    /// <summary>To the dashboards, every few minutes at most.</summary>
    private async Task<bool> AlertAsync(DateTimeOffset now, string detail)
    {
        if (now - _alertedAt < AlertPeriod) return false;
        _alertedAt = now;
        await events.PublishAsync(new ClusterEvent("alert", Detail: detail), CancellationToken.None);
        return true;
    }

    private void Count(string outcome) => VoiceBridgeTelemetry.Webhooks.Add(1, new("receiver", name), new("outcome", outcome));

    private static partial class Log
    {
        [LoggerMessage(1821, LogLevel.Information, "Webhook {Receiver} knows of call {CallId}, after {Attempts} tries")]
        public static partial void DeliveredLate(ILogger logger, string receiver, string callId, int attempts);

        [LoggerMessage(1822, LogLevel.Warning, "Webhook {Receiver} does not take events, call {CallId} was tried {Attempts} times: {Reason}")]
        public static partial void DoesNotTake(ILogger logger, string receiver, string callId, int attempts, string reason);

        [LoggerMessage(1823, LogLevel.Error, "Webhook {Receiver} was not told of call {CallId}, which is given up after {Attempts} tries: {Reason}")]
        public static partial void GaveUp(ILogger logger, string receiver, string callId, int attempts, string reason);

        [LoggerMessage(1824, LogLevel.Error, "Webhook {Receiver} has answered 410 (Gone): nothing is sent to it until an operator sends it its events again, or it has another address")]
        public static partial void Stopped(ILogger logger, string receiver);

        [LoggerMessage(1825, LogLevel.Warning, "Webhook {Receiver} is not served while the history database does not answer: {Reason}")]
        public static partial void Away(ILogger logger, string receiver, string reason);

        [LoggerMessage(1826, LogLevel.Warning, "Webhook {Receiver} was tried with call {CallId}, but the history does not know what came of it; it is tried again: {Reason}")]
        public static partial void NotRecorded(ILogger logger, string receiver, string callId, string reason);

        [LoggerMessage(1827, LogLevel.Error, "Webhook {Receiver} could not be told of call {CallId}")]
        public static partial void Failed(ILogger logger, Exception exception, string receiver, string callId);
    }
}
