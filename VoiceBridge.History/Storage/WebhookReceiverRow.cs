namespace VoiceBridge.History.Storage;

/// <summary>What all replicas know of a receiver of webhooks, and the dashboard shows.</summary>
internal sealed class WebhookReceiverRow
{
    public string Name { get; set; } = "";

    /// <summary>Its address without the query, which may hold a secret.</summary>
    public string Url { get; set; } = "";

    /// <summary>When a replica last had it in its settings.</summary>
    public DateTimeOffset SeenAt { get; set; }

    /// <summary>When it last took an event.</summary>
    public DateTimeOffset? DeliveredAt { get; set; }

    /// <summary>The hash of the address that has answered 410: nothing is sent to it any more. Another address is not stopped.</summary>
    public string StoppedTarget { get; set; } = "";
}
