using System.Collections.Concurrent;
using System.Text;
using Microsoft.Extensions.Logging;

namespace VoiceBridge.System.Tests.Trust;

/// <summary>Everything that the services log at any level: category, message, each value of its template, exception, scopes.</summary>
internal sealed class CapturedLog : ILoggerProvider
{
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly LoggerExternalScopeProvider _scopes = new();

    internal IReadOnlyCollection<string> Lines => _lines;

    public ILogger CreateLogger(string categoryName) => new Writer(this, categoryName);

    public void Dispose()
    {
    }

    private sealed class Writer(CapturedLog log, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => log._scopes.Push(state);

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var line = new StringBuilder($"{logLevel} {category}: {formatter(state, exception)}");
            Append(line, state);
            if (exception is not null) line.Append(" ! ").Append(exception);
            log._scopes.ForEachScope(Append, line);
            log._lines.Enqueue(line.ToString());
        }

        private static void Append(StringBuilder line, object? values) => Append(values, line);

        private static void Append(object? values, StringBuilder line)
        {
            line.Append(" | ");
            if (values is IEnumerable<KeyValuePair<string, object?>> pairs)
                line.AppendJoin(' ', pairs.Select(pair => $"{pair.Key}={pair.Value}"));
            else
                line.Append(values);
        }
    }
}
