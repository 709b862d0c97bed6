using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text;
using StackExchange.Redis;

namespace VoiceBridge.System.Tests.Trust;

/// <summary>What leaves the services of this process beside the calls themselves: spans and metrics' tags; and what they leave in Redis.</summary>
internal sealed class Captured : IDisposable
{
    private readonly ConcurrentQueue<string> _spans = new();
    private readonly ConcurrentDictionary<string, byte> _tags = new();
    private readonly ConcurrentDictionary<string, byte> _values = new();
    private readonly ActivityListener _activities;
    private readonly MeterListener _meters;

    internal Captured()
    {
        _activities = new ActivityListener
        {
            ShouldListenTo = _ => true,
            Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity => _spans.Enqueue(Text(activity)),
        };
        ActivitySource.AddActivityListener(_activities);
        _meters = new MeterListener { InstrumentPublished = (instrument, listener) => listener.EnableMeasurementEvents(instrument) };
        _meters.SetMeasurementEventCallback<long>((instrument, _, tags, _) => Add(instrument, tags));
        _meters.SetMeasurementEventCallback<int>((instrument, _, tags, _) => Add(instrument, tags));
        _meters.SetMeasurementEventCallback<double>((instrument, _, tags, _) => Add(instrument, tags));
        _meters.Start();
    }

    internal IReadOnlyCollection<string> Spans => _spans;

    internal IReadOnlyCollection<string> Tags => [.. _tags.Keys];

    /// <summary>All that <see cref="ReadAsync"/> has seen.</summary>
    internal IReadOnlyCollection<string> Redis => [.. _values.Keys];

    public void Dispose()
    {
        _activities.Dispose();
        _meters.Dispose();
    }

    /// <summary>Adds everything that the cluster has in Redis at this moment.</summary>
    internal async Task ReadAsync(IConnectionMultiplexer redis, string cluster)
    {
        var database = redis.GetDatabase();
        foreach (var key in (string[])(await database.ExecuteAsync("KEYS", $"*{cluster}*"))!)
        {
            _values.TryAdd(key, 0);
            IEnumerable<string> texts = await database.KeyTypeAsync(key) switch
            {
                RedisType.String => [$"{await database.StringGetAsync(key)}"],
                RedisType.Hash => (await database.HashGetAllAsync(key)).Select(entry => $"{entry.Name}={entry.Value}"),
                RedisType.List => (await database.ListRangeAsync(key)).Select(value => $"{value}"),
                RedisType.Set => (await database.SetMembersAsync(key)).Select(value => $"{value}"),
                RedisType.SortedSet => (await database.SortedSetRangeByRankAsync(key)).Select(value => $"{value}"),
                _ => [],
            };
            foreach (var text in texts) _values.TryAdd($"{key}: {text}", 0);
        }
    }

    private static string Text(Activity activity)
    {
        var text = new StringBuilder($"{activity.Source.Name} {activity.OperationName} {activity.DisplayName} {activity.StatusDescription} {activity.TraceStateString}");
        foreach (var (name, value) in activity.TagObjects) text.Append($" {name}={value}");
        foreach (var (name, value) in activity.Baggage) text.Append($" {name}={value}");
        foreach (var happened in activity.Events)
        {
            text.Append($" {happened.Name}");
            foreach (var (name, value) in happened.Tags) text.Append($" {name}={value}");
        }

        return text.ToString();
    }

    private void Add(Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        foreach (var (name, value) in tags) _tags.TryAdd($"{instrument.Name} {name}={value}", 0);
    }
}
