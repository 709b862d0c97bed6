using VoiceBridge.Cluster.Calls;
using VoiceBridge.Cluster.Events;
using VoiceBridge.Cluster.Gateways;
using VoiceBridge.Dashboard.Presentation;

namespace VoiceBridge.Dashboard.Snapshots;

/// <summary>What is wrong with a snapshot, cause by cause, in the order of what callers feel.</summary>
internal static class Conditions
{
    private const double NearlyFull = 0.9;
    private const int MinCallsToJudge = 5;
    private const double TooManyFailures = 0.1;
    private const string ThenBusy = "Callers hear ringing, then busy.";
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(5);

    /// <summary>When none has been lost for so long, none is being lost; whether the next will be is not known before it is there.</summary>
    private static readonly TimeSpan BeingLost = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan RefusalShown = TimeSpan.FromMinutes(2);

    /// <summary>How long a death is an alert; later it is in the list of events only.</summary>
    private static readonly TimeSpan DeathShown = TimeSpan.FromMinutes(10);

    public static IReadOnlyList<Condition> Of(ClusterSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        // Stable: within a severity the order below stays.
        return [.. NoCapacity(snapshot).Concat(VoiceLive(snapshot)).Concat(Full(snapshot)).Concat(Calls(snapshot)).Concat(Gateways(snapshot)).OrderByDescending(condition => condition.Severity)];
    }

    /// <summary>Nobody takes calls at all.</summary>
    private static IEnumerable<Condition> NoCapacity(ClusterSnapshot snapshot)
    {
        var living = snapshot.Living.ToList();
        if (snapshot.Load.Settling)
        {
            yield return new Condition(Severity.Warning, "Redis was emptied: new callers wait until all gateways have announced themselves, five seconds at most.", Since: snapshot.EmptiedAt);
        }
        else if (living.Count == 0)
        {
            var lost = snapshot.Gateways.Where(gateway => gateway.DiedAt is not null).ToList();
            yield return new Condition(
                Severity.Critical, "No caller is served: no gateway is alive.", $"{ThenBusy} Start a gateway.", lost.Count == 0 ? null : lost.Max(gateway => gateway.DiedAt), "/gateways");
        }
        else if (living.All(gateway => gateway.State is GatewayState.Draining))
        {
            var calls = living.Sum(gateway => gateway.Heartbeat.Active);
            yield return new Condition(
                Severity.Critical, living.Count == 1 ? "No new caller is served: the only gateway is draining." : $"No new caller is served: all {living.Count} gateways are draining.",
                $"{ThenBusy} {(calls == 0 ? "" : $"{VerdictRules.Number(calls, "call")} in progress {(calls == 1 ? "goes" : "go")} on. ")}Undrain a gateway or start another one.", Link: "/gateways");
        }
        else if (!living.Exists(gateway => gateway.State is GatewayState.Ready or GatewayState.Full))
        {
            yield return new Condition(
                Severity.Critical, "No new caller is served: no gateway that takes calls has been heard of for 3 s.", $"{ThenBusy} Look at the gateways and at their way to Redis.", Link: "/gateways");
        }
        else if (living.Where(gateway => gateway.State is GatewayState.Ready or GatewayState.Full).All(gateway => gateway.Heartbeat.Endpoints.Count == 0 && gateway.Heartbeat.Capacity == 0))
        {
            yield return new Condition(
                Severity.Critical, "No new caller is served: no gateway has a Voice Live endpoint.", $"{ThenBusy} Configure VoiceLive:Endpoints.", Link: "/gateways");
        }
    }

