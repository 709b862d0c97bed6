using System.Text.RegularExpressions;
using VoiceBridge.Cluster.Calls;
using VoiceBridge.Cluster.Events;
using VoiceBridge.Dashboard.Presentation;
using VoiceBridge.Local.Settings;
using UpCommandLine = VoiceBridge.Local.Cli.CommandLine;

namespace VoiceBridge.System.Tests.Docs;

/// <summary>What pages list is what the code has: settings, metrics, end reasons, kinds of events, the help of up.sh. And links lead somewhere.</summary>
public sealed partial class DocumentedFactsTests
{
    private const string Configuration = "docs/configuration.md";
    private const string Operations = "docs/operations.md";

    /// <summary>Read by a library, or only where a platform sets it.</summary>
    private static readonly string[] Unlisted = ["AllowedHosts"];

    private static readonly string[] Services =
        [.. new[] { "VoiceBridge.CallControl", "VoiceBridge.Cluster", "VoiceBridge.Dashboard", "VoiceBridge.MediaGateway", "VoiceBridge.ServiceDefaults", "VoiceBridge.History" }.Where(Repository.Has)];

    [Fact]
    public void Every_setting_is_listed_and_every_listed_one_is_read()
    {
        var listed = Listed().ToHashSet(StringComparer.OrdinalIgnoreCase);

        var missing = KnownSettings.All.Except(Unlisted).Where(name => !listed.Contains(name)).ToArray();
        var unread = listed.Where(name => name.Contains(':', StringComparison.Ordinal) && !KnownSettings.All.Contains(name, StringComparer.OrdinalIgnoreCase) && !KnownSettings.IsOpen(name)).ToArray();
        Assert.Empty(missing);
        Assert.Empty(unread);
    }

    [Fact]
    public void Every_metric_is_listed_and_every_named_one_exists()
    {
        var existing = Sources().SelectMany(code => MetricLiteral().Matches(code)).Select(match => match.Groups[1].Value).ToHashSet();
        Assert.Contains("voicebridge.gateway.capacity", existing);

        var listed = Metric().Matches(Repository.Read(Operations)).Select(match => match.Value).ToHashSet();
        Assert.Equal(existing.Order(), listed.Order());
        Assert.All(new[] { "infra/monitoring/alerts.bicep", "infra/monitoring/workbook.json" }, page =>
            Assert.Empty(Metric().Matches(Repository.Read(page)).Select(match => match.Value).Except(existing)));

        // As OTLP's names are in Prometheus: underscores, the unit of times, _total for counters.
        var inPrometheus = existing.Select(name => name.Replace('.', '_')).ToHashSet();
        var onBoard = PrometheusMetric().Matches(Repository.Read("infra/monitoring/grafana.json")).Select(match => match.Groups[1].Value).ToHashSet();
        Assert.NotEmpty(onBoard);
        Assert.Empty(onBoard.Except(inPrometheus));
    }

