namespace VoiceBridge.Dashboard.Components.Messages;

/// <summary>What came of an action, in a sentence.</summary>
internal sealed record Toast(string Text, bool Failed)
{
    public Guid Id { get; } = Guid.NewGuid();
}
