using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.Extensions.Options;
using Microsoft.Identity.Web;
using VoiceBridge.ServiceDefaults.Access;

namespace VoiceBridge.Dashboard.Access;

/// <summary>Sign-in with Entra ID where <c>AzureAd</c> is configured; otherwise open, on loopback in Development only.</summary>
internal static class SignIn
{
    public const string Section = "AzureAd";

    public static bool IsConfigured(IConfiguration configuration) => !string.IsNullOrWhiteSpace(configuration[$"{Section}:ClientId"]);

    public static void AddSignIn(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        if (IsConfigured(builder.Configuration))
        {
            services.AddMicrosoftIdentityWebAppAuthentication(builder.Configuration, Section);
            services.Configure<CookieAuthenticationOptions>(CookieAuthenticationDefaults.AuthenticationScheme, options => options.AccessDeniedPath = "/denied");
            services.Configure<OpenIdConnectOptions>(OpenIdConnectDefaults.AuthenticationScheme, options =>
            {
                options.TokenValidationParameters.RoleClaimType = "roles";
                options.TokenValidationParameters.NameClaimType = "name";
            });
        }
        else
        {
            services.AddAuthentication(LoopbackAuthentication.Scheme)
                .AddScheme<AuthenticationSchemeOptions, LoopbackAuthentication>(LoopbackAuthentication.Scheme, null);
        }

        services.AddAuthorizationBuilder()
            .AddPolicy(Policies.Read, policy => policy.RequireRole(Policies.ReaderRole, Policies.OperatorRole))
            .AddPolicy(Policies.Act, policy => policy.RequireRole(Policies.OperatorRole));
        services.AddOptions<AuthorizationOptions>().Configure<IOptions<DashboardOptions>>((authorization, dashboard) =>
            authorization.AddPolicy(Policies.ReadTranscripts, policy => policy.RequireRole(
                dashboard.Value.ReadersSeeTranscripts ? [Policies.OperatorRole, Policies.ReaderRole] : [Policies.OperatorRole])));
        services.AddCascadingAuthenticationState();
        services.AddScoped<AuthenticationStateProvider, SignedInForSoLong>();
        services.AddProtectionCheck<SignInCheck>();
    }

    public static void MapSignOut(this WebApplication app)
    {
        if (!IsConfigured(app.Configuration)) return;
        // A form post, so that anti-forgery guards it: a link could be followed on somebody's behalf.
        app.MapPost("/sign-out", async (HttpContext context, IAntiforgery antiforgery) =>
        {
            if (!await antiforgery.IsRequestValidAsync(context)) return Results.BadRequest();
            return Results.SignOut(new AuthenticationProperties { RedirectUri = "/" },
                [CookieAuthenticationDefaults.AuthenticationScheme, OpenIdConnectDefaults.AuthenticationScheme]);
        });
    }

    private sealed class SignInCheck(IConfiguration configuration) : IProtectionCheck
    {
        public IEnumerable<string> Missing()
        {
            if (!IsConfigured(configuration))
                yield return "AzureAd:ClientId (with AzureAd:TenantId and AzureAd:Instance): the dashboard has no sign-in. It is open only in Development, on loopback.";
            else if (string.IsNullOrWhiteSpace(configuration[$"{Section}:TenantId"]))
                yield return "AzureAd:TenantId: the tenant whose users may sign in to the dashboard.";
        }
    }
}
