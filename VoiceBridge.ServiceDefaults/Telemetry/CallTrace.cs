using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;

namespace VoiceBridge.ServiceDefaults.Telemetry;

/// <summary>
/// One trace per call, its id the call's: every service and replica finds it without being told. The span that all others hang from is
/// derived too, since the ticket that carries it has to be the same from every replica.
/// </summary>
public static class CallTrace
{
    /// <summary>The remote parent of a span that belongs to the call. <paramref name="callId"/> has 32 hexadecimal digits.</summary>
    public static ActivityContext ContextOf(string callId) =>
        new(ActivityTraceId.CreateFromString(callId), RootOf(callId), ActivityTraceFlags.Recorded, isRemote: true);

    /// <summary>W3C trace context, sampled.</summary>
    public static string TraceParentOf(string callId) => $"00-{callId}-{RootOf(callId)}-01";

    private static ActivitySpanId RootOf(string callId) =>
        ActivitySpanId.CreateFromBytes(SHA256.HashData(Encoding.ASCII.GetBytes(callId)).AsSpan(0, 8));
}
