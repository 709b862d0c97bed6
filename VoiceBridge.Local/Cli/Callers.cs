using VoiceBridge.Simulator;

namespace VoiceBridge.Local.Cli;

/// <summary>What the callers of <c>./up.sh</c> say. Each sentence was recorded; those about opening hours and the order are answered by the tools of docs/agents.md where they are configured.</summary>
internal static class Callers
{
    private const int Rounds = 30;

    private static readonly string[] Questions =
    [
        "My order number is four seven one one.", "What are your opening hours?", "Can you tell me the weather in Berlin?",
        "How much does it cost?", "I would like to change my appointment.", "Could you repeat that, please?",
    ];

    /// <summary>Asks one thing after the other, for a long time, and says goodbye.</summary>
    public static CallerScript Questioner { get; } = Goodbye(Enumerable.Range(0, Rounds).SelectMany(_ => Questions)
        .Aggregate(CallerScript.Start.WaitForAgent(), (script, question) => script.Say(question).WaitForAgent()));

    /// <summary>Asks for an order, talks over a story, and says goodbye.</summary>
    public static CallerScript Interrupter { get; } = Goodbye(CallerScript.Start
        .WaitForAgent().Say(Questions[0])
        .WaitForAgent().Say("Tell me a long story, please.")
        .Interrupt(TimeSpan.FromSeconds(2), "No, wait, that is not what I meant.")
        .WaitForAgent());

    private static CallerScript Goodbye(CallerScript script) => script.Say("Thank you, that is all. Goodbye.").WaitForAgent();
}
