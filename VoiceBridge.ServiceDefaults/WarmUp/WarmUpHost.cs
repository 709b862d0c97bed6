using System.Net;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace VoiceBridge.ServiceDefaults.WarmUp;

/// <summary>Builders of what takes part in a warm-up: on any port of loopback, silent, and deaf to the process's own settings and signals.</summary>
public static class WarmUpHost
{
    private const int KeyBytes = 32;

    // How Redis is reached is all that a warm-up takes over from the service: its made-up calls have no place in the history.
    private static readonly string[] RedisSections = ["ConnectionStrings:redis", "Redis", "Aspire:StackExchange:Redis"];

    /// <summary>
    /// Settings of a service under warm-up: the service's own Redis, but a cluster that is nobody else's and ends with the process, with a key of its own.
    /// Its keys in Redis end by themselves, as all do.
    /// </summary>
    public static Dictionary<string, string?> Settings(IConfiguration service)
    {
        ArgumentNullException.ThrowIfNull(service);
        var settings = RedisSections
            .SelectMany(section => service.GetSection(section).AsEnumerable())
            .Where(setting => setting.Value is not null)
            .ToDictionary(setting => setting.Key, setting => setting.Value);
        settings["Cluster:Name"] = $"warm-up-{Guid.NewGuid():N}";
        settings["Cluster:Keys:0"] = Secret();
        return settings;
    }

    /// <summary>A secret that is used once.</summary>
    public static string Secret() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeyBytes));

    /// <summary>A builder with <paramref name="settings"/> and no others.</summary>
    public static WebApplicationBuilder CreateBuilder(IDictionary<string, string?> settings)
    {
        // Development: the protections that a public service must have are not what is exercised.
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = Environments.Development });
        ((IConfigurationBuilder)builder.Configuration).Sources.Clear();
        builder.Configuration.AddInMemoryCollection(settings);
        // Overrides whatever address the environment names: that one is the service's.
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<IHostLifetime, Unattended>();
        return builder;
    }

    /// <summary>Listens to no signal: the process is not running yet, and a signal ends it.</summary>
    private sealed class Unattended : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
