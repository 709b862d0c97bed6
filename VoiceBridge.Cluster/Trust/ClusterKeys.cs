using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace VoiceBridge.Cluster.Trust;

/// <summary>The cluster's secret keys (<c>Cluster:Keys</c>), derived per purpose with HKDF-SHA256, 32 bytes each.</summary>
public sealed class ClusterKeys
{
    private const int DerivedBytes = 32;

    private static readonly byte[] Salt = "voicebridge"u8.ToArray();

    private readonly ConcurrentDictionary<string, byte[][]> _derived = new(StringComparer.Ordinal);
    private readonly byte[][] _keys;

    /// <summary>
    /// Takes the keys from the options. Without any, in the Development environment, a well-known key of the cluster's name stands in, so that
    /// services started by hand understand each other; anywhere else that is an <see cref="OptionsValidationException"/>.
    /// </summary>
    public ClusterKeys(IOptions<ClusterOptions> options, IHostEnvironment? environment = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        var cluster = options.Value;
        Configured = cluster.Keys.Count > 0;
        if (!Configured && environment?.IsDevelopment() != true)
        {
            const string Missing = "Cluster:Keys: at least one key is needed (base64, 32 bytes or more), the same on all services.";
            throw new OptionsValidationException(ClusterOptions.Section, typeof(ClusterOptions), [Missing]);
        }

        _keys = Configured
            ? [.. cluster.Keys.Select(Convert.FromBase64String)]
            : [SHA256.HashData(Encoding.UTF8.GetBytes($"voicebridge development {cluster.Name}"))];
    }

    /// <summary>Whether the keys are secret: false only for the stand-in of the Development environment.</summary>
    public bool Configured { get; }

    /// <summary>The key that signs and encrypts for <paramref name="purpose"/>.</summary>
    public byte[] Derive(string purpose) => DeriveAll(purpose)[0];

    /// <summary>All keys that verify and decrypt for <paramref name="purpose"/>, the signing one first.</summary>
    public IReadOnlyList<byte[]> DeriveAll(string purpose)
    {
        ArgumentException.ThrowIfNullOrEmpty(purpose);
        return _derived.GetOrAdd(purpose, p =>
        {
            var info = Encoding.UTF8.GetBytes(p);
            return [.. _keys.Select(key => HKDF.DeriveKey(HashAlgorithmName.SHA256, key, DerivedBytes, Salt, info))];
        });
    }
}
