using System.Security.Cryptography;
using System.Text;

namespace VoiceBridge.Cluster.Trust;

/// <summary>
/// Encrypts what is kept in Redis, for one purpose: nonce (12) + ciphertext + tag (16), AES-256-GCM. What a box holds is bound to a name
/// (the call), so that nothing can be moved from one call to another.
/// </summary>
internal sealed class SecretBox(ClusterKeys keys, string purpose)
{
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    public byte[] Close(string name, ReadOnlySpan<byte> content)
    {
        var box = new byte[NonceBytes + content.Length + TagBytes];
        var nonce = box.AsSpan(0, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(keys.Derive(purpose), TagBytes);
        aes.Encrypt(nonce, content, box.AsSpan(NonceBytes, content.Length), box.AsSpan(NonceBytes + content.Length), Encoding.UTF8.GetBytes(name));
        return box;
    }

    /// <summary>The content, or null when none of the keys opens the box.</summary>
    public byte[]? Open(string name, ReadOnlySpan<byte> box)
    {
        if (box.Length < NonceBytes + TagBytes) return null;
        var content = new byte[box.Length - NonceBytes - TagBytes];
        var bound = Encoding.UTF8.GetBytes(name);
        foreach (var key in keys.DeriveAll(purpose))
        {
            try
            {
                using var aes = new AesGcm(key, TagBytes);
                aes.Decrypt(box[..NonceBytes], box[NonceBytes..^TagBytes], box[^TagBytes..], content, bound);
                return content;
            }
            catch (CryptographicException)
            {
                // Another key's: the next one.
            }
        }

        return null;
    }
}
