namespace VoiceBridge.Samples.HttpTool;

/// <summary>A shop's opening hours over HTTP: <c>GET /opening-hours/{city}?day=monday</c>. With <c>ApiKey</c> set, requests need the
/// header <c>X-Api-Key</c>.</summary>
public static class HttpToolApp
{
    private static readonly string[] Days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

    /// <summary>Builds the application; <paramref name="configure"/> runs before the container is built.</summary>
    public static WebApplication Create(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = WebApplication.CreateBuilder(args);
        configure?.Invoke(builder);
        var app = builder.Build();
        app.MapGet("/opening-hours/{city}", (string city, string? day, HttpRequest request, IConfiguration configuration) =>
        {
            if (configuration["ApiKey"] is { Length: > 0 } key && request.Headers["X-Api-Key"] != key)
                return Results.Unauthorized();
            if (day is not null && !Days.Contains(day.ToLowerInvariant()))
                return Results.BadRequest(new { error = "day must be the English name of a weekday" });
            return Results.Ok(new OpeningHours(city, day?.ToLowerInvariant() ?? "weekdays", Hours(day)));
        });
        return app;
    }

    private static string Hours(string? day) => day?.ToLowerInvariant() switch
    {
        "sunday" => "closed",
        "saturday" => "10:00-14:00",
        _ => "08:00-18:00",
    };

    private sealed record OpeningHours(string City, string Day, string Hours);
}
