using System.Buffers;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.AI;
using VoiceBridge.MediaGateway.Configuration;

namespace VoiceBridge.MediaGateway.Tools.Http;

/// <summary>Calls an HTTP endpoint with the model's arguments and gives it the body of the answer.</summary>
internal sealed class HttpTool(HttpToolDefinition definition, IHttpClientFactory clients) : AIFunction
{
    /// <summary>The client's name: it follows no redirects (headers hold secrets) and repeats nothing (a tool may have effects).</summary>
    public const string ClientName = "agent-tools";

    public override string Name => definition.Name;

    public override string Description => definition.Description;

    public override JsonElement JsonSchema => definition.Schema;

    protected override async ValueTask<object?> InvokeCoreAsync(AIFunctionArguments arguments, CancellationToken cancellationToken)
    {
        using var request = MakeRequest(arguments);
        using var client = clients.CreateClient(ClientName);
        HttpResponseMessage response;
        try
        {
            response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        }
        catch (HttpRequestException e)
        {
            throw new AgentToolException("The service cannot be reached.", e);
        }
        using (response)
        {
            var body = await ReadAsync(response, cancellationToken).ConfigureAwait(false);
            if (response.IsSuccessStatusCode)
                return body;
            throw new AgentToolException($"The service answered with status {(int)response.StatusCode}: {Shortened(body)}");
        }
    }

    private HttpRequestMessage MakeRequest(AIFunctionArguments arguments)
    {
        var rest = new Dictionary<string, object?>(arguments);
        var url = HttpToolDefinition.Placeholder.Replace(definition.UrlTemplate, match =>
        {
            var name = match.Groups[1].Value;
            var value = rest.Remove(name, out var given) ? TextOf(given) : "";
            // Dots alone would climb out of the path, whatever they are escaped to.
            if (value.Length == 0 || value.All(c => c == '.'))
                throw new AgentToolException($"The argument '{name}' must not be empty.");
            return Uri.EscapeDataString(value);
        });
        var hasBody = definition.Method != HttpMethod.Get && definition.Method != HttpMethod.Delete;
        if (!hasBody && rest.Count > 0)
        {
            // Of two of a name many servers take the last.
            if (rest.Keys.FirstOrDefault(definition.FixedQueryNames.Contains) is { } taken)
                throw new AgentToolException($"The argument '{taken}' is fixed.");
            var query = string.Join('&', rest.Select(pair => $"{Uri.EscapeDataString(pair.Key)}={Uri.EscapeDataString(TextOf(pair.Value))}"));
            url += (url.Contains('?') ? '&' : '?') + query;
        }
        var request = new HttpRequestMessage(definition.Method, url);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/plain", 0.5));
        if (ToolRunner.KeyOf(arguments) is { } key)
            request.Headers.TryAddWithoutValidation(ToolRunner.IdempotencyKey, key);
        foreach (var (header, value) in definition.Headers)
        {
            request.Headers.Remove(header);
            request.Headers.TryAddWithoutValidation(header, value);
        }
        if (hasBody)
        {
            request.Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(rest, ToolJson.Options));
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }
        return request;
    }

    /// <summary>Reads no more than may be given to the model, however much is sent.</summary>
    private async Task<string> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var most = definition.Limits.MaxResultBytes;
        var buffer = ArrayPool<byte>.Shared.Rent(most + 1);
        try
        {
            using var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
            var length = await stream.ReadAtLeastAsync(buffer.AsMemory(0, most + 1), most + 1, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
            return length > most ? throw new ToolResultTooLargeException() : Encoding.UTF8.GetString(buffer, 0, length);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static string TextOf(object? value) => value switch
    {
        null => "",
        string text => text,
        JsonElement { ValueKind: JsonValueKind.String } json => json.GetString() ?? "",
        JsonElement { ValueKind: JsonValueKind.Null } => "",
        JsonElement json => json.GetRawText(),
        _ => Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture) ?? "",
    };

    private static string Shortened(string body) => body.Length <= 500 ? body : body[..500];
}
