using System.Data.Common;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components.Authorization;
using StackExchange.Redis;
using VoiceBridge.Dashboard.Access;
using VoiceBridge.History.Keeping;

namespace VoiceBridge.Dashboard.EndedCalls;

/// <summary>Erases a person on an operator's behalf. Whether it may is asked here, on the server.</summary>
internal sealed partial class EraseAction(
    IServiceProvider services, AuthenticationStateProvider signedIn, IAuthorizationService authorization, TimeProvider time, ILogger<EraseAction> logger)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(5);

    public async Task<(bool Done, string Text)> EraseAsync(string number)
    {
        var user = (await signedIn.GetAuthenticationStateAsync()).User;
        if (!(await authorization.AuthorizeAsync(user, Policies.Act)).Succeeded) return (false, "You may look, but not act: the role VoiceBridge.Operator is needed.");
        if (services.GetService<PersonErasure>() is not { } erasure) return (false, "No history is kept.");
        using var deadline = new CancellationTokenSource(Deadline, time);
        var who = EndedCallReader.NameOf(user);
        try
        {
            var erased = await erasure.EraseAsync(number, who, deadline.Token);
            LogErased(logger, who, erased.Kept.Calls, erased.InRedis);
            return (true, erased.ToString());
        }
        catch (Exception exception) when (exception is DbException or RedisException or TimeoutException or OperationCanceledException)
        {
            LogNotErased(logger, who, exception.Message);
            return (false, "Redis or the history database does not answer: not everything was erased. Try again.");
        }
    }

    [LoggerMessage(EventId = 7042, Level = LogLevel.Information, Message = "{Who} erased a person: {Calls} calls of the history, {InRedis} in Redis")]
    private static partial void LogErased(ILogger logger, string who, long calls, int inRedis);

    [LoggerMessage(EventId = 7043, Level = LogLevel.Error, Message = "{Who} wanted to erase a person, which failed halfway: {Reason}")]
    private static partial void LogNotErased(ILogger logger, string who, string reason);
}
