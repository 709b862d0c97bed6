using Microsoft.Extensions.Options;
using VoiceBridge.Cluster;
using VoiceBridge.Cluster.Events;
using VoiceBridge.History.Webhooks;
using VoiceBridge.ServiceDefaults.Privacy;

namespace VoiceBridge.CallControl.EndedCalls.Webhooks;

/// <summary>Runs a courier for each receiver: none waits for another.</summary>
internal sealed class WebhookDispatcher(
    WebhookOutbox queue, WebhookClient client, ClusterEvents events, CallerIdPrivacy privacy, IOptions<WebhookOptions> options, IOptions<ClusterOptions> cluster, TimeProvider time,
    ILogger<WebhookCourier> logger) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(options.Value.Receivers.Select(receiver =>
        new WebhookCourier(receiver.Key, receiver.Value, options.Value, queue, client, (call, now) => CallEndedEvent.Write(call, receiver.Value, cluster.Value.Name, privacy, now), events, time, logger)
            .RunAsync(stoppingToken)));
}
