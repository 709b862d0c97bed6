using System.Text;
using System.Text.Json;

namespace VoiceBridge.Benchmarks;

/// <summary>The same transforms as quickstarts write them: a string, a dictionary, decoded and encoded audio, indented JSON.</summary>
internal sealed class QuickstartOperations
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };
    private readonly byte[] _callerFrame = Samples.CallerFrame(20);
    private readonly byte[] _delta = Samples.AgentDelta(20);

    public int UplinkFrame()
    {
        var text = Encoding.UTF8.GetString(_callerFrame);
        var kinds = JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(text)!;
        var audioData = kinds["audioData"].Deserialize<Dictionary<string, JsonElement>>()!;
        var audio = Convert.FromBase64String(audioData["data"].GetString()!);
        var append = new Dictionary<string, object> { ["type"] = "input_audio_buffer.append", ["audio"] = Convert.ToBase64String(audio) };
        return Encoding.UTF8.GetBytes(JsonSerializer.Serialize(append, Indented)).Length;
    }

    public int DownlinkDelta()
    {
        var text = Encoding.UTF8.GetString(_delta);
        var fields = JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(text)!;
        var audio = Convert.FromBase64String(fields["delta"].GetString()!);
        var frame = new { Kind = "AudioData", AudioData = new { Data = Convert.ToBase64String(audio) }, StopAudio = (object?)null };
        return Encoding.UTF8.GetBytes(JsonSerializer.Serialize(frame, Indented)).Length;
    }
}
