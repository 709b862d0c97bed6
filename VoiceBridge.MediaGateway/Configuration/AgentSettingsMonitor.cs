using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace VoiceBridge.MediaGateway.Configuration;

/// <summary>The agent settings in force. A changed configuration holds for new calls; one with mistakes is not taken, and the log says why.</summary>
internal sealed partial class AgentSettingsMonitor : IDisposable
{
    private readonly IConfiguration _configuration;
    private readonly IReadOnlyCollection<string> _registeredTools;
    private readonly ILogger<AgentSettingsMonitor> _logger;
    private readonly IDisposable _changes;
    private volatile AgentSettings _current;

    public AgentSettingsMonitor(
        IConfiguration configuration, IEnumerable<RegisteredTool> registeredTools, ILogger<AgentSettingsMonitor> logger)
    {
        _configuration = configuration;
        _registeredTools = [.. registeredTools.Select(tool => tool.Function.Name)];
        _logger = logger;
        var errors = new List<string>();
        _current = AgentSettings.Read(configuration, _registeredTools, errors);
        if (errors.Count > 0)
            throw new OptionsValidationException("Agents", typeof(AgentSettings), errors);
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

    private void Reload()
    {
        try
        {
            var errors = new List<string>();
            var settings = AgentSettings.Read(_configuration, _registeredTools, errors);
            if (errors.Count > 0)
            {
                Log.Refused(_logger, string.Join(' ', errors));
                return;
            }
            _current = settings;
            Log.Reloaded(_logger, settings.Profiles.Count);
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
    }
}
