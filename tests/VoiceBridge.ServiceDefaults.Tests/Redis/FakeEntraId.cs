using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Text.Json;
using Azure.Core;

namespace VoiceBridge.ServiceDefaults.Tests.Redis;

/// <summary>An identity whose tokens live for an hour, unless told otherwise.</summary>
internal sealed class FakeEntraId(TimeProvider time) : TokenCredential
{
    /// <summary>The identity's object id.</summary>
    public const string ObjectId = "5d0fd94e-6f2f-4e2c-8a4c-0d6a6f0b7c11";

    private readonly ConcurrentQueue<string> _issued = new();
    private int _requests;

    public static TimeSpan Life { get; } = TimeSpan.FromHours(1);

    public IReadOnlyList<string> Issued => [.. _issued];

    public int Requests => Volatile.Read(ref _requests);

    public IReadOnlyList<string> Scopes { get; private set; } = [];

    /// <summary>What it does when it is asked.</summary>
    public Func<CancellationToken, ValueTask<AccessToken>>? Answer { get; set; }

    public AccessToken Issue() => Issue(new { oid = ObjectId, n = _issued.Count });

    public AccessToken Issue(object claims)
    {
        var token = $"e30.{Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(claims))}.c2lnbmVk{Guid.NewGuid():N}";
        _issued.Enqueue(token);
        return new AccessToken(token, time.GetUtcNow() + Life);
    }

    public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken)
    {
        Scopes = requestContext.Scopes;
        Interlocked.Increment(ref _requests);
        return Answer?.Invoke(cancellationToken) ?? ValueTask.FromResult(Issue());
    }

    public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) => throw new NotSupportedException();
}
