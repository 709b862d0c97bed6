namespace VoiceBridge.AppHost.Tests;

/// <summary>The model on a developer's machine; it is made, not started.</summary>
public class DevelopmentModelTests
{
    [Fact]
    public async Task WithoutAzureSettings_TheSimulatorIsAzure()
    {
        await using var builder = await CreateAsync("--Redis:Server", "embedded");
        var names = builder.Resources.Select(resource => resource.Name).ToArray();

        Assert.Contains("simulator", names);
        Assert.Contains("redis-server", names);
        Assert.DoesNotContain("acs-connection-string", names);
    }

    [Fact]
    public async Task WithAzureSettings_ThereIsNoSimulator()
    {
        await using var builder = await CreateAsync("--Redis:Server", "embedded", "--Parameters:acs-connection-string", "endpoint=https://example.communication.azure.com/;accesskey=a2V5");
        var names = builder.Resources.Select(resource => resource.Name).ToArray();

        Assert.DoesNotContain("simulator", names);
        Assert.Contains("acs-connection-string", names);
    }

    [Fact]
    public async Task WithAContainerRuntime_RedisIsAContainer()
    {
        await using var builder = await CreateAsync("--Redis:Server", "container");

        Assert.IsAssignableFrom<ContainerResource>(Assert.Single(builder.Resources, resource => resource.Name == "redis"));
        Assert.DoesNotContain(builder.Resources, resource => resource.Name == "redis-server");
    }

    [Fact]
    public async Task CallControlAndGateways_RunTwice()
    {
        await using var builder = await CreateAsync("--Redis:Server", "embedded");

        foreach (var name in (string[])["callcontrol", "mediagateway"])
            Assert.Equal(2, Assert.Single(builder.Resources, resource => resource.Name == name).Annotations.OfType<ReplicaAnnotation>().Last().Replicas);
    }

    [Fact]
    public async Task Dashboard_OffersToPlaceCallsAndToDrain()
    {
        await using var builder = await CreateAsync("--Redis:Server", "embedded");

        Assert.Contains("place-call", Commands(builder, "simulator"));
        Assert.Contains("drain", Commands(builder, "mediagateway"));
    }

    private static IEnumerable<string> Commands(IDistributedApplicationTestingBuilder builder, string resource) =>
        builder.Resources.Single(candidate => candidate.Name == resource).Annotations.OfType<ResourceCommandAnnotation>().Select(command => command.Name);

    private static Task<IDistributedApplicationTestingBuilder> CreateAsync(params string[] args) =>
        DistributedApplicationTestingBuilder.CreateAsync<Projects.VoiceBridge_AppHost>(args, TestContext.Current.CancellationToken);
}
