using VoiceBridge.Simulator.Load;

namespace VoiceBridge.Simulator.Control;

/// <summary>Telling a running simulator what to do, over HTTP: for dashboards, scripts and people with curl.</summary>
internal sealed class ControlApi(SimulatedAzure azure)
{
    private const int MostCalls = 10_000;

    private LoadReport? _load;

    internal void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/health", http => Reply(http, 200, new { status = "ok", calls = Going, sessions = azure.Sessions.Count(s => s.IsOpen) }));
        routes.MapPost("/simulator/calls", PlaceAsync);
        routes.MapGet("/simulator/calls", http => Reply(http, 200, azure.Calls.Select(CallView.Of)));
        routes.MapPost("/simulator/calls/hangup", http => Reply(http, 202, new { hungUp = HangUpAll() }));
        routes.MapPost("/simulator/calls/{correlationId}/hangup", http => OnCallAsync(http, call => _ = call.HangUpAsync()));
        routes.MapPost("/simulator/calls/{correlationId}/abort-media", http => OnCallAsync(http, call => call.AbortMedia()));
        routes.MapPost("/simulator/calls/{correlationId}/say", http => OnCallAsync(http, call => call.Say(http.Request.Query["text"].ToString())));
        routes.MapPost("/simulator/voicelive/drop", http =>
        {
            var fraction = double.TryParse(http.Request.Query["fraction"], System.Globalization.CultureInfo.InvariantCulture, out var given) ? given : 1;
            return Reply(http, 200, new { dropped = azure.DropVoiceLive(fraction) });
        });
        routes.MapPost("/simulator/load", LoadAsync);
        routes.MapGet("/simulator/load", http => _load is { } report ? Reply(http, 200, report) : Reply(http, 404, new { error = "no load was asked for yet" }));
    }

    private int Going => azure.Calls.Count(c => c.State == SimulatedCallState.Answered);

    private async Task PlaceAsync(HttpContext http)
    {
        if (await ReadAsync<CallOrder>(http) is not { } order) return;
        if (order.Count is < 1 or > MostCalls || order.Seconds is <= 0)
        {
            await Reply(http, 400, new { error = $"count must be 1 to {MostCalls}, seconds more than 0" });
            return;
        }
        if (!Enum.TryParse<PhoneNetwork>(order.Network, ignoreCase: true, out var network) || network is PhoneNetwork.Twilio && azure.Options.Twilio.VoiceUrl is null)
        {
            await Reply(http, 400, new { error = "network must be acs, or twilio where Simulator:Twilio:VoiceUrl is set" });
            return;
        }
        CallerScript script;
        var duration = order.Seconds is { } seconds ? TimeSpan.FromSeconds(seconds) : (TimeSpan?)null;
        try
        {
            script = LoadPlan.Named(order.Script, duration ?? TimeSpan.FromHours(1));
        }
        catch (ArgumentException e)
        {
            await Reply(http, 400, new { error = e.Message });
            return;
        }
        var placed = Enumerable.Range(0, order.Count)
            .Select(_ => azure.PlaceCall(new CallPlan { Network = network, From = order.From, To = order.To, Script = script, HangUpAfter = duration }))
            .ToArray();
        await Reply(http, 202, placed.Select(CallView.Of));
    }

    private async Task LoadAsync(HttpContext http)
    {
        if (await ReadAsync<LoadOrder>(http) is not { } order) return;
        if (order.Calls is < 1 or > MostCalls || order.Rate <= 0 || order.Seconds <= 0)
        {
            await Reply(http, 400, new { error = $"calls must be 1 to {MostCalls}, rate and seconds more than 0" });
            return;
        }
        var plan = new LoadPlan { Calls = order.Calls, Rate = order.Rate, Duration = TimeSpan.FromSeconds(order.Seconds), Script = order.Script };
        try
        {
            _load = new LoadReport();
            _load = await new LoadRun(azure, plan).RunAsync(now => _load = now, http.RequestAborted);
            await Reply(http, 200, _load);
        }
        catch (ArgumentException e)
        {
            await Reply(http, 400, new { error = e.Message });
        }
    }

    private int HangUpAll()
    {
        var open = azure.Calls.Where(call => call.State is SimulatedCallState.Ringing or SimulatedCallState.Answered).ToArray();
        foreach (var call in open) _ = call.HangUpAsync();
        return open.Length;
    }

    private Task OnCallAsync(HttpContext http, Action<SimulatedCall> act)
    {
        var id = (string?)http.Request.RouteValues["correlationId"];
        if (azure.Calls.LastOrDefault(c => c.CorrelationId == id) is not { } call) return Reply(http, 404, new { error = "no such call" });
        act(call);
        return Reply(http, 202, CallView.Of(call));
    }

    private static async Task<T?> ReadAsync<T>(HttpContext http) where T : class, new()
    {
        try
        {
            if (!http.Request.HasJsonContentType()) return new T();
            return await http.Request.ReadFromJsonAsync<T>(http.RequestAborted) ?? new T();
        }
        catch (Exception e) when (e is System.Text.Json.JsonException or InvalidOperationException)
        {
            await Reply(http, 400, new { error = e.Message });
            return null;
        }
    }

    private static Task Reply<T>(HttpContext http, int status, T body)
    {
        http.Response.StatusCode = status;
        return http.Response.WriteAsJsonAsync(body, http.RequestAborted);
    }

    private sealed record CallOrder
    {
        public int Count { get; init; } = 1;

        public string Network { get; init; } = nameof(PhoneNetwork.Acs);

        public string From { get; init; } = "+14255550100";

        public string To { get; init; } = "+14255550199";

        public double? Seconds { get; init; }

        public string Script { get; init; } = "conversation";
    }

    private sealed record LoadOrder
    {
        public int Calls { get; init; } = 10;

        public double Rate { get; init; } = 2;

        public double Seconds { get; init; } = 30;

        public string Script { get; init; } = "conversation";
    }
}
