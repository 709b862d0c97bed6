using System.Security.Cryptography;
using System.Text;
using VoiceBridge.Cluster.Trust;
using static VoiceBridge.Cluster.Tests.Trust.TestKeys;

namespace VoiceBridge.Cluster.Tests.Trust;

public sealed class SecretBoxTests
{
    private static readonly byte[] Content = "what the caller said"u8.ToArray();

    [Fact]
    public void Calls_HaveKeysOfTheirOwn()
    {
        var keys = Keys(1);
        var box = new SecretBox(keys, "turns").Close("call-1", Content);

        // Neither the purpose's key nor another call's opens it, even where it is said to be of that call.
        Assert.Throws<AuthenticationTagMismatchException>(() => Open(keys.Derive("turns"), "call-1", box));
        Assert.Throws<AuthenticationTagMismatchException>(() => Open(HKDF.Expand(HashAlgorithmName.SHA256, keys.Derive("turns"), 32, "call-2"u8.ToArray()), "call-1", box));
        Assert.Null(new SecretBox(keys, "turns").Open("call-2", box));
        Assert.Equal(Content, new SecretBox(keys, "turns").Open("call-1", box));
    }

    [Fact]
    public void Boxes_OfEarlierVersions_AreOpenedStill()
    {
        var keys = Keys(1);
        var nonce = RandomNumberGenerator.GetBytes(12);
        var (sealedContent, tag) = (new byte[Content.Length], new byte[16]);
        using var aes = new AesGcm(keys.Derive("turns"), tag.Length);
        aes.Encrypt(nonce, Content, sealedContent, tag, "call-1"u8.ToArray());

        Assert.Equal(Content, new SecretBox(keys, "turns").Open("call-1", [.. nonce, .. sealedContent, .. tag]));
    }

    private static byte[] Open(byte[] key, string name, byte[] box)
    {
        var content = new byte[box.Length - 28];
        using var aes = new AesGcm(key, 16);
        aes.Decrypt(box.AsSpan(0, 12), box.AsSpan(12, content.Length), box.AsSpan(12 + content.Length), content, Encoding.UTF8.GetBytes(name));
        return content;
    }
}
