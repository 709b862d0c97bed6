namespace VoiceBridge.ServiceDefaults.Access;

/// <summary>Section <c>Ops</c>: who may read <c>/stats</c> and <c>/scale</c> and give operator's commands over HTTP.</summary>
public sealed class OpsAccessOptions
{
    public const string Section = "Ops";

    /// <summary>Keys accepted in the header <c>X-Api-Key</c>. Several, so that one can be replaced while the other still works.</summary>
    public IList<string> ApiKeys { get; } = [];
}
