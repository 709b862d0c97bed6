using System.Globalization;
using System.Text;
using VoiceBridge.RelayBench.Wire;

namespace VoiceBridge.RelayBench.Load;

/// <summary>
/// What an agent's end says of one call beside audio, by the count of the caller's frames: every ten seconds the caller interrupts, is
/// transcribed, a tool is called, and the answer's words come a few times a second. Audio goes on all the while, so that loads compare.
/// </summary>
internal sealed class Conversation(int call)
{
    private const int TurnFrames = 500;
    private const int SpeechFrames = 100;
    private const int WordsEvery = 10;
    private const string Usage = """{"total_tokens":300,"input_tokens":200,"output_tokens":100,"input_token_details":{"text_tokens":100,"audio_tokens":100},"output_token_details":{"text_tokens":20,"audio_tokens":80}}""";
    private int _response;
    private int _said;

    /// <summary>The response that audio belongs to now, as its id's eight digits.</summary>
    public int Response => _response;

    /// <summary>To be called for each frame of the caller, before its echo.</summary>
    public void OnFrame(uint sequence, WebSocketPeer agent)
    {
        // Calls do not take turns together.
        var at = (int)((sequence + (uint)call * 37) % TurnFrames);
        if (at == 0) Interrupted(agent);
        else if (at == SpeechFrames) Asked(agent);
        else if (at % WordsEvery == 0) Say(agent, $$$"""{"type":"response.audio_transcript.delta","event_id":"event_9","response_id":"{{{Id}}}","item_id":"{{{Item}}}","output_index":0,"content_index":0,"delta":" word"}""");
    }

    /// <summary>The gateway has answered a tool call: the agent goes on.</summary>
    public void OnResponseWanted(WebSocketPeer agent) => Begin(agent);

    /// <summary>The gateway has put a tool's answer into the conversation.</summary>
    public void OnToolAnswered(WebSocketPeer agent) =>
        Say(agent, $$$"""{"type":"conversation.item.created","event_id":"event_9","previous_item_id":"tool_{{{_response}}}","item":{"id":"output_{{{_response}}}","object":"realtime.item","type":"function_call_output","call_id":"call_{{{_response}}}","output":"{}"}}""");

    private string Id => Number("resp_");

    private string Item => Number("item_");

    private string Number(string prefix) => prefix + _response.ToString("x8", CultureInfo.InvariantCulture);

    private void Interrupted(WebSocketPeer agent)
    {
        _said++;
        Say(agent, $$$"""{"type":"input_audio_buffer.speech_started","event_id":"event_2","audio_start_ms":3120,"item_id":"said_{{{_said}}}"}""");
        Say(agent, $$$"""{"type":"response.audio_transcript.done","event_id":"event_9","response_id":"{{{Id}}}","item_id":"{{{Item}}}","output_index":0,"content_index":0,"transcript":"{{{string.Join(' ', Enumerable.Repeat("word", 50))}}}"}""");
        Say(agent, $$$"""{"type":"response.done","event_id":"event_9","response":{"id":"{{{Id}}}","object":"realtime.response","status":"cancelled","output":[],"usage":{{{Usage}}} } }""");
        Begin(agent);
    }

    private void Asked(WebSocketPeer agent)
    {
        // What was being said when the caller began is over.
        Say(agent, $$$"""{"type":"response.done","event_id":"event_9","response":{"id":"{{{Id}}}","object":"realtime.response","status":"cancelled","output":[],"usage":{{{Usage}}} } }""");
        Say(agent, $$$"""{"type":"input_audio_buffer.speech_stopped","event_id":"event_3","audio_end_ms":5120,"item_id":"said_{{{_said}}}"}""");
        Say(agent, $$$"""{"type":"input_audio_buffer.committed","event_id":"event_4","item_id":"said_{{{_said}}}"}""");
        Say(agent, $$$"""{"type":"conversation.item.input_audio_transcription.completed","event_id":"event_5","item_id":"said_{{{_said}}}","content_index":0,"transcript":"When do you open tomorrow morning?"}""");
        var tool = $$$"""{"id":"tool_{{{_response}}}","object":"realtime.item","type":"function_call","status":"completed","name":"opening_hours","call_id":"call_{{{_response}}}","arguments":"{}"}""";
        var response = $"tools_{_response}";
        Say(agent, $$$"""{"type":"response.created","event_id":"event_6","response":{"id":"{{{response}}}","object":"realtime.response","status":"in_progress","output":[]}}""");
        Say(agent, $$$"""{"type":"response.output_item.added","event_id":"event_7","response_id":"{{{response}}}","output_index":0,"item":{{{tool}}}}""");
        Say(agent, $$$"""{"type":"response.function_call_arguments.done","event_id":"event_7","response_id":"{{{response}}}","item_id":"tool_{{{_response}}}","output_index":0,"call_id":"call_{{{_response}}}","name":"opening_hours","arguments":"{}"}""");
        Say(agent, $$$"""{"type":"response.output_item.done","event_id":"event_7","response_id":"{{{response}}}","output_index":0,"item":{{{tool}}}}""");
        Say(agent, $$$"""{"type":"response.done","event_id":"event_8","response":{"id":"{{{response}}}","object":"realtime.response","status":"completed","output":[{{{tool}}}]}}""");
    }

    private void Begin(WebSocketPeer agent)
    {
        _response++;
        Say(agent, $$$"""{"type":"response.created","event_id":"event_7","response":{"id":"{{{Id}}}","object":"realtime.response","status":"in_progress","output":[]}}""");
    }

    private static void Say(WebSocketPeer agent, string json) => agent.SendText(Encoding.UTF8.GetBytes(json));
}
