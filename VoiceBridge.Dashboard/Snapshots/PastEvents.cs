using VoiceBridge.Cluster.Calls;
using VoiceBridge.Cluster.Events;
using VoiceBridge.Dashboard.Presentation;

namespace VoiceBridge.Dashboard.Snapshots;

/// <summary>The cluster's log in sentences: a line here for each <see cref="ClusterLogKind"/>.</summary>
internal static class PastEvents
{
    private static readonly Dictionary<string, (Severity Severity, Func<ClusterLogEntry, string> Say)> Sentences = new(StringComparer.Ordinal)
    {
        [ClusterLogKind.GatewayStarted] = (Severity.Info, entry => $"{Gateway(entry)} started."),
        [ClusterLogKind.GatewayStopped] = (Severity.Info, entry => $"{Gateway(entry)} stopped{(entry.Count == 0 ? "" : $" and left {Calls(entry)} to the others")}."),
        [ClusterLogKind.GatewayDied] = (Severity.Critical, entry => $"{Gateway(entry)} died{(entry.Count == 0 ? ", with no call" : $" with {Calls(entry)}")}."),
        [ClusterLogKind.GatewayReturned] = (Severity.Info, entry => $"{Gateway(entry)} is back: it had not been heard of."),
        [ClusterLogKind.DrainOrdered] = (Severity.Info, entry => $"{Who(entry)} ordered {Gateway(entry)} to drain."),
        [ClusterLogKind.UndrainOrdered] = (Severity.Info, entry => $"{Who(entry)} let {Gateway(entry)} take calls again."),
        [ClusterLogKind.GatewayDraining] = (Severity.Info, entry => $"{Gateway(entry)} is being stopped and drains{(entry.Count == 0 ? "" : $" its {Calls(entry)}")}."),
        [ClusterLogKind.RedisBack] = (Severity.Critical, entry => $"Redis did not answer for {entry.Detail} s."),
        [ClusterLogKind.RedisEmptied] = (Severity.Critical, _ => "Redis was emptied: older calls, figures and events are not known any more."),
        [ClusterLogKind.SessionsLost] = (Severity.Warning, entry => $"{Number(entry, "Voice Live session")} {(entry.Count == 1 ? "was" : "were")} lost on {entry.Subject}{Because(entry)}."),
        [ClusterLogKind.SessionsReplaced] = (Severity.Info, entry => $"{Number(entry, "lost Voice Live session")} {(entry.Count == 1 ? "was" : "were")} replaced on {entry.Subject}: the calls went on."),
        [ClusterLogKind.SessionsRefused] =
            (Severity.Critical, entry => $"{(entry.Subject.Length == 0 ? "Voice Live" : $"Voice Live endpoint {entry.Subject}")} opened no session{(entry.Count == 1 ? "" : $", {entry.Count} times")}{Because(entry)}."),
        [ClusterLogKind.CallersRefused] = (Severity.Warning, entry => entry.Subject switch
        {
            "overflow" => $"{Number(entry, "caller")} {(entry.Count == 1 ? "was" : "were")} sent to the overflow number.",
            "missed" => $"{Number(entry, "caller")} gave up before {(entry.Count == 1 ? "the call was" : "the calls were")} answered.",
            _ => $"{Number(entry, "caller")} {(entry.Count == 1 ? "was" : "were")} turned away as busy.",
        }),
        [ClusterLogKind.CallsLost] = (Severity.Critical, entry => $"{Number(entry, "call")} failed: {Lower(EndReasons.Of(entry.Subject).Name)}."),
    };

    public static PastEvent Of(ClusterLogEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        var (severity, text) = Sentences.TryGetValue(entry.Kind, out var known) ? (known.Severity, known.Say(entry)) : (Severity.Info, $"{entry.Kind.Replace('_', ' ')} {entry.Subject} {entry.Detail}".TrimEnd());
        var subject = entry.Kind.Contains("gateway", StringComparison.Ordinal) || entry.Kind.Contains("drain", StringComparison.Ordinal) ? GatewayText.NameOf(entry.Subject) : entry.Subject;
        return new PastEvent(entry.At, entry.Kind, subject, entry.Who.Length == 0 ? null : entry.Who, entry.Count, severity, text);
    }

    private static string Gateway(ClusterLogEntry entry) => GatewayText.NameOf(entry.Subject);

    private static string Who(ClusterLogEntry entry) => entry.Who.Length == 0 ? "An operator" : entry.Who;

    private static string Calls(ClusterLogEntry entry) => Number(entry, "call");

    private static string Number(ClusterLogEntry entry, string what) => VerdictRules.Number(entry.Count, what);

    private static string Because(ClusterLogEntry entry) => entry.Detail.Length == 0 ? "" : $" ({entry.Detail})";

    private static string Lower(string text) => char.ToLowerInvariant(text[0]) + text[1..];
}
