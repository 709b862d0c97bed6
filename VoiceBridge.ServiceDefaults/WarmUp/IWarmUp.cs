namespace VoiceBridge.ServiceDefaults.WarmUp;

/// <summary>A service's own work, done on loopback so that its code is compiled before the first caller needs it.</summary>
public interface IWarmUp : IAsyncDisposable
{
    /// <summary>Does all of it once. Throws what goes wrong.</summary>
    Task RunRoundAsync(CancellationToken cancellationToken);
}
