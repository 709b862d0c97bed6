using System.Globalization;
using System.Text.RegularExpressions;
using VoiceBridge.Cluster.Calls;

namespace VoiceBridge.Dashboard.Presentation;

/// <summary>An entry of a call's timeline as a sentence, and how good or bad it is: a line here for each kind that the product writes.</summary>
internal static partial class CallEventWords
{
    private static readonly Dictionary<string, Func<string, (string Text, Health Health)>> Sentences = new(StringComparer.Ordinal)
    {
        ["rang"] = _ => ("The phone rang.", Health.Info),
        ["waited"] = Waited,
        ["answered"] = text => ($"The call was answered{Seconds(text, " after {0} of ringing")}.", Health.Healthy),
        ["connected"] = text => MediaOn().Match(text) is { Success: true } media
            ? ($"Its audio is connected to {GatewayText.NameOf(media.Groups["gateway"].Value)}.", Health.Healthy)
            : ("The phone network has connected the caller.", Health.Healthy),
        ["moved"] = text => ($"{(MediaOn().Match(text) is { Success: true } media ? GatewayText.NameOf(media.Groups["gateway"].Value) : "Another gateway")} has the call now.", Health.Degraded),
        ["first_audio"] = text => ($"The caller hears the agent{Seconds(text, ", {0} after the call was answered")}.", Health.Healthy),
        ["interruption"] = text => ($"The caller interrupted the agent{Seconds(text, ", who had been heard for {0}")}.", Health.Info),
        ["tool"] = text => text.Split(": ", 2) is [var name, var outcome]
            ? outcome == "ok" ? ($"The agent used the tool {name}.", Health.Info) : ($"The agent used the tool {name}: {ToolOutcome(outcome)}.", Health.Degraded)
            : ($"The agent used a tool: {text}.", Health.Info),
        ["dtmf"] = _ => ("The caller pressed keys.", Health.Info),
        ["silence"] = text => text == "caller let go" ? ("The caller kept silent, so the agent said goodbye.", Health.Info) : ("The caller was silent, so the agent asked whether anybody is there.", Health.Info),
        ["hold"] = text => text == "no session" ? ("There was no Voice Live session for the moment: a recording asked the caller to hold.", Health.Degraded) : ("A recording asked the caller to hold: a tool takes long.", Health.Info),
        ["session"] = text => text switch
        {
            "swapped before its end" => ("The Voice Live session was replaced before its time was over; the caller heard nothing of it.", Health.Info),
            "replaced a lost one" => ("A new Voice Live session replaced the lost one, and the conversation went on.", Health.Healthy),
            _ when text.StartsWith("lost: ", StringComparison.Ordinal) => ($"The Voice Live session was lost ({text[6..]}).", Health.Degraded),
            _ => ($"Voice Live session: {text}.", Health.Info),
        },
        ["media_started"] = text => ($"The phone network began to send the caller's audio{Code(text)}.", Health.Info),
        ["media_ended"] = text => ($"The phone network ended the audio{Code(text)}.", Health.Info),
        ["media_stopped"] = text => ($"The phone network stopped the audio{Code(text)}.", Health.Degraded),
        ["media_failed"] = text => ($"The phone network lost the audio{Code(text)}.", Health.Failed),
        ["media_closed"] = text => MediaClosed(text),
        ["gateway_lost"] = text => ($"{GatewayText.NameOf(text)}, which had the call, is not heard of any more.", Health.Failed),
        ["recovery"] = Recovery,
        ["recovered"] = text => ($"The audio is back{Seconds(text, " after {0}")}.", Health.Healthy),
        ["transfer"] = text => text switch
        {
            "ringing" => ("The transfer rings.", Health.Info),
            _ when text.StartsWith("failed", StringComparison.Ordinal) => ($"The agent learned that the transfer failed{Code(text[6..].Trim())}, and went on.", Health.Degraded),
            _ => ($"Transfer: {text}.", Health.Info),
        },
        ["transfer_requested"] = text => ($"{(text == "operator" ? "An operator" : "The agent")} asked for a transfer.", Health.Info),
        ["transfer_target"] = text => ($"It is to go to {text}.", Health.Info),
        ["transfer_accepted"] = text => ($"The transfer was accepted{Code(text)}.", Health.Healthy),
        ["transfer_failed"] = text => ($"The transfer failed{Code(text)}: nobody accepted.", Health.Degraded),
        ["overflow_requested"] = text => ($"The caller was sent to the overflow number, because: {Lower(EndReasons.Of(text).Name)}.", Health.Degraded),
        ["operator"] = text => (text, Health.Info),
        ["error"] = text => ($"Something went wrong: {text}.", Health.Failed),
        ["rejected"] = text => ($"{EndReasons.Of(text).Sentence}.", CallText.HealthOf(text)),
        ["ended"] = text => ($"{EndReasons.Of(text).Sentence}.", CallText.HealthOf(text)),
    };

