namespace VoiceBridge.Local.Settings;

/// <summary>The user's own settings, weakest first: <c>voicebridge.json</c> of the working folder, the environment, <c>--set</c>.</summary>
internal static class GivenSettings
{
    /// <summary>The file of the working folder.</summary>
    public const string FileName = "voicebridge.json";

    /// <summary>Reads them. A change of the file counts while the system runs; <paramref name="report"/> receives a line where it cannot be read.</summary>
    /// <param name="folder">The working folder.</param>
    /// <param name="set">What <c>--set</c> was given, <c>Name=Value</c> each.</param>
    /// <param name="report">Receives what is wrong with a later change.</param>
    /// <exception cref="LocalStartException">The file cannot be read, or names a setting that nobody reads; so does <paramref name="set"/>.</exception>
    public static IConfigurationRoot Read(string folder, IEnumerable<string> set, Action<string> report)
    {
        var path = Path.Combine(folder, FileName);
        var pairs = set.Select(Pair).ToArray();
        var wrong = pairs.Where(pair => pair.Value is null).Select(pair => $"--set {pair.Key}: give a name and a value, Name=Value.").ToArray();
        if (wrong.Length > 0) throw LocalStartException.Of(wrong);
        var file = KeptJsonSource.Of(path, report);
        try
        {
            var named = new ConfigurationBuilder().Add(KeptJsonSource.Of(path, _ => { })).AddInMemoryCollection(pairs).Build();
            var unknown = KnownSettings.Problems(named).ToArray();
            if (unknown.Length > 0) throw LocalStartException.Of(unknown);
            return new ConfigurationBuilder().Add(file).AddEnvironmentVariables().AddInMemoryCollection(pairs).Build();
        }
        catch (InvalidDataException exception)
        {
            // The innermost one names the line.
            throw new LocalStartException($"{FileName}: {exception.GetBaseException().Message}", exception);
        }
    }

    /// <summary><c>Agents:default:Greeting=Hello</c>; the value may hold <c>=</c>. Null without one.</summary>
    private static KeyValuePair<string, string?> Pair(string text)
    {
        var at = text.IndexOf('=', StringComparison.Ordinal);
        return at <= 0 ? new(text, null) : new(text[..at].Trim().Replace("__", ":", StringComparison.Ordinal), text[(at + 1)..]);
    }
}
