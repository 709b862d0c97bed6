using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using VoiceBridge.ServiceDefaults.Access;
using VoiceBridge.CallControl;
using VoiceBridge.Dashboard;
using VoiceBridge.MediaGateway;

namespace VoiceBridge.System.Tests.Trust;

public sealed class ProductionTests
{
    public static TheoryData<string, string[]> Services => new()
    {
        { "callcontrol", ["ConnectionStrings:redis", "Cluster:Keys", "Ops:ApiKeys", "Acs:ConnectionString", "Acs:ResourceId", "EventGrid:Keys", "CallControl:PublicUrl", "Media:PublicUrl"] },
        { "mediagateway", ["ConnectionStrings:redis", "Cluster:Keys", "Ops:ApiKeys", "Acs:ResourceId", "VoiceLive:Endpoints"] },
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

    [Theory]
    [InlineData("http://voicelive.example", true)]
    [InlineData("ws://voicelive.example", true)]
    [InlineData("https://voicelive.example", false)]
    [InlineData("http://127.0.0.1:1", false)]
    public async Task Voice_Live_is_not_reached_in_the_clear(string url, bool refused)
    {
        var message = await RefusalAsync("mediagateway", new()
        {
            ["VoiceLive:Endpoints:0:Name"] = "main",
            ["VoiceLive:Endpoints:0:Url"] = url,
            ["VoiceLive:Endpoints:0:Model"] = "gpt-realtime",
            ["VoiceLive:Endpoints:0:Key"] = "a-key",
        });

        Assert.Equal(refused, message.Contains("- VoiceLive:Endpoints:0:Url", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("endpoint=http://acs.example/;accesskey=c2VjcmV0", true)]
    [InlineData("endpoint=https://acs.example/;accesskey=c2VjcmV0", false)]
    [InlineData("endpoint=http://127.0.0.1:1/;accesskey=c2VjcmV0", false)]
    public async Task ACS_is_not_reached_in_the_clear(string connection, bool refused)
    {
        var message = await RefusalAsync("callcontrol", new() { ["Acs:ConnectionString"] = connection });

        Assert.Equal(refused, message.Contains("Acs:ConnectionString has an http endpoint", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("callcontrol", "Twilio:PublicUrl", "Twilio:MediaUrl")]
    [InlineData("mediagateway", "Media:PublicUrl")]
    public async Task Twilio_alone_asks_for_its_own_protections_and_for_none_of_ACS(string service, params string[] missing)
    {
        var message = await RefusalAsync(service, new()
        {
            ["Twilio:AccountSid"] = "AC00000000000000000000000000000001", ["Twilio:AuthToken"] = "0123456789abcdef0123456789abcdef",
            ["Cluster:Keys:0"] = Convert.ToBase64String(new byte[32]),
        });

        Assert.All(missing, setting => Assert.Contains($"- {setting}", message, StringComparison.Ordinal));
        Assert.DoesNotContain("- Acs:", message, StringComparison.Ordinal);
        Assert.DoesNotContain("- EventGrid:", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("AccountSid", "AC1", "Twilio:AccountSid")]
    [InlineData("AuthToken", "short", "Twilio:AuthToken")]
    [InlineData("AuthToken", "", "Twilio:AuthToken")]
    [InlineData("ApiUrl", "http://api.example", "Twilio:ApiUrl")]
    [InlineData("MediaUrl", "ws://media.example", "Twilio:MediaUrl")]
    public async Task Mistakes_about_Twilio_are_named(string setting, string value, string named)
    {
        var settings = new Dictionary<string, string?> { ["Twilio:AccountSid"] = "AC00000000000000000000000000000001", ["Twilio:AuthToken"] = "0123456789abcdef0123456789abcdef" };
        settings[$"Twilio:{setting}"] = value;

        Assert.All(await Task.WhenAll(RefusalAsync("callcontrol", settings), RefusalAsync("mediagateway", settings)), message => Assert.Contains($"- {named}", message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("common", true)]
    [InlineData("organizations", true)]
    [InlineData("Consumers", true)]
    [InlineData("11111111-1111-1111-1111-111111111111", false)]
    public async Task Only_one_tenant_signs_people_in(string tenant, bool refused)
    {
        var message = await RefusalAsync("dashboard", new() { ["AzureAd:ClientId"] = "22222222-2222-2222-2222-222222222222", ["AzureAd:TenantId"] = tenant });

        Assert.Equal(refused, message.Contains("- AzureAd:TenantId", StringComparison.Ordinal));
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

        var refusal = await Assert.ThrowsAsync<SettingsException>(() => app.StartAsync(TestContext.Current.CancellationToken));
        return refusal.Message;
    }
}
