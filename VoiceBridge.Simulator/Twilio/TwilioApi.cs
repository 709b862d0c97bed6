using System.Text;
using System.Text.Json.Nodes;
using VoiceBridge.Simulator.Acs;

namespace VoiceBridge.Simulator.Twilio;

/// <summary>The part of Twilio's REST API (2010-04-01) that acts on calls: fetch and update, with Basic authentication and forms.</summary>
internal sealed class TwilioApi(TwilioBehaviour behaviour, CallRegistry calls, TimeProvider time)
{
    internal void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/2010-04-01/Accounts/{account}/Calls/{sid}.json", http => HandleAsync(http, (call, _) => Ok(call)));
        routes.MapPost("/2010-04-01/Accounts/{account}/Calls/{sid}.json", http => HandleAsync(http, Update));
    }

    private async Task HandleAsync(HttpContext http, Func<SimulatedCall, IFormCollection, (int, JsonObject)> operation)
    {
        var form = http.Request.HasFormContentType ? await http.Request.ReadFormAsync(http.RequestAborted) : FormCollection.Empty;
        if (behaviour.RestDelay > TimeSpan.Zero) await Task.Delay(behaviour.RestDelay, time, http.RequestAborted);
        var (status, body) = Refuse(http) is { } refused ? refused : calls.OfTwilio((string?)http.Request.RouteValues["sid"]) is { } call
            ? operation(call, form)
            : Error(404, 20404, $"The requested resource {http.Request.Path} was not found");
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json;charset=utf-8";
        await http.Response.WriteAsync(body.ToJsonString(), http.RequestAborted);
    }

    private (int, JsonObject)? Refuse(HttpContext http)
    {
        var given = http.Request.Headers.Authorization.ToString();
        string[] accepted = [Basic(behaviour.AccountSid, behaviour.AuthToken), .. behaviour is { ApiKey: { } key, ApiSecret: { } secret } ? [Basic(key, secret)] : Array.Empty<string>()];
        if (!accepted.Contains(given)) return Error(401, 20003, "Authenticate");
        if ((string?)http.Request.RouteValues["account"] != behaviour.AccountSid) return Error(404, 20404, "No such account");
        if (behaviour.ThrottleTimes <= 0) return null;
        behaviour.ThrottleTimes--;
        return Error(429, 20429, "Too Many Requests");
    }

    private (int, JsonObject) Update(SimulatedCall call, IFormCollection form)
    {
        string status = form["Status"].ToString(), twiml = form["Twiml"].ToString(), url = form["Url"].ToString();
        if (twiml.Length > 0 && url.Length > 0) return Error(400, 21218, "Url and Twiml exclude each other");
        var live = call.State is SimulatedCallState.Ringing or SimulatedCallState.Answered;
        if (status.Length > 0)
        {
            if (status is not ("completed" or "canceled")) return Error(400, 21218, "Invalid Status");
            if (live && !call.StopRinging(SimulatedCallState.MissedRinging, "canceled over REST")) call.Disconnect("hung up by the service");
        }
        else if (!live)
        {
            return Error(400, 21220, "Call is not in-progress. Cannot redirect.");
        }
        else if (twiml.Length > 0)
        {
            try
            {
                var read = Twiml.Read(twiml);
                call.Twilio!.Update(() => Task.FromResult<Twiml?>(read));
            }
            catch (FormatException e)
            {
                return Error(400, 21218, e.Message);
            }
        }
        else if (Uri.TryCreate(url, UriKind.Absolute, out var address))
        {
            call.Twilio!.UpdateFrom(address);
        }
        else
        {
            return Error(400, 21205, "Url is not valid");
        }
        if (behaviour.LoseUpdateTimes <= 0) return Ok(call);
        behaviour.LoseUpdateTimes--;
        return Error(500, 20500, "Internal Server Error");
    }

    private (int, JsonObject) Ok(SimulatedCall call) => (200, new JsonObject
    {
        ["sid"] = call.CorrelationId,
        ["account_sid"] = behaviour.AccountSid,
        ["api_version"] = "2010-04-01",
        ["from"] = call.Plan.From,
        ["to"] = call.Plan.To,
        ["status"] = call.Twilio!.Status,
        ["direction"] = "inbound",
        ["uri"] = $"/2010-04-01/Accounts/{behaviour.AccountSid}/Calls/{call.CorrelationId}.json",
        ["subresource_uris"] = new JsonObject(),
    });

    private static (int, JsonObject) Error(int status, int code, string message) => (status, new JsonObject
    {
        ["code"] = code, ["message"] = message, ["more_info"] = $"https://www.twilio.com/docs/errors/{code}", ["status"] = status,
    });

    private static string Basic(string name, string password) => $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"{name}:{password}"))}";
}
