using System.Buffers;

namespace VoiceBridge.CallControl.Http;

/// <summary>A request's body, or the status that says why there is none.</summary>
internal readonly record struct BoundedBody(ReadOnlyMemory<byte>? Content, int Status)
{
    /// <summary>The body whole; 413 when it is longer than <paramref name="limit"/> bytes, 400 when its framing is wrong.</summary>
    public static async Task<BoundedBody> ReadAsync(HttpRequest request, int limit, CancellationToken cancellationToken)
    {
        if (request.ContentLength > limit) return new(null, StatusCodes.Status413PayloadTooLarge);
        var body = new ArrayBufferWriter<byte>(request.ContentLength is > 0 and { } length ? (int)length : 4096);
        try
        {
            while (true)
            {
                var read = await request.Body.ReadAsync(body.GetMemory(4096), cancellationToken);
                if (read == 0) return new(body.WrittenMemory, StatusCodes.Status200OK);
                body.Advance(read);
                if (body.WrittenCount > limit) return new(null, StatusCodes.Status413PayloadTooLarge);
            }
        }
        catch (BadHttpRequestException exception)
        {
            return new(null, exception.StatusCode);
        }
        catch (IOException)
        {
            // What Kestrel throws for a chunk whose size is no number that it can hold.
            return new(null, StatusCodes.Status400BadRequest);
        }
    }

    /// <summary>The reason in the metrics.</summary>
    public string Reason => Status == StatusCodes.Status413PayloadTooLarge ? "too_large" : "malformed";
}
