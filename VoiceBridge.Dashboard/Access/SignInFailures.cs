using VoiceBridge.ServiceDefaults.Access;

namespace VoiceBridge.Dashboard.Access;

/// <summary>
/// A request of somebody who is not signed in and that fails is answered and logged at a bounded rate, instead of as an error with a stack each time: the
/// directory cannot be reached, or what was posted to the sign-in cannot be read.
/// </summary>
internal static partial class SignInFailures
{
    public static IApplicationBuilder UseSignInFailures(this WebApplication app)
    {
        var logger = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(SignInFailures).FullName!);
        var refusals = app.Services.GetRequiredService<Refusals>();
        return app.Use(async (context, next) =>
        {
            try
            {
                await next(context);
            }
            catch (Exception exception) when (context.User.Identity?.IsAuthenticated != true && !context.Response.HasStarted && !context.RequestAborted.IsCancellationRequested)
            {
                if (refusals.Count("dashboard", "sign_in")) LogFailed(logger, exception.GetType().Name, Refusals.Printable(exception.Message));
                if (exception is IOException) context.Response.StatusCode = StatusCodes.Status400BadRequest;
                else context.Response.Redirect("/sign-in-failed");
            }
        });
    }

    [LoggerMessage(EventId = 7041, Level = LogLevel.Warning, Message = "Somebody could not be sent to the sign-in: {Error}: {Reason}")]
    private static partial void LogFailed(ILogger logger, string error, string reason);
}
