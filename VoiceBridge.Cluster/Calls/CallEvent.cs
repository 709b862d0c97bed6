namespace VoiceBridge.Cluster.Calls;

/// <summary>One entry of a call's timeline. <paramref name="Kind"/>: rang, answered, connected, first_audio, tool, interruption, moved, ended, ...</summary>
public sealed record CallEvent(DateTimeOffset At, string Kind, string Text);
