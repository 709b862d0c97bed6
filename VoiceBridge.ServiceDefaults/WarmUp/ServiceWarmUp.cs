using System.Diagnostics;
using System.Runtime;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace VoiceBridge.ServiceDefaults.WarmUp;

/// <summary>
/// Warms a service before it starts. In a fresh process each method that a call needs is compiled while the caller waits, twice: a phone that rings then
/// is answered a second late, and audio stalls for the first half minute (docs/performance.md).
/// </summary>
public static partial class ServiceWarmUp
{
    /// <summary>Methods compiled in a round that still counts as quiet: timers and background work compile now and then.</summary>
    private const int QuietMethods = 10;

    /// <summary>The runtime compiles optimised code when nothing new was compiled for 100 ms: quiet is longer than that.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(400);

    /// <summary>
    /// Runs rounds until the runtime has nothing left to compile, <c>WarmUp:Seconds</c> at most. <paramref name="app"/> is built and not started: nothing of it
    /// hears of the warm-up, and the cluster does not know it yet. A warm-up that fails is logged, and the service starts all the same.
    /// </summary>
    public static async Task RunAsync(WebApplication app, Func<IConfiguration, CancellationToken, Task<IWarmUp>> start)
    {
        ArgumentNullException.ThrowIfNull(app);
        ArgumentNullException.ThrowIfNull(start);
        var seconds = app.Services.GetRequiredService<IOptions<WarmUpOptions>>().Value.Seconds;
        if (seconds <= 0) return;
        // Made now, the guard of the settings first among them: a service that will not start says so at once.
        _ = app.Services.GetServices<IHostedService>().ToArray();
        var logger = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(ServiceWarmUp).FullName!);
        var began = Stopwatch.GetTimestamp();
        var rounds = 0;
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(seconds));
        try
        {
            await using var warmUp = await start(app.Configuration, deadline.Token);
            var quietSince = began;
            do
            {
                var compiled = JitInfo.GetCompiledMethodCount();
                await warmUp.RunRoundAsync(deadline.Token);
                rounds++;
                if (JitInfo.GetCompiledMethodCount() - compiled > QuietMethods) quietSince = Stopwatch.GetTimestamp();
            }
            while (Stopwatch.GetElapsedTime(quietSince) < Quiet);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            // What is compiled by now is.
        }
        catch (Exception exception)
        {
            Log.Failed(logger, exception);
        }

        // What the rounds have left behind is nobody's any more; the first collection would otherwise come while the first callers talk.
        GC.Collect();
        var took = Stopwatch.GetElapsedTime(began).TotalSeconds;
        if (rounds > 0) Log.Warm(logger, took, rounds, JitInfo.GetCompiledMethodCount());
        else Log.NotWarm(logger, took);
    }

    private static partial class Log
    {
        [LoggerMessage(9201, LogLevel.Information, "Warm after {Seconds:F1} s and {Rounds} rounds ({Methods} methods compiled)")]
        public static partial void Warm(ILogger logger, double seconds, int rounds, long methods);

        [LoggerMessage(9202, LogLevel.Warning, "No warm-up call went through in {Seconds:F1} s; the first calls will be slower")]
        public static partial void NotWarm(ILogger logger, double seconds);

        [LoggerMessage(9203, LogLevel.Warning, "The warm-up failed")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
