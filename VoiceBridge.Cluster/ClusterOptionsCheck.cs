using System.Buffers;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using VoiceBridge.Cluster.Trust;

namespace VoiceBridge.Cluster;

/// <summary>Says all that is wrong with the section <c>Cluster</c>, by setting.</summary>
internal sealed class ClusterOptionsCheck(IHostEnvironment? environment = null) : IValidateOptions<ClusterOptions>
{
    private const int MaxNameLength = 64;

    // The name is part of each Redis key and of its hash tag, which a brace would end.
    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.");

    public ValidateOptionsResult Validate(string? name, ClusterOptions options)
    {
        var wrong = new List<string>();
        if (string.IsNullOrEmpty(options.Name) || options.Name.Length > MaxNameLength || options.Name.AsSpan().ContainsAnyExcept(NameCharacters))
            wrong.Add($"Cluster:Name: 1 to {MaxNameLength} letters, digits, '-', '_' or '.'.");
        for (var i = 0; i < options.Keys.Count; i++)
        {
            if (ClusterKey.Read(options.Keys[i], out var problem) is null) wrong.Add($"Cluster:Keys:{i}: {problem}");
        }

        if (options.Keys.Count == 0 && environment?.IsDevelopment() != true)
            wrong.Add("Cluster:Keys: at least one key is needed (base64, 32 bytes or more), the same on all services.");
        return wrong.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(wrong);
    }
}
