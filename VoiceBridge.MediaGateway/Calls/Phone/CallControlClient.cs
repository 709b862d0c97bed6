using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Serialization;
using VoiceBridge.Cluster.Trust;
using VoiceBridge.MediaGateway.Calls.Facts;

namespace VoiceBridge.MediaGateway.Calls.Phone;

/// <summary>Asks CallControl to act on the phone call. Failures are values: a call ends even when CallControl is away.</summary>
internal sealed partial class CallControlClient(IHttpClientFactory clients, ClusterTokens tokens, ILogger<CallControlClient> logger)
{
    /// <summary>The name of its HTTP client.</summary>
    public const string ClientName = "callcontrol";

    private const string Audience = "callcontrol";

    /// <summary>Whether the hang-up was accepted (also when the call was gone already).</summary>
    public async Task<bool> HangUpAsync(CallFacts facts, string reason, CancellationToken cancellationToken)
    {
        var refusal = await PostAsync(facts, "hangup", new HangUpBody(facts.CallConnectionId, reason), CallControlJson.Default.HangUpBody, cancellationToken);
        return refusal is null;
    }

    /// <summary>Null when the transfer was accepted, else why not.</summary>
    public Task<string?> TransferAsync(CallFacts facts, string target, CancellationToken cancellationToken) =>
        PostAsync(facts, "transfer", new TransferBody(facts.CallConnectionId, target, "transferred"), CallControlJson.Default.TransferBody, cancellationToken);

    private async Task<string?> PostAsync<T>(CallFacts facts, string action, T body,
        System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        using var http = clients.CreateClient(ClientName);
        if (http.BaseAddress is null)
        {
            Log.NoAddress(logger, action);
            return "CallControl:Url is not configured";
        }
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, $"calls/{facts.CallId}/{action}")
            {
                Content = JsonContent.Create(body, type),
            };
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", tokens.Issue(Audience));
            using var response = await http.SendAsync(request, cancellationToken);
            if (response.StatusCode == HttpStatusCode.Accepted || response.IsSuccessStatusCode)
                return null;
            Log.Refused(logger, action, facts.CallId, (int)response.StatusCode);
            return await ReasonAsync(response, cancellationToken);
        }
        catch (Exception exception)
        {
            // Whatever it was (network, deadline, circuit breaker): the call goes on without it.
            Log.Failed(logger, action, facts.CallId, exception.GetType().Name);
            return "the call service cannot be reached";
        }
    }

    private static async Task<string> ReasonAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            var body = await response.Content.ReadFromJsonAsync(CallControlJson.Default.RefusalBody, cancellationToken);
            return string.IsNullOrWhiteSpace(body?.Error) ? $"refused with status {(int)response.StatusCode}" : body.Error;
        }
        catch (Exception exception) when (exception is System.Text.Json.JsonException or HttpRequestException or IOException)
        {
            return $"refused with status {(int)response.StatusCode}";
        }
    }

    private static partial class Log
    {
        [LoggerMessage(2201, LogLevel.Warning, "Cannot ask for {Action}: CallControl:Url is not configured")]
        public static partial void NoAddress(ILogger logger, string action);

        [LoggerMessage(2202, LogLevel.Warning, "CallControl refused {Action} of call {CallId} with status {Status}")]
        public static partial void Refused(ILogger logger, string action, string callId, int status);

        [LoggerMessage(2203, LogLevel.Warning, "CallControl could not be asked for {Action} of call {CallId}: {Error}")]
        public static partial void Failed(ILogger logger, string action, string callId, string error);
    }
}

internal sealed record HangUpBody(string? CallConnectionId, string Reason);

internal sealed record TransferBody(string? CallConnectionId, string Target, string Reason);

internal sealed record RefusalBody(string? Error);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, PropertyNameCaseInsensitive = true)]
[JsonSerializable(typeof(HangUpBody))]
[JsonSerializable(typeof(TransferBody))]
[JsonSerializable(typeof(RefusalBody))]
internal sealed partial class CallControlJson : JsonSerializerContext;
