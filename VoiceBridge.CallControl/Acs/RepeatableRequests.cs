using System.Security.Cryptography;
using System.Text;
using VoiceBridge.Cluster.Trust;

namespace VoiceBridge.CallControl.Acs;

/// <summary>
/// Derives the repeatability pair of an operation on a ringing call from the call itself, so that every replica, with or without
/// Redis, before or after a crash, sends the same pair and no call is answered twice.
/// </summary>
internal sealed class RepeatableRequests(ClusterKeys keys)
{
    private readonly byte[] _key = keys.Derive("repeatability");

    public Repeatability For(string callId, string operation, DateTimeOffset eventTime)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes($"{callId}\n{operation}"), hash);
        var id = hash[..16];
        id[6] = (byte)((id[6] & 0x0F) | 0x40);
        id[8] = (byte)((id[8] & 0x3F) | 0x80);
        return new Repeatability(new Guid(id, bigEndian: true), eventTime);
    }
}
