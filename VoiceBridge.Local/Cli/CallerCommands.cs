using System.Globalization;
using VoiceBridge.Simulator;

namespace VoiceBridge.Local.Cli;

/// <summary>Callers on demand, as commands of the prompt.</summary>
internal sealed class CallerCommands(LocalSystem system, CallRound? round, TimeSpan? length)
{
    private const string Phone = "--phone";
    private const string Web = "web";
    private const string Acs = "acs";
    private const string Twilio = "twilio";
    private const int MaxCalls = 500;

    /// <summary>The commands, as the help lists them.</summary>
    public IEnumerable<PromptCommand> Commands =>
    [
        new("call [n] [from] [--phone acs|twilio|web]", "place calls: how many, from which number; web: in a browser", CallAsync),
        new("hangup [from]", "hang up: this caller, else all", (arguments, _) => HangUpAsync(arguments)),
        new("addresses", "what runs where", (_, _) => Task.FromResult(
            string.Join(Environment.NewLine, system.Addresses.Select(row => $"{row.What,-16} {row.Where} {row.Note}".TrimEnd())))),
    ];

    private CallRound Round => round ?? throw new PromptException("The phone is a real one: dial your number.");

    private async Task<string> CallAsync(string[] arguments, CancellationToken cancellationToken)
    {
        var (count, from, phone) = (1, (string?)null, Acs);
        for (var i = 0; i < arguments.Length; i++)
        {
            if (arguments[i] == Phone && i + 1 < arguments.Length) phone = arguments[++i];
            else if (arguments[i].StartsWith(Phone + "=", StringComparison.Ordinal)) phone = arguments[i][(Phone.Length + 1)..];
            else if (arguments[i].StartsWith('+') || arguments[i].Contains("anonymous", StringComparison.Ordinal)) from = arguments[i];
            else if (!int.TryParse(arguments[i], CultureInfo.InvariantCulture, out count) || count is < 1 or > MaxCalls)
                throw new PromptException($"'{arguments[i]}' is neither a count (1 to {MaxCalls}) nor a number that begins with +.");
        }
        switch (phone)
        {
            case Twilio when !system.HasTwilio:
                throw new PromptException("Nothing stands in for Twilio in this run: start it with --twilio 1.");
            case Acs or Twilio:
                var calls = await (phone == Acs ? Round.PlaceAsync(count, 0, length, from, cancellationToken) : Round.PlaceAsync(0, count, length, from, cancellationToken));
                return $"calling from {string.Join(", ", calls.Select(call => call.Plan.From).Distinct())}";
            case Web:
                await Round.PlaceWebAsync(count, cancellationToken);
                return string.Create(CultureInfo.InvariantCulture, $"{count} browser callers connected");
            default:
                throw new PromptException($"There is no phone '{phone}': {Acs}, {Twilio} or {Web}.");
        }
    }

    private async Task<string> HangUpAsync(string[] arguments)
    {
        var open = Round.Calls.Where(call => call.State is SimulatedCallState.Ringing or SimulatedCallState.Answered).ToArray();
        var meant = arguments.Length == 0 ? open : [.. open.Where(call => call.Plan.From.EndsWith(arguments[0], StringComparison.Ordinal))];
        if (meant.Length == 0) throw new PromptException(arguments.Length == 0 ? "Nobody is on the line." : $"No call from {arguments[0]} is open.");
        foreach (var call in meant) _ = call.HangUpAsync();
        if (arguments.Length == 0) await Round.HangUpWebAsync();
        return meant.Length == 1 ? $"{meant[0].Plan.From} hangs up" : string.Create(CultureInfo.InvariantCulture, $"{meant.Length} callers hang up");
    }
}
