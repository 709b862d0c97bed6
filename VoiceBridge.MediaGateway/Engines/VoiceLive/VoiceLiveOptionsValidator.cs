using Microsoft.Extensions.Options;

namespace VoiceBridge.MediaGateway.Engines.VoiceLive;

/// <summary>Finds every mistake in the list of endpoints at once.</summary>
internal sealed class VoiceLiveOptionsValidator : IValidateOptions<VoiceLiveOptions>
{
    private static readonly string[] Schemes = ["https", "http", "wss", "ws"];

    public ValidateOptionsResult Validate(string? name, VoiceLiveOptions options)
    {
        var errors = new List<string>();
        for (var i = 0; i < options.Endpoints.Count; i++)
        {
            var endpoint = options.Endpoints[i];
            var setting = $"VoiceLive:Endpoints:{i}";
            if (string.IsNullOrWhiteSpace(endpoint.Name))
                errors.Add($"{setting}:Name is missing.");
            else if (options.Endpoints.Take(i).Any(other => string.Equals(other.Name, endpoint.Name, StringComparison.OrdinalIgnoreCase)))
                errors.Add($"{setting}:Name '{endpoint.Name}' is there twice.");
            if (!Uri.TryCreate(endpoint.Url, UriKind.Absolute, out var url) || !Schemes.Contains(url.Scheme))
                errors.Add($"{setting}:Url is not an https or wss address.");
            else if (string.IsNullOrEmpty(endpoint.Key) && url.Scheme is "http" or "ws" && !url.IsLoopback)
                errors.Add($"{setting}:Url would send a bearer token without TLS.");
            if (string.IsNullOrWhiteSpace(endpoint.Model) && string.IsNullOrWhiteSpace(endpoint.AgentName))
                errors.Add($"{setting}: Model is missing (or AgentName with ProjectName).");
            if (!string.IsNullOrWhiteSpace(endpoint.AgentName) && string.IsNullOrWhiteSpace(endpoint.ProjectName))
                errors.Add($"{setting}:ProjectName is missing beside AgentName.");
            if (endpoint.ConnectionsPerMinute < 1)
                errors.Add($"{setting}:ConnectionsPerMinute must be at least 1.");
        }
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }
}
