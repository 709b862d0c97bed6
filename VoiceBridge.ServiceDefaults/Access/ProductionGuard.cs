using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace VoiceBridge.ServiceDefaults.Access;

/// <summary>
/// Refuses to start outside Development when a protection is not configured, naming every missing one at once.
/// In Development the same findings are logged.
/// </summary>
internal sealed partial class ProductionGuard(IEnumerable<IProtectionCheck> checks, IHostEnvironment environment, ILogger<ProductionGuard> logger)
    : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        var missing = checks.SelectMany(check => check.Missing()).Distinct().ToArray();
        if (missing.Length == 0) return Task.CompletedTask;
        if (!environment.IsDevelopment())
            throw new InvalidOperationException($"Not started: {missing.Length} protection(s) missing.{string.Concat(missing.Select(m => $"{Environment.NewLine}- {m}"))}");

        LogMissing(logger, missing.Length, string.Join("; ", missing));
        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(EventId = 9002, Level = LogLevel.Debug, Message = "Development: {Count} protection(s) not configured: {Missing}")]
    private static partial void LogMissing(ILogger logger, int count, string missing);
}

/// <summary>Adds the guard and checks to it.</summary>
public static class ProductionGuardExtensions
{
    /// <summary>Adds a check that names what is missing, one sentence each, starting with the setting.</summary>
    public static IServiceCollection AddProtectionCheck<TCheck>(this IServiceCollection services)
        where TCheck : class, IProtectionCheck => services.AddSingleton<IProtectionCheck, TCheck>();

    internal static void AddProductionGuard(this IHostApplicationBuilder builder)
    {
        builder.Services.AddProtectionCheck<OpsAccessCheck>();
        builder.Services.AddHostedService<ProductionGuard>();
    }
}
