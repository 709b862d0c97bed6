namespace VoiceBridge.CallControl.Calls.Phone;

/// <summary>All phone networks as one: what is done to a call is done by its own.</summary>
internal sealed class PhoneNetworks : IPhoneService
{
    private readonly IReadOnlyList<IPhoneNetwork> _networks;

    public PhoneNetworks(IEnumerable<IPhoneNetwork> networks) => _networks = [.. networks];

    /// <summary>The names of those that calls can come over.</summary>
    public IEnumerable<string> Configured => _networks.Where(network => network.IsConfigured).Select(network => network.Name);

    /// <summary>The network of this name.</summary>
    public IPhoneNetwork Named(string name) =>
        _networks.FirstOrDefault(network => network.Name == name) ?? throw new InvalidOperationException($"There is no phone network '{name}'.");

    public Task<PhoneResult<AnsweredCall>> AnswerAsync(AnswerRequest request, CancellationToken cancellationToken) =>
        Of(request.Call).AnswerAsync(request, cancellationToken);

    public Task<PhoneResult> RejectAsync(RingingCall call, CancellationToken cancellationToken) => Of(call).RejectAsync(call, cancellationToken);

    public Task<PhoneResult> RedirectAsync(RingingCall call, string target, CancellationToken cancellationToken) => Of(call).RedirectAsync(call, target, cancellationToken);

    public Task<PhoneResult> HangUpAsync(string callConnectionId, CancellationToken cancellationToken) => Of(callConnectionId).HangUpAsync(callConnectionId, cancellationToken);

    public Task<PhoneResult> TransferAsync(
        string callConnectionId, string target, string operationContext, Repeatability repeatability, CancellationToken cancellationToken) =>
        Of(callConnectionId).TransferAsync(callConnectionId, target, operationContext, repeatability, cancellationToken);

    public Task<PhoneResult<CallStatus>> GetAsync(string callConnectionId, CancellationToken cancellationToken) => Of(callConnectionId).GetAsync(callConnectionId, cancellationToken);

    public Task<PhoneResult> StartMediaAsync(string callConnectionId, CancellationToken cancellationToken) =>
        Of(callConnectionId).StartMediaAsync(callConnectionId, cancellationToken);

    public Task<PhoneResult> StopMediaAsync(string callConnectionId, CancellationToken cancellationToken) =>
        Of(callConnectionId).StopMediaAsync(callConnectionId, cancellationToken);

    private IPhoneService Of(RingingCall call) => Named(call.Network).Service;

    private IPhoneService Of(string callConnectionId) =>
        (_networks.FirstOrDefault(network => network.Owns(callConnectionId)) ?? throw new InvalidOperationException("The call is of no phone network that is known here.")).Service;
}
