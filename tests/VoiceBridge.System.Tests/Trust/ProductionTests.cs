using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using VoiceBridge.CallControl;
using VoiceBridge.Dashboard;
using VoiceBridge.MediaGateway;

namespace VoiceBridge.System.Tests.Trust;

public sealed class ProductionTests
{
    public static TheoryData<string, string[]> Services => new()
    {
        { "callcontrol", ["ConnectionStrings:redis", "Cluster:Keys", "Ops:ApiKeys", "Acs:ConnectionString", "Acs:ResourceId", "EventGrid:Keys", "CallControl:PublicUrl", "Media:PublicUrl"] },
        { "mediagateway", ["ConnectionStrings:redis", "Cluster:Keys", "Ops:ApiKeys", "Acs:ResourceId"] },
        { "dashboard", ["ConnectionStrings:redis", "Cluster:Keys", "Ops:ApiKeys", "AzureAd:ClientId"] },
    };

    [Theory, MemberData(nameof(Services))]
    public async Task A_service_without_settings_does_not_start_and_names_every_protection_that_is_missing(string service, string[] settings)
    {
        var message = await RefusalAsync(service, []);

        Assert.All(settings, setting => Assert.Contains($"- {setting}", message, StringComparison.Ordinal));
    }

    [Theory, MemberData(nameof(Services))]
    public async Task Mistakes_are_named_together_with_what_is_missing(string service, string[] settings)
    {
        var message = await RefusalAsync(service, new() { ["Ingress:Proxies:0"] = "nobody", ["Cluster:Keys:0"] = "short" });

        Assert.All(settings.Where(setting => setting != "Cluster:Keys"), setting => Assert.Contains($"- {setting}", message, StringComparison.Ordinal));
        Assert.All((string[])["Ingress:Proxies", "Cluster:Keys:0"], mistake => Assert.Contains(mistake, message, StringComparison.Ordinal));
        Assert.DoesNotContain("short", message, StringComparison.Ordinal);
    }

    private static async Task<string> RefusalAsync(string service, Dictionary<string, string?> settings)
    {
        Func<string[], Action<WebApplicationBuilder>, WebApplication> create = service switch
        {
            "callcontrol" => CallControlApp.Create,
            "mediagateway" => MediaGatewayApp.Create,
            _ => DashboardApp.Create,
        };
        await using var app = create(["--environment", "Production", "--urls", "http://127.0.0.1:0"], builder =>
        {
            builder.Configuration.AddInMemoryCollection(settings);
            builder.Logging.ClearProviders();
        });

        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(() => app.StartAsync(TestContext.Current.CancellationToken));
        return refusal.Message;
    }
}
