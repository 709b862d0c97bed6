using System.Security.Claims;
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
internal static partial class SignIn
{
    public const string Section = "AzureAd";
    public const string InstanceSetting = $"{Section}:Instance";

    public static bool IsConfigured(IConfiguration configuration) => !string.IsNullOrWhiteSpace(configuration[$"{Section}:ClientId"]);

    // Names of Entra ID that stand for every organisation: applications of several tenants have roles that a foreign tenant assigns.
    private static readonly string[] AnyTenant = ["common", "organizations", "consumers"];

    public static void AddSignIn(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        if (IsConfigured(builder.Configuration))
        {
            services.AddMicrosoftIdentityWebAppAuthentication(builder.Configuration, Section);
            services.Configure<CookieAuthenticationOptions>(CookieAuthenticationDefaults.AuthenticationScheme, options =>
            {
                options.AccessDeniedPath = "/denied";
                // Not Strict: the directory posts its answer from its own site, and the browser would leave the cookie out of the redirect that follows.
                options.Cookie.SameSite = SameSiteMode.Lax;
            });
            services.Configure<OpenIdConnectOptions>(OpenIdConnectDefaults.AuthenticationScheme, options =>
            {
                // What the token calls "roles" arrives under this longer name; looked for under its own, nobody would have a role.
                options.TokenValidationParameters.RoleClaimType = ClaimTypes.Role;
                options.TokenValidationParameters.NameClaimType = "name";
            });
            services.AddOptions<OpenIdConnectOptions>(OpenIdConnectDefaults.AuthenticationScheme).PostConfigure<ILoggerFactory, Refusals>((options, loggers, refusals) =>
            {
                var logger = loggers.CreateLogger(typeof(SignIn));
                var others = options.Events.OnRemoteFailure;
                options.Events.OnRemoteFailure = async context =>
                {
                    await others(context);
                    if (context.Result is not null) return;
                    // A page that says so, instead of an error: somebody who waited too long at the directory's page comes here too.
                    if (refusals.Count("dashboard", "sign_in")) LogRefused(logger, Refusals.Printable(context.Failure?.Message));
                    context.Response.Redirect("/sign-in-failed");
                    context.HandleResponse();
                };
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

    /// <summary>Whether somebody is signed in, or a program brings an operator's key.</summary>
    public static async ValueTask<bool> IsAuthenticatedAsync(HttpContext context) =>
        context.Request.Headers.ContainsKey(OpsAccess.Header) && context.RequestServices.GetRequiredService<OpsAccess>().IsAuthenticated(context)
        || (await context.AuthenticateAsync()).Succeeded;

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

    [LoggerMessage(EventId = 7020, Level = LogLevel.Warning, Message = "Somebody could not be signed in: {Reason}")]
    private static partial void LogRefused(ILogger logger, string reason);

    private sealed class SignInCheck(IConfiguration configuration) : IProtectionCheck
    {
        public IEnumerable<string> Missing()
        {
            if (!IsConfigured(configuration))
                yield return "AzureAd:ClientId (with AzureAd:TenantId and AzureAd:Instance): the dashboard has no sign-in. It is open only in Development, on loopback.";
            else if (string.IsNullOrWhiteSpace(configuration[$"{Section}:TenantId"]))
                yield return "AzureAd:TenantId: the tenant whose users may sign in to the dashboard.";
            else if (AnyTenant.Contains(configuration[$"{Section}:TenantId"]!.Trim(), StringComparer.OrdinalIgnoreCase))
                yield return "AzureAd:TenantId: must be one tenant; any other would assign the dashboard's roles to its own users.";
        }
    }
}
