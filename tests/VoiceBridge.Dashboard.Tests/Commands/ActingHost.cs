using System.Net;
using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Testing;
using VoiceBridge.Cluster.Events;
using VoiceBridge.Cluster.Gateways;
using VoiceBridge.Cluster.Trust;
using VoiceBridge.Dashboard.Commands;
using VoiceBridge.ServiceDefaults.Privacy;
using VoiceBridge.Testing.Clusters;

namespace VoiceBridge.Dashboard.Tests.Commands;

/// <summary>The real actions and policies, with a signed-in person of the test's choice, no Redis unless given, and a CallControl that writes down what it is asked.</summary>
internal sealed class ActingHost : IAsyncDisposable
{
    private const string NoRedis = "127.0.0.1:1,connectTimeout=100,connectRetry=0";
    private readonly WebApplication _app;
    private readonly AsyncServiceScope _scope;
    private readonly HttpClient _http;

    private ActingHost(string? role, HttpStatusCode answer, string body, string redis, Dictionary<string, string?> changed)
    {
        _app = DashboardApp.Create(["--environment", "Development"], builder => builder.Configuration.AddInMemoryCollection(TestSettings.Of(redis)).AddInMemoryCollection(changed));
        _scope = _app.Services.CreateAsyncScope();
        CallControl = new RecordingHandler(answer, body);
        _http = new HttpClient(CallControl);
        var services = _scope.ServiceProvider;
        Tokens = services.GetRequiredService<ClusterTokens>();
        SignedIn = new SomeoneSignedIn(role);
        Authorization = services.GetRequiredService<IAuthorizationService>();
        Actions = new OperatorActions(
            SignedIn, Authorization, services.GetRequiredService<GatewayRegistry>(), services.GetRequiredService<ClusterLog>(), new CallControlClient(_http, Tokens, _app.Configuration),
            services.GetRequiredService<OperatorTimeline>(), services.GetRequiredService<CallerIdPrivacy>(), TimeProvider.System, Log);
    }

    public OperatorActions Actions { get; }

    public FakeLogger<OperatorActions> Log { get; } = new();

    public RecordingHandler CallControl { get; }

    public ClusterTokens Tokens { get; }

    public AuthenticationStateProvider SignedIn { get; }

    public IAuthorizationService Authorization { get; }

    public IServiceProvider Services => _scope.ServiceProvider;

    public static ActingHost Create(
        string? role, HttpStatusCode answer = HttpStatusCode.Accepted, string body = "{}", string redis = NoRedis, Dictionary<string, string?>? changed = null) =>
        new(role, answer, body, redis, changed ?? []);

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _scope.DisposeAsync();
        await _app.DisposeAsync();
    }

    private sealed class SomeoneSignedIn(string? role) : AuthenticationStateProvider
    {
        public override Task<AuthenticationState> GetAuthenticationStateAsync() => Task.FromResult(new AuthenticationState(new ClaimsPrincipal(
            role is null ? new ClaimsIdentity() : new ClaimsIdentity([new Claim(ClaimTypes.Name, "Somebody"), new Claim(ClaimTypes.Role, role)], "test"))));
    }
}
