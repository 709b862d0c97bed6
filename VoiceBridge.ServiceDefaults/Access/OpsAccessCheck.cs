using Microsoft.Extensions.Options;

namespace VoiceBridge.ServiceDefaults.Access;

internal sealed class OpsAccessCheck(IOptions<OpsAccessOptions> options) : IProtectionCheck
{
    private const int ShortestKey = 16;

    public IEnumerable<string> Missing()
    {
        if (options.Value.ApiKeys.Count == 0)
            yield return "Ops:ApiKeys: no key guards /stats, /scale and operators' commands.";
        if (options.Value.ApiKeys.Any(key => key.Length < ShortestKey))
            yield return $"Ops:ApiKeys: a key is shorter than {ShortestKey} characters.";
    }
}
