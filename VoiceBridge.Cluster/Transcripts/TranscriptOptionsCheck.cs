using Microsoft.Extensions.Options;

namespace VoiceBridge.Cluster.Transcripts;

/// <summary>Says what is wrong with the section <c>Transcripts</c>.</summary>
internal sealed class TranscriptOptionsCheck : IValidateOptions<TranscriptOptions>
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(3650);

    private const int LongestAnnouncement = 500;

    public ValidateOptionsResult Validate(string? name, TranscriptOptions options) =>
        options.Announcement?.Length > LongestAnnouncement ? ValidateOptionsResult.Fail($"Transcripts:Announcement: {LongestAnnouncement} characters at most.")
        : options.Retention > TimeSpan.Zero && options.Retention <= Longest ? ValidateOptionsResult.Success
        : ValidateOptionsResult.Fail("Transcripts:Retention: a time span above zero, 10 years at most, as 7.00:00:00 (days.hours:minutes:seconds).");
}
