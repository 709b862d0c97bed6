using System.Globalization;

namespace VoiceBridge.Simulator.Cli;

/// <summary>What files and the environment say (section <c>Simulator</c>).</summary>
internal static class Configured
{
    private const int UsualPort = 7100;

    internal static IConfiguration Read() => new ConfigurationBuilder()
        .SetBasePath(AppContext.BaseDirectory)
        .AddJsonFile("appsettings.json", optional: true)
        .AddEnvironmentVariables()
        .Build();

    internal static SimulatorOptions Options(IConfiguration configuration)
    {
        var options = new SimulatorOptions();
        configuration.GetSection(SimulatorOptions.Section).Bind(options);
        return options;
    }

    internal static int Port(IConfiguration configuration, int? given)
    {
        if (given is { } port) return port;
        if (int.TryParse(configuration[$"{SimulatorOptions.Section}:Port"], CultureInfo.InvariantCulture, out port)) return port;
        var url = configuration["ASPNETCORE_URLS"]?.Split(';').FirstOrDefault(u => u.StartsWith("http://", StringComparison.OrdinalIgnoreCase));
        return url is not null && Uri.TryCreate(url.Replace("*", "localhost", StringComparison.Ordinal).Replace("+", "localhost", StringComparison.Ordinal), UriKind.Absolute, out var uri)
            ? uri.Port
            : UsualPort;
    }
}
