using System.Globalization;
using System.Text.Json.Nodes;

namespace VoiceBridge.MediaGateway.Configuration;

/// <summary>Reads one section of the configuration and collects every mistake in it, each naming its setting, so that an operator
/// sees all of them at once. Keys that nobody asked for are mistakes too: they are misspelt.</summary>
internal sealed class SettingReader(IConfigurationSection section, ICollection<string> errors)
{
    private readonly HashSet<string> _read = new(StringComparer.OrdinalIgnoreCase);

    public string Path => section.Path;

    /// <summary>The section's own value, when it is a value and no section.</summary>
    public string? Value => section.Value;

    public bool Exists => section.Exists();

    /// <summary>Whether the section is a value that says that something is not wanted.</summary>
    public bool IsOff => section.Value is { } value
        && (value.Equals("off", StringComparison.OrdinalIgnoreCase) || value.Equals("none", StringComparison.OrdinalIgnoreCase));

    public bool Has(string key)
    {
        _read.Add(key);
        return section.GetSection(key).Exists();
    }

    public SettingReader Section(string key)
    {
        _read.Add(key);
        return new SettingReader(section.GetSection(key), errors);
    }

    public IEnumerable<(string Name, SettingReader Reader)> Children()
    {
        foreach (var child in section.GetChildren())
        {
            _read.Add(child.Key);
            yield return (child.Key, new SettingReader(child, errors));
        }
    }

    public string? Text(string key, int maxLength = 32_000)
    {
        _read.Add(key);
        var value = section[key];
        if (value?.Length > maxLength)
            Wrong(key, $"is longer than {maxLength} characters");
        return value;
    }

    public string? Required(string key)
    {
        var value = Text(key);
        if (string.IsNullOrWhiteSpace(value))
            Wrong(key, "is missing");
        return value;
    }

    public double? Number(string key, double min, double max)
    {
        if (Text(key) is not { } text)
            return null;
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max)
            return number;
        Wrong(key, string.Create(CultureInfo.InvariantCulture, $"must be a number from {min} to {max}, not '{Shown(text)}'"));
        return null;
    }

    public int? Whole(string key, int min, int max)
    {
        if (Text(key) is not { } text)
            return null;
        if (int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max)
            return number;
        Wrong(key, string.Create(CultureInfo.InvariantCulture, $"must be a whole number from {min} to {max}, not '{Shown(text)}'"));
        return null;
    }

    public decimal Price(string key)
    {
        if (Text(key) is not { } text)
            return 0;
        if (decimal.TryParse(text, NumberStyles.Number, CultureInfo.InvariantCulture, out var price) && price >= 0)
            return price;
        Wrong(key, $"must be a price of 0 or more, not '{Shown(text)}'");
        return 0;
    }

    public bool? Flag(string key)
    {
        if (Text(key) is not { } text)
            return null;
        if (bool.TryParse(text, out var flag))
            return flag;
        Wrong(key, $"must be true or false, not '{Shown(text)}'");
        return null;
    }

    public TimeSpan? Duration(string key, TimeSpan min, TimeSpan max)
    {
        if (Text(key) is not { } text)
            return null;
        if (TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var duration) && duration >= min && duration <= max)
            return duration;
        Wrong(key, $"must be a time from {min:c} to {max:c} such as 00:00:10, not '{Shown(text)}'");
        return null;
    }

    public string? OneOf(string key, params ReadOnlySpan<string> values)
    {
        if (Text(key) is not { } text)
            return null;
        foreach (var value in values)
        {
            if (value.Equals(text, StringComparison.OrdinalIgnoreCase))
                return value;
        }
        Wrong(key, $"must be one of {string.Join(", ", values!)}, not '{Shown(text)}'");
        return null;
    }

    public Uri? Address(string key, bool required)
    {
        var text = required ? Required(key) : Text(key);
        if (string.IsNullOrWhiteSpace(text))
            return null;
        if (Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https")
            return address;
        Wrong(key, "must be an absolute http or https address");
        return null;
    }

    /// <summary>The values under <paramref name="key"/>, or the value itself as a list of one.</summary>
    public IReadOnlyList<string> List(string key)
    {
        _read.Add(key);
        var list = section.GetSection(key);
        if (list.Value is { Length: > 0 } single)
            return [single];
        return [.. list.GetChildren().Select(child => child.Value).OfType<string>().Where(value => value.Length > 0)];
    }

    public IReadOnlyDictionary<string, string> Map(string key)
    {
        _read.Add(key);
        return section.GetSection(key).GetChildren().Where(child => child.Value is not null)
            .ToDictionary(child => child.Key, child => child.Value!, StringComparer.Ordinal);
    }

    /// <summary>Any JSON under <paramref name="key"/>; null when there is nothing.</summary>
    public JsonNode? Json(string key)
    {
        _read.Add(key);
        var json = section.GetSection(key);
        return json.Exists() ? ConfiguredJson.Read(json) : null;
    }

    public void Wrong(string key, string what) => errors.Add($"{section.Path}:{key} {what}.");

    public void Wrong(string what) => errors.Add($"{section.Path} {what}.");

    /// <summary>To be called when everything was read that there is to read.</summary>
    public void RejectTheRest()
    {
        foreach (var child in section.GetChildren())
        {
            if (!_read.Contains(child.Key))
                Wrong(child.Key, $"is not a setting; there are {string.Join(", ", _read.Order(StringComparer.Ordinal))}");
        }
    }

    private static string Shown(string text) => text.Length <= 40 ? text : text[..40] + "...";
}