    /// <summary>The kinds that have words.</summary>
    public static IReadOnlyCollection<string> Kinds => Sentences.Keys;

    public static (string Text, Health Health) Of(CallEvent entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        if (Sentences.TryGetValue(entry.Kind, out var say)) return say(entry.Text);
        // A later version wrote it.
        var kind = entry.Kind.Replace('_', ' ');
        return (entry.Text.Length == 0 ? $"{char.ToUpperInvariant(kind[0])}{kind[1..]}." : $"{char.ToUpperInvariant(kind[0])}{kind[1..]}: {entry.Text}.", Health.Info);
    }

    private static (string Text, Health Health) Waited(string text)
    {
        var (why, time) = text.Split(": ", 2) is [var reason, var rest] ? (reason, rest) : ("", text);
        return (why switch
        {
            "" => $"It waited{Seconds(time, " {0}")} for a free slot.",
            "no_gateway" => $"No gateway took calls{Seconds(time, " for {0}")}.",
            "voice_live" => $"No Voice Live budget was left{Seconds(time, " for {0}")}.",
            "settling" => $"Redis had been emptied, and the gateways were not all back{Seconds(time, " for {0}")}.",
            "blind" => $"Redis did not answer, and the last known free slots were used up{Seconds(time, " for {0}")}.",
            "stopping" => "The service that was to answer it stopped.",
            _ => $"No slot became free{Seconds(time, " for {0}")}.",
        }, Health.Degraded);
    }

    private static (string Text, Health Health) MediaClosed(string reason) => reason switch
    {
        "superseded" => ("The gateway closed this socket, because another one has the call.", Health.Info),
        "drained" => ("The gateway closed the audio, to hand the call over to another one.", Health.Info),
        "media_lost" => ("The audio broke off at the gateway.", Health.Degraded),
        _ when EndReasons.IsFailure(reason) => ($"The gateway closed the audio: {Lower(EndReasons.Of(reason).Name)}.", Health.Failed),
        _ => ("The audio was closed.", Health.Info),
    };

    private static (string Text, Health Health) Recovery(string text)
    {
        if (RecoveryStep().Match(text) is not { Success: true } step) return ($"Recovery: {text}.", Health.Degraded);
        var done = step.Groups["outcome"].Value switch { "Done" => "agreed", "Gone" => "says that the call is over", "Unavailable" => "did not answer", _ => "refused" };
        var agreed = done == "agreed";
        var why = step.Groups["why"].Value is { Length: > 0 } because ? $", because {because}" : "";
        return step.Groups["step"].Value switch
        {
            "start" => ($"The phone network was asked to open the audio again, and {done}.", agreed ? Health.Info : Health.Degraded),
            "stop" => ($"The phone network was asked to close the audio before it is opened again, and {done}.", agreed ? Health.Info : Health.Degraded),
            "overflow" => ($"The phone network was asked to send the caller to the overflow number, and {done}.", agreed ? Health.Info : Health.Degraded),
            _ => ($"The audio did not come back{why}: the call was hung up{(agreed ? "" : $", and the phone network {done}")}.", Health.Failed),
        };
    }

    private static string ToolOutcome(string outcome) => outcome switch
    {
        "error" => "it failed",
        "timeout" => "it took too long",
        "unknown" => "there is none of this name",
        "too_large" => "its answer was too long",
        "bad_arguments" => "the agent gave it arguments that do not fit",
        _ => outcome.Replace('_', ' '),
    };

    /// <summary>The time that a text like <c>after 1200 ms</c> or <c>after 3.2 s</c> tells, in a phrase; nothing where it tells none.</summary>
    private static string Seconds(string text, string phrase)
    {
        if (After().Match(text) is not { Success: true } time) return "";
        var number = double.Parse(time.Groups["number"].Value, CultureInfo.InvariantCulture);
        return string.Format(CultureInfo.InvariantCulture, phrase, Format.Ms(time.Groups["unit"].Value == "s" ? number * 1_000 : number));
    }

    /// <summary>What the phone network said besides, unless that is only that all is well.</summary>
    private static string Code(string text) => text.Length == 0 || text is "200/0" || text.StartsWith("200/0 ", StringComparison.Ordinal) ? "" : $" ({text})";

    private static string Lower(string text) => char.ToLowerInvariant(text[0]) + text[1..];

    [GeneratedRegex(@"^after (?<number>[\d.]+) (?<unit>ms|s)$", RegexOptions.ExplicitCapture)]
    private static partial Regex After();

    [GeneratedRegex(@"^\w+ media on (?<gateway>\S+)$", RegexOptions.ExplicitCapture)]
    private static partial Regex MediaOn();

    [GeneratedRegex("^(?<step>start|stop|overflow|hang up): (?<outcome>[A-Za-z]+)(, (?<why>.+))?$", RegexOptions.ExplicitCapture)]
    private static partial Regex RecoveryStep();
}
