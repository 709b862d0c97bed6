using System.Security.Cryptography;
using System.Text;

namespace VoiceBridge.Cluster.Trust;

/// <summary>
/// Encrypts what is kept in Redis, for one purpose: nonce (12) + ciphertext + tag (16), AES-256-GCM. What a box holds is bound to a name
/// (the call), so that nothing can be moved from one call to another.
/// </summary>
public sealed class SecretBox(ClusterKeys keys, string purpose)
{
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    /// <summary>The content in a box that the signing key closes.</summary>
    public byte[] Close(string name, ReadOnlySpan<byte> content) => Close(keys.Derive(purpose), name, content);

    /// <summary>
    /// A box for each of the cluster's keys, in their order: for what must outlast the replacement of a key. A box that only the old key opens is lost
    /// when that key is removed.
    /// </summary>
    public IReadOnlyList<byte[]> CloseForEachKey(string name, byte[] content) => [.. keys.DeriveAll(purpose).Select(key => Close(key, name, content))];

    /// <summary>The content, or null when none of the keys opens the box.</summary>
    public byte[]? Open(string name, ReadOnlySpan<byte> box) => Open(name, box, out _);

    /// <summary>The content, or null when none of the keys opens the box. <paramref name="opener"/> is the place of the key that does.</summary>
    public byte[]? Open(string name, ReadOnlySpan<byte> box, out int opener)
    {
        opener = -1;
        if (box.Length < NonceBytes + TagBytes) return null;
        var content = new byte[box.Length - NonceBytes - TagBytes];
        var bound = Encoding.UTF8.GetBytes(name);
        foreach (var (place, key) in keys.DeriveAll(purpose).Index())
        {
            try
            {
                using var aes = new AesGcm(key, TagBytes);
                aes.Decrypt(box[..NonceBytes], box[NonceBytes..^TagBytes], box[^TagBytes..], content, bound);
                opener = place;
                return content;
            }
            catch (CryptographicException)
            {
                // Another key's: the next one.
            }
        }

        return null;
    }

    private static byte[] Close(byte[] key, string name, ReadOnlySpan<byte> content)
    {
        var box = new byte[NonceBytes + content.Length + TagBytes];
        var nonce = box.AsSpan(0, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(key, TagBytes);
        aes.Encrypt(nonce, content, box.AsSpan(NonceBytes, content.Length), box.AsSpan(NonceBytes + content.Length), Encoding.UTF8.GetBytes(name));
        return box;
    }
}
