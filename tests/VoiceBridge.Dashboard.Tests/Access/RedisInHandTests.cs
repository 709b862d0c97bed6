using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Xml;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;
using VoiceBridge.Dashboard.Access;
using VoiceBridge.Testing;
using VoiceBridge.Testing.Clusters;
using VoiceBridge.Testing.SignIn;

namespace VoiceBridge.Dashboard.Tests.Access;

/// <summary>Somebody has everything that lies in Redis in hand, or writes to it: no cookie comes of it.</summary>
public sealed class RedisInHandTests
{
    private const string Ring = "{vb-default}:dashboard-ring";
    private const string OldRing = "{vb-default}:dashboard-keys";
    private static readonly Person Operator = new("Olga Operator", Policies.OperatorRole);

    [Fact]
    public async Task Cookie_CanBeForgedWithTheRing_SoTheOtherTestsTestSomething()
    {
        await using var dashboard = await SignedInDashboard.StartAsync();

        Assert.Equal((HttpStatusCode.OK, true), await EnterAsync(dashboard, ForgedCookie.Make(dashboard.App.Services.GetRequiredService<IDataProtectionProvider>())));
    }

    [Fact]
    public async Task Reader_OfAllThatLiesInRedis_FindsNothingToMakeACookieWith()
    {
        await using var dashboard = await SignedInDashboard.StartAsync();
        dashboard.Authority.Person = Operator;
        Assert.Equal("/", (await dashboard.OpenAsync("/")).Path);

        var values = await ReadAllAsync(dashboard.Redis);

        Assert.Contains(values, value => value.Key == Ring);
        var ring = new GivenRing([.. values.Select(value => Xml(value.Value)).OfType<XElement>()]);
        Assert.Empty(ring.GetAllElements());
        foreach (var word in (string[])["masterKey", "<key", "encryptedSecret", "descriptor"])
            Assert.DoesNotContain(values, value => Encoding.UTF8.GetString(value.Value).Contains(word, StringComparison.OrdinalIgnoreCase));
        using var attacker = ForgedCookie.Provider(ring, mayMakeKeys: false);
        Assert.ThrowsAny<CryptographicException>(() => ForgedCookie.Make(attacker.GetRequiredService<IDataProtectionProvider>()));
    }

    [Fact]
    public async Task Writer_OfARingOfHisOwn_IsIgnoredWithAWarning()
    {
        await using var redis = await RedisServer.StartAsync(RedisKind.Garnet);
        var mine = new GivenRing([]);
        using var attacker = ForgedCookie.Provider(mine, mayMakeKeys: true);
        var cookie = ForgedCookie.Make(attacker.GetRequiredService<IDataProtectionProvider>());
        await using (var connection = await redis.ConnectAsync())
        {
            foreach (var list in (string[])[Ring, OldRing])
                await connection.GetDatabase().ListRightPushAsync(list, [.. mine.GetAllElements().Select(element => (RedisValue)element.ToString())]);
        }

        using var log = new Lines();
        await using var dashboard = await SignedInDashboard.StartAsync(redis, log: log);
        dashboard.Authority.Person = Operator;

        Assert.Equal((HttpStatusCode.Redirect, false), await EnterAsync(dashboard, cookie));
        Assert.Equal("/", (await dashboard.OpenAsync("/")).Path);
        Assert.Contains("Ignored 1 sign-in keys", Assert.Single(log.All, line => line.Contains("sign-in keys", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task SignIn_OutlivesTheReplacementOfAClusterKey()
    {
        await using var redis = await RedisServer.StartAsync(RedisKind.Garnet);
        var next = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
        var takesOver = $"{next}@{DateTimeOffset.UtcNow.AddHours(5):yyyy-MM-ddTHH:mmZ}";
        string cookie;
        await using (var before = await SignedInDashboard.StartAsync(redis))
            cookie = ForgedCookie.Make(before.App.Services.GetRequiredService<IDataProtectionProvider>());

        // docs/operations.md: the new key is announced beside the old one, and then the old one goes.
        foreach (var keys in (string[][])[[TestSettings.ClusterKey, takesOver], [takesOver], [next]])
        {
            var settings = keys.Index().ToDictionary(key => $"Cluster:Keys:{key.Index}", key => (string?)key.Item);
            await using var dashboard = await SignedInDashboard.StartAsync(redis, settings);
            Assert.Equal((HttpStatusCode.OK, true), await EnterAsync(dashboard, cookie));
        }
    }

    [Fact]
    public async Task SignIn_UnderAnotherClusterKey_IsNoSignIn()
    {
        await using var redis = await RedisServer.StartAsync(RedisKind.Garnet);
        string cookie;
        await using (var before = await SignedInDashboard.StartAsync(redis))
            cookie = ForgedCookie.Make(before.App.Services.GetRequiredService<IDataProtectionProvider>());

        await using var other = await SignedInDashboard.StartAsync(
            redis, new() { ["Cluster:Keys:0"] = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)) });

        Assert.Equal((HttpStatusCode.Redirect, false), await EnterAsync(other, cookie));
    }

    /// <summary>What the first page says, and whether the API lets the cookie in.</summary>
    private static async Task<(HttpStatusCode Page, bool Api)> EnterAsync(SignedInDashboard dashboard, string cookie)
    {
        using var page = await dashboard.SendAsync(HttpMethod.Get, "/", ("Cookie", cookie));
        using var api = await dashboard.SendAsync(HttpMethod.Get, "/api/cluster", ("Cookie", cookie));
        Assert.Equal(page.IsSuccessStatusCode, (await page.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Contains(ForgedCookie.Name, StringComparison.Ordinal));
        if (!api.IsSuccessStatusCode) Assert.Equal(HttpStatusCode.Unauthorized, api.StatusCode);
        return (page.StatusCode, api.IsSuccessStatusCode);
    }

    private static async Task<List<(string Key, byte[] Value)>> ReadAllAsync(RedisServer redis)
    {
        await using var connection = await redis.ConnectAsync();
        var database = connection.GetDatabase();
        var all = new List<(string, byte[])>();
        foreach (var key in connection.GetServers()[0].Keys(pattern: "*"))
        {
            RedisValue[] values = await database.KeyTypeAsync(key) switch
            {
                RedisType.String => [await database.StringGetAsync(key)],
                RedisType.List => await database.ListRangeAsync(key),
                RedisType.Set => await database.SetMembersAsync(key),
                RedisType.Hash => [.. (await database.HashGetAllAsync(key)).SelectMany(entry => (RedisValue[])[entry.Name, entry.Value])],
                RedisType.SortedSet => [.. (await database.SortedSetRangeByRankWithScoresAsync(key)).Select(entry => entry.Element)],
                var type => throw new InvalidOperationException($"{key} is of type {type}, which this test does not read."),
            };
            all.AddRange(values.Select(value => (key.ToString(), (byte[])value!)));
        }

        return all;
    }

    private static XElement? Xml(byte[] value)
    {
        try
        {
            return XElement.Parse(Encoding.UTF8.GetString(value));
        }
        catch (XmlException)
        {
            return null;
        }
    }

    private sealed class GivenRing(List<XElement> elements) : IXmlRepository
    {
        public IReadOnlyCollection<XElement> GetAllElements() => elements;

        public void StoreElement(XElement element, string friendlyName) => elements.Add(element);
    }

    private sealed class Lines : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> All { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            All.Enqueue(formatter(state, exception));

        public void Dispose()
        {
        }
    }
}
