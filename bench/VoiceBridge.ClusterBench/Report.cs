using System.Globalization;
using System.Text;

namespace VoiceBridge.ClusterBench;

/// <summary>What a run found, beside what Redis counts.</summary>
internal sealed record Findings(
    int Talking, int Refused, Samples Lateness, Samples Admission, Samples SlotTaken, Samples Recovered, double OwnCpuPercent);

/// <summary>The outcome as text.</summary>
internal static class Report
{
    private static readonly string[] ClientsOnly = ["EVALSHA", "PUBLISH"];

    public static string Of(Plan plan, Meter before, Meter after, Findings found)
    {
        var text = new StringBuilder();
        var client = after.ClientRate(before);
        text.AppendLine(CultureInfo.InvariantCulture, $"""
            {plan.Gateways} gateways, {plan.Calls} calls ({found.Talking} at the end), {plan.CallControls} CallControls, {plan.Dashboards} dashboards, {plan.Waiting} waiting{(plan.Idle ? ", idle" : "")}{(plan.Kill ? ", one gateway killed" : "")}
              client commands/s  {client:F0} (scripts {after.Rate(before, "EVALSHA"):F0}, publish {after.Rate(before, "PUBLISH"):F0}, other {client - ClientsOnly.Sum(name => after.Rate(before, name)):F0})
              in all, commands/s {after.TotalRate(before):F0}
              Redis CPU          {after.CpuPercent(before):F0} % of a core (this process {found.OwnCpuPercent:F0} %)
              heartbeat lateness {found.Lateness.Summary()}
              rang to answered   {found.Admission.Summary()}, {found.Refused} refused
            """);
        if (plan.Waiting > 0) text.AppendLine(CultureInfo.InvariantCulture, $"  free to answered   {found.SlotTaken.Summary()}");
        if (plan.Kill) text.AppendLine(CultureInfo.InvariantCulture, $"  killed to started  {found.Recovered.Summary()}");
        var most = after.Commands.Keys.Select(name => (Name: name, Rate: after.Rate(before, name))).Where(entry => entry.Rate >= 1).OrderByDescending(entry => entry.Rate).Take(12);
        text.Append("  by command/s       ").AppendJoin(", ", most.Select(entry => string.Create(CultureInfo.InvariantCulture, $"{entry.Name} {entry.Rate:F0}")));
        return text.ToString();
    }
}
