namespace VoiceBridge.AppHost.Tests;

/// <summary>What every way of publishing has in common.</summary>
public class PublishedModelTests
{
    private static readonly string[] Services = ["callcontrol", "dashboard", "mediagateway"];

    [Theory]
    [InlineData("aca")]
    [InlineData("compose")]
    public async Task Publishing_LeavesTheSimulatorAndTheLocalRedisAtHome(string target)
    {
        await using var published = await PublishedApp.CreateAsync(target);

        Assert.Equal(Services, published.Builder.Resources.OfType<ProjectResource>().Select(project => project.Name).Order());
    }

    [Theory]
    [InlineData("aca", "aca", "compose")]
    [InlineData("compose", "compose", "aca")]
    public async Task Publishing_HasOnlyTheChosenEnvironment(string target, string present, string absent)
    {
        await using var published = await PublishedApp.CreateAsync(target);
        var names = published.Builder.Resources.OfType<IComputeEnvironmentResource>().Select(environment => environment.Name).ToArray();

        Assert.Contains(present, names);
        Assert.DoesNotContain(absent, names);
    }

    [Fact]
    public async Task Publishing_RefusesATargetThatItDoesNotKnow()
    {
        var refusal = await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            await using var published = await PublishedApp.CreateAsync("mainframe");
        });

        Assert.Contains("Deploy:Target is 'mainframe'", refusal.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("aca")]
    [InlineData("compose")]
    public async Task GeneratedKeys_AreBase64OfThirtyTwoBytesAtLeast(string target)
    {
        await using var published = await PublishedApp.CreateAsync(target);

        foreach (var name in (string[])["cluster-key", "eventgrid-key", "ops-key"])
        {
            var parameter = published.Resource<ParameterResource>(name);
            var first = Assert.IsType<GenerateParameterDefault>(parameter.Default).GetDefaultValue();

            Assert.True(parameter.Secret);
            Assert.True(Convert.FromBase64String(first).Length >= 32);
            Assert.NotEqual(first, parameter.Default.GetDefaultValue());
        }
    }

    [Theory]
    [InlineData("aca")]
    [InlineData("compose")]
    public async Task EachService_HasOneHttpEndpointThatIsReachedFromOutside(string target)
    {
        await using var published = await PublishedApp.CreateAsync(target);

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
        await using var published = await PublishedApp.CreateAsync("aca");
        var probes = published.Resource<ProjectResource>("mediagateway").Annotations.OfType<EndpointProbeAnnotation>().ToArray();

        Assert.Equal("/ready", Assert.Single(probes, probe => probe.Type is ProbeType.Readiness).Path);
        Assert.Equal("/alive", Assert.Single(probes, probe => probe.Type is ProbeType.Liveness).Path);
    }
}
