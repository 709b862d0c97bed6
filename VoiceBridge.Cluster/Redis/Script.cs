using System.Text;

namespace VoiceBridge.Cluster.Redis;

/// <summary>
/// A Lua script. Scripts touch only the keys in KEYS (a clustered Redis and Garnet's transactions need that) and see one clock, the server's:
/// <c>now</c> in ms. Keys and arguments have names in the script: <c>"call calls"</c> makes the first key <c>call</c>, and a last name
/// that ends in <c>...</c> is the list of all that follow.
/// </summary>
internal sealed class Script
{
    private const string Prelude = """
        local time = redis.call('TIME')
        local micros = tonumber(time[1]) * 1000000 + tonumber(time[2])
        local now = math.floor(micros / 1000)
        local function int(number) return string.format('%.0f', number) end
        local function rest(list, from)
            local out = {}
            for i = from, #list do out[#out + 1] = list[i] end
            return out
        end

        """;

    public Script(string keys, string arguments, string body)
    {
        var text = new StringBuilder(Prelude);
        Name(text, "KEYS", keys);
        Name(text, "ARGV", arguments);
        Text = text.Append(body).ToString();
    }

    public string Text { get; }

    private static void Name(StringBuilder text, string list, string names)
    {
        foreach (var (i, name) in names.Split(' ', StringSplitOptions.RemoveEmptyEntries).Index())
        {
            if (name.EndsWith("...", StringComparison.Ordinal)) text.Append("local ").Append(name[..^3]).Append(" = rest(").Append(list).Append(", ").Append(i + 1).Append(")\n");
            else text.Append("local ").Append(name).Append(" = ").Append(list).Append('[').Append(i + 1).Append("]\n");
        }
    }
}
