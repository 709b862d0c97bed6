using VoiceBridge.History.Reading;

namespace VoiceBridge.History.Webhooks;

/// <summary>An event that is tried now.</summary>
/// <param name="Id">Its id in the queue.</param>
/// <param name="Held">Until when nobody else tries it.</param>
/// <param name="StartedAt">When the tries began.</param>
/// <param name="Attempts">How many there were, with this one.</param>
/// <param name="Call">The call that it is about.</param>
public sealed record PendingWebhook(long Id, DateTimeOffset Held, DateTimeOffset StartedAt, int Attempts, KeptCall Call);
