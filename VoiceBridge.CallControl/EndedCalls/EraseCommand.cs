using System.Data.Common;
using StackExchange.Redis;
using VoiceBridge.History.Keeping;

namespace VoiceBridge.CallControl.EndedCalls;

/// <summary><c>VoiceBridge.CallControl erase --number +1...</c>: takes a person out of everything that is kept, with the settings of the service.</summary>
internal static class EraseCommand
{
    public const string Name = "erase";

    private const string Usage = "usage: VoiceBridge.CallControl erase --number <the whole number, as +14255550123>";

    /// <summary>0 when it is done, 1 when not everything could be erased, 2 when it was not understood.</summary>
    public static async Task<int> RunAsync(IServiceProvider services, string[] args, TextWriter output, CancellationToken cancellationToken)
    {
        if (args is not ["--number", { Length: > 0 } number])
        {
            await output.WriteLineAsync(Usage);
            return 2;
        }

        if (services.GetService<PersonErasure>() is not { } erasure)
        {
            await output.WriteLineAsync("No history is kept: ConnectionStrings:history is not set.");
            return 2;
        }

        try
        {
            var erased = await erasure.EraseAsync(number, $"command on {Environment.MachineName}", cancellationToken);
            await output.WriteLineAsync(erased.ToString());
            return erased.Live > 0 ? 1 : 0;
        }
        catch (Exception exception) when (exception is DbException or RedisException or TimeoutException)
        {
            await output.WriteLineAsync($"Not everything was erased, try again: {exception.GetBaseException().Message}");
            return 1;
        }
    }
}
