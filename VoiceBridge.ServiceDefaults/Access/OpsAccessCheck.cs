using Microsoft.Extensions.Options;

namespace VoiceBridge.ServiceDefaults.Access;

internal sealed class OpsAccessCheck(IOptions<OpsAccessOptions> options) : IProtectionCheck
{
    private const int ShortestKey = 16;

    public IEnumerable<string> Missing()
    {
        var keys = options.Value;
        if (keys.ApiKeys.Count == 0)
            yield return "Ops:ApiKeys: no key guards /stats and /scale.";
        if (keys.ApiKeys.Any(key => key.Length < ShortestKey))
            yield return $"Ops:ApiKeys: a key is shorter than {ShortestKey} characters.";
        if (keys.CommandKeys.Any(key => key.Length < ShortestKey))
            yield return $"Ops:CommandKeys: a key is shorter than {ShortestKey} characters.";
        if (keys.CommandKeys.Intersect(keys.ApiKeys, StringComparer.Ordinal).Any())
            yield return "Ops:CommandKeys: a key is one of Ops:ApiKeys too: whoever reads figures could give commands.";
    }
}
