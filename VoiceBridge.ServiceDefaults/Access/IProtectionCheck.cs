namespace VoiceBridge.ServiceDefaults.Access;

/// <summary>Names the protections that a service needs in production and that are not configured.</summary>
public interface IProtectionCheck
{
    /// <summary>One sentence for each missing protection, starting with its setting; nothing when all is well.</summary>
    IEnumerable<string> Missing();
}
