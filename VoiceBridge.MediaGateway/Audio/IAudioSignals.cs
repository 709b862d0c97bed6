using VoiceBridge.MediaGateway.Engines.VoiceLive;

namespace VoiceBridge.MediaGateway.Audio;

/// <summary>What the sockets' threads have for the call to decide on. Called on those threads: nothing here blocks.</summary>
internal interface IAudioSignals
{
    /// <summary>A server event in a rented buffer, which is the receiver's to return. Where it <paramref name="canWait"/> it comes with the next one.</summary>
    void OnServerEvent(VoiceLiveSession session, byte[] rented, int length, bool canWait);

    /// <summary>The first audio of a response; <paramref name="answered"/> is the time since the caller's last word, if it is the answer to that.</summary>
    void OnResponseAudio(VoiceLiveSession session, string responseId, TimeSpan? answered);

    /// <summary>The agent was cut off: flushed at the caller, and truncated in the session.</summary>
    /// <param name="cut">What of each item was heard.</param>
    /// <param name="cancel">Nobody spoke, so the service goes on unless it is told.</param>
    void OnBargeIn(IReadOnlyList<HeardItem> cut, bool cancel);

    void OnDtmf(string tone);

    void OnHangup();

    /// <summary>The caller's audio comes faster than anybody speaks.</summary>
    void OnAudioFlood();

    /// <summary>The caller's side announces audio that we do not speak.</summary>
    void OnWrongFormat(string format);
}
