using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace VoiceBridge.CallControl.Tests.Fakes;

/// <summary>One request that reached the fake service.</summary>
internal sealed record SeenRequest(string Method, string Path, string Body, IReadOnlyDictionary<string, string> Headers)
{
    public string RepeatabilityId => Headers.GetValueOrDefault("Repeatability-Request-ID", "");
    public string FirstSent => Headers.GetValueOrDefault("Repeatability-First-Sent", "");
    public bool IsAnswer => Path.EndsWith(":answer", StringComparison.Ordinal);
    public JsonElement Json => JsonDocument.Parse(Body).RootElement;
}

/// <summary>A small Call Automation on a real socket: checks signatures, replays repeated requests, signs tokens, and fails on demand.</summary>
internal sealed class FakeAcs : IAsyncDisposable
{
    public const string AccessKey = "bG9jYWwtZW11bGF0b3ItYWNjZXNzLWtleS0zMmJ5dGU=";
    public const string ResourceId = "0c5d9a2e-0000-4000-8000-000000000001";

    private readonly ConcurrentDictionary<string, string> _answers = new();
    private readonly ConcurrentDictionary<string, string> _contexts = new();
    private readonly WebApplication _app;
    private readonly RSA _rsa = RSA.Create(2048);

    private FakeAcs(WebApplication app) => _app = app;

    public string Url => _app.Urls.First();

    public string ConnectionString => $"endpoint={Url}/;accesskey={AccessKey}";

    public string OpenIdConfiguration => $"{Url}/calling/.well-known/acsopenidconfiguration";

    public ConcurrentQueue<SeenRequest> Requests { get; } = new();

    /// <summary>What to do instead of the usual, by request; null: the usual.</summary>
    public Func<SeenRequest, IResult?> Fault { get; set; } = _ => null;

    /// <summary>How many calls have really been answered: repetitions do not count.</summary>
    public int Answered => _answers.Count;

    /// <summary>Calls that have ended: 404 from now on.</summary>
    public ConcurrentDictionary<string, byte> Gone { get; } = new();

    public static IResult Error(int status, string code, string message) =>
        Results.Json(new { error = new { code, message } }, statusCode: status);

    public static async Task<FakeAcs> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        var fake = new FakeAcs(app);
        app.Run(fake.HandleAsync);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return fake;
    }

    /// <summary>A token as the service sends it with callbacks.</summary>
    public string Token(string? audience = null, string? issuer = null, TimeSpan? life = null, RSA? key = null) =>
        new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
        {
            Issuer = issuer ?? Url,
            Audience = audience ?? ResourceId,
            NotBefore = DateTime.UtcNow.AddHours(-1),
            IssuedAt = DateTime.UtcNow.AddHours(-1),
            Expires = DateTime.UtcNow + (life ?? TimeSpan.FromMinutes(5)),
            SigningCredentials = new SigningCredentials(new RsaSecurityKey(key ?? _rsa) { KeyId = "k1" }, SecurityAlgorithms.RsaSha256),
        });

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _rsa.Dispose();
    }

    private async Task HandleAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!;
        if (path.EndsWith("acsopenidconfiguration", StringComparison.Ordinal))
        {
            await context.Response.WriteAsJsonAsync(new { issuer = Url, jwks_uri = $"{Url}/calling/keys" });
            return;
        }

        if (path == "/calling/keys")
        {
            var key = JsonWebKeyConverter.ConvertFromRSASecurityKey(new RsaSecurityKey(_rsa.ExportParameters(false)) { KeyId = "k1" });
            await context.Response.WriteAsJsonAsync(new { keys = new[] { new { kty = "RSA", kid = "k1", use = "sig", n = key.N, e = key.E } } });
            return;
        }

        using var reader = new StreamReader(context.Request.Body);
        var body = await reader.ReadToEndAsync();
        var headers = context.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase);
        var request = new SeenRequest(context.Request.Method, path, body, headers);
        Requests.Enqueue(request);
        var result = Signed(context, body) ? Fault(request) ?? Usual(request) : Error(401, "Unauthorized", "The signature does not match.");
        await result.ExecuteAsync(context);
    }

    private static bool Signed(HttpContext context, string body)
    {
        var hash = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(body)));
        var uri = new Uri($"http://{context.Request.Host}{context.Request.Path}{context.Request.QueryString}");
        var signature = HmacPolicy.Signature(
            Convert.FromBase64String(AccessKey), context.Request.Method, uri, context.Request.Headers["x-ms-date"]!, hash);
        return context.Request.Headers.Authorization == $"HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature={signature}";
    }

    private IResult Usual(SeenRequest request)
    {
        if (request.IsAnswer)
        {
            var context = request.Json.GetProperty("incomingCallContext").GetString()!;
            if (_contexts.GetOrAdd(context, request.RepeatabilityId) != request.RepeatabilityId)
                return Error(400, "8501", "The call has been answered already.");
            var id = _answers.GetOrAdd(request.RepeatabilityId, _ => Guid.NewGuid().ToString());
            return Results.Ok(new { callConnectionId = id, serverCallId = "server", callConnectionState = "connecting" });
        }

        if (request.Path.EndsWith(":reject", StringComparison.Ordinal) || request.Path.EndsWith(":redirect", StringComparison.Ordinal)) return Results.NoContent();
        var call = request.Path.Split('/')[^1].Split(':')[0];
        if (Gone.ContainsKey(call)) return Error(404, "8522", "Call not found.");
        if (request.Method == "GET") return Results.Ok(new { callConnectionId = call, callConnectionState = "connected" });
        if (request.Path.EndsWith(":terminate", StringComparison.Ordinal))
        {
            Gone[call] = 0;
            return Results.NoContent();
        }

        return Results.StatusCode(202);
    }
}
