using VoiceBridge.Local;
using VoiceBridge.Testing;

namespace VoiceBridge.System.Tests.Harness;

/// <summary>Starts a whole system for one test, in a cluster of its own on the shared Redis server of a kind.</summary>
internal static class Systems
{
    /// <summary>Generous: the machine may be busy with neighbours. A ringing call decides much earlier.</summary>
    internal static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    internal static async Task<LocalSystem> StartAsync(RedisServers servers, RedisKind kind, Func<LocalOptions, LocalOptions>? change = null)
    {
        return await StartAsync(await servers.GetAsync(kind), change);
    }

    /// <summary>On a server of the test's own, which it may stop and empty.</summary>
    internal static async Task<LocalSystem> StartAsync(RedisServer server, Func<LocalOptions, LocalOptions>? change = null)
    {
        var options = new LocalOptions
        {
            Redis = server.ConnectionString,
            ClusterName = RedisServers.UniqueName(),
            Dashboard = false,
            Gateways = 1,
            Controls = 1,
            Log = new TestLog(),
        };
        return await LocalSystem.StartAsync(change?.Invoke(options) ?? options, TestContext.Current.CancellationToken);
    }

    /// <summary>These settings over the ones of the test's options.</summary>
    internal static LocalOptions With(this LocalOptions options, params (string Key, string Value)[] settings)
    {
        var all = new Dictionary<string, string?>(options.Settings);
        foreach (var (key, value) in settings) all[key] = value;
        return options with { Settings = all };
    }
}
