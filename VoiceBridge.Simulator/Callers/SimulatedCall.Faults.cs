using System.Text;

namespace VoiceBridge.Simulator;

/// <content>What can be done to a call from outside.</content>
public sealed partial class SimulatedCall
{
    /// <summary>The caller hangs up (or gives up, while it rings).</summary>
    public Task HangUpAsync()
    {
        if (StopRinging(SimulatedCallState.MissedRinging, "caller gave up")) return Task.CompletedTask;
        Disconnect("caller hung up");
        return WhenEnded;
    }

    /// <summary>The caller says this now.</summary>
    public void Say(string text) => _conversation?.Say(text);

    /// <summary>The caller presses keys now.</summary>
    public void Press(string tones) => _conversation?.Press(tones);

    /// <summary>Cuts the media sockets as a broken network does; what comes next depends on <see cref="AcsBehaviour.MediaReconnect"/> or <see cref="TwilioBehaviour.AfterBreak"/>.</summary>
    public void AbortMedia()
    {
        _line?.Cut();
    }

    /// <inheritdoc cref="AbortMedia"/>
    public Task AbortMediaAsync()
    {
        AbortMedia();
        return Task.CompletedTask;
    }

    /// <summary>Sends what no ACS would send: broken JSON, wrong types, broken base64, an endless name.</summary>
    public Task SendGarbageAsync()
    {
        string[] garbage =
        [
            "", "null", "[]", "{", "{\"kind\":7}", "{\"kind\":\"AudioData\",\"audioData\":null}", "{\"kind\":\"AudioData\",\"audioData\":{\"data\":\"@@@\"}}",
            "{\"kind\":\"AudioData\",\"audioData\":[1,2]}", "{\"kind\":\"AudioData\"}", $"{{\"{new string('k', 20_000)}\":1}}",
        ];
        foreach (var message in garbage) _line?.PostRaw(Encoding.UTF8.GetBytes(message));
        return Task.CompletedTask;
    }

    /// <summary>Sends this text on the media sockets.</summary>
    public void SendMedia(string message) => _line?.PostRaw(Encoding.UTF8.GetBytes(message));

    /// <summary>Reads no more from the media sockets, so that the bridge's sends back up.</summary>
    public void StopReading()
    {
        _line?.StopReading();
    }

    /// <summary>ACS opens one more media socket beside those that are open. False when it is refused.</summary>
    public Task<bool> OpenSecondMediaAsync() => _line?.OpenAsync() ?? Task.FromResult(false);
}
