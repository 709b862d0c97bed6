using System.Collections;
using System.Reflection;

namespace VoiceBridge.Local.Settings;

/// <summary>
/// The settings that the services read, found in their options classes: a class with a constant <c>Section</c> is that section, and CallControl's
/// <c>CallOptions</c> is bound to all of the configuration. So a misspelt setting is named instead of having no effect, and a test holds
/// docs/configuration.md to the same list.
/// </summary>
internal static class KnownSettings
{
    /// <summary>Stands for the number of a list's entry or the name of a dictionary's.</summary>
    public const string Any = "*";

    /// <summary>Sections that others check, each with messages of its own, or whose settings are the framework's.</summary>
    private static readonly string[] Open = ["Agents", "Aspire", "AzureAd", "ConnectionStrings", "Kestrel", "Logging", "Prices", "Silence", "Simulator", "Tools"];

    /// <summary>Filled by the services' code, in options that settings fill too.</summary>
    private static readonly string[] Internal = ["Limits:Unlimited:*"];

    /// <summary>Read by name, not through an options class.</summary>
    private static readonly string[] Single = ["AllowedHosts", "APPLICATIONINSIGHTS_CONNECTION_STRING", "CallControl:Url", "OTEL_EXPORTER_OTLP_ENDPOINT"];

    // Not those of the parts that only stand in for others.
    private static readonly Assembly[] Services = [.. References(typeof(KnownSettings).Assembly).DistinctBy(assembly => assembly.FullName)];

    /// <summary>Every setting by its whole name, <see cref="Any"/> for the parts that the user names.</summary>
    public static IReadOnlyCollection<string> All { get; } = [.. Find().Except(Internal).Concat(Single).Distinct(StringComparer.OrdinalIgnoreCase).Order(StringComparer.Ordinal)];

    /// <summary>Whether others check this setting's section.</summary>
    public static bool IsOpen(string name) => Open.Contains(name.Split(':')[0], StringComparer.OrdinalIgnoreCase);

    /// <summary>A sentence for each value of <paramref name="given"/> that nobody reads.</summary>
    public static IEnumerable<string> Problems(IConfiguration given)
    {
        foreach (var (name, value) in given.AsEnumerable())
        {
            if (value is null || IsOpen(name) || All.Any(known => Matches(known, name))) continue;
            var section = name[..(name.LastIndexOf(':') is var at and > 0 ? at : 0)];
            var near = All.Where(known => Matches(known[..Math.Max(known.LastIndexOf(':'), 0)], section)).Select(known => known[(known.LastIndexOf(':') + 1)..]).ToArray();
            yield return section.Length > 0 && near.Length > 0
                ? $"{name} is not a setting; {section} has {string.Join(", ", near)}."
                : $"{name} is not a setting; docs/configuration.md has all of them.";
        }
    }

    private static bool Matches(string known, string name)
    {
        var (ours, theirs) = (known.Split(':'), name.Split(':'));
        return ours.Length == theirs.Length && ours.Zip(theirs).All(part => part.First == Any || part.First.Equals(part.Second, StringComparison.OrdinalIgnoreCase));
    }

    private static IEnumerable<string> Find()
    {
        foreach (var type in Services.SelectMany(assembly => assembly.GetTypes()).Where(type => type.IsClass && type.Name.EndsWith("Options", StringComparison.Ordinal)))
        {
            const BindingFlags constants = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static;
            if (type.GetField("Section", constants)?.GetRawConstantValue() is string section)
            {
                foreach (var name in Names(type, section)) yield return name;
            }
            else if (type is { Name: "CallOptions", Namespace: { } space } && space.StartsWith("VoiceBridge.CallControl", StringComparison.Ordinal))
            {
                foreach (var name in Names(type, "")) yield return name;
            }
        }
    }

    private static IEnumerable<string> Names(Type type, string path)
    {
        foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            var isCollection = property.PropertyType != typeof(string) && property.PropertyType.IsAssignableTo(typeof(IEnumerable));
            if (!property.CanWrite && !isCollection) continue;
            var name = path.Length == 0 ? property.Name : $"{path}:{property.Name}";
            if (!isCollection)
            {
                foreach (var found in Leaves(property.PropertyType, name)) yield return found;
            }
            else
            {
                foreach (var found in Leaves(property.PropertyType.GetGenericArguments().LastOrDefault() ?? typeof(string), $"{name}:{Any}")) yield return found;
            }
        }
    }

    /// <summary>A value, or the settings of a section of ours.</summary>
    private static IEnumerable<string> Leaves(Type type, string name) =>
        type.IsClass && Services.Contains(type.Assembly) ? Names(type, name) : [name];

    private static IEnumerable<Assembly> References(Assembly assembly) => assembly.GetReferencedAssemblies()
        .Where(name => name.Name!.StartsWith("VoiceBridge.", StringComparison.Ordinal) && !name.Name.Contains("Simulator", StringComparison.Ordinal) && !name.Name.Contains("Samples", StringComparison.Ordinal))
        .Select(Assembly.Load)
        .SelectMany(referenced => References(referenced).Prepend(referenced));
}
