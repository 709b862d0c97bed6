using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using VoiceBridge.ServiceDefaults.Telemetry;

namespace VoiceBridge.ServiceDefaults.Access;

/// <summary>
/// Guards operators' endpoints: an API key of <c>Ops:ApiKeys</c> in <c>X-Api-Key</c>. Without any key configured the endpoints are
/// open in Development to loopback, and closed otherwise.
/// </summary>
public sealed partial class OpsAccess(IOptionsMonitor<OpsAccessOptions> options, IHostEnvironment environment, ILogger<OpsAccess> logger)
{
    /// <summary>The request header that carries the key.</summary>
    public const string Header = "X-Api-Key";

    /// <summary>Null when the request may pass, else why not (for the log; the response says nothing).</summary>
    public string? Refuse(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var keys = options.CurrentValue.ApiKeys;
        if (keys.Count == 0)
        {
            if (!environment.IsDevelopment()) return "no Ops:ApiKeys configured";
            return context.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address) ? null : "not from loopback";
        }

        var given = context.Request.Headers[Header].ToString();
        if (given.Length == 0) return "no key";

        // Every key is compared, in constant time, so that nothing is learnt from how long a refusal takes.
        var matches = false;
        foreach (var key in keys)
            matches |= CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(key)), SHA256.HashData(Encoding.UTF8.GetBytes(given)));
        return matches ? null : "wrong key";
    }

    /// <summary>401, counted and logged; the response says nothing of <paramref name="reason"/>.</summary>
    public IResult TurnAway(HttpContext context, string reason)
    {
        ArgumentNullException.ThrowIfNull(context);
        VoiceBridgeTelemetry.Refusals.Add(1, new("entry", "ops"), new("reason", "unauthenticated"));
        LogRefused(logger, context.Request.Path, reason);
        return Results.StatusCode(StatusCodes.Status401Unauthorized);
    }

    internal async ValueTask<object?> FilterAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var refusal = Refuse(context.HttpContext);
        return refusal is null ? await next(context) : TurnAway(context.HttpContext, refusal);
    }

    [LoggerMessage(EventId = 9001, Level = LogLevel.Warning, Message = "Refused {Path}: {Reason}")]
    private static partial void LogRefused(ILogger logger, PathString path, string reason);
}

/// <summary>Guards endpoints with <see cref="OpsAccess"/>.</summary>
public static class OpsAccessExtensions
{
    /// <summary>Only requests that <see cref="OpsAccess"/> lets pass reach this endpoint; others get 401.</summary>
    public static TBuilder RequireOpsAccess<TBuilder>(this TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder =>
        endpoint.AddEndpointFilter<TBuilder>((context, next) =>
            context.HttpContext.RequestServices.GetRequiredService<OpsAccess>().FilterAsync(context, next));

    internal static void AddOpsAccess(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<OpsAccessOptions>().BindConfiguration(OpsAccessOptions.Section);
        builder.Services.AddSingleton<OpsAccess>();
    }
}
