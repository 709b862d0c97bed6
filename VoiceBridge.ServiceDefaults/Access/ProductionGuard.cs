using System.Runtime.ExceptionServices;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace VoiceBridge.ServiceDefaults.Access;

/// <summary>
/// Refuses to start outside Development when a protection is not configured, naming every missing one at once, together with the settings
/// that are wrong. In Development the same findings are logged.
/// </summary>
/// <remarks>
/// Looks when it is made, and it is the first hosted service to be made: any other that reads a setting which is wrong would fail with that
/// one and hide the rest.
/// </remarks>
internal sealed partial class ProductionGuard : IHostedService
{
    public ProductionGuard(IServiceProvider services, IHostEnvironment environment, ILogger<ProductionGuard> logger)
    {
        var wrong = new List<string>();
        Exception? invalid = null;
        foreach (var validator in services.GetServices<IStartupValidator>()) invalid ??= Try(validator.Validate, wrong);

        var missing = new List<string>();
        foreach (var check in services.GetServices<IProtectionCheck>())
            // A check that reads settings that are wrong: what is wrong is named already.
            Try(() => missing.AddRange(check.Missing()), wrong);
        var all = missing.Concat(wrong).Distinct().ToArray();

        if (environment.IsDevelopment())
        {
            if (missing.Count > 0) LogMissing(logger, missing.Count, string.Join("; ", missing));
        }
        else if (all.Length > 0)
        {
            throw new SettingsException(all, invalid);
        }

        if (invalid is not null) ExceptionDispatchInfo.Throw(invalid);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static Exception? Try(Action action, List<string> wrong)
    {
        try
        {
            action();
            return null;
        }
        catch (OptionsValidationException exception)
        {
            wrong.AddRange(exception.Failures);
            return exception;
        }
        catch (AggregateException exception) when (exception.InnerExceptions.All(inner => inner is OptionsValidationException))
        {
            wrong.AddRange(exception.InnerExceptions.Cast<OptionsValidationException>().SelectMany(inner => inner.Failures));
            return exception;
        }
    }

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
        builder.Services.Insert(0, ServiceDescriptor.Singleton<IHostedService, ProductionGuard>());
    }
}
