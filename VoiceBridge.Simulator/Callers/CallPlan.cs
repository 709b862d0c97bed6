namespace VoiceBridge.Simulator;

/// <summary>One call: who, to whom, and what the caller does.</summary>
public sealed record CallPlan
{
    /// <summary>The phone network that the call comes over.</summary>
    public PhoneNetwork Network { get; init; }

    /// <summary>The caller: E.164, <c>anonymous</c>, or <c>8:acs:...</c>.</summary>
    public string From { get; init; } = "+14255550100";

    /// <summary>The dialled number; at Teams Phone the raw id of its resource account, <c>28:orgid:...</c>.</summary>
    public string To { get; init; } = "+14255550199";

    /// <summary>What the caller says, and when.</summary>
    public CallerScript Script { get; init; } = CallerScript.Default;

    /// <summary>The caller hangs up that long after being answered, whatever is being said.</summary>
    public TimeSpan? HangUpAfter { get; init; }

    /// <summary>The caller gives up that long after the phone began to ring.</summary>
    public TimeSpan? GiveUpAfter { get; init; }

    /// <summary>Where to write a stereo WAV of the call: the caller left, what the caller heard right.</summary>
    public string? RecordTo { get; init; }

    /// <summary>
    /// Carried in the lowest bit of the caller's audio; the simulated agent that hears it puts it into its own audio, so that the
    /// caller knows whose agent it hears. Null: the simulator picks one. 0: none, and silence is all zeros.
    /// </summary>
    public ushort? Mark { get; init; }

    /// <summary>The sample rate that the media socket announces, where that is not the one of the audio; null: the true one.</summary>
    public int? AnnouncedSampleRate { get; init; }

    /// <summary>The correlation id; null makes one. Redirected calls ring again with the same one.</summary>
    public string? CorrelationId { get; init; }

    /// <summary>SIP headers of the call, as <c>customContext.sipHeaders</c>.</summary>
    public IReadOnlyDictionary<string, string> SipHeaders { get; init; } = new Dictionary<string, string>();

    /// <summary>Files are looked at when the call is ordered, not when it is too late to say anything.</summary>
    /// <exception cref="IOException">A file cannot be read or written.</exception>
    internal void CheckFiles()
    {
        if (RecordTo is not null)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(RecordTo))!);
            File.WriteAllBytes(RecordTo, []);
        }
        foreach (var play in Script.Steps.OfType<CallerStep.Play>()) Audio.Wav.Read(File.ReadAllBytes(play.Path));
    }
}
