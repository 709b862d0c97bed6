using Microsoft.Extensions.Options;

namespace VoiceBridge.ServiceDefaults.Access;

/// <summary>A service does not start because of its settings; <see cref="Mistakes"/> names each, one sentence each.</summary>
public sealed class SettingsException : InvalidOperationException
{
    public SettingsException()
        : this([])
    {
    }

    public SettingsException(string message)
        : base(message) => Mistakes = [message];

    public SettingsException(string message, Exception innerException)
        : base(message, innerException) => Mistakes = [message];

    internal SettingsException(IReadOnlyList<string> mistakes, Exception? innerException = null)
        : base($"Not started: {mistakes.Count} setting(s) missing or wrong.{string.Concat(mistakes.Select(mistake => $"{Environment.NewLine}- {mistake}"))}", innerException) =>
        Mistakes = mistakes;

    /// <summary>What is missing or wrong, each sentence beginning with the setting.</summary>
    public IReadOnlyList<string> Mistakes { get; }

    /// <summary>The mistakes that <paramref name="exception"/> tells of, also when the framework found them; none when it tells of something else.</summary>
    public static IReadOnlyList<string> MistakesOf(Exception exception) => exception switch
    {
        SettingsException settings => settings.Mistakes,
        OptionsValidationException options => [.. options.Failures.Distinct()],
        AggregateException several when several.InnerExceptions.All(inner => inner is OptionsValidationException) => [.. several.InnerExceptions.SelectMany(MistakesOf).Distinct()],
        _ => [],
    };
}
