using System.Collections.Concurrent;
using System.Globalization;

namespace VoiceBridge.Local.View;

/// <summary>Keeps the last lines that the services log, for the live view, and hands each on as it comes.</summary>
internal sealed class RecentLog(LogLevel minimum, Action<string>? sink = null) : ILoggerProvider
{
    private const int Kept = 200;
    private readonly ConcurrentQueue<string> _lines = new();

    /// <summary>The prompt's last answer, where it has several lines.</summary>
    public IReadOnlyList<string> Answer { get; private set; } = [];

    private LogLevel Minimum { get; } = minimum;

    /// <summary>The last <paramref name="count"/> lines, oldest first.</summary>
    public IReadOnlyList<string> Last(int count) => [.. _lines.TakeLast(count)];

    /// <summary>Adds a line of another source, e.g. of a child process.</summary>
    public void Add(string line)
    {
        _lines.Enqueue(line);
        while (_lines.Count > Kept) _lines.TryDequeue(out _);
        sink?.Invoke(line);
    }

    /// <summary>Adds an answer of the prompt, which may have several lines and is kept in sight until the next one.</summary>
    public void Say(string text)
    {
        var lines = text.ReplaceLineEndings("\n").Split('\n');
        Answer = lines.Length > 1 ? lines : [];
        if (lines.Length == 1) Add(text);
    }

    public ILogger CreateLogger(string categoryName) => new Logger(this, ShortName(categoryName));

    public void Dispose()
    {
    }

    /// <summary><c>gateway-1 VoiceBridge.MediaGateway.Connections.ConnectionManager</c> becomes <c>gateway-1 ConnectionManager</c>.</summary>
    private static string ShortName(string category)
    {
        var space = category.IndexOf(' ', StringComparison.Ordinal);
        var name = category[(category.LastIndexOf('.') + 1)..];
        return space < 0 || name.Length > category.Length - space - 1 ? category : $"{category[..space]} {name}";
    }

    private sealed class Logger(RecentLog log, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= log.Minimum && logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!IsEnabled(logLevel)) return;
            var cause = exception is null ? "" : $" ({exception.GetType().Name}: {exception.Message})";
            log.Add(string.Create(CultureInfo.InvariantCulture, $"{DateTime.Now:HH:mm:ss.fff} {logLevel} {category}: {formatter(state, exception)}{cause}"));
        }
    }
}
