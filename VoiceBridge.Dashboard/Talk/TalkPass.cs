namespace VoiceBridge.Dashboard.Talk;

/// <summary>Where the browser's media socket goes, ticket included; or why it may not go anywhere.</summary>
internal sealed record TalkPass(string CallId, string? SocketUrl, string? Refusal)
{
    public static TalkPass Refused(string why) => new("", null, why);

    // The generated text would put the ticket into whatever prints it.
    public override string ToString() => $"TalkPass {{ CallId = {CallId} }}";
}
