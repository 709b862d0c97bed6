using VoiceBridge.Dashboard.Snapshots;

namespace VoiceBridge.Dashboard.Alerts;

/// <summary>Something an operator should know, in words; <paramref name="Link"/> is the page that shows more, if there is one.</summary>
public sealed record Alert(Health Health, string Text, DateTimeOffset? At = null, string? Link = null);
