using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;
using VoiceBridge.ServiceDefaults.Hosting;

namespace VoiceBridge.ServiceDefaults.Tests.Telemetry;

/// <summary>What is logged unless somebody asks for more.</summary>
public sealed class LogLevelTests
{
    [Theory]
    [InlineData("Microsoft.AspNetCore.Routing.EndpointMiddleware")]
    [InlineData("Polly")]
    [InlineData("StackExchange.Redis.ConnectionMultiplexer")]
    [InlineData("System.Net.Http.HttpClient.Default.LogicalHandler")]
    public void WhatIsSaidOfEachRequest_IsNotLogged(string category) => Assert.False(Enabled(category));

    [Fact]
    public void ASetting_TurnsItOn() => Assert.True(Enabled("Microsoft.AspNetCore.Routing.EndpointMiddleware", ("Logging:LogLevel:Microsoft.AspNetCore", "Information")));

    [Theory]
    [InlineData("Microsoft.AspNetCore.Hosting.Diagnostics")]
    [InlineData("System.Net.Http.HttpClient.Default.LogicalHandler")]
    public void NoSetting_TurnsOnWhatPrintsQueryStrings(string category) =>
        Assert.False(Enabled(category, ("Logging:LogLevel:Default", "Trace"), ("Logging:LogLevel:Microsoft.AspNetCore", "Trace"), ("Logging:LogLevel:System", "Trace")));

    [Theory]
    [InlineData("Production", true)]
    [InlineData("Staging", true)]
    [InlineData("Development", false)]
    public void OutsideDevelopment_WhatStrangersSayIsEscaped(string environment, bool json)
    {
        var builder = Host.CreateApplicationBuilder(["--environment", environment]);
        builder.AddServiceDefaults("test");
        using var host = builder.Build();

        var formatter = host.Services.GetRequiredService<IOptionsMonitor<ConsoleLoggerOptions>>().CurrentValue.FormatterName;

        Assert.Equal(json, formatter == ConsoleFormatterNames.Json);
    }

    [Fact]
    public void OurOwnWords_AreLogged() => Assert.True(Enabled("VoiceBridge.CallControl.Calls.CallIntake"));

    private static bool Enabled(string category, params (string Name, string Value)[] settings)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Configuration.AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Name, (string?)setting.Value)));
        builder.AddServiceDefaults("test");
        using var host = builder.Build();
        return host.Services.GetRequiredService<ILoggerFactory>().CreateLogger(category).IsEnabled(LogLevel.Information);
    }
}