    private static IEnumerable<Condition> VoiceLive(ClusterSnapshot snapshot)
    {
        var down = snapshot.Budgets.Where(budget => budget.HealthyOn == 0).ToList();
        var reached = snapshot.Budgets.Where(budget => budget.HealthyOn > 0).ToList();
        if (down.Count > 0 && reached.Count == 0)
        {
            yield return new Condition(
                Severity.Critical, "No new caller gets an agent: no gateway reaches Voice Live.",
                $"Callers hear ringing, then busy. Look at {string.Join(" and ", down.Select(budget => budget.Name))}: address, key, network, quota.");
            yield break;
        }

        if (Refusing(snapshot) is { } refused)
        {
            yield return new Condition(
                Severity.Critical, "No new caller gets an agent: Voice Live opens no session.", $"{refused.Text} Callers who are answered are cut off. Look at its key, quota and region.".TrimStart(), refused.At);
        }

        // What no gateway reaches serves nobody, however much of it is left.
        var spent = reached.Where(budget => budget.Left == 0).ToList();
        if (spent.Count > 0 && spent.Count == reached.Count)
            yield return new Condition(Severity.Critical, "New callers wait: no Voice Live budget is left", $"{ThenBusy} Add an endpoint or quota.", Until: spent.Min(budget => budget.FreeAt));
        foreach (var budget in down)
            yield return new Condition(Severity.Warning, $"Voice Live endpoint {budget.Name} is not reached by any gateway.");
        foreach (var budget in reached.Where(budget => budget.HealthyOn < budget.KnownTo))
            yield return new Condition(Severity.Warning, $"Voice Live endpoint {budget.Name} is reached by {budget.HealthyOn} of {budget.KnownTo} gateways only.");
        if (spent.Count < reached.Count)
        {
            foreach (var budget in spent)
                yield return new Condition(Severity.Warning, $"Voice Live endpoint {budget.Name} ({budget.PerMinute} new connections a minute) has no budget left", Until: budget.FreeAt);
        }
    }

    /// <summary>
    /// Voice Live refused sessions a moment ago, and no call has heard an agent since. A gateway avoids such an endpoint for some seconds only: in between it looks well.
    /// </summary>
    private static PastEvent? Refusing(ClusterSnapshot snapshot)
    {
        var refused = snapshot.Events.FirstOrDefault(entry => entry.Kind == ClusterLogKind.SessionsRefused && snapshot.At - entry.At < RefusalShown);
        // Whether a call has heard an agent since is not known any more.
        if (refused is null || snapshot.EmptiedAt > refused.At) return null;
        return snapshot.Live.Concat(snapshot.Recent).Any(call => call.FirstAudioAt > refused.At) ? null : refused;
    }

    private static IEnumerable<Condition> Full(ClusterSnapshot snapshot)
    {
        var load = snapshot.Load;
        var taken = load.Active + load.Reserved;
        if (load.Capacity <= 0) yield break;
        if (taken >= load.Capacity)
        {
            yield return new Condition(
                Severity.Critical, $"New callers wait: all {load.Capacity} slots are taken.",
                $"{(load.Waiting > 0 ? $"{VerdictRules.Number(load.Waiting, "caller")} {(load.Waiting == 1 ? "waits" : "wait")}. " : "")}{ThenBusy} Start another gateway.", Link: "/gateways");
        }
        else
        {
            if (taken >= load.Capacity * NearlyFull) yield return new Condition(Severity.Warning, $"Nearly full: {taken} of {load.Capacity} slots are taken.", Link: "/gateways");
            if (load.Waiting > 0) yield return new Condition(Severity.Warning, $"{VerdictRules.Number(load.Waiting, "caller")} {(load.Waiting == 1 ? "waits" : "wait")} for a free slot.");
        }
    }

