using System.Text;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.Extensions.Options;
using StackExchange.Redis;
using VoiceBridge.Cluster;
using VoiceBridge.Cluster.Trust;

namespace VoiceBridge.Dashboard.Access;

/// <summary>
/// DataProtection's keys in the cluster's Redis, so that cookies and anti-forgery tokens outlive a restart and hold on every replica.
/// While Redis is away the keys that were last seen are used.
/// </summary>
/// <remarks>
/// Whoever has these keys signs anybody in as an operator, so each element is encrypted as a whole, and one that no cluster key has encrypted is ignored:
/// neither reading Redis nor writing to it makes a cookie. There is a copy for each of <c>Cluster:Keys</c>, so that a replaced one may be removed.
/// </remarks>
internal sealed partial class RedisXmlRepository(
    Func<IConnectionMultiplexer> redis, Func<ClusterKeys> keys, IOptions<ClusterOptions> options, ILogger<RedisXmlRepository> logger) : IXmlRepository
{
    // DataProtection makes a key live 90 days; a ring that nobody has added to for a year belongs to a cluster that is gone.
    private static readonly TimeSpan Kept = TimeSpan.FromDays(365);
    private readonly Lock _lock = new();
    private readonly List<string> _seen = [];
    private SecretBox? _box;
    private int _ignored;

    // Made while the application is put together, when its settings are not checked yet.
    private string Key => $"{{vb-{options.Value.Name}}}:dashboard-ring";

    // Where earlier versions kept a ring that anybody could read.
    private string OpenKey => $"{{vb-{options.Value.Name}}}:dashboard-keys";

    private SecretBox Box => _box ??= new SecretBox(keys(), "dashboard-keys");

    public IReadOnlyCollection<XElement> GetAllElements()
    {
        lock (_lock)
        {
            try
            {
                Read();
            }
            catch (Exception exception) when (exception is RedisException or TimeoutException)
            {
                LogAway(logger, exception.Message);
            }
            return [.. _seen.Select(XElement.Parse)];
        }
    }

    public void StoreElement(XElement element, string friendlyName)
    {
        var xml = element.ToString(SaveOptions.DisableFormatting);
        lock (_lock)
        {
            _seen.Add(xml);
            try
            {
                Push(Closed(xml));
            }
            catch (Exception exception) when (exception is RedisException or TimeoutException)
            {
                // Written when the ring is next read and Redis is back.
                LogAway(logger, exception.Message);
            }
        }
    }

    private void Read()
    {
        var database = redis().GetDatabase();
        var openers = new Dictionary<string, HashSet<int>>(StringComparer.Ordinal);
        var ignored = 0;
        foreach (byte[]? stored in database.ListRange(Key))
        {
            if (Box.Open(Key, stored, out var opener) is not { } content)
            {
                ignored++;
                continue;
            }

            var xml = Encoding.UTF8.GetString(content);
            if (!openers.TryGetValue(xml, out var seen)) openers[xml] = seen = [];
            seen.Add(opener);
        }

        _seen.AddRange(openers.Keys.Except(_seen).ToArray());
        // What Redis has lost, and what a key that was added to the list cannot open yet.
        foreach (var xml in _seen)
        {
            var missing = Closed(xml).Where((_, place) => openers.GetValueOrDefault(xml)?.Contains(place) != true).ToArray();
            if (missing.Length > 0) Push(missing);
        }

        database.KeyDelete(OpenKey);
        if (ignored > 0 && ignored != _ignored) LogIgnored(logger, ignored, Key);
        _ignored = ignored;
    }

    private IEnumerable<RedisValue> Closed(string xml) => Box.CloseForEachKey(Key, Encoding.UTF8.GetBytes(xml)).Select(box => (RedisValue)box);

    private void Push(IEnumerable<RedisValue> boxes)
    {
        var database = redis().GetDatabase();
        database.ListRightPush(Key, [.. boxes]);
        database.KeyExpire(Key, Kept);
    }

    [LoggerMessage(EventId = 7010, Level = LogLevel.Warning, Message = "Redis does not answer; sign-in keys are kept in memory: {Reason}")]
    private static partial void LogAway(ILogger logger, string reason);

    [LoggerMessage(EventId = 7011, Level = LogLevel.Warning, Message = "Ignored {Count} sign-in keys in {RedisKey} that none of Cluster:Keys has encrypted: "
        + "they are a removed key's, or somebody else has written to Redis")]
    private static partial void LogIgnored(ILogger logger, int count, string redisKey);
}
