using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using VoiceBridge.Cluster;
using VoiceBridge.Cluster.Calls;
using VoiceBridge.Cluster.Transcripts;
using VoiceBridge.History.Keeping;
using VoiceBridge.History.Reading;
using VoiceBridge.History.Records;
using VoiceBridge.History.Storage;
using VoiceBridge.History.Webhooks;
using VoiceBridge.ServiceDefaults.Privacy;
using VoiceBridge.Testing.Databases;

namespace VoiceBridge.History.Tests;

/// <summary>A history of a test's own.</summary>
internal sealed class TestHistory : IDisposable
{
    public static readonly DateTimeOffset Start = new(2026, 11, 2, 10, 0, 0, TimeSpan.Zero);

    private readonly IHost _host;

    public TestHistory(string connectionString, CallerIdVisibility numbers = CallerIdVisibility.Full, string[]? keys = null, params (string Key, string Value)[] settings)
    {
        ConnectionString = connectionString;
        Keys = keys ?? [NewKey()];
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Configuration.AddInMemoryCollection(settings.ToDictionary(setting => setting.Key, setting => (string?)setting.Value));
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["ConnectionStrings:history"] = connectionString });
        builder.Configuration.AddInMemoryCollection(Keys.Select((key, i) => KeyValuePair.Create($"Cluster:Keys:{i}", (string?)key)));
        builder.Services.AddLogging().AddSingleton<TimeProvider>(Time);
        builder.Services.AddSingleton(new CallerIdPrivacy(Options.Create(new PrivacyOptions { CallerId = numbers, HashKey = "test" })));
        builder.Services.AddCluster(builder.Configuration);
        Assert.True(builder.AddHistory());
        _host = builder.Build();
    }

    public static CancellationToken Ct => TestContext.Current.CancellationToken;

    public string ConnectionString { get; }

    public string[] Keys { get; }

    public FakeTimeProvider Time { get; } = new(Start.AddHours(8));

    public CallArchive Archive => Get<CallArchive>();

    public CallHistory Calls => Get<CallHistory>();

    public CallReports Reports => Get<CallReports>();

    public Erasure Erasure => Get<Erasure>();

    public Retention Retention => Get<Retention>();

    public AccessLog Accesses => Get<AccessLog>();

    public WebhookOutbox Webhooks => Get<WebhookOutbox>();

    public WebhookOverview WebhookOverview => Get<WebhookOverview>();

    public HistoryDatabase Database => Get<HistoryDatabase>();

    public static async Task<TestHistory> OnAsync(HistoryDatabases databases, DatabaseKind kind, CallerIdVisibility numbers = CallerIdVisibility.Full) =>
        new(await databases.CreateAsync(kind), numbers);

    public static string NewKey() => Convert.ToBase64String(System.Security.Cryptography.RandomNumberGenerator.GetBytes(32));

    public static string NewId() => Guid.NewGuid().ToString("N");

    /// <summary>A call that rang so many minutes after <see cref="Start"/> and lasted a minute.</summary>
    public static CallRecord Call(int minute = 0, string? id = null, string from = "+14255550123", string agent = "default", string reason = "caller_hung_up", int seconds = 60)
    {
        var rang = Start.AddMinutes(minute);
        return new CallRecord
        {
            CallId = id ?? NewId(),
            CorrelationId = "corr",
            From = from,
            To = "+18005550100",
            State = CallState.Ended,
            Agent = agent,
            EndReason = reason,
            GatewayId = "gateway-1",
            TraceId = "trace",
            RangAt = rang,
            AnsweredAt = rang.AddMilliseconds(300),
            ConnectedAt = rang.AddSeconds(1),
            FirstAudioAt = rang.AddSeconds(2),
            EndedAt = rang.AddSeconds(1 + seconds),
            FirstAudioMs = 420,
            TurnLatencies = 2,
            TurnLatencyTotalMs = 1_500,
            Turns = 4,
            InputTokens = 100,
            OutputTokens = 200,
            Cost = 0.0123m,
        };
    }

    public static Turn Said(string text, int second = 0, string speaker = "caller") => new(Start.AddSeconds(second), speaker, text);

    public Task WriteAsync(params CallRecord[] calls) => Archive.WriteAsync([.. calls.Select(call => new FinishedCall(call, [], []))], Ct);

    public Task WriteAsync(CallRecord call, params Turn[] turns) =>
        Archive.WriteAsync([new FinishedCall(call, [new CallEvent(call.RangAt, "rang", "Phone rings")], turns)], Ct);

    public async Task<IReadOnlyList<string>> FindAsync(CallQuery query) => [.. (await Calls.FindAsync(query, Ct)).Calls.Select(call => call.CallId)];

    public void Dispose() => _host.Dispose();

    private T Get<T>()
        where T : notnull => _host.Services.GetRequiredService<T>();
}
