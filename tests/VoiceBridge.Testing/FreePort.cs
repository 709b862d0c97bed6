using VoiceBridge.Local.Hosting;

namespace VoiceBridge.Testing;

/// <summary>Ports on 127.0.0.1 for servers that cannot bind port 0 themselves.</summary>
public static class FreePort
{
    /// <summary>A port that nobody listens on now. Somebody may take it before you do: try again then.</summary>
    public static int Find() => LoopbackPorts.Find();
}
