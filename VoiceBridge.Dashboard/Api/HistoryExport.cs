using System.Buffers;
using System.Data.Common;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;
using VoiceBridge.Dashboard.Access;
using VoiceBridge.Dashboard.EndedCalls;
using VoiceBridge.History.Keeping;
using VoiceBridge.History.Reading;
using VoiceBridge.ServiceDefaults.Privacy;

namespace VoiceBridge.Dashboard.Api;

/// <summary>Calls as a file, written while they are read: however many there are, few are in memory. That it was taken is recorded first.</summary>
internal static class HistoryExport
{
    private const int FlushBytes = 1 << 16;

    private static readonly SearchValues<char> NumberLetters = SearchValues.Create("0123456789.");

    private static readonly (string Name, Func<EndedCallReport, string?> Value)[] Columns =
    [
        ("call_id", call => call.CallId), ("correlation_id", call => call.CorrelationId), ("caller", call => call.Caller), ("dialled", call => call.Dialled), ("phone", call => call.Phone),
        ("agent", call => call.Agent), ("end_reason", call => call.EndReason), ("rejected", call => call.Rejected ? "true" : "false"), ("rang_at", call => Time(call.RangAt)),
        ("answered_at", call => Time(call.AnsweredAt)), ("connected_at", call => Time(call.ConnectedAt)), ("ended_at", call => Time(call.EndedAt)), ("duration_ms", call => Number(call.DurationMs)),
        ("first_audio_ms", call => Number(call.FirstAudioMs)), ("turns", call => Number(call.Turns)), ("interruptions", call => Number(call.Interruptions)),
        ("tool_calls", call => Number(call.ToolCalls)), ("moves", call => Number(call.Moves)), ("transfer", call => call.Transfer), ("transfer_outcome", call => call.TransferOutcome),
        ("input_tokens", call => Number(call.InputTokens)), ("output_tokens", call => Number(call.OutputTokens)), ("cost", call => Number(call.Cost)), ("gateway_id", call => call.GatewayId),
        ("trace_id", call => call.TraceId), ("turn_latency_ms", call => Number(call.TurnLatencyMs)),
    ];

    /// <summary>The button of the history page: what is searched for stands in the form, and in no address.</summary>
    public static void MapHistoryExport(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/history/export", (HttpContext context, [FromForm] ExportForm form, CancellationToken ct) =>
                context.RequestServices.GetService<CallHistory>() is null
                    ? Task.FromResult<IResult>(TypedResults.NotFound())
                    : WriteAsync(context, form.ToQuery(), form.Format == "jsonl" ? "jsonl" : "csv", withTurns: form.Format == "jsonl", EndedCallReader.NameOf(context.User), ct))
            .RequireAuthorization(Policies.ReadTranscripts).ExcludeFromDescription();

    public static async Task<IResult> WriteAsync(HttpContext context, CallQuery query, string format, bool withTurns, string who, CancellationToken ct)
    {
        var services = context.RequestServices;
        var privacy = services.GetRequiredService<CallerIdPrivacy>();
        try
        {
            await services.GetRequiredService<AccessLog>().AddAsync(who, AccessLog.Export, null, 0, ct);
        }
        catch (DbException)
        {
            return TypedResults.Problem("The history database does not answer.", statusCode: StatusCodes.Status503ServiceUnavailable);
        }

        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        context.Response.ContentType = format == "csv" ? "text/csv; charset=utf-8" : "application/jsonl; charset=utf-8";
        var day = services.GetRequiredService<TimeProvider>().GetUtcNow().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        context.Response.Headers.ContentDisposition = $"attachment; filename=\"voicebridge-calls-{day}.{format}\"";
        await using var output = new StreamWriter(context.Response.Body, new UTF8Encoding(false), FlushBytes, leaveOpen: true);
        if (format == "csv") await output.WriteAsync(string.Join(',', Columns.Select(column => column.Name)) + "\r\n");
        await foreach (var call in services.GetRequiredService<CallHistory>().ExportAsync(query, withTurns, ct))
        {
            var report = EndedCallReport.Of(call.Row, privacy);
            if (format == "csv") await output.WriteAsync(string.Join(',', Columns.Select(column => Csv(column.Value(report)))) + "\r\n");
            else await output.WriteAsync(JsonSerializer.Serialize(withTurns ? report with { Transcript = [.. call.Turns.Select(TurnReport.Of)] } : report, JsonSerializerOptions.Web) + "\n");
        }

        return TypedResults.Empty;
    }

    /// <summary>Quoted where needed. What a table calculator would take for a formula gets an apostrophe: a caller chooses what its number looks like.</summary>
    internal static string Csv(string? value)
    {
        if (string.IsNullOrEmpty(value)) return "";
        var text = value[0] is '=' or '@' or '\t' or '\r' || value[0] is '+' or '-' && value.AsSpan(1).ContainsAnyExcept(NumberLetters) ? "'" + value : value;
        return text.AsSpan().ContainsAny(",\"\r\n") ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
    }

    private static string? Time(DateTimeOffset? time) => time?.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private static string? Number<T>(T value)
        where T : IFormattable => value.ToString(null, CultureInfo.InvariantCulture);

    private static string? Number(double? value) => value?.ToString(CultureInfo.InvariantCulture);
}
