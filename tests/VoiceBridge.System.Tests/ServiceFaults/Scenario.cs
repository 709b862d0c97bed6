using VoiceBridge.Simulator;

namespace VoiceBridge.System.Tests.ServiceFaults;

/// <summary>One call in which something goes wrong: what the caller does, what the service does, and the profile that answers. The name is part of
/// the profile's instructions, by which the Simulator knows whose session it is.</summary>
internal sealed record Scenario(string Name, CallerScript Script, params VoiceLiveFault[] Faults)
{
    /// <summary>Settings of the profile, below its name; without them it neither greets nor asks silent callers.</summary>
    internal (string Key, string Value)[] Profile { get; init; } = [];

    /// <summary>See <see cref="CallPlan.AnnouncedSampleRate"/>.</summary>
    internal int? AnnouncedSampleRate { get; init; }

    internal string Instructions => $"You take part in {Name}.";

    /// <summary>The profile's section, for the number that is dialled.</summary>
    internal IEnumerable<(string Key, string Value)> Settings(string number)
    {
        (string, string)[] usual = [("Numbers:0", number), ("Instructions", Instructions), ("Greeting", "off"), ("Silence:AskAfter", "00:00:00")];
        return usual.Concat(Profile).Select(setting => ($"Agents:{Name}:{setting.Item1}", setting.Item2));
    }

    /// <summary>Its faults, for its own sessions only.</summary>
    internal IEnumerable<VoiceLiveFault> OwnFaults()
    {
        foreach (var fault in Faults)
        {
            fault.Session = Instructions;
            yield return fault;
        }
    }
}
