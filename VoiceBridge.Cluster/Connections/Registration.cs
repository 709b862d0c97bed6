namespace VoiceBridge.Cluster.Connections;

/// <summary>What registering a connection gives.</summary>
/// <param name="Generation">
/// The connection's media generation: higher than that of any earlier connection of the call. Only to be compared: it starts at 1 for a
/// call that Redis knows, and at the clock's seconds for one that it does not (Redis was away or emptied).
/// </param>
/// <param name="VoiceLiveEndpoint">The endpoint on whose budget the call was admitted, on the call's first connection; otherwise null: take from the budget.</param>
/// <param name="Resumed">Whether the call had a media socket before this one.</param>
public sealed record Registration(long Generation, string? VoiceLiveEndpoint, bool Resumed)
{
    /// <summary>When the call was answered, where Redis knows it already.</summary>
    public DateTimeOffset? AnsweredAt { get; init; }

    /// <summary>The call has ended or was rejected: nothing was registered, the socket is to be closed.</summary>
    public bool CallOver { get; init; }
}
