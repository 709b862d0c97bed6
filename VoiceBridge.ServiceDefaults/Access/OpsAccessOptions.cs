namespace VoiceBridge.ServiceDefaults.Access;

/// <summary>Section <c>Ops</c>: who may read figures over HTTP, and who may give commands.</summary>
public sealed class OpsAccessOptions
{
    public const string Section = "Ops";

    /// <summary>Keys accepted in the header <c>X-Api-Key</c> for reading. Several, so that one can be replaced while the other still works.</summary>
    public IList<string> ApiKeys { get; } = [];

    /// <summary>Keys accepted there for commands (<c>/drain</c>), and for nothing else: an autoscaler that reads figures is no operator. None: nobody commands over HTTP.</summary>
    public IList<string> CommandKeys { get; } = [];

    internal IList<string> Of(OpsRight right) => right is OpsRight.Command ? CommandKeys : ApiKeys;
}
