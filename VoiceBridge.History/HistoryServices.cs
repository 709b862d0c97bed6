using Azure.Core;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Npgsql;
using VoiceBridge.Cluster.Calls;
using VoiceBridge.Cluster.Transcripts;
using VoiceBridge.Cluster.Trust;
using VoiceBridge.History.Keeping;
using VoiceBridge.History.Numbers;
using VoiceBridge.History.Reading;
using VoiceBridge.History.Records;
using VoiceBridge.History.Storage;
using VoiceBridge.History.Webhooks;
using VoiceBridge.ServiceDefaults.Hosting;
using VoiceBridge.ServiceDefaults.Privacy;

namespace VoiceBridge.History;

/// <summary>Registers the history where <c>ConnectionStrings:history</c> says where it is.</summary>
public static class HistoryServices
{
    /// <summary>Whether ended calls are kept.</summary>
    public static bool HasHistory(this IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        return !string.IsNullOrWhiteSpace(configuration.GetConnectionString(HistoryOptions.ConnectionName));
    }

    /// <summary>
    /// Adds the history as singletons, needs <c>AddCluster</c> and the service defaults. A connection string with <c>Host</c> is PostgreSQL's, one with
    /// <c>Data Source</c> names a file. Without one nothing is registered, and the result is false. The database is looked for when it is first used.
    /// </summary>
    public static bool AddHistory(this IHostApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        if (!builder.Configuration.HasHistory()) return false;
        var services = builder.Services;
        services.AddOptions<HistoryOptions>().BindConfiguration(HistoryOptions.Section).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<HistoryOptions>, HistoryOptionsCheck>());
        var connectionString = builder.Configuration.GetConnectionString(HistoryOptions.ConnectionName)!;
        if (IsPostgres(connectionString))
        {
            services.AddAzureCredential();
            TokenCredential? credential = null;
            // A database that is away must not take replicas out of service: calls need none.
            builder.AddNpgsqlDataSource(HistoryOptions.ConnectionName, settings => settings.DisableHealthChecks = true, source =>
            {
                if (builder.Configuration.GetValue<bool>($"{HistoryOptions.Section}:{nameof(HistoryOptions.EntraId)}")) source.UseEntraId(() => credential!);
            });
            services.AddSingleton<IHistoryProvider>(provider =>
            {
                credential = provider.GetRequiredService<TokenCredential>();
                return new PostgresProvider(provider.GetRequiredService<NpgsqlDataSource>());
            });
        }
        else
        {
            services.AddSingleton<IHistoryProvider>(_ => new SqliteProvider(connectionString));
        }

        services.AddSingleton<HistoryDatabase>();
        services.AddSingleton(provider => new NumberKeys(provider.GetRequiredService<ClusterKeys>()));
        services.AddOptions<WebhookOptions>().BindConfiguration(WebhookOptions.Section);
        services.AddSingleton(provider => new CallArchive(
            Database(provider), provider.GetRequiredService<NumberKeys>(), provider.GetRequiredService<CallerIdPrivacy>(),
            [.. provider.GetRequiredService<IOptions<WebhookOptions>>().Value.Receivers.Keys], provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new WebhookOutbox(Database(provider), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new WebhookOverview(Database(provider), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new CallHistory(Database(provider), provider.GetRequiredService<NumberKeys>()));
        services.AddSingleton(provider => new CallReports(Database(provider), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new AccessLog(Database(provider), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new Erasure(Database(provider), provider.GetRequiredService<NumberKeys>()));
        services.AddSingleton(provider => new PersonErasure(provider.GetRequiredService<Outbox>(), provider.GetRequiredService<Erasure>(), provider.GetRequiredService<AccessLog>()));
        services.AddSingleton(provider => new Retention(
            Database(provider), provider.GetRequiredService<IOptions<HistoryOptions>>(), provider.GetRequiredService<IOptions<TranscriptOptions>>(), provider.GetRequiredService<TimeProvider>()));
        return true;
    }

    private static HistoryDatabase Database(IServiceProvider provider) => provider.GetRequiredService<HistoryDatabase>();

    /// <exception cref="InvalidOperationException">It is neither's.</exception>
    private static bool IsPostgres(string connectionString)
    {
        try
        {
            if (!string.IsNullOrEmpty(new NpgsqlConnectionStringBuilder(connectionString).Host)) return true;
        }
        catch (ArgumentException)
        {
            // Not PostgreSQL's.
        }

        try
        {
            if (new SqliteConnectionStringBuilder(connectionString).DataSource.Length > 0) return false;
        }
        catch (ArgumentException)
        {
            // Not SQLite's either.
        }

        throw new InvalidOperationException(
            "ConnectionStrings:history is neither PostgreSQL's (Host=...;Database=...;Username=...) nor SQLite's (Data Source=<file>).");
    }
}
