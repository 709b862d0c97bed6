using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using VoiceBridge.ServiceDefaults.Access;
using VoiceBridge.ServiceDefaults.Hosting;
using VoiceBridge.ServiceDefaults.Redis;

namespace VoiceBridge.ServiceDefaults.Tests.Redis;

public sealed class RedisCheckTests
{
    private const string Tls = "ssl=true";
    private const string AllowPlaintext = "Redis:AllowPlaintext";
    private const string EntraId = "Redis:EntraId";

    [Theory]
    [InlineData(null, "no Redis is named")]
    [InlineData("", "no Redis is named")]
    [InlineData("redis:6379,nonsense=secret", "cannot be read")]
    [InlineData("redis:6379,password=secret", Tls)]
    [InlineData("redis:6379,ssl=true", EntraId)]
    [InlineData("redis:6379,ssl=false,password=secret", AllowPlaintext)]
    public void What_is_missing_is_said_with_the_setting_that_gives_it(string? connectionString, string expected)
    {
        var missing = Assert.Single(Missing(connectionString));

        Assert.StartsWith("ConnectionStrings:redis: ", missing, StringComparison.Ordinal);
        Assert.Contains(expected, missing, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", missing, StringComparison.Ordinal);
    }

    [Fact]
    public void Neither_TLS_nor_a_credential_are_two_findings() => Assert.Equal(2, Missing("redis:6379").Length);

    [Theory]
    [InlineData("redis:6380,ssl=true,password=secret")]
    [InlineData("127.0.0.1:6379")]
    [InlineData("localhost:6379")]
    [InlineData("[::1]:6379")]
    [InlineData("redis:6379,password=secret", AllowPlaintext)]
    [InlineData("redis:10000", EntraId)]
    [InlineData("redis:10000,ssl=true", EntraId)]
    [InlineData("redis:10000,ssl=false", EntraId, AllowPlaintext)]
    public void Nothing_is_missing(string connectionString, params string[] settings) => Assert.Empty(Missing(connectionString, settings));

    [Theory]
    [InlineData("redis:10000,ssl=false", Tls, EntraId)]
    [InlineData("redis:6379", EntraId, AllowPlaintext)]
    [InlineData("localhost:6379,redis:6379", EntraId, AllowPlaintext)]
    public void One_exception_is_not_the_other(string connectionString, string expected, params string[] settings) =>
        Assert.Contains(expected, Assert.Single(Missing(connectionString, settings)), StringComparison.Ordinal);

    [Theory]
    [InlineData("redis:10000,password=secret")]
    [InlineData("redis:10000,user=somebody")]
    public async Task Entra_ID_and_a_password_are_a_mistake(string connectionString)
    {
        using var host = Service("Development", connectionString, EntraId);

        var refusal = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(TestContext.Current.CancellationToken));

        Assert.Contains(EntraId, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task In_production_a_service_does_not_start_with_an_open_Redis()
    {
        using var host = Service("Production", "redis.invalid:6379");

        var refusal = await Assert.ThrowsAsync<SettingsException>(() => host.StartAsync(TestContext.Current.CancellationToken));

        Assert.Contains(AllowPlaintext, refusal.Message, StringComparison.Ordinal);
        Assert.Contains(EntraId, refusal.Message, StringComparison.Ordinal);
    }

    private static string[] Missing(string? connectionString, params string[] settings)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(Settings(connectionString, settings)).Build();
        var options = configuration.GetSection(RedisOptions.Section).Get<RedisOptions>() ?? new RedisOptions();
        return [.. new RedisCheck(configuration, Options.Create(options)).Missing()];
    }

    private static IHost Service(string environment, string connectionString, params string[] settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { EnvironmentName = environment });
        builder.Configuration.AddInMemoryCollection(Settings(connectionString, settings));
        builder.AddServiceDefaults("test");
        builder.AddClusterRedis();
        builder.Logging.ClearProviders();
        return builder.Build();
    }

    private static Dictionary<string, string?> Settings(string? connectionString, string[] settings) =>
        new(settings.Select(name => KeyValuePair.Create<string, string?>(name, "true"))) { ["ConnectionStrings:redis"] = connectionString };
}
