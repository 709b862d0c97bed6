using System.Collections.Concurrent;
using Azure.Core;
using Azure.Identity;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using StackExchange.Redis;
using VoiceBridge.ServiceDefaults.Hosting;
using VoiceBridge.Testing;

namespace VoiceBridge.ServiceDefaults.Tests.Redis;

public sealed class EntraIdAuthenticationTests : IAsyncDisposable
{
    private const string NoRedis = "redis-server is not installed on this machine";
    private static readonly RedisChannel Channel = RedisChannel.Literal("events");

    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);
    private readonly FakeEntraId _identity;
    private readonly TokenLog _log = new();
    private readonly ConcurrentQueue<string> _received = new();
    private IHost? _host;

    public EntraIdAuthenticationTests() => _identity = new FakeEntraId(_time);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private IConnectionMultiplexer Redis => _host!.Services.GetRequiredService<IConnectionMultiplexer>();

    public async ValueTask DisposeAsync()
    {
        if (_host is IAsyncDisposable host) await host.DisposeAsync();
        Assert.All(_log.Lines, line => Assert.All(_identity.Issued, token => Assert.DoesNotContain(token, line, StringComparison.Ordinal)));
    }

    [Theory(Skip = NoRedis, SkipUnless = nameof(EntraRedis.IsInstalled), SkipType = typeof(EntraRedis))]
    [InlineData("", 2)]
    [InlineData(",protocol=resp3", 1)]
    public async Task A_renewed_token_reaches_every_connection_before_the_old_one_ends(string protocol, int connections)
    {
        await using var azure = await EntraRedis.StartAsync();
        var first = await IssueAsync(azure);
        await StartAsync(azure.Address + protocol);
        await SubscribeAsync();
        await ConnectedWithAsync(azure, first, connections);
        var commands = azure.Connections.Where(connection => connections == 1 || !connection.IsSubscribed).ToArray();

        var second = await IssueAsync(azure);
        _time.Advance(FakeEntraId.Life * 0.76);
        await ConnectedWithAsync(azure, second, connections);

        Assert.Empty(await azure.ExpireAsync(first));
        Assert.Equal(commands, azure.Connections.Where(commands.Contains));
        await WorksAsync("after the renewal");
    }

    [Fact(Skip = NoRedis, SkipUnless = nameof(EntraRedis.IsInstalled), SkipType = typeof(EntraRedis))]
    public async Task A_client_that_keeps_its_token_is_cut_off()
    {
        await using var azure = await EntraRedis.StartAsync();
        var first = await IssueAsync(azure);
        var options = ConfigurationOptions.Parse($"{azure.Address},user={FakeEntraId.ObjectId},password={first}");
        await using var client = await ConnectionMultiplexer.ConnectAsync(options);
        await client.GetSubscriber().SubscribeAsync(Channel, (_, _) => { });

        Assert.Equal(2, (await azure.ExpireAsync(first)).Count);

        await Eventually.True(() => !client.IsConnected, what: "the end of the connection");
        await Assert.ThrowsAnyAsync<RedisException>(() => client.GetDatabase().PingAsync());
    }

    [Fact(Skip = NoRedis, SkipUnless = nameof(EntraRedis.IsInstalled), SkipType = typeof(EntraRedis))]
    public async Task Connections_that_break_come_back_with_the_newest_token()
    {
        await using var azure = await EntraRedis.StartAsync();
        var first = await IssueAsync(azure);
        await StartAsync(azure.Address);
        await SubscribeAsync();
        await ConnectedWithAsync(azure, first, 2);
        var second = await IssueAsync(azure);
        _time.Advance(FakeEntraId.Life * 0.76);
        await ConnectedWithAsync(azure, second, 2);
        await azure.ExpireAsync(first);

        Assert.Equal(2, azure.CloseWhere(_ => true).Count);

        await ConnectedWithAsync(azure, second, 2);
        await WorksAsync("after the break");
    }

    [Fact(Skip = NoRedis, SkipUnless = nameof(EntraRedis.IsInstalled), SkipType = typeof(EntraRedis))]
    public async Task A_renewed_token_that_Redis_refuses_ends_no_connection_and_is_sent_again()
    {
        using var refused = new MetricCount("voicebridge.redis.authentications", "outcome", "failed");
        await using var azure = await EntraRedis.StartAsync();
        var first = await IssueAsync(azure);
        await StartAsync(azure.Address);
        await SubscribeAsync();
        await ConnectedWithAsync(azure, first, 2);
        var before = azure.Connections.ToHashSet();

        var second = GiveOut();
        _time.Advance(FakeEntraId.Life * 0.76);
        await Eventually.True(() => refused.Count > 0, what: "the refusal");
        Assert.True(before.SetEquals(azure.Connections));
        await WorksAsync("although the new token is refused");

        await azure.AcceptAsync(second);
        await Eventually.True(() =>
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            return azure.Connections.Count == 2 && azure.Connections.All(connection => connection.LastSent(second));
        }, what: "the new token on both connections");
        Assert.Empty(await azure.ExpireAsync(first));
        await WorksAsync("with the new token");
    }

    [Fact(Skip = NoRedis, SkipUnless = nameof(EntraRedis.IsInstalled), SkipType = typeof(EntraRedis))]
    public async Task A_service_starts_without_a_token_and_sends_none_until_it_has_one()
    {
        await using var azure = await EntraRedis.StartAsync();
        _identity.Answer = _ => throw new CredentialUnavailableException("Entra ID is away");
        await StartAsync(azure.Address);
        await Assert.ThrowsAnyAsync<RedisException>(() => Redis.GetDatabase().PingAsync());
        Assert.DoesNotContain(azure.Connections, connection => connection.SentCredentials);

        var token = await IssueAsync(azure);
        _time.Advance(TimeSpan.FromSeconds(2));

        await ConnectedWithAsync(azure, token, 2);
        await SubscribeAsync();
        await WorksAsync("with the first token");
    }

    [Fact(Skip = NoRedis, SkipUnless = nameof(EntraRedis.IsInstalled), SkipType = typeof(EntraRedis))]
    public async Task A_service_that_has_been_without_a_valid_token_comes_back()
    {
        await using var azure = await EntraRedis.StartAsync();
        var first = await IssueAsync(azure);
        await StartAsync(azure.Address);
        await SubscribeAsync();
        await ConnectedWithAsync(azure, first, 2);
        _identity.Answer = _ => throw new AuthenticationFailedException("Entra ID is away");
        _time.Advance(FakeEntraId.Life);
        Assert.Equal(2, (await azure.ExpireAsync(first)).Count);
        await Eventually.True(() => !Redis.IsConnected, what: "the end of the connection");

        var second = await IssueAsync(azure);
        await Eventually.True(() =>
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            return azure.Connections.Count == 2 && azure.Connections.All(connection => connection.LastSent(second));
        }, what: "connections with the new token");

        await WorksAsync("after the outage");
    }

    [Fact(Skip = NoRedis, SkipUnless = nameof(EntraRedis.IsInstalled), SkipType = typeof(EntraRedis))]
    public async Task A_service_starts_without_Redis_and_signs_in_when_it_comes()
    {
        var port = FreePort.Find();
        var token = GiveOut();
        await StartAsync($"127.0.0.1:{port},ssl=false");
        Assert.False(Redis.IsConnected);

        await using var azure = await EntraRedis.StartAsync(port);
        await azure.AcceptAsync(token);

        await ConnectedWithAsync(azure, token, 2);
        await SubscribeAsync();
        await WorksAsync("after Redis came");
    }

    [Theory]
    [InlineData("redis.example.com:10000", true)]
    [InlineData("redis.example.com:10000,ssl=false", false)]
    public void Tokens_go_over_TLS_unless_the_connection_string_says_otherwise(string connectionString, bool expected)
    {
        using var host = Build(connectionString);

        var options = host.Services.GetRequiredService<IOptions<ConfigurationOptions>>().Value;

        Assert.Equal(expected, options.Ssl);
        Assert.Equal((FakeEntraId.ObjectId, _identity.Issued.Single()), (options.User, options.Password));
        Assert.DoesNotContain(_identity.Issued.Single(), options.ToString(), StringComparison.Ordinal);
    }

    /// <summary>A token that the identity gives out next and that Redis accepts.</summary>
    private async Task<string> IssueAsync(EntraRedis azure)
    {
        var token = GiveOut();
        await azure.AcceptAsync(token);
        return token;
    }

    /// <summary>A token that the identity gives out next. Its life begins then.</summary>
    private string GiveOut()
    {
        var token = _identity.Issue().Token;
        _identity.Answer = _ => ValueTask.FromResult(new AccessToken(token, _time.GetUtcNow() + FakeEntraId.Life));
        return token;
    }

    private Task StartAsync(string connectionString)
    {
        _host = Build(connectionString);
        return _host.StartAsync(Ct);
    }

    private IHost Build(string connectionString)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { EnvironmentName = "Development" });
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["ConnectionStrings:redis"] = connectionString, ["Redis:EntraId"] = "true" });
        builder.Logging.AddProvider(_log).SetMinimumLevel(LogLevel.Trace);
        builder.Services.AddSingleton<TimeProvider>(_time);
        builder.Services.AddSingleton<TokenCredential>(_identity);
        builder.AddClusterRedis();
        return builder.Build();
    }

    private async Task SubscribeAsync()
    {
        // The server sees a connection before the client has finished with it.
        await Eventually.True(() => Redis.GetSubscriber().IsConnected(Channel), what: "the events' connection");
        await Redis.GetSubscriber().SubscribeAsync(Channel, (_, message) => _received.Enqueue(message.ToString()));
    }

    /// <summary>So many connections, all authenticated with this token; the events' one subscribed.</summary>
    private static Task ConnectedWithAsync(EntraRedis azure, string token, int connections) => Eventually.True(
        () => azure.Connections.Count == connections && azure.Connections.All(connection => connection.LastSent(token)),
        what: $"{connections} connections with the token");

    private async Task WorksAsync(string message)
    {
        await Eventually.True(async () =>
        {
            // A client that has just reconnected may refuse a command or two.
            await Redis.GetDatabase().StringSetAsync("key", message);
            return await Redis.GetDatabase().StringGetAsync("key") == message;
        }, what: "commands");
        await Eventually.True(async () =>
        {
            _time.Advance(TimeSpan.FromMilliseconds(100)); // For those who wait to try again.
            await Redis.GetSubscriber().PublishAsync(Channel, message);
            return _received.Contains(message);
        }, what: "the event");
    }
}
