namespace VoiceBridge.Local.Settings;

/// <summary>The settings of one service, weakest first.</summary>
/// <param name="Usual">What the local system composes, unless the user says otherwise.</param>
/// <param name="Given">The user's own.</param>
/// <param name="Fixed">What must be so for the parts to find each other, and what a test sets.</param>
internal sealed record ServiceSettings(IReadOnlyDictionary<string, string?> Usual, IConfiguration Given, IReadOnlyDictionary<string, string?> Fixed)
{
    /// <summary>For a service in this process: a change of the user's file counts while it runs.</summary>
    public void AddTo(IConfigurationBuilder configuration)
    {
        configuration.AddInMemoryCollection(Usual).AddConfiguration(Given).AddInMemoryCollection(Fixed);
    }

    /// <summary>As they are now, for a service in a process of its own. Names without a section are variables of the environment, which it inherits.</summary>
    public Dictionary<string, string?> Flat()
    {
        var builder = new ConfigurationBuilder();
        AddTo(builder);
        return builder.Build().AsEnumerable().Where(pair => pair.Value is not null && pair.Key.Contains(':', StringComparison.Ordinal))
            .ToDictionary(pair => pair.Key, pair => pair.Value, StringComparer.OrdinalIgnoreCase);
    }
}
