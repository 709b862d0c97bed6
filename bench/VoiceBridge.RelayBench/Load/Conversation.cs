using System.Globalization;
using System.Text;
using VoiceBridge.RelayBench.Wire;

namespace VoiceBridge.RelayBench.Load;

/// <summary>
/// What an agent's end says of one call beside audio, by the count of the caller's frames, in rounds of ten seconds: the caller interrupts, speaks for two seconds
/// and is transcribed; the agent answers, with a few words a second. With <see cref="Talk.EchoAndEvents"/> the agent calls a tool first, and audio goes on
/// all the while, so that loads compare; with <see cref="Talk.Turns"/> the agent has no audio until its answer begins, 0.3 s after the caller's last word.
/// </summary>
internal sealed class Conversation(int call, Talk talk, WebSocketPeer agent)
{
    private const int RoundFrames = 500;
    private const int SpeechFrames = 100;
    private const int AnswerFrames = 115;
    private const int WordsEvery = 10;
    private const string Usage = """{"total_tokens":300,"input_tokens":200,"output_tokens":100,"input_token_details":{"text_tokens":100,"audio_tokens":100},"output_token_details":{"text_tokens":20,"audio_tokens":80}}""";
    private int _said;

    /// <summary>The response that audio belongs to now, as its id's eight digits.</summary>
    public int Response { get; private set; }

    /// <summary>The agent has audio for the caller.</summary>
    public bool Speaks { get; private set; } = true;

    /// <summary>To be called for each frame of the caller, before its echo.</summary>
    public void OnFrame(uint sequence)
    {
        if (talk == Talk.Echo) return;
        // Calls do not take turns together.
        var at = (int)((sequence + (uint)call * 37) % RoundFrames);
        if (at == 0) OnSpeechStarted();
        else if (at == SpeechFrames) OnSpeechStopped();
        else if (at == AnswerFrames && talk == Talk.Turns) Begin();
        else if (at % WordsEvery == 0 && Speaks) Say($$$"""{"type":"response.audio_transcript.delta","event_id":"event_9","response_id":"{{{Id}}}","item_id":"{{{Item}}}","output_index":0,"content_index":0,"delta":" word"}""");
    }

    /// <summary>The server has answered a tool call: the agent goes on.</summary>
    public void OnResponseWanted()
    {
        if (talk == Talk.EchoAndEvents) Begin();
    }

    /// <summary>The server has put a tool's answer into the conversation.</summary>
    public void OnToolAnswered()
    {
        if (talk == Talk.EchoAndEvents) Say($$$"""{"type":"conversation.item.created","event_id":"event_9","previous_item_id":"tool_{{{Response}}}","item":{"id":"output_{{{Response}}}","object":"realtime.item","type":"function_call_output","call_id":"call_{{{Response}}}","output":"{}"}}""");
    }

    private string Id => Number("resp_");

    private string Item => Number("item_");

    private string Number(string prefix) => prefix + Response.ToString("x8", CultureInfo.InvariantCulture);

    private void OnSpeechStarted()
    {
        _said++;
        Say($$$"""{"type":"input_audio_buffer.speech_started","event_id":"event_2","audio_start_ms":3120,"item_id":"said_{{{_said}}}"}""");
        Say($$$"""{"type":"response.audio_transcript.done","event_id":"event_9","response_id":"{{{Id}}}","item_id":"{{{Item}}}","output_index":0,"content_index":0,"transcript":"{{{string.Join(' ', Enumerable.Repeat("word", 50))}}}"}""");
        Cancelled();
        if (talk == Talk.EchoAndEvents) Begin();
        else Speaks = false;
    }

    private void OnSpeechStopped()
    {
        // What was being said when the caller began is over.
        if (talk == Talk.EchoAndEvents) Cancelled();
        Say($$$"""{"type":"input_audio_buffer.speech_stopped","event_id":"event_3","audio_end_ms":5120,"item_id":"said_{{{_said}}}"}""");
        Say($$$"""{"type":"input_audio_buffer.committed","event_id":"event_4","item_id":"said_{{{_said}}}"}""");
        Say($$$"""{"type":"conversation.item.input_audio_transcription.completed","event_id":"event_5","item_id":"said_{{{_said}}}","content_index":0,"transcript":"When do you open tomorrow morning?"}""");
        if (talk == Talk.EchoAndEvents) CallTool();
    }

    private void CallTool()
    {
        var tool = $$$"""{"id":"tool_{{{Response}}}","object":"realtime.item","type":"function_call","status":"completed","name":"opening_hours","call_id":"call_{{{Response}}}","arguments":"{}"}""";
        var response = $"tools_{Response}";
        Say($$$"""{"type":"response.created","event_id":"event_6","response":{"id":"{{{response}}}","object":"realtime.response","status":"in_progress","output":[]}}""");
        Say($$$"""{"type":"response.output_item.added","event_id":"event_7","response_id":"{{{response}}}","output_index":0,"item":{{{tool}}}}""");
        Say($$$"""{"type":"response.function_call_arguments.done","event_id":"event_7","response_id":"{{{response}}}","item_id":"tool_{{{Response}}}","output_index":0,"call_id":"call_{{{Response}}}","name":"opening_hours","arguments":"{}"}""");
        Say($$$"""{"type":"response.output_item.done","event_id":"event_7","response_id":"{{{response}}}","output_index":0,"item":{{{tool}}}}""");
        Say($$$"""{"type":"response.done","event_id":"event_8","response":{"id":"{{{response}}}","object":"realtime.response","status":"completed","output":[{{{tool}}}]}}""");
    }

    private void Cancelled() =>
        Say($$$"""{"type":"response.done","event_id":"event_9","response":{"id":"{{{Id}}}","object":"realtime.response","status":"cancelled","output":[],"usage":{{{Usage}}} } }""");

    private void Begin()
    {
        Response++;
        Speaks = true;
        Say($$$"""{"type":"response.created","event_id":"event_7","response":{"id":"{{{Id}}}","object":"realtime.response","status":"in_progress","output":[]}}""");
    }

    private void Say(string json) => agent.SendText(Encoding.UTF8.GetBytes(json));
}
