namespace VoiceBridge.Deploy.Tests;

/// <summary>The Redis of a deployment, and who may use it.</summary>
public class RedisTests
{
    private static readonly string[] Services = ["callcontrol", "mediagateway", "dashboard"];

    [Fact]
    public async Task ManagedRedis_NeverEvictsAndHasNoAccessKeys()
    {
        await using var published = await PublishedApp.CreateAsync("aca");
        await published.PublishAsync();
        var redis = published.Template("redis");

        Assert.Contains("evictionPolicy: 'NoEviction'", redis, StringComparison.Ordinal);
        Assert.Contains("accessKeysAuthentication: 'Disabled'", redis, StringComparison.Ordinal);
        Assert.Contains("ssl=true", redis, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ManagedRedis_IsUsedWithEachServicesOwnIdentity()
    {
        await using var published = await PublishedApp.CreateAsync("aca");
        var resources = await published.PublishAsync();
        var access = resources.GetProperty("redis-access").GetProperty("params");

        Assert.Equal("{redis.outputs.name}", access.GetProperty("redisName").GetString());
        Assert.Equal("{callcontrol-mi.outputs.principalId}", access.GetProperty("callControlPrincipalId").GetString());
        Assert.Equal("{mediagateway-mi.outputs.principalId}", access.GetProperty("gatewayPrincipalId").GetString());
        Assert.Equal("{dashboard-mi.outputs.principalId}", access.GetProperty("dashboardPrincipalId").GetString());
        foreach (var service in Services)
        {
            Assert.Equal("true", resources.GetProperty(service).GetProperty("env").GetProperty("Redis__EntraId").GetString());
            Assert.Contains("AZURE_CLIENT_ID", published.ContainerApp(service), StringComparison.Ordinal);
        }
    }

    /// <summary>Templates of Aspire's own, one for each service, would be deployed at once, and all but one would fail.</summary>
    [Fact]
    public async Task ManagedRedis_IsOpenedByOneTemplateOnly()
    {
        await using var published = await PublishedApp.CreateAsync("aca");
        var resources = await published.PublishAsync();

        Assert.DoesNotContain(resources.EnumerateObject(), resource => resource.Name.EndsWith("-roles-redis", StringComparison.Ordinal));
    }

    [Fact]
    public async Task ComposesRedis_HasAPasswordAndMayBeWithoutTls()
    {
        await using var published = await PublishedApp.CreateAsync("compose");
        var resources = await published.PublishAsync();

        Assert.Contains("password=", resources.GetProperty("redis").GetProperty("connectionString").GetString(), StringComparison.Ordinal);
        foreach (var service in Services)
        {
            var environment = resources.GetProperty(service).GetProperty("env");
            Assert.Equal("true", environment.GetProperty("Redis__AllowPlaintext").GetString());
            Assert.False(environment.TryGetProperty("Redis__EntraId", out _));
        }
    }
}
