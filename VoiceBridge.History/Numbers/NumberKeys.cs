using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using VoiceBridge.Cluster.Trust;
using VoiceBridge.History.Storage;

namespace VoiceBridge.History.Numbers;

/// <summary>
/// Keyed hashes by which a number is found again although not all of it is kept. The key is the database's own, and lies in it encrypted with each of the cluster's
/// keys: it outlasts their replacement, and who has only the database cannot try out all numbers.
/// </summary>
internal sealed class NumberKeys(ClusterKeys clusterKeys)
{
    private const string Name = "numbers";
    private const int KeyBytes = 32;

    private readonly SecretBox _box = new(clusterKeys, "history-numbers");
    private byte[][]? _keys;

    /// <summary>The hash that a number is kept under; "" for none.</summary>
    public async Task<string> HashAsync(HistoryContext context, string number, CancellationToken cancellationToken) =>
        number.Length == 0 ? "" : Hash((await KeysAsync(context, cancellationToken))[^1], PhoneNumbers.Normalize(number));

    /// <summary>All hashes that it may be kept under: more than one after the database was used with a cluster of other keys.</summary>
    public async Task<IReadOnlyList<string>> AllHashesAsync(HistoryContext context, string number, CancellationToken cancellationToken) =>
        [.. (await KeysAsync(context, cancellationToken)).Select(key => Hash(key, PhoneNumbers.Normalize(number)))];

    /// <summary>Reads the key, makes it where there is none, and encrypts it with keys of the cluster that are new.</summary>
    private async Task<byte[][]> KeysAsync(HistoryContext context, CancellationToken cancellationToken)
    {
        if (_keys is { } known) return known;
        await using var transaction = context.Database.CurrentTransaction is null ? await context.Database.BeginTransactionAsync(cancellationToken) : null;
        if (context.Database.IsNpgsql()) await context.Database.ExecuteSqlRawAsync("LOCK TABLE secrets IN SHARE ROW EXCLUSIVE MODE", cancellationToken);
        var stored = await context.Secrets.AsNoTracking().Where(secret => secret.Name == Name).OrderBy(secret => secret.Id).ToListAsync(cancellationToken);
        var keys = new List<byte[]>();
        var openers = new HashSet<int>();
        foreach (var secret in stored)
        {
            if (_box.Open(Name, secret.Box, out var opener) is not { } key) continue;
            openers.Add(opener);
            if (!keys.Exists(other => other.AsSpan().SequenceEqual(key))) keys.Add(key);
        }

        if (keys.Count == 0) keys.Add(RandomNumberGenerator.GetBytes(KeyBytes));
        var boxes = _box.CloseForEachKey(Name, keys[^1]);
        var missing = boxes.Index().Where(box => !openers.Contains(box.Index)).Select(box => new StoredSecret { Name = Name, Box = box.Item }).ToList();
        if (missing.Count > 0)
        {
            context.Secrets.AddRange(missing);
            await context.SaveChangesAsync(cancellationToken);
        }

        if (transaction is not null) await transaction.CommitAsync(cancellationToken);
        return _keys = [.. keys];
    }

    private static string Hash(byte[] key, string number) => Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(number)).AsSpan(0, 16));
}
