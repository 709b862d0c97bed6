namespace VoiceBridge.Dashboard.Commands;

/// <summary>What came of an operator's action: done, or why not, in words for the screen.</summary>
internal readonly record struct ActionResult(bool Done, string? Why)
{
    public static ActionResult Ok { get; } = new(true, null);

    public static ActionResult Refused(string why) => new(false, why);
}
