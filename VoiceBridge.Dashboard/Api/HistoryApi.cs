using System.ComponentModel;
using System.Data.Common;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http.HttpResults;
using VoiceBridge.Dashboard.Access;
using VoiceBridge.Dashboard.EndedCalls;
using VoiceBridge.History.Keeping;
using VoiceBridge.History.Reading;
using VoiceBridge.ServiceDefaults.Access;
using VoiceBridge.ServiceDefaults.Privacy;

namespace VoiceBridge.Dashboard.Api;

/// <summary><c>GET /api/history</c>: ended calls for programs. What is said in calls needs the right to read transcripts, and is recorded.</summary>
internal static class HistoryApi
{
    private const string NotKept = "No history is kept: ConnectionStrings:history is not set.";
    private const string Away = "The history database does not answer.";

    public static void MapHistoryApi(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/history").AddEndpointFilter<ApiAccess>().WithTags("History");
        Describe(group.MapGet("", FindAsync), "FindCalls", "Ended calls, the latest first.", "Pages follow each other by next: give it as after. words needs the right to read transcripts.");
        Describe(group.MapGet("/{callId}", GetAsync), "GetEndedCall", "One ended call with its timeline, and with what was said if turns is true.",
            "turns needs the right to read transcripts; that they were read is recorded.");
        Describe(group.MapGet("/export", ExportAsync), "ExportCalls", "All calls that match, as CSV or JSON lines, streamed.",
            "format is csv or jsonl. turns (JSON lines only) and words need the right to read transcripts. The export is recorded.");
    }

    private static void Describe(RouteHandlerBuilder endpoint, string name, string summary, string description) => endpoint
        .WithName(name).WithSummary(summary).WithDescription(description)
        .Produces(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status403Forbidden).ProducesProblem(StatusCodes.Status503ServiceUnavailable);

    private static async Task<Results<Ok<HistoryReport>, ProblemHttpResult>> FindAsync([AsParameters] HistoryParameters parameters, HttpContext context, CallerIdPrivacy privacy, CancellationToken ct)
    {
        if (context.RequestServices.GetService<CallHistory>() is not { } calls) return NoHistory();
        if (parameters.Words is { Length: > 0 } && !await MayReadTranscriptsAsync(context)) return Forbidden();
        try
        {
            var found = await calls.FindAsync(parameters.ToQuery(), ct);
            return TypedResults.Ok(new HistoryReport([.. found.Calls.Select(call => EndedCallReport.Of(call, privacy))], found.Next));
        }
        catch (DbException)
        {
            return Unavailable();
        }
    }

    private static async Task<Results<Ok<EndedCallReport>, NotFound, ProblemHttpResult>> GetAsync(string callId, HttpContext context, CallerIdPrivacy privacy, CancellationToken ct, bool turns = false)
    {
        if (context.RequestServices.GetService<CallHistory>() is not { } calls) return NoHistory();
        if (turns && !await MayReadTranscriptsAsync(context)) return Forbidden();
        try
        {
            if (await calls.GetAsync(callId, turns, ct) is not { } call) return TypedResults.NotFound();
            if (call.Turns.Count > 0) await context.RequestServices.GetRequiredService<AccessLog>().AddLookAsync(WhoIs(context), callId, ct);
            return TypedResults.Ok(EndedCallReport.Of(call.Row, privacy) with
            {
                Timeline = [.. call.Timeline.Select(entry => new EventReport(entry.At, entry.Kind, entry.Text))],
                Transcript = turns ? [.. call.Turns.Select(TurnReport.Of)] : null,
            });
        }
        catch (DbException)
        {
            return Unavailable();
        }
    }

    private static async Task<IResult> ExportAsync(
        [AsParameters] HistoryParameters parameters, HttpContext context, CancellationToken ct, [Description("csv or jsonl")] string format = "csv", bool turns = false)
    {
        if (context.RequestServices.GetService<CallHistory>() is null) return NoHistory();
        if (format is not ("csv" or "jsonl")) return TypedResults.Problem("format: csv or jsonl.", statusCode: StatusCodes.Status400BadRequest);
        if (turns && format == "csv") return TypedResults.Problem("turns: with format jsonl only.", statusCode: StatusCodes.Status400BadRequest);
        if ((turns || parameters.Words is { Length: > 0 }) && !await MayReadTranscriptsAsync(context)) return Forbidden();
        return await HistoryExport.WriteAsync(context, parameters.ToQuery(), format, turns, WhoIs(context), ct);
    }

    /// <summary>A key is an operator's; one that is wrong is nobody's, whoever is signed in beside it.</summary>
    private static async Task<bool> MayReadTranscriptsAsync(HttpContext context) =>
        HasKey(context) || (await context.RequestServices.GetRequiredService<IAuthorizationService>().AuthorizeAsync(context.User, Policies.ReadTranscripts)).Succeeded;

    private static string WhoIs(HttpContext context) => HasKey(context) ? "API key" : EndedCallReader.NameOf(context.User);

    private static bool HasKey(HttpContext context) =>
        context.Request.Headers.ContainsKey(OpsAccess.Header) && context.RequestServices.GetRequiredService<OpsAccess>().Refuse(context) is null;

    private static ProblemHttpResult NoHistory() => TypedResults.Problem(NotKept, statusCode: StatusCodes.Status503ServiceUnavailable);

    private static ProblemHttpResult Unavailable() => TypedResults.Problem(Away, statusCode: StatusCodes.Status503ServiceUnavailable);

    private static ProblemHttpResult Forbidden() =>
        TypedResults.Problem("What is said in calls is for those who may read transcripts.", statusCode: StatusCodes.Status403Forbidden);
}
