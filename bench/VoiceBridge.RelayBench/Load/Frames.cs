using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace VoiceBridge.RelayBench.Load;

/// <summary>The messages of both ends, prepared once; only the mark changes from frame to frame.</summary>
internal sealed class Frames
{
    /// <summary>Of 20 ms: 960 bytes.</summary>
    private const int AudioCharacters = 1280;
    private const string Head = """{"kind":"AudioData","audioData":{"data":""" + "\"";
    private const string Tail = "\"" + ""","timestamp":"2026-10-04T10:13:14.867Z","participantRawID":"4:+14255550100","silent":false}}""";
    private const string DeltaHead = """{"type":"response.audio.delta","event_id":"event_11","response_id":"resp_00000000","item_id":"item_00000000","output_index":0,"content_index":0,"delta":""" + "\"";

    private const int Digits = 8;
    private static readonly int ResponseAt = DeltaHead.IndexOf("resp_", StringComparison.Ordinal) + "resp_".Length;
    private static readonly int ItemAt = DeltaHead.IndexOf("item_0", StringComparison.Ordinal) + "item_".Length;

    private readonly byte[] _caller;
    private readonly byte[] _delta;

    /// <param name="framesPerDelta">How much audio a message of the agent holds, in caller's frames.</param>
    public Frames(int framesPerDelta)
    {
        _caller = Encoding.ASCII.GetBytes(Head + Audio(1) + Tail);
        _delta = Encoding.ASCII.GetBytes(DeltaHead + Audio(framesPerDelta) + "\"}");
    }

    public static ReadOnlySpan<byte> Metadata =>
        """{"kind":"AudioMetadata","audioMetadata":{"subscriptionId":"89e8cb59-b991-48b0-b154-1db84f16a077","encoding":"PCM","sampleRate":24000,"channels":1,"length":960}}"""u8;

    public static ReadOnlySpan<byte> SessionCreated =>
        """{"type":"session.created","event_id":"event_1","session":{"id":"sess_1","object":"realtime.session","model":"gpt-realtime","modalities":["text","audio"]}}"""u8;

    public static ReadOnlySpan<byte> SessionUpdated =>
        """{"type":"session.updated","event_id":"event_2","session":{"id":"sess_1","object":"realtime.session","model":"gpt-realtime","modalities":["text","audio"]}}"""u8;

    public static ReadOnlySpan<byte> ResponseCreated =>
        """{"type":"response.created","event_id":"event_7","response":{"id":"resp_00000000","object":"realtime.response","status":"in_progress","status_details":null,"output":[],"usage":null}}"""u8;

    public ReadOnlySpan<byte> CallerFrame(Mark mark)
    {
        mark.Write(_caller.AsSpan(Head.Length));
        return _caller;
    }

    public ReadOnlySpan<byte> AgentDelta(Mark mark, int response)
    {
        Utf8Formatter.TryFormat(response, _delta.AsSpan(ResponseAt, Digits), out _, new StandardFormat('x', Digits));
        _delta.AsSpan(ResponseAt, Digits).CopyTo(_delta.AsSpan(ItemAt));
        mark.Write(_delta.AsSpan(DeltaHead.Length));
        return _delta;
    }

    private static string Audio(int frames)
    {
        var audio = new byte[AudioCharacters / 4 * 3 * frames];
        new Random(20).NextBytes(audio);
        return Convert.ToBase64String(audio);
    }
}
