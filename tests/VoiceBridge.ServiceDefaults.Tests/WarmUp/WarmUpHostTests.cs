using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Configuration;
using VoiceBridge.ServiceDefaults.WarmUp;

namespace VoiceBridge.ServiceDefaults.Tests.WarmUp;

/// <summary>What a service under warm-up has of the process that it is in.</summary>
public sealed class WarmUpHostTests
{
    [Fact]
    public async Task Host_ListensOnLoopback_NeverWhereTheServiceWill()
    {
        using var reserved = new TcpListener(IPAddress.Loopback, 0);
        reserved.Start();
        var ours = ((IPEndPoint)reserved.LocalEndpoint).Port;
        reserved.Stop();
        var before = Environment.GetEnvironmentVariable("ASPNETCORE_URLS");
        Environment.SetEnvironmentVariable("ASPNETCORE_URLS", $"http://127.0.0.1:{ours}");
        try
        {
            await using var app = WarmUpHost.CreateBuilder(new Dictionary<string, string?>()).Build();
            await app.StartAsync(TestContext.Current.CancellationToken);

            var address = new Uri(Assert.Single(app.Urls));
            Assert.True(address.IsLoopback);
            Assert.NotEqual(ours, address.Port);
        }
        finally
        {
            Environment.SetEnvironmentVariable("ASPNETCORE_URLS", before);
        }
    }

    [Fact]
    public void Settings_TakeOverRedis_AndNoSecretOfTheService()
    {
        var service = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ConnectionStrings:redis"] = "redis.example:6380,ssl=true",
            ["ConnectionStrings:history"] = "Host=history.example",
            ["Redis:EntraId"] = "true",
            ["Cluster:Name"] = "ours",
            ["Cluster:Keys:0"] = "our key",
            ["Acs:ConnectionString"] = "our phone",
            ["VoiceLive:Endpoints:0:Key"] = "our model",
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://collector",
        }).Build();

        var settings = WarmUpHost.Settings(service);

        Assert.Equal("redis.example:6380,ssl=true", settings["ConnectionStrings:redis"]);
        Assert.Equal("true", settings["Redis:EntraId"]);
        Assert.DoesNotContain(settings.Values, value => value is "ours" or "our key" or "our phone" or "our model" or "http://collector" or "Host=history.example");
    }
}
