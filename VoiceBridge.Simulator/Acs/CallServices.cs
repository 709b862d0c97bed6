using VoiceBridge.Simulator.Acs.Identity;
using VoiceBridge.Simulator.Acs.Media;

namespace VoiceBridge.Simulator.Acs;

/// <summary>What every call needs of its surroundings.</summary>
internal sealed record CallServices(
    SimulatorOptions Options,
    AcsIdentity Identity,
    HttpClient Http,
    HttpMessageInvoker Connector,
    Pacer Pacer,
    TimeProvider Time,
    ILoggerFactory Logs,
    Action<SimulatedCall, string> Forward);
