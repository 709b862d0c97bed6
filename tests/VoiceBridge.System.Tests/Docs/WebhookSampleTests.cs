using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using VoiceBridge.Local.Hosting;
using VoiceBridge.Samples.WebhookReceiver;
using VoiceBridge.Simulator;
using VoiceBridge.System.Tests.Harness;
using VoiceBridge.Testing;

namespace VoiceBridge.System.Tests.Docs;

/// <summary>The sample of a receiver hears of a call with what docs/local.md says, word for word, but for the port.</summary>
public sealed class WebhookSampleTests(RedisServers servers)
{
    private const string Page = "docs/local.md";

    [Fact]
    public async Task The_receiver_prints_a_line_for_an_ended_call()
    {
        var command = DocumentBlock.Of(Page).SelectMany(block => block.Lines).Single(line => line.Contains("Samples.WebhookReceiver", StringComparison.Ordinal));
        var settings = DocumentBlock.Of(Page).Single(block => block.Language == "json" && block.Text.Contains("\"Webhooks\"", StringComparison.Ordinal)).Text;
        var folder = Directory.CreateTempSubdirectory("voicebridge-receiver-");
        using var log = new Lines();
        await using var receiver = await HostedService.StartAsync(
            "receiver", 0, (args, configure) => WebhookReceiverApp.Create([.. args, .. command.Split(' ')[^2..]], configure), null, log, TestContext.Current.CancellationToken);
        await using (var system = await DocumentedSystem.StartAsync(
            servers, DocumentedSystem.Write(folder, settings.Replace("http://127.0.0.1:5500/", receiver.Address.ToString(), StringComparison.Ordinal)),
            options => (options with { History = $"Data Source={Path.Combine(folder.FullName, "history.db")}" }).With(("History:Settle", "00:00:00.5"))))
        {
            var call = system.Azure!.PlaceCall(new CallPlan { From = "+14255550123", Script = CallerScript.Conversation(1_000) });
            await Eventually.True(() => call.Heard.Count > 0, Systems.Deadline, "the greeting");
            await call.HangUpAsync();

            await Eventually.True(
                () => log.Written.Any(line => line.Contains("of +14255550123 ended after", StringComparison.Ordinal) && line.Contains("caller_hung_up", StringComparison.Ordinal)), Systems.Deadline,
                "the receiver's line", () => string.Join('\n', log.Written));
        }

        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        folder.Delete(recursive: true);
    }

    /// <summary>What the sample prints.</summary>
    private sealed class Lines : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Written { get; } = new();

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Written.Enqueue(formatter(state, exception));

        public void Dispose()
        {
        }
    }
}
