using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using VoiceBridge.Cluster.Trust;

namespace VoiceBridge.Dashboard.Commands;

/// <summary>CallControl's API for acting on one call, trusted by the cluster's token.</summary>
internal sealed class CallControlClient(HttpClient http, ClusterTokens tokens, IConfiguration configuration)
{
    public const string UrlSetting = "CallControl:Url";
    private const string Audience = "callcontrol";
    private const int LongestError = 300;

    public Task<ActionResult> HangUpAsync(string callId, string? callConnectionId, CancellationToken ct) =>
        PostAsync($"calls/{Uri.EscapeDataString(callId)}/hangup", new { callConnectionId, reason = "operator" }, ct);

    public Task<ActionResult> TransferAsync(string callId, string? callConnectionId, string target, CancellationToken ct) =>
        PostAsync($"calls/{Uri.EscapeDataString(callId)}/transfer", new { callConnectionId, target, reason = "operator" }, ct);

    private async Task<ActionResult> PostAsync(string path, object body, CancellationToken ct)
    {
        if (!Uri.TryCreate(configuration[UrlSetting]?.TrimEnd('/') + "/", UriKind.Absolute, out var url))
            return ActionResult.Refused($"{UrlSetting} is not configured: the dashboard does not know where CallControl is.");
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(url, path)) { Content = JsonContent.Create(body) };
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", tokens.Issue(Audience));
            using var response = await http.SendAsync(request, ct);
            if (response.IsSuccessStatusCode) return ActionResult.Ok;
            if (response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
                return ActionResult.Refused("CallControl does not trust this dashboard: are their Cluster:Keys the same?");
            return ActionResult.Refused($"CallControl refused ({(int)response.StatusCode}): {await ErrorAsync(response, ct)}");
        }
        catch (OperationCanceledException)
        {
            return ActionResult.Refused("CallControl did not answer in time. The call may or may not have changed: watch its timeline.");
        }
        catch (Exception exception) when (exception is HttpRequestException or Polly.ExecutionRejectedException)
        {
            return ActionResult.Refused("CallControl cannot be reached.");
        }
    }

    private static async Task<string> ErrorAsync(HttpResponseMessage response, CancellationToken ct)
    {
        try
        {
            using var body = await JsonDocument.ParseAsync(await response.Content.ReadAsStreamAsync(ct), cancellationToken: ct);
            var error = body.RootElement.ValueKind == JsonValueKind.Object && body.RootElement.TryGetProperty("error", out var text) ? text.ToString() : "";
            return error.Length == 0 ? "no reason given" : error[..Math.Min(error.Length, LongestError)];
        }
        catch (JsonException)
        {
            return "no reason given";
        }
    }
}
