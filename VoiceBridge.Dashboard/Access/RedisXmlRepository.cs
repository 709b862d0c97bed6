using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.Extensions.Options;
using StackExchange.Redis;
using VoiceBridge.Cluster;

namespace VoiceBridge.Dashboard.Access;

/// <summary>
/// DataProtection's keys in the cluster's Redis, so that cookies and anti-forgery tokens outlive a restart and hold on every replica.
/// While Redis is away the keys that were last seen are used.
/// </summary>
internal sealed partial class RedisXmlRepository(Func<IConnectionMultiplexer> redis, IOptions<ClusterOptions> options, ILogger<RedisXmlRepository> logger) : IXmlRepository
{
    // DataProtection makes a key live 90 days; a ring that nobody has added to for a year belongs to a cluster that is gone.
    private static readonly TimeSpan Kept = TimeSpan.FromDays(365);
        private readonly Lock _lock = new();
    private readonly List<string> _seen = [];

    // Made while the application is put together, when its settings are not checked yet.
    private RedisKey Key => $"{{vb-{options.Value.Name}}}:dashboard-keys";

    public IReadOnlyCollection<XElement> GetAllElements()
    {
        lock (_lock)
        {
            try
            {
                var stored = redis().GetDatabase().ListRange(Key).Select(value => value.ToString()).ToArray();
                foreach (var missing in _seen.Except(stored).ToArray()) Push(missing);
                _seen.AddRange(stored.Except(_seen));
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
                Push(xml);
            }
            catch (Exception exception) when (exception is RedisException or TimeoutException)
            {
                // Written when the ring is next read and Redis is back.
                LogAway(logger, exception.Message);
            }
        }
    }

    private void Push(string xml)
    {
        var database = redis().GetDatabase();
        database.ListRightPush(Key, xml);
        database.KeyExpire(Key, Kept);
    }

    [LoggerMessage(EventId = 7010, Level = LogLevel.Warning, Message = "Redis does not answer; sign-in keys are kept in memory: {Reason}")]
    private static partial void LogAway(ILogger logger, string reason);
}
