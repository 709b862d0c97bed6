using System.Security.Cryptography;
using System.Text;

namespace VoiceBridge.Cluster.Trust;

/// <summary>
/// Encrypts what is kept in Redis, for one purpose: nonce (12) + ciphertext + tag (16), AES-256-GCM. Each name (a call) has a key of its own, so that no key closes more
/// boxes than random nonces are good for (NIST SP 800-38D: 2^32), and nothing can be moved from one call to another.
/// </summary>
public sealed class SecretBox(ClusterKeys keys, string purpose)
{
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    /// <summary>The content in a box that the signing key closes.</summary>
    public byte[] Close(string name, ReadOnlySpan<byte> content) => Close(KeyOf(keys.Derive(purpose), name), name, content);

    /// <summary>
    /// A box for each of the cluster's keys, in their order: for what must outlast the replacement of a key. A box that only the old key opens is lost
    /// when that key is removed.
    /// </summary>
    public IReadOnlyList<byte[]> CloseForEachKey(string name, byte[] content) => [.. keys.DeriveAll(purpose).Select(key => Close(KeyOf(key, name), name, content))];

    /// <summary>The content, or null when none of the keys opens the box.</summary>
    public byte[]? Open(string name, ReadOnlySpan<byte> box) => Open(name, box, out _);

    /// <summary>The content, or null when none of the keys opens the box. <paramref name="opener"/> is the place of the key that does.</summary>
    public byte[]? Open(string name, ReadOnlySpan<byte> box, out int opener)
    {
        foreach (var (place, key) in keys.DeriveAll(purpose).Index())
        {
            // Boxes of earlier versions are closed by the key of the purpose itself.
            if ((Open(KeyOf(key, name), name, box) ?? Open(key, name, box)) is not { } content) continue;
            opener = place;
            return content;
        }

        opener = -1;
        return null;
    }

    private static byte[] KeyOf(byte[] key, string name) => HKDF.Expand(HashAlgorithmName.SHA256, key, key.Length, Encoding.UTF8.GetBytes(name));

    private static byte[]? Open(byte[] key, string name, ReadOnlySpan<byte> box)
    {
        if (box.Length < NonceBytes + TagBytes) return null;
        var content = new byte[box.Length - NonceBytes - TagBytes];
        try
        {
            using var aes = new AesGcm(key, TagBytes);
            aes.Decrypt(box[..NonceBytes], box[NonceBytes..^TagBytes], box[^TagBytes..], content, Encoding.UTF8.GetBytes(name));
            return content;
        }
        catch (CryptographicException)
        {
            // Another key's.
            return null;
        }
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
