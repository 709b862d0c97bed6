using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace VoiceBridge.ServiceDefaults.Access;

/// <summary>What a key of an operator opens: one does not open what the other does.</summary>
public enum OpsRight
{
    /// <summary>Figures: <c>Ops:ApiKeys</c>.</summary>
    Read,

    /// <summary>Commands: <c>Ops:CommandKeys</c>.</summary>
    Command,
}

/// <summary>
/// Guards operators' endpoints: a key of <c>Ops:ApiKeys</c>, for commands of <c>Ops:CommandKeys</c>, in <c>X-Api-Key</c>. Without any key configured the
/// endpoints are open in Development to this machine (<see cref="LocalRequest"/>), and closed otherwise.
/// </summary>
public sealed partial class OpsAccess(IOptionsMonitor<OpsAccessOptions> options, IHostEnvironment environment, Refusals refusals, ILogger<OpsAccess> logger)
{
    /// <summary>The request header that carries the key.</summary>
    public const string Header = "X-Api-Key";

    private const string Entry = "ops";

    /// <summary>Whether the request brings any operator's key, or needs none.</summary>
    public bool IsAuthenticated(HttpContext context) => Refuse(context) is null || Refuse(context, OpsRight.Command) is null;

    /// <summary>Null when the request may pass, else why not (for the log; the response says nothing).</summary>
    public string? Refuse(HttpContext context, OpsRight right = OpsRight.Read)
    {
        ArgumentNullException.ThrowIfNull(context);
        var settings = options.CurrentValue;
        if (settings.ApiKeys.Count + settings.CommandKeys.Count == 0)
        {
            if (!environment.IsDevelopment()) return "no Ops:ApiKeys configured";
            return LocalRequest.IsLocal(context) ? null : "no key is configured, and it is not from this machine";
        }

        var given = Given(context);
        if (given.Length == 0) return "no key";
        if (SharedSecret.Find(settings.Of(right), given) != SharedSecret.NoMatch) return null;
        return right is OpsRight.Command && SharedSecret.Find(settings.ApiKeys, given) != SharedSecret.NoMatch ? "a key that opens figures only" : "wrong key";
    }

    /// <summary>401, counted and logged; the response says nothing of <paramref name="reason"/>.</summary>
    public IResult TurnAway(HttpContext context, string reason)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (refusals.Count(Entry, "unauthenticated")) LogRefused(logger, context.Request.Path, reason);
        return Results.StatusCode(StatusCodes.Status401Unauthorized);
    }

    internal async ValueTask<object?> FilterAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next, OpsRight right)
    {
        var http = context.HttpContext;
        if (Refuse(http, right) is { } refusal) return TurnAway(http, refusal);
        if (right is OpsRight.Command)
        {
            var key = SharedSecret.Find(options.CurrentValue.CommandKeys, Given(http));
            LogCommand(logger, http.Request.Method, http.Request.Path, key == SharedSecret.NoMatch ? "without a key" : $"Ops:CommandKeys:{key}", http.Connection.RemoteIpAddress?.ToString());
        }

        return await next(context);
    }

    private static string Given(HttpContext context) => context.Request.Headers[Header].ToString();

    [LoggerMessage(EventId = 9001, Level = LogLevel.Warning, Message = "Refused {Path}: {Reason}")]
    private static partial void LogRefused(ILogger logger, PathString path, string reason);

    [LoggerMessage(EventId = 9004, Level = LogLevel.Information, Message = "{Method} {Path} ordered with {Key} from {Address}")]
    private static partial void LogCommand(ILogger logger, string method, PathString path, string key, string? address);
}

/// <summary>Guards endpoints with <see cref="OpsAccess"/>.</summary>
public static class OpsAccessExtensions
{
    /// <summary>Only requests that <see cref="OpsAccess"/> lets pass reach this endpoint; others get 401.</summary>
    public static TBuilder RequireOpsAccess<TBuilder>(this TBuilder endpoint, OpsRight right = OpsRight.Read)
        where TBuilder : IEndpointConventionBuilder =>
        endpoint.AddEndpointFilter<TBuilder>((context, next) =>
            context.HttpContext.RequestServices.GetRequiredService<OpsAccess>().FilterAsync(context, next, right));

    internal static void AddOpsAccess(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<OpsAccessOptions>().BindConfiguration(OpsAccessOptions.Section);
        builder.Services.AddSingleton<OpsAccess>();
    }
}
