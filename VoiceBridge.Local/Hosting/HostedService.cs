using VoiceBridge.Local.Settings;

namespace VoiceBridge.Local.Hosting;

/// <summary>A service hosted in this process, on a socket of its own.</summary>
public sealed class HostedService : Service
{
    private static readonly TimeSpan CloseDeadline = TimeSpan.FromSeconds(5);
    private readonly WebApplication _app;
    private int _stopped;

    private HostedService(WebApplication app) => _app = app;

    /// <summary>The service's container, for tests that look inside.</summary>
    public IServiceProvider Services => _app.Services;

    public override bool Running => _stopped == 0;

    /// <summary>Builds the service with <paramref name="create"/>, on the loopback address, and starts it.</summary>
    internal static async Task<HostedService> StartAsync(
        string name,
        int port,
        Func<string[], Action<WebApplicationBuilder>, WebApplication> create,
        ServiceSettings? settings,
        ILoggerProvider? log,
        CancellationToken cancellationToken)
    {
        var app = create(["--environment", Environments.Development, "--urls", $"http://127.0.0.1:{port}"], builder =>
        {
            settings?.AddTo(builder.Configuration);
            builder.Logging.ClearProviders();
            // What keeps it from starting is thrown as well, and said by whoever starts it.
            builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);
            // Keys of a sign-in cookie that ends with this process need no encryption at rest.
            builder.Logging.AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error);
            if (log is not null) builder.Logging.AddProvider(new NamedLog(name, log));
            builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(30));
        });
        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
        return new HostedService(app) { Name = name, Address = new Uri(app.Urls.First()) };
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _stopped, 1) != 0) return;
        try
        {
            await _app.StopAsync(cancellationToken);
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            // The time is up: what has not ended is cut off.
        }
        await _app.DisposeAsync();
    }

    public override Task KillAsync() => StopAsync(new CancellationToken(canceled: true));

    public override async ValueTask DisposeAsync()
    {
        using var deadline = new CancellationTokenSource(CloseDeadline);
        await StopAsync(deadline.Token);
    }

    /// <summary>Puts the service's name before the category, so that lines of several replicas can be told apart.</summary>
    private sealed class NamedLog(string name, ILoggerProvider inner) : ILoggerProvider
    {
        public ILogger CreateLogger(string categoryName) => inner.CreateLogger($"{name} {categoryName}");

        // The provider is shared by all services and outlives each.
        public void Dispose()
        {
        }
    }
}