    private static IEnumerable<Condition> Calls(ClusterSnapshot snapshot)
    {
        var figures = Figures.Of(snapshot.Last(Window));
        var counts = figures.Counts;
        // Calls that began long before fail too.
        if (Math.Max(counts.Offered, counts.Failed) >= MinCallsToJudge && counts.Failed > counts.Offered * TooManyFailures)
        {
            var worst = figures.Reasons.FirstOrDefault(reason => EndReasons.IsFailure(reason.Key));
            var why = worst.Key is null ? "" : $" Most often: {EndReasons.Of(worst.Key).Name.ToLowerInvariant()}.";
            var text = $"{counts.Failed} calls failed in the last 5 minutes{(counts.Failed <= counts.Offered ? $", of {counts.Offered} offered" : "")}.{why}";
            // A call that got audio after the last failure says that it works again.
            var lastFailure = snapshot.Recent.Where(call => EndReasons.IsFailure(call.EndReason)).Max(call => call.EndedAt);
            var works = lastFailure is { } last ? snapshot.Live.Concat(snapshot.Recent).Where(call => call.IsPhoneCall && call.FirstAudioAt > last).Min(call => call.FirstAudioAt) : null;
            var isForgotten = lastFailure is null && snapshot.EmptiedAt is { } emptied && snapshot.At - emptied < Window;
            const string Link = "/calls?show=ended&state=failed";
            if (works is { } since) yield return new Condition(Severity.Info, text, Link: Link) { OverSince = since };
            else if (isForgotten || snapshot.At - lastFailure > BeingLost) yield return new Condition(Severity.Warning, text, Since: lastFailure, Link: Link);
            else yield return new Condition(Severity.Critical, "Calls are being lost.", text, Link: Link);
        }

        if (counts.Busy > 0)
            yield return new Condition(Severity.Warning, $"{VerdictRules.Number(counts.Busy, "caller")} {(counts.Busy == 1 ? "was" : "were")} turned away as busy in the last 5 minutes.", Link: "/calls?show=ended&state=turned_away");
        var recovering = snapshot.Live.Count(call => call.IsPhoneCall && (call.Media == MediaState.Recovering || call is { State: CallState.Connected, MediaLostAt: not null }));
        if (recovering > 0)
            yield return new Condition(Severity.Warning, $"{VerdictRules.Number(recovering, "call")} lost {(recovering == 1 ? "its" : "their")} media and {(recovering == 1 ? "is" : "are")} being recovered.", Link: "/calls");
    }

    /// <summary>Gateways that are missing while others take calls.</summary>
    private static IEnumerable<Condition> Gateways(ClusterSnapshot snapshot)
    {
        var living = snapshot.Living.ToList();
        if (living.Count == 0) yield break;
        var dead = snapshot.Gateways.Where(gateway => gateway.State is GatewayState.Dead && (gateway.DiedAt is not { } died || snapshot.At - died < DeathShown)).ToList();
        if (dead.Count > 0)
        {
            var names = dead.Count <= 3 ? string.Join(", ", dead.Select(gateway => GatewayText.NameOf(gateway.Heartbeat.GatewayId))) : $"{dead.Count} gateways";
            var calls = dead.Sum(gateway => gateway.CallsLeft);
            yield return new Condition(
                Severity.Warning, $"{names} died{(calls == 0 ? "" : $" with {VerdictRules.Number(calls, "call")}")}.", $"{VerdictRules.Number(living.Count, "gateway")} {(living.Count == 1 ? "is" : "are")} alive.",
                dead.Max(gateway => gateway.DiedAt), "/gateways");
        }

        var suspect = living.Count(gateway => gateway.State is GatewayState.Suspect);
        if (suspect > 0) yield return new Condition(Severity.Warning, $"{suspect} of {VerdictRules.Number(living.Count, "gateway")} {(suspect == 1 ? "has" : "have")} not been heard of for 3 s.", Link: "/gateways");
        var draining = living.Count(gateway => gateway.State is GatewayState.Draining);
        if (draining > 0 && draining < living.Count) yield return new Condition(Severity.Info, $"{draining} of {living.Count} gateways {(draining == 1 ? "is" : "are")} draining.", Link: "/gateways");
        var versions = living.Select(gateway => gateway.Heartbeat.Version).Distinct().Count();
        if (versions > 1) yield return new Condition(Severity.Info, $"{versions} versions of the gateway run side by side.", Link: "/gateways");
    }
}
