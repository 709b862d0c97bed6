using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Options;

namespace VoiceBridge.MediaGateway.Sockets;

/// <summary>
/// Has the runtime complete socket operations on the thread that hears of them from the kernel, with one such thread per core. A frame
/// then goes from one socket to the other without a hop to the thread pool, whose wake-ups cost several times what moving the bytes does
/// (docs/performance.md). It holds for the whole process: what is not the media path leaves those threads by <see cref="PoolThreads"/>.
/// </summary>
internal static class SocketThreads
{
    /// <summary>Read by the runtime once, when the first socket is used; Kestrel's <c>UnsafePreferInlineScheduling</c> is its other half.</summary>
    public const string Variable = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";

    // A connection that fills it faster than it is read waits for its reader, and goes on on the reader's thread.
    private const int ReadBuffer = 64 * 1024;

    /// <summary>Whether this process's sockets complete on their own threads.</summary>
    public static bool CompletesInline => Environment.GetEnvironmentVariable(Variable) is "1";

    /// <summary>Must run before the first socket is used. What the environment says already stays.</summary>
    public static void CompleteInline(bool inline)
    {
        if (inline && Environment.GetEnvironmentVariable(Variable) is null)
            Environment.SetEnvironmentVariable(Variable, "1");
    }

    /// <summary>Kestrel's half, where <c>Media:InlineScheduling</c> says so.</summary>
    public static void AddMediaSockets(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<SocketTransportOptions>().Configure<IOptions<MediaOptions>>((transport, media) =>
        {
            if (!media.Value.InlineScheduling)
                return;
            transport.UnsafePreferInlineScheduling = true;
            transport.MaxReadBufferSize = ReadBuffer;
        });
        services.AddSingleton<IConnectionListenerFactory, PooledListenerFactory>();
        // Media sockets are upgraded connections. What a connection of HTTP/2 makes a thread do would have to be bounded on its own.
        services.Configure<KestrelServerOptions>(kestrel => kestrel.ConfigureEndpointDefaults(listen => listen.Protocols = HttpProtocols.Http1));
    }
}
