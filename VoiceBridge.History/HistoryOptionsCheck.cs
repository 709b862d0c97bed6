using Microsoft.Extensions.Options;

namespace VoiceBridge.History;

/// <summary>Says what is wrong with the section <c>History</c>.</summary>
internal sealed class HistoryOptionsCheck : IValidateOptions<HistoryOptions>
{
    private const int MaxDays = 36_500;

    public ValidateOptionsResult Validate(string? name, HistoryOptions options)
    {
        List<string> failures = [];
        Days("CallDays", options.CallDays);
        Days("ReportDays", options.ReportDays);
        Days("AccessDays", options.AccessDays);
        Days("WebhookDays", options.WebhookDays);
        if (options.Settle < TimeSpan.Zero || options.Settle > TimeSpan.FromMinutes(5)) failures.Add("History:Settle must be between 0 and 5 min.");
        if (options.MaxWaitingCalls is < 100 or > 1_000_000) failures.Add("History:MaxWaitingCalls must be between 100 and 1000000.");
        if (options.MaxWaitingTranscripts < 0 || options.MaxWaitingTranscripts > options.MaxWaitingCalls)
            failures.Add("History:MaxWaitingTranscripts must be between 0 and History:MaxWaitingCalls.");
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);

        void Days(string setting, int days)
        {
            if (days is < 1 or > MaxDays) failures.Add($"History:{setting} must be between 1 and {MaxDays} days.");
        }
    }
}
