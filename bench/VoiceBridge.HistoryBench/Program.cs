using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using VoiceBridge.Cluster;
using VoiceBridge.History;
using VoiceBridge.History.Reading;
using VoiceBridge.History.Records;
using VoiceBridge.HistoryBench;
using VoiceBridge.ServiceDefaults.Privacy;
using VoiceBridge.Testing.Clusters;
using VoiceBridge.Testing.Databases;

var calls = Array.IndexOf(args, "--calls") is >= 0 and var at ? int.Parse(args[at + 1], CultureInfo.InvariantCulture) : 200_000;
var dashboard = args[Array.IndexOf(args, "--dashboard") + 1];
Console.WriteLine("| database | calls | turns | written per s | first page p95 | number p95 | last digits and range p95 | words p95 | 30 days' report p95 | export | memory |");
Console.WriteLine("|---|---|---|---|---|---|---|---|---|---|---|");
await using var databases = new HistoryDatabases();
await MeasureAsync(DatabaseKind.Sqlite, calls / 10);
if (PostgresServer.WhyNot is { } why) Console.WriteLine(why);
else await MeasureAsync(DatabaseKind.Postgres, calls);

async Task MeasureAsync(DatabaseKind kind, int count)
{
    var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
    builder.Configuration.AddInMemoryCollection(TestSettings.Of("127.0.0.1:1"));
    var connectionString = await databases.CreateAsync(kind);
    builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["ConnectionStrings:history"] = connectionString });
    builder.Services.AddLogging();
    builder.Services.AddSingleton(new CallerIdPrivacy(Options.Create(new PrivacyOptions { CallerId = CallerIdVisibility.Last4 })));
    builder.Services.AddCluster(builder.Configuration);
    builder.AddHistory();
    using var host = builder.Build();
    var made = new MadeCalls(DateTimeOffset.UtcNow);

    var started = Stopwatch.GetTimestamp();
    var archive = host.Services.GetRequiredService<CallArchive>();
    // Two replicas write.
    await Parallel.ForEachAsync(Enumerable.Range(0, count).Chunk(50), new ParallelOptions { MaxDegreeOfParallelism = 2 },
        async (chunk, ct) => await archive.WriteAsync([.. chunk.Select(made.Call)], ct));
    var perSecond = count / Stopwatch.GetElapsedTime(started).TotalSeconds;
    if (kind == DatabaseKind.Postgres) await (await databases.PostgresAsync()).ExecuteAsync("ANALYZE", new Npgsql.NpgsqlConnectionStringBuilder(connectionString).Database!);

    var history = host.Services.GetRequiredService<CallHistory>();
    var reports = host.Services.GetRequiredService<CallReports>();
    var first = await P95Async(_ => history.FindAsync(new CallQuery(), default));
    var number = await P95Async(i => history.FindAsync(new CallQuery { Number = MadeCalls.Number(i * 37) }, default));
    var ends = await P95Async(i => history.FindAsync(new CallQuery { Number = MadeCalls.Number(i * 37)[^4..], From = made.Now.AddDays(-10 - i % 20), To = made.Now.AddDays(-i % 10) }, default));
    var words = await P95Async(i => history.FindAsync(new CallQuery { Words = MadeCalls.RareWord(i) }, default));
    var report = await P95Async(i => reports.ReadAsync(30, null, default));

    var (exported, export, most) = await ExportRun.MeasureAsync(dashboard, connectionString, 100_000);
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"| {kind} | {count:N0} | {count * MadeCalls.TurnsPerCall:N0} | {perSecond:N0} | {first:0} ms | {number:0} ms | {ends:0} ms | {words:0} ms | {report:0} ms | {exported:N0} in {export.TotalSeconds:0.0} s | {most >> 20} MB |"));
}

static async Task<double> P95Async<T>(Func<int, Task<T>> ask)
{
    const int Times = 200;
    for (var i = 0; i < 5; i++) await ask(i);
    var times = new List<double>();
    for (var i = 0; i < Times; i++)
    {
        var asked = Stopwatch.GetTimestamp();
        await ask(i);
        times.Add(Stopwatch.GetElapsedTime(asked).TotalMilliseconds);
    }

    return times.Order().ElementAt((int)(Times * 0.95));
}
