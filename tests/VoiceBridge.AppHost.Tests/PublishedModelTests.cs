namespace VoiceBridge.AppHost.Tests;

/// <summary>What every way of publishing has in common.</summary>
public class PublishedModelTests
{
    private static readonly string[] Services = ["callcontrol", "dashboard", "mediagateway"];

    [Fact]
    public async Task Publishing_LeavesTheSimulatorAndTheLocalRedisAtHome()
    {
        await using var published = await PublishedApp.CreateAsync();

        Assert.Equal(Services, published.Builder.Resources.OfType<ProjectResource>().Select(project => project.Name).Order());
    }

    [Fact]
    public async Task GeneratedKeys_AreBase64OfThirtyTwoBytesAtLeast()
    {
        await using var published = await PublishedApp.CreateAsync();

        foreach (var name in (string[])["cluster-key", "eventgrid-key", "ops-key", "ops-command-key"])
        {
            var parameter = published.Resource<ParameterResource>(name);
            var first = Assert.IsType<GenerateParameterDefault>(parameter.Default).GetDefaultValue();

            Assert.True(parameter.Secret);
            Assert.True(Convert.FromBase64String(first).Length >= 32);
            Assert.NotEqual(first, parameter.Default.GetDefaultValue());
        }
    }

    [Fact]
    public async Task EachService_HasOneHttpEndpointThatIsReachedFromOutside()
    {
        await using var published = await PublishedApp.CreateAsync();

        foreach (var service in Services)
        {
            var endpoint = Assert.Single(published.Resource<ProjectResource>(service).Annotations.OfType<EndpointAnnotation>());
            Assert.Equal("http", endpoint.Name);
            Assert.True(endpoint.IsExternal);
        }
    }

    [Fact]
    public async Task Gateways_AreNotSentCallsWhileTheyAreNotReady()
    {
        await using var published = await PublishedApp.CreateAsync();
        var probes = published.Resource<ProjectResource>("mediagateway").Annotations.OfType<EndpointProbeAnnotation>().ToArray();

        Assert.Equal("/ready", Assert.Single(probes, probe => probe.Type is ProbeType.Readiness).Path);
        Assert.Equal("/alive", Assert.Single(probes, probe => probe.Type is ProbeType.Liveness).Path);
    }
}
