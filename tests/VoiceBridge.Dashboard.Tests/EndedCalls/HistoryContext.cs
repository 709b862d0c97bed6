using Bunit;
using Microsoft.AspNetCore.Components.Forms;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using VoiceBridge.Cluster;
using VoiceBridge.Cluster.Calls;
using VoiceBridge.Cluster.Transcripts;
using VoiceBridge.Dashboard.EndedCalls;
using VoiceBridge.History;
using VoiceBridge.History.Keeping;
using VoiceBridge.History.Reading;
using VoiceBridge.History.Records;
using VoiceBridge.History.Webhooks;
using VoiceBridge.ServiceDefaults.Privacy;
using VoiceBridge.Testing.Clusters;
using VoiceBridge.Testing.Databases;

namespace VoiceBridge.Dashboard.Tests.EndedCalls;

/// <summary>The pages of the history over a real one, in a file.</summary>
internal sealed class HistoryContext : IAsyncDisposable
{
    public static readonly DateTimeOffset Now = DateTimeOffset.UtcNow;

    private readonly IHost _host;

    private HistoryContext(string connectionString, (string Key, string Value)[] settings)
    {
        ConnectionString = connectionString;
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Configuration.AddInMemoryCollection(TestSettings.Of("127.0.0.1:1"));
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["ConnectionStrings:history"] = connectionString });
        builder.Configuration.AddInMemoryCollection(settings.ToDictionary(setting => setting.Key, setting => (string?)setting.Value));
        builder.Services.AddLogging();
        builder.Services.AddSingleton(new CallerIdPrivacy(Options.Create(new PrivacyOptions { CallerId = CallerIdVisibility.Full })));
        builder.Services.AddCluster(builder.Configuration);
        builder.AddHistory();
        _host = builder.Build();
        Pages = new DashboardContext(SampleSnapshots.Of(new SampleCluster(Now)));
        Pages.Services.AddScoped<AntiforgeryStateProvider, NoAntiforgery>();
        Pages.Services.AddSingleton(Service<CallHistory>());
        Pages.Services.AddSingleton(Service<CallReports>());
        Pages.Services.AddSingleton(Service<AccessLog>());
        Pages.Services.AddSingleton(Service<WebhookOverview>());
        Pages.Services.AddScoped<EndedCallReader>();
        Pages.Services.AddScoped<WebhookDesk>();
        Pages.Services.AddScoped<EraseAction>();
    }

    public DashboardContext Pages { get; }

    public string ConnectionString { get; }

    public static async Task<HistoryContext> StartAsync(HistoryDatabases databases, params (string Key, string Value)[] settings) =>
        new(await databases.CreateAsync(DatabaseKind.Sqlite), settings);

    public T Service<T>()
        where T : notnull => _host.Services.GetRequiredService<T>();

    /// <summary>Writes calls, the latest last, that lasted a minute each.</summary>
    public async Task<IReadOnlyList<string>> WriteAsync(int count, string agent = "sales", string said = "Hello", string from = "+14255550123")
    {
        var calls = Enumerable.Range(0, count).Select(i => new CallRecord
        {
            CallId = Guid.NewGuid().ToString("N"), CorrelationId = "c", From = from, To = "+18005550100", State = CallState.Ended, Agent = agent, EndReason = "caller_hung_up",
            RangAt = Now.AddMinutes(i - count), AnsweredAt = Now.AddMinutes(i - count), ConnectedAt = Now.AddMinutes(i - count), EndedAt = Now.AddMinutes(i - count + 1), FirstAudioMs = 400, Cost = 0.5m,
        }).ToList();
        await Service<CallArchive>().WriteAsync(
            [.. calls.Select(call => new FinishedCall(call, [], [new Turn(call.RangAt, "caller", said)]))], Xunit.TestContext.Current.CancellationToken);
        return [.. calls.Select(call => call.CallId)];
    }

    public async ValueTask DisposeAsync()
    {
        await Pages.DisposeAsync();
        _host.Dispose();
    }

    /// <summary>What the host of real pages brings.</summary>
    private sealed class NoAntiforgery : AntiforgeryStateProvider
    {
        public override AntiforgeryRequestToken? GetAntiforgeryToken() => null;
    }
}
