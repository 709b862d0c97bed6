using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Identity.Web;
using VoiceBridge.Testing;
using VoiceBridge.Testing.Clusters;
using VoiceBridge.Testing.SignIn;

namespace VoiceBridge.Dashboard.Tests.Access;

/// <summary>
/// The dashboard as in Production, with Microsoft.Identity.Web, a tenant on loopback and a browser's manners. The tests' only liberty: the tenant's
/// certificate, which nobody has issued, is trusted.
/// </summary>
internal sealed partial class SignedInDashboard : IAsyncDisposable
{
    private const int MostSteps = 10;
    private readonly bool _ownsRedis;
    private readonly HttpClient _http;
    private readonly HttpClient _stranger;

    private SignedInDashboard(RedisServer redis, bool ownsRedis, LocalAuthority authority, WebApplication app)
    {
        (Redis, _ownsRedis, Authority, App) = (redis, ownsRedis, authority, app);
        Url = new Uri($"https://localhost:{new Uri(app.Urls.First()).Port}/");
        _http = new HttpClient(LoopbackCertificate.NewHandler()) { BaseAddress = Url };
        _stranger = new HttpClient(NewStranger()) { BaseAddress = Url };
    }

    public RedisServer Redis { get; }

    public LocalAuthority Authority { get; }

    public WebApplication App { get; }

    public Uri Url { get; }

    /// <summary>Every cookie that the dashboard has set for whoever opens pages.</summary>
    public List<string> CookiesSet { get; } = [];

    /// <param name="shared">Another one's Redis, instead of one of its own.</param>
    /// <param name="changed">Settings over the usual ones.</param>
    /// <param name="log">Where its log goes.</param>
    public static async Task<SignedInDashboard> StartAsync(RedisServer? shared = null, Dictionary<string, string?>? changed = null, ILoggerProvider? log = null)
    {
        var redis = shared ?? await RedisServer.StartAsync(RedisKind.Garnet);
        var authority = await LocalAuthority.StartAsync();
        var app = DashboardApp.Create(["--environment", "Production"], builder =>
        {
            var settings = TestSettings.Of(redis.ConnectionString);
            settings["Ops:ApiKeys:0"] = "0123456789abcdef0123456789abcdef";
            settings["AzureAd:Instance"] = authority.Instance;
            settings["AzureAd:TenantId"] = LocalAuthority.TenantId;
            settings["AzureAd:ClientId"] = LocalAuthority.ClientId;
            foreach (var (key, value) in changed ?? []) settings[key] = value;
            builder.Configuration.AddInMemoryCollection(settings);
            builder.Logging.ClearProviders();
            if (log is not null) builder.Logging.AddProvider(log);
            builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(LoopbackCertificate.Instance)));
            builder.Services.PostConfigure<OpenIdConnectOptions>(OpenIdConnectDefaults.AuthenticationScheme, options => options.BackchannelHttpHandler = LoopbackCertificate.NewHandler());
            builder.Services.Configure<AadIssuerValidatorOptions>(options => options.HttpClientName = "tenant");
            builder.Services.AddHttpClient("tenant").ConfigurePrimaryHttpMessageHandler(LoopbackCertificate.NewHandler);
        });
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new SignedInDashboard(redis, shared is null, authority, app);
    }

    /// <summary>One request, as it is answered.</summary>
    public Task<HttpResponseMessage> GetAsync(string path) => _http.GetAsync(path, TestContext.Current.CancellationToken);

    /// <summary>One request of somebody else, who comes with these headers.</summary>
    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        return await _stranger.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
    }

    public Task<HttpResponseMessage> PostAsync(string path, HttpContent? content = null) => _http.PostAsync(path, content, TestContext.Current.CancellationToken);

    /// <summary>Opens an address as a browser does: through redirects and through the form that the tenant's page posts.</summary>
    public async Task<(HttpStatusCode Status, string Path, string Body)> OpenAsync(string path) => await FollowAsync(new Uri(Url, path), null);

    /// <summary>Posts a form of a page, and goes where that leads.</summary>
    public async Task<(HttpStatusCode Status, string Path, string Body)> SubmitAsync(string page, string action)
    {
        var form = FormPattern().Matches(page).First(form => form.Groups["action"].Value == action);
        return await FollowAsync(new Uri(Url, action), FieldsOf(form.Value));
    }

    private async Task<(HttpStatusCode Status, string Path, string Body)> FollowAsync(Uri address, Dictionary<string, string>? fields)
    {
        var ct = TestContext.Current.CancellationToken;
        for (var step = 0; step < MostSteps; step++)
        {
            using var form = fields is null ? null : new FormUrlEncodedContent(fields);
            using var response = form is null ? await _http.GetAsync(address, ct) : await _http.PostAsync(address, form, ct);
            var body = await response.Content.ReadAsStringAsync(ct);
            if (address.Port == Url.Port && response.Headers.TryGetValues("Set-Cookie", out var set)) CookiesSet.AddRange(set);
            if (response.Headers.Location is { } next) (address, fields) = (new Uri(address, next), null);
            else if (address.Port != Url.Port && FormPattern().Match(body) is { Success: true } posted) (address, fields) = (new Uri(WebUtility.HtmlDecode(posted.Groups["action"].Value)), FieldsOf(body));
            else return (response.StatusCode, address.AbsolutePath, body);
        }

        throw new InvalidOperationException($"No end after {MostSteps} redirects; now at {address}.");
    }

    private static SocketsHttpHandler NewStranger()
    {
        var handler = LoopbackCertificate.NewHandler();
        handler.UseCookies = false;
        return handler;
    }

    private static Dictionary<string, string> FieldsOf(string html) =>
        FieldPattern().Matches(html).ToDictionary(field => field.Groups["name"].Value, field => WebUtility.HtmlDecode(field.Groups["value"].Value));

    [GeneratedRegex("""<form[^>]*? action="(?<action>[^"]*)".*?</form>""", RegexOptions.Singleline)]
    private static partial Regex FormPattern();

    [GeneratedRegex("""<input[^>]* name="(?<name>[^"]*)" value="(?<value>[^"]*)""")]
    private static partial Regex FieldPattern();

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        _stranger.Dispose();
        await App.DisposeAsync();
        await Authority.DisposeAsync();
        if (_ownsRedis) await Redis.DisposeAsync();
    }
}
