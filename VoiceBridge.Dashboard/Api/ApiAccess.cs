using Microsoft.AspNetCore.Authorization;
using VoiceBridge.Dashboard.Access;
using VoiceBridge.ServiceDefaults.Access;

namespace VoiceBridge.Dashboard.Api;

/// <summary>
/// Lets programs in by an API key (<c>Ops:ApiKeys</c>, header <c>X-Api-Key</c>) and people by their sign-in. Others get 401, not a sign-in
/// page: whoever reads JSON cannot fill one in.
/// </summary>
internal sealed class ApiAccess(OpsAccess ops, IAuthorizationService authorization) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        var refusal = http.Request.Headers.ContainsKey(OpsAccess.Header) ? ops.Refuse(http) : "neither a key nor a sign-in";
        if (refusal is null || (await authorization.AuthorizeAsync(http.User, Policies.Read)).Succeeded) return await next(context);
        return ops.TurnAway(http, refusal);
    }
}
