using Microsoft.AspNetCore.Http;

namespace VoiceBridge.ServiceDefaults.Telemetry;

/// <summary>Which requests make no span.</summary>
internal sealed class TracingOptions
{
    /// <summary>Paths; what is below them is meant too.</summary>
    public IList<PathString> Untraced { get; } = [];
}
