using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace VoiceBridge.MediaGateway.Configuration;

/// <summary>A mistake in a JSON document: where it is, and what is wrong, as the end of a sentence that begins with where.</summary>
internal readonly record struct SchemaProblem(string Path, string What, bool IsUnknownName = false);

/// <summary>
/// A JSON schema, and what is checked of it: <c>type</c>, <c>enum</c>, <c>const</c>, <c>required</c>, <c>properties</c>, <c>additionalProperties</c> and <c>items</c>; numbers,
/// lengths, patterns, <c>anyOf</c> and <c>$ref</c> only in our own schemas: those of a tool are somebody else's, and an expression may take for ever.
/// </summary>
internal readonly struct Schema
{
    private const int MaxShown = 40;
    private const int MaxToolSchema = 32 * 1024;
    private static readonly JsonElement Document = Load();

    private readonly JsonElement _json;
    private readonly bool _isOurs;

    /// <summary>The schema of a tool.</summary>
    public Schema(JsonElement json) : this(json, isOurs: false)
    {
    }

    private Schema(JsonElement json, bool isOurs)
    {
        _isOurs = isOurs;
        _json = isOurs && json.ValueKind == JsonValueKind.Object && json.TryGetProperty("$ref", out var name)
            ? Document.GetProperty("$defs").GetProperty(name.GetString()!["#/$defs/".Length..])
            : json;
    }

    /// <summary>Sections Agents, Tools, Silence and Prices: <c>agents.schema.json</c>.</summary>
    public static Schema OfSettings { get; } = new(Document, isOurs: true);

    private static Schema OfTools { get; } = new(Document.GetProperty("$defs").GetProperty("toolSchema"), isOurs: true);

    /// <summary>What is wrong with the schema of a tool's arguments; null when nothing is.</summary>
    public static string? ProblemOfTool(JsonElement schema)
    {
        if (OfTools.Problems(schema).Select(problem => $"{problem.Path} {problem.What}").FirstOrDefault() is { } problem)
            return problem.TrimStart();
        return schema.GetRawText().Length > MaxToolSchema ? $"is longer than {MaxToolSchema} characters" : null;
    }

    public JsonElement? Keyword(string name) => _json.ValueKind == JsonValueKind.Object && _json.TryGetProperty(name, out var keyword) ? keyword : null;

    /// <summary>The schemas of which one must hold: this one alone, unless it has <c>anyOf</c>.</summary>
    public IReadOnlyList<Schema> Branches
    {
        get
        {
            if (!_isOurs || Keyword("anyOf") is not { } branches)
                return [this];
            return [.. branches.EnumerateArray().Select(branch => new Schema(branch, isOurs: true))];
        }
    }

    /// <summary>What <c>type</c> says; empty when it says nothing.</summary>
    public IReadOnlyList<string> Types => Keyword("type") switch
    {
        { ValueKind: JsonValueKind.String } type => [type.GetString()!],
        { ValueKind: JsonValueKind.Array } types => [.. types.EnumerateArray().Select(type => type.ToString())],
        _ => [],
    };

    public bool AllowsNull => Branches.Any(branch => branch.Types.Contains("null"));

    /// <summary>The schema of a property, whichever branch has it; null when none names it.</summary>
    public Schema? Property(string name)
    {
        foreach (var branch in Branches)
        {
            if (branch.Keyword("properties") is { ValueKind: JsonValueKind.Object } properties && properties.TryGetProperty(name, out var property))
                return new Schema(property, _isOurs);
        }
        return null;
    }

    /// <summary>The schema of a property or, where none names it, of all others.</summary>
    public Schema Member(string name) => Property(name) ?? (Keyword("additionalProperties") is { } others ? new Schema(others, _isOurs) : default);

    public Schema Items => Branches.Select(branch => branch.Keyword("items")).FirstOrDefault(items => items is not null) is { } items ? new Schema(items, _isOurs) : default;

    /// <summary>A name as the schema writes it: settings are found in any casing.</summary>
    public string Spelling(string name) =>
        Branches.SelectMany(branch => branch.Names).FirstOrDefault(known => known.Equals(name, StringComparison.OrdinalIgnoreCase)) ?? name;

    public bool Requires(string name) =>
        Keyword("required") is { ValueKind: JsonValueKind.Array } required && required.EnumerateArray().Any(other => other.ValueKind == JsonValueKind.String && other.ValueEquals(name));

    public bool AllowsTypeOf(JsonElement value) => Types is not { Count: > 0 } types || types.Any(type => IsOfType(value, type));

    /// <summary>Every mistake in <paramref name="value"/>, in order.</summary>
    public IEnumerable<SchemaProblem> Problems(JsonElement value, string path = "", char separator = '.')
    {
        if (_json.ValueKind == JsonValueKind.False)
            return [new SchemaProblem(path, "is not allowed")];
        if (Branches is { Count: > 1 } branches)
            return ProblemsOfBranches(branches, value, path, separator);
        if (IsBlank(value))
            return [new SchemaProblem(path, "is missing")];
        if (!Fits(value))
            return [new SchemaProblem(path, Must(value))];
        return value.ValueKind switch
        {
            JsonValueKind.String when _isOurs && Limit("maxLength") is { } longest && value.GetString()!.Length > longest => [new SchemaProblem(path, $"is longer than {longest} characters")],
            JsonValueKind.Object => ProblemsOfObject(value, path, separator),
            JsonValueKind.Array => ProblemsOfList(value, path, separator),
            _ => [],
        };
    }

    /// <summary>What the value must be instead.</summary>
    private string Must(JsonElement value)
    {
        if (_isOurs && Keyword("x-must") is { } must)
            return must.GetString()!.Replace("{value}", Shown(value), StringComparison.Ordinal);
        return $"must be {(AllowsTypeOf(value) ? Wanted() : WantedType())}{Not(value)}";
    }

    private static string Not(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object or JsonValueKind.Array => "",
        JsonValueKind.String => $", not '{Shown(value)}'",
        _ => $", not {value.GetRawText()}",
    };

    private static string Shown(JsonElement value)
    {
        var text = value.ValueKind is JsonValueKind.Object or JsonValueKind.Array ? "" : value.ToString();
        return text.Length <= MaxShown ? text : text[..MaxShown] + "...";
    }

    private string Wanted()
    {
        if (Keyword("enum") is { ValueKind: JsonValueKind.Array } allowed)
            return $"one of {string.Join(", ", allowed.EnumerateArray())}";
        if (Keyword("const") is { } only)
            return only.ToString();
        if (IsTime)
            return $"a time from {Keyword("x-from")} to {Keyword("x-to")} such as 00:00:10";
        return WantedType();
    }

    private string WantedType()
    {
        var range = (Limit("minimum"), Limit("maximum")) switch
        {
            (null, _) => "",
            ({ } least, null) => string.Create(CultureInfo.InvariantCulture, $" of {least} or more"),
            ({ } least, { } most) => string.Create(CultureInfo.InvariantCulture, $" from {least} to {most}"),
        };
        var types = Types.Select(type => type switch
        {
            "integer" => "a whole number" + range,
            "number" => "a number" + range,
            "boolean" => "true or false",
            "array" => "a list",
            "object" => "an object",
            "string" => "a string",
            _ => type,
        });
        return string.Join(" or ", types);
    }

    private bool IsTime => _isOurs && Keyword("format") is { } format && format.ValueEquals("time");

    private IEnumerable<string> Names => Keyword("properties") is { ValueKind: JsonValueKind.Object } properties ? properties.EnumerateObject().Select(property => property.Name) : [];

    private double? Limit(string keyword) => _isOurs && Keyword(keyword) is { ValueKind: JsonValueKind.Number } limit ? limit.GetDouble() : null;

    private bool IsBlank(JsonElement value) => Limit("minLength") > 0 && value.ValueKind == JsonValueKind.String && string.IsNullOrWhiteSpace(value.GetString());

    private bool Fits(JsonElement value)
    {
        if (!AllowsTypeOf(value)
            || Keyword("enum") is { ValueKind: JsonValueKind.Array } allowed && !allowed.EnumerateArray().Any(other => JsonElement.DeepEquals(value, other))
            || Keyword("const") is { } only && !JsonElement.DeepEquals(value, only))
        {
            return false;
        }
        return !_isOurs || value.ValueKind switch
        {
            JsonValueKind.Number => !(value.GetDouble() < Limit("minimum")) && !(value.GetDouble() > Limit("maximum")),
            JsonValueKind.String => FitsText(value.GetString()!),
            _ => !IsTime,
        };
    }

    private bool FitsText(string text)
    {
        if (IsTime)
        {
            return TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var time)
                && time >= TimeSpan.Parse(Keyword("x-from").ToString()!, CultureInfo.InvariantCulture) && time <= TimeSpan.Parse(Keyword("x-to").ToString()!, CultureInfo.InvariantCulture);
        }
        if (Keyword("format") is { } format && format.ValueEquals("uri") && !(Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"))
            return false;
        return Keyword("pattern") is not { } pattern || Regex.IsMatch(text, pattern.GetString()!, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
    }

    /// <summary>The mistakes of the branch that is meant: the one for the value's own <c>type</c>.</summary>
    private static IEnumerable<SchemaProblem> ProblemsOfBranches(IReadOnlyList<Schema> branches, JsonElement value, string path, char separator)
    {
        if (branches.Any(branch => !branch.Problems(value).Any()))
            return [];
        var type = value.ValueKind == JsonValueKind.Object && value.TryGetProperty("type", out var its) ? its : default;
        var meant = branches.Where(branch => branch.AllowsTypeOf(value) && (type.ValueKind == JsonValueKind.Undefined || branch.Property("type")?.Fits(type) != false)).ToList();
        if (value.ValueKind == JsonValueKind.Object && meant is [var one])
        {
            return one.Problems(value, path, separator).Select(problem =>
                problem.IsUnknownName && branches.Any(other => other.Property(problem.Path[(problem.Path.LastIndexOf(separator) + 1)..]) is not null)
                    ? new SchemaProblem(problem.Path, $"is not known to {type}") : problem);
        }
        var types = branches.Select(branch => branch.Property("type")).OfType<Schema>().SelectMany(known =>
            known.Keyword("enum") is { } all ? all.EnumerateArray().Select(name => name.ToString()) : [known.Keyword("const").ToString()!]);
        return type.ValueKind != JsonValueKind.Undefined
            ? [new SchemaProblem(Join(path, "type", separator), $"must be one of {string.Join(", ", types)}, not '{type}'")]
            : [new SchemaProblem(path, $"must be {string.Join(" or ", branches.Select(branch => branch.Wanted()))}{Not(value)}")];
    }

    private IEnumerable<SchemaProblem> ProblemsOfObject(JsonElement value, string path, char separator)
    {
        if (Keyword("required") is { ValueKind: JsonValueKind.Array } required)
        {
            foreach (var name in required.EnumerateArray())
            {
                if (name.ValueKind == JsonValueKind.String && !value.TryGetProperty(name.GetString()!, out _))
                    yield return new SchemaProblem(Join(path, name.GetString()!, separator), "is missing");
            }
        }
        if (value.EnumerateObject().Count() is var count && count > Limit("maxProperties"))
            yield return new SchemaProblem(path, $"may hold {Limit("maxProperties")} pairs, not {count}");
        var others = Keyword("additionalProperties");
        var names = _isOurs && Keyword("propertyNames") is { } rule ? new Schema(rule, isOurs: true) : default;
        foreach (var member in value.EnumerateObject())
        {
            var at = Join(path, member.Name, separator);
            var known = Property(member.Name);
            if (known is null && others is { ValueKind: JsonValueKind.False })
            {
                // Patterns are not looked at: a name may be one of theirs.
                if (Keyword("patternProperties") is null)
                    yield return new SchemaProblem(at, _isOurs ? $"is not a setting; there are {string.Join(", ", Names.Order(StringComparer.Ordinal))}" : "is not allowed", IsUnknownName: true);
                continue;
            }
            if (names.Limit("maxLength") < member.Name.Length)
                yield return new SchemaProblem(at, $"has a name longer than {names.Limit("maxLength")} characters");
            foreach (var problem in (known ?? (others is { } schema ? new Schema(schema, _isOurs) : default)).Problems(member.Value, at, separator))
                yield return problem;
        }
    }

    private IEnumerable<SchemaProblem> ProblemsOfList(JsonElement value, string path, char separator)
    {
        if (value.GetArrayLength() < Limit("minItems"))
            yield return new SchemaProblem(path, "must not be empty");
        if (Keyword("items") is not { } items)
            yield break;
        foreach (var (i, item) in value.EnumerateArray().Index())
        {
            foreach (var problem in new Schema(items, _isOurs).Problems(item, Join(path, i.ToString(CultureInfo.InvariantCulture), separator), separator))
                yield return problem;
        }
    }

    private static bool IsOfType(JsonElement value, string type) => type switch
    {
        "object" => value.ValueKind == JsonValueKind.Object,
        "array" => value.ValueKind == JsonValueKind.Array,
        "string" => value.ValueKind == JsonValueKind.String,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "null" => value.ValueKind == JsonValueKind.Null,
        "number" => value.ValueKind == JsonValueKind.Number,
        "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && Math.Floor(number) == number,
        _ => true,
    };

    private static string Join(string path, string name, char separator)
    {
        var shown = name.Length <= 64 ? name : name[..64];
        return path.Length == 0 ? shown : $"{path}{separator}{shown}";
    }

    private static JsonElement Load()
    {
        using var stream = typeof(Schema).Assembly.GetManifestResourceStream("VoiceBridge.MediaGateway.Configuration.agents.schema.json")!;
        return JsonDocument.Parse(stream).RootElement;
    }
}
