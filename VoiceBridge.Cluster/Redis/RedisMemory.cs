using System.Globalization;
using StackExchange.Redis;

namespace VoiceBridge.Cluster.Redis;

/// <summary>How full Redis is. It evicts nothing: when it is full it refuses every write, heartbeats among them.</summary>
public sealed class RedisMemory
{
    private readonly IConnectionMultiplexer _connection;

    internal RedisMemory(IConnectionMultiplexer connection) => _connection = connection;

    /// <summary>The share of its memory that is used, from 0 to 1, by the fullest server; null where none has a limit or tells it. Throws nothing.</summary>
    public async Task<double?> UsedAsync(CancellationToken ct)
    {
        try
        {
            var servers = _connection.GetServers().Where(server => server is { IsConnected: true, IsReplica: false });
            // As a plain command: the client holds its own for one of administrators.
            var answers = await Task.WhenAll(servers.Select(server => server.ExecuteAsync("INFO", "memory"))).WaitAsync(ct);
            return answers.Select(answer => ShareOf((string?)answer ?? "")).Max();
        }
        catch (Exception exception) when (exception is RedisException or RedisCommandException or TimeoutException)
        {
            // Away, or not allowed to be asked.
            return null;
        }
    }

    private static double? ShareOf(string section)
    {
        var values = section.Split('\n').Select(line => line.Trim().Split(':', 2)).Where(pair => pair.Length == 2)
            .ToLookup(pair => pair[0], pair => pair[1], StringComparer.Ordinal);
        // One that evicts loses something sooner, and is not full; and not every server means the same by its figures.
        return values["maxmemory_policy"].FirstOrDefault() == "noeviction"
            && long.TryParse(values["used_memory"].FirstOrDefault(), CultureInfo.InvariantCulture, out var used)
            && long.TryParse(values["maxmemory"].FirstOrDefault(), CultureInfo.InvariantCulture, out var most) && most > 0
            ? (double)used / most
            : null;
    }
}
