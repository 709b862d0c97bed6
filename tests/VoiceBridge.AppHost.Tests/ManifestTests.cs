using System.Text.Json;

namespace VoiceBridge.AppHost.Tests;

/// <summary>The manifest: what reaches each service.</summary>
public class ManifestTests
{
    [Fact]
    public async Task Manifest_TellsEachServiceWhatItNeeds()
    {
        await using var published = await PublishedApp.CreateAsync();
        var resources = await published.PublishAsync();

        Has(resources, "callcontrol", "Cluster__Keys__0", "{cluster-key.value}");
        Has(resources, "callcontrol", "Ops__ApiKeys__0", "{ops-key.value}");
        Has(resources, "mediagateway", "Ops__CommandKeys__0", "{ops-command-key.value}");
        foreach (var other in (string[])["callcontrol", "dashboard"]) Assert.False(resources.GetProperty(other).GetProperty("env").TryGetProperty("Ops__CommandKeys__0", out _));
        Has(resources, "callcontrol", "EventGrid__Keys__0", "{eventgrid-key.value}");
        Has(resources, "callcontrol", "EventGrid__SubscriptionName", "voicebridge-incoming");
        Has(resources, "callcontrol", "Acs__ConnectionString", "{acs-connection-string.value}");
        Has(resources, "callcontrol", "Acs__ResourceId", "{acs-resource-id.value}");
        Has(resources, "callcontrol", "CallControl__PublicUrl", "{callcontrol-public-url.value}");
        Has(resources, "callcontrol", "Media__PublicUrl", "{media-public-url.value}");
        Has(resources, "callcontrol", "ConnectionStrings__redis", "{redis.connectionString}");
        Has(resources, "callcontrol", "ConnectionStrings__history", "{history.connectionString}");
        Has(resources, "dashboard", "ConnectionStrings__history", "{history.connectionString}");
        Has(resources, "mediagateway", "CallControl__Url", "{callcontrol.bindings.http.url}");
        Has(resources, "mediagateway", "VoiceLive__Endpoints__0__Url", "{voicelive-url.value}");
        Has(resources, "mediagateway", "VoiceLive__Endpoints__0__Key", "{voicelive-key.value}");
        Has(resources, "mediagateway", "Web__AllowedOrigins__0", "{dashboard-public-url.value}");
        Has(resources, "mediagateway", "Drain__Seconds", "570");
        Has(resources, "dashboard", "CallControl__Url", "{callcontrol.bindings.http.url}");
        Has(resources, "dashboard", "AzureAd__ClientId", "{entra-client-id.value}");
    }

    [Fact]
    public async Task Manifest_HoldsNoSecretItself()
    {
        await using var published = await PublishedApp.CreateAsync();
        var resources = await published.PublishAsync();

        foreach (var secret in (string[])["cluster-key", "eventgrid-key", "ops-key", "ops-command-key", "acs-connection-string", "voicelive-key"])
            Assert.True(resources.GetProperty(secret).GetProperty("inputs").GetProperty("value").GetProperty("secret").GetBoolean());
    }

    private static void Has(JsonElement resources, string service, string variable, string value) =>
        Assert.Equal(value, resources.GetProperty(service).GetProperty("env").GetProperty(variable).GetString());
}
