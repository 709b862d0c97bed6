using Aspire.Hosting.Azure;

namespace VoiceBridge.Deploy.Tests;

/// <summary>The Bicep of the Container Apps target.</summary>
public class ContainerAppsTests
{
    [Fact]
    public async Task Gateways_ScaleByRequestsAndByTheCallsThatCallControlCounts()
    {
        await using var published = await PublishedApp.CreateAsync("aca");
        await published.PublishAsync();
        var gateway = published.ContainerApp("mediagateway");

        Assert.Contains("minReplicas: 1", gateway, StringComparison.Ordinal);
        Assert.Contains("maxReplicas: 10", gateway, StringComparison.Ordinal);
        Assert.Contains("concurrentRequests: '100'", gateway, StringComparison.Ordinal);
        Assert.Contains("type: 'metrics-api'", gateway, StringComparison.Ordinal);
        Assert.Contains("/scale'", gateway, StringComparison.Ordinal);
        Assert.Contains("secretRef: 'ops--apikeys--0'", gateway, StringComparison.Ordinal);
        Assert.Contains("name: 'ops--apikeys--0'", gateway, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Gateways_HaveTheirSizeAndTenMinutesToDrain()
    {
        await using var published = await PublishedApp.CreateAsync("aca");
        await published.PublishAsync();
        var gateway = published.ContainerApp("mediagateway");

        Assert.Matches(@"cpu: (2|json\('2(\.0)?'\))", gateway);
        Assert.Contains("memory: '4Gi'", gateway, StringComparison.Ordinal);
        Assert.Contains("terminationGracePeriodSeconds: 600", gateway, StringComparison.Ordinal);
        Assert.Contains("path: '/ready'", gateway, StringComparison.Ordinal);
        Assert.Contains("path: '/alive'", gateway, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CallControl_IsThereTwiceAndFromOutside()
    {
        await using var published = await PublishedApp.CreateAsync("aca");
        await published.PublishAsync();
        var callControl = published.ContainerApp("callcontrol");

        Assert.Contains("minReplicas: 2", callControl, StringComparison.Ordinal);
        Assert.Contains("external: true", callControl, StringComparison.Ordinal);
        Assert.Contains("name: 'eventgrid--keys--0'", callControl, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false, "--Twilio:AccountSid", "AC00000000000000000000000000000001")]
    [InlineData(true, "--Twilio:AccountSid", "AC00000000000000000000000000000001", "--Acs:ExistingName", "phones")]
    [InlineData(true, "--Twilio:AccountSid", "AC00000000000000000000000000000001", "--Acs:DataLocation", "Europe")]
    public async Task CommunicationServices_AreMadeUnlessTwilioStandsInTheirPlace(bool made, params string[] settings)
    {
        await using var published = await PublishedApp.CreateAsync("aca", more: settings);
        await published.PublishAsync();

        Assert.Equal(made, published.Builder.Resources.Any(resource => resource.Name == "acs"));
        foreach (var service in (string[])["callcontrol", "mediagateway"])
            Assert.Equal(made, published.ContainerApp(service).Contains("'Acs__ResourceId'", StringComparison.Ordinal));
        // People sign in to the dashboard either way.
        Assert.Contains("'AzureAd__TenantId'", published.ContainerApp("dashboard"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AzureSide_IsMadeFromTheTemplatesUnderInfra()
    {
        await using var published = await PublishedApp.CreateAsync("aca");

        Assert.Contains("Microsoft.Communication/communicationServices", published.Resource<AzureBicepResource>("acs").GetBicepTemplateString(), StringComparison.Ordinal);
        Assert.Contains("Microsoft.CognitiveServices/accounts", published.Resource<AzureBicepResource>("ai-0").GetBicepTemplateString(), StringComparison.Ordinal);
        Assert.Contains("accessPolicyAssignments", published.Resource<AzureBicepResource>("redis-access").GetBicepTemplateString(), StringComparison.Ordinal);
    }
}
