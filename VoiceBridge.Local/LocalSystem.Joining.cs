using VoiceBridge.Local.Joining;
using VoiceBridge.Local.Settings;

namespace VoiceBridge.Local;

/// <content>A gateway or a CallControl of the user's own beside those of the local system.</content>
public sealed partial class LocalSystem
{
    private const int OwnControlPort = 5190;
    private const int OwnGatewayPort = 5290;
    private JoinInfo? _join;

    /// <summary>What services of the user's own need to join; null where none may.</summary>
    internal JoinInfo? Join => _join;

    private void StartJoining()
    {
        var gateway = Loopback(_ports.Take("a gateway of your own", OwnGatewayPort));
        var control = Loopback(_ports.Take("a CallControl of your own", OwnControlPort));
        _joined = new Joined(gateway, control, () =>
        {
            RouteMedia();
            RouteControl();
        });
        _join = new JoinInfo
        {
            ProcessId = Environment.ProcessId,
            StartedAt = DateTimeOffset.UtcNow,
            Services = new()
            {
                [JoinInfo.Gateway] = Variables(_settings.ForGateway("gateway-own", Media), gateway),
                [JoinInfo.CallControl] = Variables(_settings.ForCallControl(Media), control),
            },
        };
        _join.Write();
    }

    private static SortedDictionary<string, string> Variables(ServiceSettings settings, Uri address)
    {
        var variables = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["ASPNETCORE_ENVIRONMENT"] = Environments.Development,
            ["ASPNETCORE_URLS"] = Text(address),
        };
        foreach (var (name, value) in settings.Flat()) variables[name.Replace(":", "__", StringComparison.Ordinal)] = value ?? "";
        return variables;
    }

    private static Uri Loopback(int port) => new($"http://127.0.0.1:{port}");
}
