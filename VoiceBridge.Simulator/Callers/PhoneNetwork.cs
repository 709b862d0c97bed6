namespace VoiceBridge.Simulator;

/// <summary>Whose phone calls.</summary>
public enum PhoneNetwork
{
    /// <summary>Azure Communication Services, Teams Phone among them.</summary>
    Acs,

    /// <summary>Twilio.</summary>
    Twilio,
}
