namespace VoiceBridge.AppHost.Tests.Telemetry;

/// <summary>A span or a log line, as a service sent it.</summary>
/// <param name="Service">Its <c>service.name</c>.</param>
/// <param name="Name">The span's name, or the log's text.</param>
/// <param name="TraceId">32 hexadecimal digits; empty where a log belongs to no trace.</param>
/// <param name="Attributes">Those that are strings.</param>
internal sealed record TelemetryRecord(string Service, string Name, string TraceId, IReadOnlyDictionary<string, string> Attributes)
{
    public override string ToString() => $"{Service}: {Name} [{TraceId}] {string.Join(' ', Attributes.Select(pair => $"{pair.Key}={pair.Value}"))}";
}
