namespace VoiceBridge.MediaGateway.Sockets;

/// <summary>A peer exceeded the limits of <see cref="BoundedSocketStream"/>.</summary>
internal sealed class SocketFloodException(string message) : IOException(message);
