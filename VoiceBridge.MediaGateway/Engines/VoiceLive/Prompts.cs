namespace VoiceBridge.MediaGateway.Engines.VoiceLive;

/// <summary>What the model is told to say in its own words, in the language of the conversation.</summary>
internal static class Prompts
{
    public const string AskSilent = "The caller has said nothing for a while. Ask in one short sentence whether they are still there.";
    public const string AskSilentAgain = "The caller still says nothing. Say in one short sentence that you cannot hear them, and ask again.";
    public const string GoodbyeSilent = "The caller still says nothing. Say that you will end the call now, and goodbye, in one short sentence.";
    public const string GoodbyeClosing = "This line is closed for maintenance now. Apologise, ask the caller to call again in a few minutes, and say goodbye, in two short sentences.";
    public const string GoodbyeTooLong = "This call has reached its longest time and ends now. Say so kindly and say goodbye, in one or two short sentences.";
    public const string SayAgain = "A technical fault swallowed what the caller just said. Ask them to say it again.";
    public const string BrokenOff = "A technical fault cut off what you were saying. Go on from there, without greeting.";
    public const string Apologise = "The line was interrupted for some seconds. Apologise in a few words and go on, without greeting.";
    public const string GoOn = "A noise interrupted you, the caller has said nothing. Go on from where you were interrupted, without greeting.";
    public const string Withheld = "Your answer was withheld by a content filter. Say in one short sentence that you cannot help with that, and ask what else you can do.";
    public const string CallGoesOn = "The call has not ended: the caller has said something more. Use end_call again when the conversation is over.";
    public const string TransferFailed = "The transfer did not succeed, the caller is still with you. Tell them, and offer another way.";
}
