
namespace VoiceBridge.ClusterBench;

/// <summary>The phone network: does at once whatever it is asked for. The context of a call that rings names it.</summary>
internal sealed class BenchPhone(ClusterRun run) : IPhoneService
{
    public Task<PhoneResult<AnsweredCall>> AnswerAsync(AnswerRequest request, CancellationToken cancellationToken)
    {
        run.Answered(request.Call.IncomingCallContext);
        return Task.FromResult(new PhoneResult<AnsweredCall>(PhoneResult.Success, new AnsweredCall($"connection-{request.CallId}", "server")));
    }

    public Task<PhoneResult> RejectAsync(RingingCall call, CancellationToken cancellationToken)
    {
        run.Refused(call.IncomingCallContext);
        return Done();
    }

    public Task<PhoneResult> RedirectAsync(RingingCall call, string target, CancellationToken cancellationToken) => Done();

    public Task<PhoneResult> HangUpAsync(string callConnectionId, CancellationToken cancellationToken) => Done();

    public Task<PhoneResult> TransferAsync(string callConnectionId, string target, string operationContext, Repeatability repeatability, CancellationToken cancellationToken) => Done();

    public Task<PhoneResult<CallStatus>> GetAsync(string callConnectionId, CancellationToken cancellationToken) =>
        Task.FromResult(new PhoneResult<CallStatus>(PhoneResult.Success, new CallStatus("connected")));

    public Task<PhoneResult> StartMediaAsync(string callConnectionId, CancellationToken cancellationToken)
    {
        run.MediaWanted(callConnectionId["connection-".Length..]);
        return Done();
    }

    public Task<PhoneResult> StopMediaAsync(string callConnectionId, CancellationToken cancellationToken) => Done();

    private static Task<PhoneResult> Done() => Task.FromResult(PhoneResult.Success);
}
