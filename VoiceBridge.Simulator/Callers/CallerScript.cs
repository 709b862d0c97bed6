namespace VoiceBridge.Simulator;

/// <summary>What a caller does after being answered, one step after the other. Immutable: each method returns a longer script.</summary>
public sealed class CallerScript
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private CallerScript(IReadOnlyList<CallerStep> steps) => Steps = steps;

    /// <summary>Says nothing at all.</summary>
    public static CallerScript Silent { get; } = new([]);

    /// <summary>Where scripts begin.</summary>
    public static CallerScript Start => Silent;

    /// <summary>Waits for the greeting, asks for an order, interrupts a long story, says goodbye.</summary>
    public static CallerScript Default { get; } = Start
        .WaitForAgent().Say("Hi, where is my order?")
        .WaitForAgent().Say("Tell me a long story, please.")
        .Interrupt(TimeSpan.FromSeconds(2), "No, wait, that is not what I meant.")
        .WaitForAgent().Say("Thank you, that is all. Goodbye.")
        .WaitForAgent();

    /// <summary>The steps.</summary>
    public IReadOnlyList<CallerStep> Steps { get; }

    /// <summary>Turns of ordinary questions, then goodbye.</summary>
    public static CallerScript Conversation(int turns)
    {
        string[] questions =
        [
            "Hi, where is my order?", "What are your opening hours?", "How much does it cost?",
            "Can you tell me the weather in Berlin?", "I would like to change my appointment.", "Could you repeat that, please?",
        ];
        var script = Start.WaitForAgent();
        for (var i = 0; i < turns; i++) script = script.Say(questions[i % questions.Length]).WaitForAgent();
        return script.Say("Thank you, that is all. Goodbye.").WaitForAgent();
    }

    /// <summary>Sends numbered frames and measures how long each takes to come back. The model side must echo.</summary>
    public static CallerScript Measure(TimeSpan duration) => Start.Probe(duration);

    /// <summary>Says this. Sentences that were recorded are heard as recorded; others are speech-like sound that carries their text.</summary>
    public CallerScript Say(string text) => With(new CallerStep.Say(text));

    /// <summary>Plays a WAV file (PCM16 or mu-law); <paramref name="text"/> is what will be recognised.</summary>
    public CallerScript Play(string path, string text) => With(new CallerStep.Play(path, text));

    /// <summary>Waits until the agent has said something since the last step, and finished.</summary>
    public CallerScript WaitForAgent(TimeSpan? patience = null) => With(new CallerStep.WaitForAgent(patience ?? Patience));

    /// <summary>Waits until the agent has been speaking for a while, and speaks over it.</summary>
    public CallerScript Interrupt(TimeSpan after, string text) => With(new CallerStep.WaitForSpeech(after, Patience)).Say(text);

    /// <summary>Waits until the agent has been speaking for a while.</summary>
    public CallerScript WaitForSpeech(TimeSpan after) => With(new CallerStep.WaitForSpeech(after, Patience));

    /// <summary>Makes a loud sound without words: a cough, a door, music.</summary>
    public CallerScript Noise(TimeSpan duration) => With(new CallerStep.Noise(duration));

    /// <summary>Says nothing for a while.</summary>
    public CallerScript Silence(TimeSpan duration) => With(new CallerStep.Silence(duration));

    /// <summary>Presses keys (0-9, *, #): ACS reports them beside the audio if the answer asked for it.</summary>
    public CallerScript Dtmf(string tones) => With(new CallerStep.Dtmf(tones));

    /// <summary>Sends numbered frames for a while; see <see cref="Measure"/>.</summary>
    public CallerScript Probe(TimeSpan duration) => With(new CallerStep.Probe(duration));

    /// <summary>Hangs up.</summary>
    public CallerScript HangUp() => With(new CallerStep.HangUp());

    private CallerScript With(CallerStep step) => new([.. Steps, step]);
}
