namespace VoiceBridge.CallControl.Calls.Phone;

/// <summary>One of the phone networks that calls come over: which calls are its own, and where it is to send what.</summary>
internal interface IPhoneNetwork
{
    /// <summary>The type of its callers in records, tickets and statistics.</summary>
    string Name { get; }

    /// <summary>Whether calls can come over it.</summary>
    bool IsConfigured { get; }

    /// <summary>What can be done to its calls.</summary>
    IPhoneService Service { get; }

    /// <summary>Whether it opens a lost media socket again by itself, with the ticket of the first: that lasts as long as the call then.</summary>
    bool Reconnects { get; }

    /// <summary>Whether an id of an answered call is one of its own.</summary>
    bool Owns(string callConnectionId);

    /// <summary>Where it tells what happens to the call.</summary>
    string CallbackUri(string callId);

    /// <summary>Where it opens the call's media socket.</summary>
    string TransportUrl(string callId, string ticket);
}
