using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace VoiceBridge.MediaGateway.Configuration;

/// <summary>The agent settings in force. A changed configuration holds for new calls; one with mistakes is not taken, and the log says why. (An
/// <see cref="IOptionsMonitor{TOptions}"/> would have no settings then, and throw on the thread that watches the file.)</summary>
internal sealed partial class AgentSettingsMonitor : IDisposable
{
    private readonly IOptionsFactory<AgentSettings> _factory;
    private readonly ILogger<AgentSettingsMonitor> _logger;
    private readonly IDisposable _changes;
    private volatile AgentSettings _current;

    public AgentSettingsMonitor(IConfiguration configuration, IOptionsFactory<AgentSettings> factory, ILogger<AgentSettingsMonitor> logger)
    {
        _factory = factory;
        _logger = logger;
        _current = Read();
        _changes = ChangeToken.OnChange(configuration.GetReloadToken, Reload);
    }

    public AgentSettings Current => _current;

    /// <summary>The profile for a call: the one asked for by name, else by dialled number, else the default.</summary>
    public AgentProfile Choose(string? agent, string calledNumber)
    {
        var profiles = _current.Profiles;
        if (agent is not null && profiles.TryGetValue(agent, out var named))
            return named;
        var dialled = PhoneNumbers.Key(calledNumber);
        return profiles.Values.FirstOrDefault(profile => profile.Numbers.Any(number => PhoneNumbers.Key(number) == dialled))
            ?? profiles[AgentProfile.DefaultName];
    }

    public void Dispose() => _changes.Dispose();

    private AgentSettings Read()
    {
        var settings = _factory.Create(Options.DefaultName);
        foreach (var warning in settings.Warnings)
            Log.Questionable(_logger, warning);
        return settings;
    }

    private void Reload()
    {
        try
        {
            _current = Read();
            Log.Reloaded(_logger, _current.Profiles.Count);
        }
        catch (OptionsValidationException e)
        {
            Log.Refused(_logger, string.Join(' ', e.Failures));
        }
        catch (Exception e)
        {
            // A file caught half written must not end the process by way of its watcher.
            Log.Failed(_logger, e);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Agent settings reloaded: {Profiles} profiles, for new calls")]
        public static partial void Reloaded(ILogger logger, int profiles);

        [LoggerMessage(2, LogLevel.Error, "The changed agent settings are not used, the former ones stay: {Errors}")]
        public static partial void Refused(ILogger logger, string errors);

        [LoggerMessage(3, LogLevel.Error, "The changed agent settings could not be read, the former ones stay")]
        public static partial void Failed(ILogger logger, Exception exception);

        [LoggerMessage(4, LogLevel.Warning, "{Setting}")]
        public static partial void Questionable(ILogger logger, string setting);
    }
}
