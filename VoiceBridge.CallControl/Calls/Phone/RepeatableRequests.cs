using System.Security.Cryptography;
using System.Text;

namespace VoiceBridge.CallControl.Calls.Phone;

/// <summary>
/// Derives the repeatability pair of an operation on a ringing call from the call itself, so that every replica, with or without
/// Redis, before or after a crash or a change of keys, sends the same pair and no call is answered twice.
/// </summary>
/// <remarks>The id is no secret, and no key has a part in it: only who holds the phone service's own key can send it.</remarks>
internal static class RepeatableRequests
{
    public static Repeatability For(string callId, string operation, DateTimeOffset eventTime)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes($"repeatability\n{callId}\n{operation}"), hash);
        var id = hash[..16];
        id[6] = (byte)((id[6] & 0x0F) | 0x40);
        id[8] = (byte)((id[8] & 0x3F) | 0x80);
        return new Repeatability(new Guid(id, bigEndian: true), eventTime);
    }
}
