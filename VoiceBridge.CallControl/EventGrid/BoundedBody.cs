using System.Buffers;

namespace VoiceBridge.CallControl.EventGrid;

/// <summary>Reads a request's body whole, up to a limit.</summary>
internal static class BoundedBody
{
    /// <summary>The body, or null when it is longer than <paramref name="limit"/> bytes.</summary>
    public static async Task<ReadOnlyMemory<byte>?> ReadAsync(HttpRequest request, int limit, CancellationToken cancellationToken)
    {
        if (request.ContentLength > limit) return null;
        var body = new ArrayBufferWriter<byte>(request.ContentLength is > 0 and { } length ? (int)length : 4096);
        while (true)
        {
            var read = await request.Body.ReadAsync(body.GetMemory(4096), cancellationToken);
            if (read == 0) return body.WrittenMemory;
            body.Advance(read);
            if (body.WrittenCount > limit) return null;
        }
    }
}