    [Fact]
    public void Every_metric_to_watch_has_a_rule_and_a_place_on_the_board()
    {
        var watched = Section(Repository.Read(Operations), "## What to watch").Split("Everything that the meter")[0];
        var names = Regex.Matches(watched, @"`((?:voicebridge|kestrel)\.[a-z_.]+)").Select(match => match.Groups[1].Value).Distinct().ToArray();
        var (rules, board) = (Repository.Read("infra/monitoring/alerts.bicep"), Repository.Read("infra/monitoring/grafana.json"));

        Assert.True(names.Length >= 11, string.Join(", ", names));
        Assert.All(names, name => Assert.Contains($"\"{name}\"", rules, StringComparison.Ordinal));
        Assert.All(names, name => Assert.Contains(name.Replace('.', '_'), board, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_end_reason_is_explained()
    {
        var code = Repository.Read("VoiceBridge.MediaGateway/Calls/Facts/CallEnd.cs");
        var reasons = Regex.Matches(code, "=> \"([a-z_]+)\"").Select(match => match.Groups[1].Value)
            .Concat(EndReasons.All.Select(reason => reason.Code)).ToHashSet();
        var explained = Names(Section(Repository.Read(Operations), "## Why did this call end?"));

        Assert.True(reasons.Count >= 15, string.Join(", ", reasons));
        Assert.Empty(reasons.Except(explained));
        // What a gateway calls the end of its own socket only is none of a call.
        Assert.Equal(["superseded"], reasons.Except(EndReasons.All.Select(reason => reason.Code)));
    }

    [Fact]
    public void Every_kind_of_event_is_explained()
    {
        var kinds = Sources().SelectMany(code => EventKind().Matches(code)).Select(match => match.Groups.Values.Skip(1).First(group => group.Success).Value).ToHashSet();
        var explained = Names(Section(Repository.Read(Operations), "## Why did this call end?"));

        Assert.Superset(new HashSet<string> { "answered", "first_audio", "moved", "operator", "recovered", "transfer_failed" }, kinds);
        Assert.Empty(kinds.Except(explained));
        Assert.Empty(kinds.Except(CallEventWords.Kinds));
    }

    [Fact]
    public void Every_kind_of_the_clusters_log_is_explained() =>
        Assert.Empty(ClusterLogKind.All.Except(Names(Section(Repository.Read(Operations), "## What happened in the cluster?"))));

    [Fact]
    public void The_help_without_a_build_is_the_help()
    {
        using var output = new StringWriter();
        UpCommandLine.Create().Parse(["--help"]).Invoke(new() { Output = output });

        Assert.Equal(Plain(Repository.Read("VoiceBridge.Local/help.txt")), Plain(output.ToString()));

        // Who runs it, and how wide the screen is, is no matter.
        static string Plain(string help) => Whitespace().Replace(Regex.Replace(help, @"VoiceBridge\.[\w.]+ (?=\[)|\./up\.sh (?=\[)", ""), " ").Trim();
    }

    [Fact]
    public void No_link_of_a_page_is_dead()
    {
        var pages = Repository.Files("docs", "*.md").Concat(Repository.Files("samples", "*.md")).Concat(["README.md", "SECURITY.md", "CONTRIBUTING.md", "VoiceBridge.Simulator/README.md"]);
        var dead = pages.SelectMany(page => Link().Matches(Repository.Read(page)).Select(match => (Page: page, Target: match.Groups[1].Value)))
            .Where(link => !link.Target.Contains("://", StringComparison.Ordinal) && !Leads(link.Page, link.Target)).Select(link => $"{link.Page}: {link.Target}");

        Assert.Empty(dead);
    }

    private static bool Leads(string page, string target)
    {
        var (path, anchor) = target.Split('#') is [var file, var name] ? (file, name) : (target, "");
        var there = path.Length == 0 ? page : Path.GetRelativePath(Repository.Root, Path.Combine(Repository.Root, Path.GetDirectoryName(page)!, path));
        if (!Repository.Has(there)) return false;
        return anchor.Length == 0 || Heading().Matches(Repository.Read(there)).Any(heading => Anchor(heading.Groups[1].Value.Trim()) == anchor);
    }

    /// <summary>As GitHub makes it of a heading.</summary>
    private static string Anchor(string heading) => NotInAnchors().Replace(heading.ToLowerInvariant(), "").Replace(' ', '-');

    /// <summary>The names in the first columns of the tables; one without a section is in that of the one before it.</summary>
    private static IEnumerable<string> Listed()
    {
        foreach (var row in Repository.Read(Configuration).Split('\n').Where(line => line.StartsWith("| `", StringComparison.Ordinal)))
        {
            var before = "";
            foreach (var name in Names(row.Split('|')[1]))
            {
                var whole = before.Length > 0 && !name.Contains(':', StringComparison.Ordinal) ? $"{before[..before.LastIndexOf(':')]}:{name}" : name;
                before = whole.Contains(':', StringComparison.Ordinal) ? whole : "";
                yield return ListIndex().Replace(whole, ":*");
            }
        }
    }

    private static HashSet<string> Names(string text) => [.. Code().Matches(text).Select(match => match.Groups[1].Value)];

    private static string Section(string page, string heading)
    {
        var rest = page[(page.IndexOf(heading, StringComparison.Ordinal) + heading.Length)..];
        return rest.Split("\n## ")[0];
    }

    private static IEnumerable<string> Sources() => Services.SelectMany(service => Repository.Files(service, "*.cs")).Select(Repository.Read);

    [GeneratedRegex(@":(0\.\.n|n)(?=:|$)")]
    private static partial Regex ListIndex();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Code();

    [GeneratedRegex(@"(?:Create\w+(?:<\w+>)?|Histogram)\(\s*""(voicebridge\.[a-z_.]+)""")]
    private static partial Regex MetricLiteral();

    [GeneratedRegex(@"voicebridge\.[a-z_]+(\.[a-z_]+)*")]
    private static partial Regex Metric();

    [GeneratedRegex("(voicebridge_[a-z_]+?)(?:_total|_seconds_bucket)?[^a-z_]")]
    private static partial Regex PrometheusMetric();

    [GeneratedRegex(@"(?:\.Event\([\w.]+, |NoteAsync\((?:[\w.]+, )?|MediaGoneAsync\(\w+, |new CallEvent\([^""\n;]*?)""([a-z_]+)""|(?:Accepted|Failed|Requested|Target|Overflow)Event = ""([a-z_]+)""|is CallState\.Rejected \? ""([a-z_]+)""|Resumed \? ""([a-z_]+)""|string Kind = ""([a-z_]+)""")]
    private static partial Regex EventKind();

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex("^#+ (.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NotInAnchors();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Whitespace();
}
