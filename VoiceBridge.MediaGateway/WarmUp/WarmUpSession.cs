using System.Net.WebSockets;
using System.Text;

namespace VoiceBridge.MediaGateway.WarmUp;

/// <summary>
/// One session of a Voice Live that always says the same: it greets, is interrupted, calls a tool, answers, and speaks along with each of the caller's frames. Event shapes: PROTOCOLS of Voice Live, API version 2026-07-15.
/// </summary>
internal sealed class WarmUpSession(WebSocket socket)
{
    /// <summary>With this frame of the caller's, the caller begins to speak.</summary>
    public const int SpeechAt = 40;

    /// <summary>How many frames long an answer is.</summary>
    public const int DeltasOfAnswer = 25;

    private static readonly string Audio = Convert.ToBase64String(new byte[960]);

    private readonly byte[] _buffer = new byte[64 * 1024];
    private int _appended;
    private int _responses;
    private bool _speaks;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await SendAsync("""{"type":"session.created","event_id":"e","session":{"id":"s","object":"realtime.session","model":"warm-up"}}""", cancellationToken);
            while (true)
            {
                var length = 0;
                ValueWebSocketReceiveResult part;
                do
                {
                    part = await socket.ReceiveAsync(_buffer.AsMemory(length), cancellationToken);
                    length += part.Count;
                }
                while (!part.EndOfMessage);
                if (part.MessageType is WebSocketMessageType.Close) break;
                await AnswerAsync(_buffer.AsMemory(0, length), cancellationToken);
            }
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, cancellationToken);
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException or IOException)
        {
            // The caller has hung up.
        }
    }

    private async Task AnswerAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        if (Is(message, "input_audio_buffer.append"u8)) await HearAsync(cancellationToken);
        else if (Is(message, "session.update"u8)) await SendAsync("""{"type":"session.updated","event_id":"e","session":{"id":"s"}}""", cancellationToken);
        else if (Is(message, "response.create"u8)) await SpeakAsync(cancellationToken);
    }

    private async Task HearAsync(CancellationToken cancellationToken)
    {
        _appended++;
        if (_appended == SpeechAt)
        {
            await SendAsync("""{"type":"input_audio_buffer.speech_started","event_id":"e","audio_start_ms":400,"item_id":"u"}""", cancellationToken);
            await SendAsync("""{"type":"input_audio_buffer.speech_stopped","event_id":"e","audio_end_ms":800,"item_id":"u"}""", cancellationToken);
            await SendAsync("""{"type":"input_audio_buffer.committed","event_id":"e","item_id":"u"}""", cancellationToken);
            await SendAsync(
                """{"type":"conversation.item.input_audio_transcription.completed","event_id":"e","item_id":"u","content_index":0,"transcript":"Warm up."}""", cancellationToken);
            await CallToolAsync(cancellationToken);
        }
        else if (_speaks)
        {
            await SayAsync(cancellationToken);
        }
    }

    private async Task SpeakAsync(CancellationToken cancellationToken)
    {
        await BeginAsync(cancellationToken);
        await SendAsync($$$"""{"type":"response.output_item.added","event_id":"e","response_id":"r{{{_responses}}}","output_index":0,"item":{"id":"i{{{_responses}}}","type":"message","role":"assistant"}}""", cancellationToken);
        for (var delta = 0; delta < DeltasOfAnswer; delta++) await SayAsync(cancellationToken);
        await SendAsync($$"""{"type":"response.audio_transcript.delta","event_id":"e","response_id":"r{{_responses}}","item_id":"i{{_responses}}","output_index":0,"content_index":0,"delta":"I am warm."}""", cancellationToken);
        await SendAsync($$"""{"type":"response.audio_transcript.done","event_id":"e","response_id":"r{{_responses}}","item_id":"i{{_responses}}","output_index":0,"content_index":0,"transcript":"I am warm."}""", cancellationToken);
        await EndAsync(cancellationToken);
        _speaks = true;
    }

    private async Task CallToolAsync(CancellationToken cancellationToken)
    {
        _speaks = false;
        await BeginAsync(cancellationToken);
        var ids = $"\"event_id\":\"e\",\"response_id\":\"r{_responses}\",\"output_index\":0";
        var item = $$"""{"id":"i{{_responses}}","type":"function_call","name":"{{WarmUpVoiceLive.Tool}}","call_id":"c{{_responses}}","arguments":"{\"what\":\"it\"}"}""";
        await SendAsync($$"""{"type":"response.output_item.added",{{ids}},"item":{{item}} }""", cancellationToken);
        await SendAsync(
            $$$"""{"type":"response.function_call_arguments.done",{{{ids}}},"item_id":"i{{{_responses}}}","call_id":"c{{{_responses}}}","name":"{{{WarmUpVoiceLive.Tool}}}","arguments":"{\"what\":\"it\"}"}""",
            cancellationToken);
        await SendAsync($$"""{"type":"response.output_item.done",{{ids}},"item":{{item}} }""", cancellationToken);
        await EndAsync(cancellationToken, item);
    }

    private Task BeginAsync(CancellationToken cancellationToken) => SendAsync(
        $$$"""{"type":"response.created","event_id":"e","response":{"id":"r{{{++_responses}}}","object":"realtime.response","status":"in_progress","output":[]}}""", cancellationToken);

    private Task SayAsync(CancellationToken cancellationToken) => SendAsync(
        $$"""{"type":"response.audio.delta","event_id":"e","response_id":"r{{_responses}}","item_id":"i{{_responses}}","output_index":0,"content_index":0,"delta":"{{Audio}}"}""", cancellationToken);

    private Task EndAsync(CancellationToken cancellationToken, string output = "") => SendAsync(
        $$$"""{"type":"response.done","event_id":"e","response":{"id":"r{{{_responses}}}","object":"realtime.response","status":"completed","output":[{{{output}}}],"usage":{"total_tokens":3,"input_tokens":1,"output_tokens":2} } }""", cancellationToken);

    private static bool Is(ReadOnlyMemory<byte> message, ReadOnlySpan<byte> type) => message.Span[..Math.Min(80, message.Length)].IndexOf(type) >= 0;

    private Task SendAsync(string json, CancellationToken cancellationToken) =>
        socket.SendAsync(Encoding.UTF8.GetBytes(json), WebSocketMessageType.Text, endOfMessage: true, cancellationToken);
}
