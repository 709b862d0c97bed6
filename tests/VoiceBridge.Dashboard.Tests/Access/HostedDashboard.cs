using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using VoiceBridge.Testing.Clusters;

namespace VoiceBridge.Dashboard.Tests.Access;

/// <summary>The dashboard on a real socket; whoever sends the header <c>X-Test-Role</c> is signed in with that role.</summary>
internal sealed class HostedDashboard : IAsyncDisposable
{
    private readonly WebApplication _app;

    private HostedDashboard(WebApplication app, HttpClient http) => (_app, Http) = (app, http);

    public HttpClient Http { get; }

    public IServiceProvider Services => _app.Services;

    public static async Task<HostedDashboard> StartAsync(bool loopbackSignIn = false, IReadOnlyDictionary<string, string?>? settings = null)
    {
        var app = DashboardApp.Create(["--environment", "Development"], builder =>
        {
            builder.Configuration.AddInMemoryCollection(TestSettings.Of("127.0.0.1:1,connectTimeout=100,connectRetry=0"));
            builder.Configuration.AddInMemoryCollection(settings);
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            builder.Logging.ClearProviders();
            if (loopbackSignIn) return;
            builder.Services.AddAuthentication().AddScheme<AuthenticationSchemeOptions, RoleFromHeader>("test", null);
            builder.Services.PostConfigure<AuthenticationOptions>(options => options.DefaultAuthenticateScheme = options.DefaultChallengeScheme = options.DefaultForbidScheme = "test");
        });
        await app.StartAsync();
        return new HostedDashboard(app, new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = new Uri(app.Urls.First()) });
    }

    public async Task<HttpResponseMessage> GetAsync(string path, string? role, string? host = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (role is not null) request.Headers.Add("X-Test-Role", role);
        if (host is not null) request.Headers.Host = host;
        return await Http.SendAsync(request);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.DisposeAsync();
    }

    private sealed class RoleFromHeader(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync()
        {
            if (!Request.Headers.TryGetValue("X-Test-Role", out var role)) return Task.FromResult(AuthenticateResult.NoResult());
            var identity = new ClaimsIdentity([new Claim(ClaimTypes.Name, "Somebody"), new Claim(ClaimTypes.Role, role.ToString())], Scheme.Name);
            return Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), Scheme.Name)));
        }
    }
}
