using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace VoiceBridge.MediaGateway.Sockets;

/// <summary>
/// Has the runtime complete socket operations on the thread that hears of them from the kernel, with one such thread per core. A frame
/// then goes from one socket to the other without a hop to the thread pool, whose wake-ups cost several times what moving the bytes does
/// (docs/performance.md). It holds for the whole process: what is not the media path leaves those threads by <see cref="PoolThreads"/>.
/// </summary>
internal static class SocketThreads
{
    /// <summary>Read by the runtime once, when the first socket is used.</summary>
    public const string Variable = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";

    /// <summary>Whether this process's sockets complete on their own threads.</summary>
    public static bool CompletesInline => Environment.GetEnvironmentVariable(Variable) is "1";

    /// <summary>Must run before the first socket is used. What the environment says already stays.</summary>
    public static void CompleteInline(bool inline)
    {
        if (inline && Environment.GetEnvironmentVariable(Variable) is null)
            Environment.SetEnvironmentVariable(Variable, "1");
    }

    /// <summary>Media sockets are read and written where they complete (<see cref="MediaConnection"/>).</summary>
    public static void AddMediaSockets(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton<IConnectionListenerFactory, MediaListenerFactory>();
        // Media sockets are upgraded connections. What a connection of HTTP/2 makes a thread do would have to be bounded on its own.
        services.Configure<KestrelServerOptions>(kestrel => kestrel.ConfigureEndpointDefaults(listen => listen.Protocols = HttpProtocols.Http1));
    }
}
