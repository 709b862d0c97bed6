namespace VoiceBridge.MediaGateway.Configuration;

internal static class ToolNames
{
    public const string EndCall = "end_call";
    public const string TransferCall = "transfer_call";

    private const int MaxLength = 64;

    /// <summary>Models accept letters, digits, underscores and dashes, 64 at most.</summary>
    public static bool IsValid(string name) =>
        name.Length is > 0 and <= MaxLength && name.All(IsAllowed) && name is not (EndCall or TransferCall);

    /// <summary>A name as near as possible to one that somebody else chose.</summary>
    public static string MakeValid(string name)
    {
        var valid = string.Concat(name.Select(c => IsAllowed(c) ? c : '_'));
        return valid.Length <= MaxLength ? valid : valid[..MaxLength];
    }

    private static bool IsAllowed(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '-';
}
