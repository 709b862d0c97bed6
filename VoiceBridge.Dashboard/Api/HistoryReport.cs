using VoiceBridge.History.Reading;

namespace VoiceBridge.Dashboard.Api;

/// <summary>A page of ended calls; next is given as after for the following one, null after the last.</summary>
internal sealed record HistoryReport(IReadOnlyList<EndedCallReport> Calls, string? Next);
