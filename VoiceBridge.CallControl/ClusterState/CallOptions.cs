using Microsoft.Extensions.Options;

namespace VoiceBridge.CallControl.ClusterState;

/// <summary>The settings that calls are handled by. Each property is a configuration section, so that they read as <c>Admission:RingSeconds</c>.</summary>
internal sealed class CallOptions
{
    public CallControlSection CallControl { get; set; } = new();

    public MediaSection Media { get; set; } = new();

    public AdmissionSection Admission { get; set; } = new();

    public OverflowSection Overflow { get; set; } = new();

    public TransferSection Transfer { get; set; } = new();

    public RecoverySection Recovery { get; set; } = new();

    public VoiceLiveSection VoiceLive { get; set; } = new();

    public CallsSection Calls { get; set; } = new();

    internal sealed class CallControlSection
    {
        /// <summary>The public https address of this service: where ACS posts its callbacks.</summary>
        public Uri? PublicUrl { get; set; }

        /// <summary>How many replicas at least share the free capacity while Redis is away; more where more were seen.</summary>
        public int Replicas { get; set; } = 2;
    }

    internal sealed class MediaSection
    {
        /// <summary>The public wss address of the gateways: where ACS opens its media sockets.</summary>
        public Uri? PublicUrl { get; set; }
    }

    internal sealed class AdmissionSection
    {
        /// <summary>How long a call may ring for a slot, from its event on. A phone rings 30 s; some of that belongs to answering.</summary>
        public double RingSeconds { get; set; } = 20;

        /// <summary>The share of the capacity that admission leaves free, because ingress does not know which gateway has room.</summary>
        public double Headroom { get; set; } = 0.1;
    }

    internal sealed class OverflowSection
    {
        /// <summary>Where calls go that cannot be served, in E.164; without it they are busy.</summary>
        public string? Number { get; set; }
    }

    internal sealed class TransferSection
    {
        /// <summary>What the numbers begin with that calls may be transferred to, whoever asks: <c>+1425</c>. None: any number. <see cref="OverflowSection.Number"/> needs none.</summary>
        public IList<string> AllowedPrefixes { get; set; } = [];
    }

    internal sealed class RecoverySection
    {
        /// <summary>Within how long a call that lost its media has them again, or has ended.</summary>
        public double Seconds { get; set; } = 15;
    }

    internal sealed class VoiceLiveSection
    {
        /// <summary>The share of the Voice Live budget that admission leaves to recovery.</summary>
        public double RecoveryReserve { get; set; } = 0.3;
    }

    internal sealed class CallsSection
    {
        /// <summary>The longest call, in minutes.</summary>
        public double MaxMinutes { get; set; } = 60;
    }
}

/// <summary>What the settings must be when they are set; whether protections are there is <see cref="CallControlProtections"/>'s matter.</summary>
internal sealed class CallOptionsValidation : IValidateOptions<CallOptions>
{
    public ValidateOptionsResult Validate(string? name, CallOptions options)
    {
        var errors = new List<string>();
        if (options.CallControl.PublicUrl is { } callControl && !Is(callControl, "https", "http"))
            errors.Add("CallControl:PublicUrl must be an https address (http only on loopback).");
        if (options.Media.PublicUrl is { } media && !Is(media, "wss", "ws"))
            errors.Add("Media:PublicUrl must be a wss address (ws only on loopback).");
        if (options.CallControl.Replicas < 1) errors.Add("CallControl:Replicas must be at least 1.");
        if (options.Admission.RingSeconds is not (>= 0 and <= 25)) errors.Add("Admission:RingSeconds must be from 0 to 25: a phone rings 30 s.");
        if (options.Admission.Headroom is not (>= 0 and < 1)) errors.Add("Admission:Headroom must be from 0 to less than 1.");
        if (options.VoiceLive.RecoveryReserve is not (>= 0 and < 1)) errors.Add("VoiceLive:RecoveryReserve must be from 0 to less than 1.");
        if (options.Recovery.Seconds is not (>= 8 and <= 120)) errors.Add("Recovery:Seconds must be from 8 to 120.");
        if (options.Calls.MaxMinutes is not (> 0 and <= 24 * 60)) errors.Add("Calls:MaxMinutes must be more than 0 and at most 1440.");
        if (!options.Transfer.AllowedPrefixes.All(PhoneNumber.IsPrefix))
            errors.Add("Transfer:AllowedPrefixes: each must be a plus and the first digits of numbers in E.164, like +1425.");
        if (options.Overflow.Number is { Length: > 0 } number && !PhoneNumber.IsE164(number))
            errors.Add("Overflow:Number must be a phone number in E.164, like +14255550100.");
        return errors.Count > 0 ? ValidateOptionsResult.Fail(errors) : ValidateOptionsResult.Success;
    }

    private static bool Is(Uri uri, string secure, string plain) =>
        uri.IsAbsoluteUri && (uri.Scheme == secure || (uri.Scheme == plain && uri.IsLoopback));
}
