namespace VoiceBridge.Simulator;

/// <summary>What can go wrong in a session; see <see cref="VoiceLiveFault"/>.</summary>
public enum VoiceLiveFaultKind
{
    /// <summary>No fault: the default of an unset member.</summary>
    None,

    /// <summary>A <c>session.update</c> is answered with an <c>error</c> instead of <c>session.updated</c>; <see cref="VoiceLiveFault.Param"/> names the member.</summary>
    UpdateRefused,

    /// <summary>The session ends <see cref="VoiceLiveFault.After"/> after its <c>session.updated</c>: with <see cref="VoiceLiveFault.CloseStatus"/>, or cut off.</summary>
    SessionKilled,

    /// <summary>A close of the client is not answered, and events go on: the session ends when its connection is cut.</summary>
    CloseIgnored,

    /// <summary><c>session.updated</c> says that the session ends <see cref="VoiceLiveFault.After"/> from now, which may be in the past.</summary>
    ExpiryMoved,

    /// <summary>The events have the names that OpenAI's GA interface gives them: <c>response.output_audio.delta</c>, <c>conversation.item.added</c> and the like.</summary>
    GaNames,

    /// <summary>Every event is legal and odd: nulls, numbers as text, members that nobody knows.</summary>
    OddFields,

    /// <summary><c>response.created</c> and <c>response.done</c> do not repeat the <c>metadata</c> of the <c>response.create</c>.</summary>
    MetadataNotEchoed,

    /// <summary>The caller's turn is committed and brings no response.</summary>
    TurnNotAnswered,

    /// <summary>The caller's speech interrupts and is no turn: <c>speech_started</c> and <c>speech_stopped</c>, nothing else, as after a cough.</summary>
    TurnDropped,

    /// <summary><c>speech_stopped</c> is not sent; the turn is committed and answered.</summary>
    SpeechStopNotSent,

    /// <summary>The caller's turn has a transcript without words.</summary>
    TurnWithoutWords,

    /// <summary>A <c>response.create</c> is answered with an <c>error</c>.</summary>
    RequestRefused,

    /// <summary>As <see cref="RequestRefused"/>, for requests with a <c>pre_generated_assistant_message</c> only: not every model can say one.</summary>
    VerbatimRefused,

    /// <summary>A <c>response.create</c> is not answered at all.</summary>
    RequestIgnored,

    /// <summary>A response of the service's own, which says <see cref="VoiceLiveFault.Text"/>, is created just before the <c>response.create</c> is read, or before
    /// the tool's output that it is about; the request is then refused.</summary>
    RequestMetByAnother,

    /// <summary>A <c>response.create</c> stays in flight until the caller speaks, and is created then: nothing cancels it.</summary>
    RequestInFlightAtSpeech,

    /// <summary>The response ends as <c>failed</c>, without output.</summary>
    ResponseFails,

    /// <summary>The response ends as <c>incomplete</c>, without output; <see cref="VoiceLiveFault.Code"/> is the reason (<c>content_filter</c>).</summary>
    ResponseIncomplete,

    /// <summary>The response ends as <c>completed</c>, without output.</summary>
    ResponseEmpty,

    /// <summary>The response says its words as text, without audio.</summary>
    ResponseTextOnly,

    /// <summary>The response is created and speaks, and its <c>response.done</c> never comes.</summary>
    ResponseNeverDone,
}
