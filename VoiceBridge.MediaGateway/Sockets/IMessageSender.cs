namespace VoiceBridge.MediaGateway.Sockets;

/// <summary>What a <see cref="SocketWriter"/> sends to.</summary>
internal interface IMessageSender
{
    /// <summary>Sends a message that owns its buffer (<see cref="OutMessage.Owned"/>) and lies in it no longer as it was. One at a time.</summary>
    ValueTask SendAsync(in OutMessage message);

    /// <summary>Pings a peer that is silent, and gives up one that does not answer. Called by a shared coarse timer.</summary>
    void CheckPeer();

    void Abort();
}
