using System.Security.Cryptography;
using System.Text;

namespace VoiceBridge.Cluster.Trust;

/// <summary>Names calls the same way in every replica, without asking anybody.</summary>
public static class CallId
{
    private const int Bytes = 16;

    /// <summary>
    /// The first 128 bits of SHA-256 over correlation id and incoming call context, in lower hex. A redirected call rings again
    /// with the same correlation id and another context, and is another call.
    /// </summary>
    public static string Of(string correlationId, string incomingCallContext)
    {
        ArgumentNullException.ThrowIfNull(correlationId);
        ArgumentNullException.ThrowIfNull(incomingCallContext);
        // The zero byte keeps ("ab", "c") and ("a", "bc") apart.
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(correlationId + "\0" + incomingCallContext));
        return Convert.ToHexStringLower(hash.AsSpan(0, Bytes));
    }
}
