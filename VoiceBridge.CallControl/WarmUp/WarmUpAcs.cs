using System.Collections.Concurrent;
using System.Text.Json;
using VoiceBridge.ServiceDefaults.WarmUp;

namespace VoiceBridge.CallControl.WarmUp;

/// <summary>Call Automation's end of a warm-up: whatever it is asked for is done, and its tokens are good.</summary>
internal sealed class WarmUpAcs : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource<string>> _answered = new();
    private readonly WebApplication _app;

    private WarmUpAcs(WebApplication app) => _app = app;

    public WarmUpTokens Tokens { get; } = new();

    public Uri Address => new(_app.Urls.First());

    public string OpenIdConfiguration => Tokens.DocumentOf(Address).ToString();

    public static async Task<WarmUpAcs> StartAsync(CancellationToken cancellationToken)
    {
        var app = WarmUpHost.CreateBuilder(new Dictionary<string, string?>()).Build();
        var acs = new WarmUpAcs(app);
        acs.Tokens.Map(app);
        app.MapPost("/calling/callConnections:answer", (Delegate)acs.AnswerAsync);
        app.MapPost("/calling/callConnections:reject", (Delegate)acs.AnswerAsync);
        app.MapPost("/calling/callConnections/{operation}", () => Results.NoContent());
        try
        {
            await app.StartAsync(cancellationToken);
            return acs;
        }
        catch
        {
            await acs.DisposeAsync();
            throw;
        }
    }

    /// <summary>The connection id of the call with that context, once it is answered or refused.</summary>
    public Task<string> WhenAnswered(string context) => Of(context).Task;

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        Tokens.Dispose();
    }

    private async Task<IResult> AnswerAsync(HttpContext http)
    {
        using var body = await JsonDocument.ParseAsync(http.Request.Body, cancellationToken: http.RequestAborted);
        var connection = Guid.NewGuid().ToString();
        Of(body.RootElement.GetProperty("incomingCallContext").GetString()!).TrySetResult(connection);
        return Results.Json(new Dictionary<string, string> { ["callConnectionId"] = connection, ["serverCallId"] = "warm-up", ["callConnectionState"] = "connecting" });
    }

    private TaskCompletionSource<string> Of(string context) =>
        _answered.GetOrAdd(context, _ => new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously));
}
