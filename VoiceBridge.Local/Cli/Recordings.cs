namespace VoiceBridge.Local.Cli;

/// <summary>What <c>--record</c> has written.</summary>
internal static class Recordings
{
    /// <summary>Says where the WAV files are.</summary>
    public static void Tell(string? folder)
    {
        if (folder is not null) Console.WriteLine($"Recordings: {folder}");
    }
}
