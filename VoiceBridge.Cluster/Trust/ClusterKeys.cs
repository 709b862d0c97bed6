using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace VoiceBridge.Cluster.Trust;

/// <summary>The cluster's secret keys (<c>Cluster:Keys</c>), derived per purpose with HKDF-SHA256, 32 bytes each.</summary>
/// <remarks>
/// Which key signs depends on a time and not on the list alone. Replicas with the keys before and after a step of a key change work side
/// by side, and have to issue the same ticket for a ringing call: were the choice made by the list, then each step would have to keep the
/// choice, and the last key of the change would have to be the first.
/// </remarks>
public sealed class ClusterKeys
{
    private const int DerivedBytes = 32;

    private static readonly byte[] Salt = "voicebridge"u8.ToArray();

    private readonly ConcurrentDictionary<string, byte[][]> _derived = new(StringComparer.Ordinal);
    private readonly ClusterKey[] _keys;
    private readonly TimeProvider _time;

    /// <summary>
    /// Takes the keys from the options. Without any, in the Development environment, a well-known key of the cluster's name stands in, so that
    /// services started by hand understand each other; anywhere else that is an <see cref="OptionsValidationException"/>.
    /// </summary>
    public ClusterKeys(IOptions<ClusterOptions> options, IHostEnvironment? environment = null, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        _time = time ?? TimeProvider.System;
        var cluster = options.Value;
        Configured = cluster.Keys.Count > 0;
        if (!Configured && environment?.IsDevelopment() != true)
        {
            const string Missing = "Cluster:Keys: at least one key is needed (base64, 32 bytes or more), the same on all services.";
            throw new OptionsValidationException(ClusterOptions.Section, typeof(ClusterOptions), [Missing]);
        }

        _keys = Configured
            ? [.. cluster.Keys.Select(text => ClusterKey.Read(text, out var problem) ?? throw new FormatException($"Cluster:Keys: {problem}"))]
            : [new ClusterKey(SHA256.HashData(Encoding.UTF8.GetBytes($"voicebridge development {cluster.Name}")), DateTimeOffset.MinValue)];
    }

    /// <summary>Whether the keys are secret: false only for the stand-in of the Development environment.</summary>
    public bool Configured { get; }

    /// <summary>The key that signs and encrypts for <paramref name="purpose"/> now.</summary>
    public byte[] Derive(string purpose) => DeriveAll(purpose)[Signing()];

    /// <summary>All keys that verify and decrypt for <paramref name="purpose"/>.</summary>
    public IReadOnlyList<byte[]> DeriveAll(string purpose)
    {
        ArgumentException.ThrowIfNullOrEmpty(purpose);
        return _derived.GetOrAdd(purpose, p =>
        {
            var info = Encoding.UTF8.GetBytes(p);
            return [.. _keys.Select(key => HKDF.DeriveKey(HashAlgorithmName.SHA256, key.Secret, DerivedBytes, Salt, info))];
        });
    }

    /// <summary>
    /// Which of <see cref="DeriveAll"/> signs what begins at <paramref name="at"/>, now unless given: the one that took over last; of several
    /// the first in the list; where none has yet, the one that will first.
    /// </summary>
    internal int Signing(DateTimeOffset? at = null)
    {
        var moment = at ?? _time.GetUtcNow();
        var keys = _keys.Index();
        return keys.Where(key => key.Item.From <= moment).DefaultIfEmpty(keys.MinBy(key => key.Item.From)).MaxBy(key => key.Item.From).Index;
    }
}
