using Aspire.Hosting.Azure;

namespace VoiceBridge.Deploy.Tests;

/// <summary>Where a deployment keeps ended calls.</summary>
public class HistoryTests
{
    [Fact]
    public async Task Azure_HasAPostgresThatTakesTheIdentitiesOfThoseWhoUseItOnly()
    {
        await using var published = await PublishedApp.CreateAsync("aca");
        var resources = await published.PublishAsync();
        var template = published.Resource<AzureBicepResource>("history").GetBicepTemplateString();
        var parameters = resources.GetProperty("history").GetProperty("params");

        Assert.Contains("passwordAuth: 'Disabled'", template, StringComparison.Ordinal);
        Assert.Equal("{callcontrol-mi.outputs.principalId}", parameters.GetProperty("callControlPrincipalId").GetString());
        Assert.Equal("{dashboard-mi.outputs.principalId}", parameters.GetProperty("dashboardPrincipalId").GetString());
        foreach (var (service, user) in (ReadOnlySpan<(string, string)>)[("callcontrol", "callControlUser"), ("dashboard", "dashboardUser")])
        {
            var environment = resources.GetProperty(service).GetProperty("env");
            Assert.Equal("true", environment.GetProperty("History__EntraId").GetString());
            Assert.Contains($"Username={{history.outputs.{user}}};SSL Mode=VerifyFull", environment.GetProperty("ConnectionStrings__history").GetString(), StringComparison.Ordinal);
        }

        Assert.False(resources.GetProperty("mediagateway").GetProperty("env").TryGetProperty("ConnectionStrings__history", out _));
    }

    [Fact]
    public async Task Compose_HasAPostgresOfItsOwn()
    {
        await using var published = await PublishedApp.CreateAsync("compose");
        var resources = await published.PublishAsync();

        Assert.Equal("{history.connectionString}", resources.GetProperty("callcontrol").GetProperty("env").GetProperty("ConnectionStrings__history").GetString());
        Assert.NotEmpty(resources.GetProperty("postgres").GetProperty("volumes").EnumerateArray());
    }

    [Theory, InlineData("aca"), InlineData("compose")]
    public async Task None_IsNone(string target)
    {
        await using var published = await PublishedApp.CreateAsync(target, history: "none");
        var resources = await published.PublishAsync();

        Assert.DoesNotContain(resources.EnumerateObject(), resource => resource.Name is "history" or "postgres");
        Assert.False(resources.GetProperty("callcontrol").GetProperty("env").TryGetProperty("ConnectionStrings__history", out _));
    }
}
