using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using VoiceBridge.Cluster.Calls;

namespace VoiceBridge.CallControl.Tests.Fakes;

/// <summary>One replica of the service, on a real socket.</summary>
internal sealed class CallControlHost : IAsyncDisposable
{
    public const string Key = "the-event-grid-key-of-the-tests";

    private readonly WebApplication _app;

    private CallControlHost(WebApplication app, LogLines logs)
    {
        (_app, Logs) = (app, logs);
        Http = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
    }

    public HttpClient Http { get; }

    public LogLines Logs { get; }

    public IServiceProvider Services => _app.Services;

    public CallStore Calls => Services.GetRequiredService<CallStore>();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static Dictionary<string, string?> Settings(string redis, string cluster, FakeAcs acs) => new()
    {
        ["ConnectionStrings:redis"] = redis,
        ["Cluster:Name"] = cluster,
        ["Cluster:Keys:0"] = Convert.ToBase64String(Encoding.ASCII.GetBytes("a cluster key of thirty-two bytes or more")),
        ["CallControl:PublicUrl"] = "http://127.0.0.1:9",
        ["Media:PublicUrl"] = "ws://127.0.0.1:9",
        ["Acs:ConnectionString"] = acs.ConnectionString,
        ["Acs:ResourceId"] = FakeAcs.ResourceId,
        ["Acs:OpenIdConfiguration"] = acs.OpenIdConfiguration,
        ["EventGrid:Keys:0"] = Key,
        ["EventGrid:Keys:1"] = Key + "-old",
        ["EventGrid:SubscriptionName"] = "calls",
        // Both ways in.
        ["EventGrid:TenantId"] = "tenant",
        ["EventGrid:Audience"] = "api://calls",
        ["EventGrid:Authority"] = acs.Url,
        ["Ops:ApiKeys:0"] = "an-operators-key-1234",
    };

    public static async Task<CallControlHost> StartAsync(
        IDictionary<string, string?> settings, string environment = "Development", string address = "http://127.0.0.1:0",
        Action<IServiceCollection>? services = null)
    {
        var logs = new LogLines();
        var app = CallControlApp.Create(["--environment", environment], builder =>
        {
            builder.WebHost.UseUrls(address);
            builder.Configuration.AddInMemoryCollection(settings);
            builder.Logging.ClearProviders();
            builder.Logging.AddProvider(logs);
            services?.Invoke(builder.Services);
        });
        try
        {
            await app.StartAsync(Ct);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }

        return new CallControlHost(app, logs);
    }

    public Task<HttpResponseMessage> DeliverAsync(string body, string? code = Key, Action<HttpRequestMessage>? with = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, code is null ? "/acs/incomingcall" : $"/acs/incomingcall?code={code}")
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        with?.Invoke(request);
        return Http.SendAsync(request, Ct);
    }

    public Task<HttpResponseMessage> CallBackAsync(string callId, string? token, params string[] events)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"/acs/callbacks/{callId}")
        {
            Content = new StringContent($"[{string.Join(',', events)}]", Encoding.UTF8, "application/cloudevents-batch+json"),
        };
        if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return Http.SendAsync(request, Ct);
    }

    public Task<CallRecord> CallAsync(string callId, Func<CallRecord, bool> wanted, string what) =>
        Testing.Eventually.Get(async () => (await Calls.GetAsync(callId, Ct))!, record => record is not null && wanted(record), what: what);

    public Task StopAsync() => _app.StopAsync(CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.DisposeAsync();
    }
}

/// <summary>Everything that a replica logs, scopes included.</summary>
internal sealed class LogLines : ILoggerProvider, ISupportExternalScope
{
    private IExternalScopeProvider? _scopes;

    public ConcurrentQueue<string> Lines { get; } = new();

    public ILogger CreateLogger(string categoryName) => new Writer(this, categoryName);

    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => _scopes = scopeProvider;

    public void Dispose()
    {
    }

    private sealed class Writer(LogLines lines, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => lines._scopes?.Push(state);

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var text = new StringBuilder($"{logLevel} {category}: {formatter(state, exception)} {exception}");
            lines._scopes?.ForEachScope((scope, to) => to.Append(" | ").Append(scope is IEnumerable<KeyValuePair<string, object?>> pairs ? string.Join(' ', pairs) : scope), text);
            lines.Lines.Enqueue(text.ToString());
        }
    }
}
