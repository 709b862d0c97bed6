using Microsoft.Extensions.Primitives;

namespace VoiceBridge.Dashboard.Access;

/// <summary>What the browser must not do: load anything from elsewhere, run inline scripts, be framed, leak addresses.</summary>
internal static class SecurityHeaders
{
    public static IApplicationBuilder UseSecurityHeaders(this IApplicationBuilder app, string? mediaUrl, string? signInUrl)
    {
        // The one connection to another origin: the gateway's media socket of the talk page.
        var media = Uri.TryCreate(mediaUrl, UriKind.Absolute, out var url) ? $" {(url.Scheme is "https" or "wss" ? "wss" : "ws")}://{url.Authority}" : "";
        // Signing out is a form that leads to the directory.
        var signIn = Uri.TryCreate(signInUrl, UriKind.Absolute, out var directory) ? $" {directory.GetLeftPart(UriPartial.Authority)}" : "";
        // Inline styles are the widths of meters; there is no inline script.
        StringValues policy =
            $"default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'{media}; "
            + $"worker-src 'self'; manifest-src 'self'; base-uri 'self'; form-action 'self'{signIn}; frame-ancestors 'none'";
        return app.Use((context, next) =>
        {
            var headers = context.Response.Headers;
            headers.ContentSecurityPolicy = policy;
            headers.XContentTypeOptions = "nosniff";
            headers.XFrameOptions = "DENY";
            headers["Referrer-Policy"] = "no-referrer";
            headers["Permissions-Policy"] = "microphone=(self), camera=(), geolocation=()";
            headers["Cross-Origin-Opener-Policy"] = "same-origin";
            return next(context);
        });
    }
}
