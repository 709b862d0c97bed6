using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace VoiceBridge.Cluster.Redis;

/// <summary>
/// A Lua script with its SHA-1, by which Redis knows it. Scripts touch only the keys in KEYS (a clustered Redis and Garnet's transactions need
/// that) and see one clock, the server's: <c>now</c> in ms.
/// </summary>
internal sealed class Script
{
    private const string Prelude = """
        local time = redis.call('TIME')
        local micros = tonumber(time[1]) * 1000000 + tonumber(time[2])
        local now = math.floor(micros / 1000)
        local function int(number) return string.format('%.0f', number) end

        """;

    public Script(string body)
    {
        Text = Prelude + body;
        Sha1 = Hash(Text);
    }

    public string Text { get; }

    public byte[] Sha1 { get; }

    [SuppressMessage("Security", "CA5350", Justification = "Redis names scripts by their SHA-1.")]
    private static byte[] Hash(string text) => SHA1.HashData(Encoding.UTF8.GetBytes(text));
}
