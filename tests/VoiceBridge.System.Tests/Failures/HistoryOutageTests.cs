using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using VoiceBridge.Simulator;
using VoiceBridge.System.Tests.Harness;
using VoiceBridge.Testing;
using VoiceBridge.Testing.Databases;

namespace VoiceBridge.System.Tests.Failures;

/// <summary>Calls end while the history's database is away, the replicas that take them there are killed, and a receiver refuses nine of ten events.</summary>
[Collection<Alone>]
public sealed class HistoryOutageTests(RedisServers servers)
{
    private const int Calls = 500;
    private const string Secret = "whsec_bmV3IGtleSBvZiB0aGUgcmVjZWl2ZXIncyB0ZXN0cw==";
    private static readonly TimeSpan Outage = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Explicit: <c>eng/long.sh history</c>. CallControl's own tests hold the same in small in every build.</summary>
    [Fact(Explicit = true)]
    public async Task Every_call_is_in_the_history_once_and_every_receiver_knows_of_it()
    {
        Assert.SkipWhen(PostgresServer.WhyNot is not null, PostgresServer.WhyNot ?? "");
        await using var postgres = await PostgresServer.StartAsync();
        var tries = 0;
        var (refusing, willing) = (new ConcurrentDictionary<string, int>(), new ConcurrentDictionary<string, int>());
        await using var receiver = await ReceiveAsync((path, id) => path == "/refusing" && Interlocked.Increment(ref tries) % 10 != 0 ? null : path == "/refusing" ? refusing : willing);
        var address = receiver.Urls.First();
        await using var system = await Systems.StartAsync(servers, RedisKind.Garnet, options =>
            (Crowd.InProcesses(options) with { Gateways = 1, Controls = 2, History = postgres.ConnectionString() }).With(
                ("Webhooks:Receivers:refusing:Url", $"{address}/refusing"), ("Webhooks:Receivers:refusing:Secrets:0", Secret),
                ("Webhooks:Receivers:willing:Url", $"{address}/willing"), ("Webhooks:Receivers:willing:Secrets:0", Secret),
                // A day of refusals in minutes.
                ("Webhooks:MinDelay", "00:00:01"), ("Webhooks:MaxDelay", "00:00:05")));

        await postgres.StopAsync();
        var outage = Stopwatch.StartNew();
        var calls = new List<SimulatedCall>();
        var kills = 0;
        using (var timer = new PeriodicTimer(Outage / (Calls + 1)))
        {
            while (calls.Count < Calls && await timer.WaitForNextTickAsync(Ct))
            {
                calls.Add(Crowd.Place(system, 1, CallerScript.Conversation(1_000))[0]);
                _ = EndAsync(calls[^1]);
                if (calls.Count % 200 != 150) continue;
                await system.Controls[kills++].KillAsync();
                await system.AddControlAsync(Ct);
            }
        }

        await Task.WhenAll(calls.Select(call => call.WhenEnded)).WaitAsync(Patience, Ct);
        Assert.True(outage.Elapsed >= Outage, $"{outage.Elapsed}");
        Assert.Equal(2, kills);
        await postgres.StartServerAsync();
        var back = Stopwatch.StartNew();
        var wanted = calls.Select(call => call.CorrelationId).Order().ToArray();

        IReadOnlyList<(string Call, string Correlation)> kept = [];
        await Eventually.True(async () => (kept = await KeptAsync(postgres)).Count >= Calls, Patience, $"{Calls} calls in the history", () => $"{kept.Count} are there");
        var written = back.Elapsed;
        Assert.Equal(wanted, kept.Select(call => call.Correlation).Order());
        var events = kept.Select(call => $"call_ended_{call.Call}").ToHashSet();
        await Eventually.True(() => events.SetEquals(willing.Keys), Patience, "the willing receiver to know of each", () => $"it knows of {willing.Count}");
        var told = back.Elapsed;
        await Eventually.True(() => events.SetEquals(refusing.Keys), Patience, "the refusing receiver to know of each", () => $"it knows of {refusing.Count}, after {tries} tries");
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{Calls} calls ended within {outage.Elapsed.TotalSeconds:0} s; database back: all written after {written.TotalSeconds:0.0} s, the willing receiver knew after {told.TotalSeconds:0.0} s "
            + $"({willing.Values.Sum() - Calls} events twice), the refusing one after {back.Elapsed.TotalSeconds:0.0} s and {tries} tries ({refusing.Values.Sum() - Calls} events twice)");
    }

    /// <summary>Whoever is answered hangs up after some seconds; others give up ringing by themselves.</summary>
    private static async Task EndAsync(SimulatedCall call)
    {
        if (await Task.WhenAny(call.WhenAnswered, call.WhenEnded) == call.WhenEnded) return;
        await Task.Delay(TimeSpan.FromSeconds(4), Ct);
        await call.HangUpAsync();
    }

    private static async Task<IReadOnlyList<(string Call, string Correlation)>> KeptAsync(PostgresServer postgres)
    {
        await using var connection = new NpgsqlConnection(postgres.ConnectionString());
        await connection.OpenAsync(Ct);
        var calls = new List<(string, string)>();
        try
        {
            await using var command = new NpgsqlCommand("SELECT call_id, correlation_id FROM calls", connection);
            await using var reader = await command.ExecuteReaderAsync(Ct);
            while (await reader.ReadAsync(Ct)) calls.Add((reader.GetString(0), reader.GetString(1)));
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.UndefinedTable)
        {
            // Nobody has made the tables yet.
        }

        return calls;
    }

    /// <summary>A receiver; <paramref name="take"/> says where an event that it takes is counted, and null refuses it.</summary>
    private static async Task<WebApplication> ReceiveAsync(Func<string, string, ConcurrentDictionary<string, int>?> take)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Run(context =>
        {
            var id = context.Request.Headers["webhook-id"].ToString();
            if (take(context.Request.Path, id) is { } counts) counts.AddOrUpdate(id, 1, (_, count) => count + 1);
            else context.Response.StatusCode = 503;
            return Task.CompletedTask;
        });
        await app.StartAsync(Ct);
        return app;
    }
}
