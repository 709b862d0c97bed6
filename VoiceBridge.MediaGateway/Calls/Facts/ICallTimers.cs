namespace VoiceBridge.MediaGateway.Calls.Facts;

/// <summary>The clock of one call, as its parts see it. Whatever it runs, it runs on the call's loop.</summary>
internal interface ICallTimers
{
    DateTimeOffset Now { get; }

    /// <summary>Runs <paramref name="action"/> once after <paramref name="delay"/>, unless the result is disposed before.</summary>
    IDisposable After(TimeSpan delay, Action action);
}
