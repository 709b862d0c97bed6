using Microsoft.AspNetCore.Http;

namespace VoiceBridge.ServiceDefaults.Limits;

/// <summary>Requests to a path and below it, which share the limits.</summary>
/// <param name="Path">The longest path that a request's begins with decides.</param>
/// <param name="Name">The entry's name in the metrics.</param>
/// <param name="IsAuthenticatedAsync">Whether a request brings a credential that matches; null where nobody needs one.</param>
/// <param name="UnauthenticatedByAddress">Whether requests without such a credential have a bucket for each address.</param>
internal sealed record LimitedEntry(PathString Path, string Name, Func<HttpContext, ValueTask<bool>>? IsAuthenticatedAsync = null, bool UnauthenticatedByAddress = false);
