namespace VoiceBridge.Cluster.Admission;

/// <summary>What a call waits for.</summary>
public enum AdmissionWait
{
    /// <summary>Nothing: it is admitted.</summary>
    None,

    /// <summary>There is no living gateway that takes calls.</summary>
    NoGateway,

    /// <summary>All slots are taken.</summary>
    Capacity,

    /// <summary>No Voice Live endpoint is healthy and has budget left.</summary>
    VoiceLive,

    /// <summary>What is free goes to those who came before.</summary>
    Queue,

    /// <summary>Redis was emptied, and until every gateway has had the time to come back nobody knows what is taken.</summary>
    Settling,
}
