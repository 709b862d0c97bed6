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

    /// <summary>Must run before the first socket is used. What the environment says already stays.</summary>
    public static void CompleteInline(bool inline)
    {
        if (inline && Environment.GetEnvironmentVariable(Variable) is null)
            Environment.SetEnvironmentVariable(Variable, "1");
    }
}
