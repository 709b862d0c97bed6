namespace VoiceBridge.Simulator;

/// <summary>What ACS does with a media socket that was lost. Which of these is true of the real one is not documented.</summary>
public enum MediaReconnect
{
    /// <summary>ACS opens the socket again by itself.</summary>
    ReconnectsItself,

    /// <summary>ACS reports the interruption; <c>:startMediaStreaming</c> opens a new socket.</summary>
    StartResumes,

    /// <summary>As before, but <c>:startMediaStreaming</c> is refused.</summary>
    StartRefused,

    /// <summary>As before, but after an accepted <c>:startMediaStreaming</c> nothing comes.</summary>
    StartAcceptedButNothingComes,

    /// <summary>ACS opens the socket again by itself and, when asked to start, another one beside it.</summary>
    SecondSocketBeside,
}

/// <summary>How the simulated ACS behaves.</summary>
public sealed class AcsBehaviour
{
    /// <summary>A call rings that long, and its context can be used that long (real: 30).</summary>
    public double RingSeconds { get; set; } = 30;

    /// <summary>What happens to a lost media socket.</summary>
    public MediaReconnect MediaReconnect { get; set; } = MediaReconnect.ReconnectsItself;

    /// <summary>Wait before ACS opens a lost socket again, and between its attempts.</summary>
    public TimeSpan ReconnectDelay { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Attempts before it gives up and reports a failure.</summary>
    public int ReconnectAttempts { get; set; } = 6;

    /// <summary>How long the first connection to the media socket is tried.</summary>
    public TimeSpan MediaConnectTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>So many answers give 500, without anything happening. Counts down.</summary>
    public int FailAnswerTimes { get; set; }

    /// <summary>So many answers give 500 although the call was answered. Counts down.</summary>
    public int LoseAnswerTimes { get; set; }

    /// <summary>So many requests of any kind give 429 with <c>Retry-After: 1</c>. Counts down.</summary>
    public int ThrottleTimes { get; set; }

    /// <summary>Every answer fails afterwards with <c>AnswerFailed</c>.</summary>
    public bool AnswerFails { get; set; }

    /// <summary>Time that each REST request takes.</summary>
    public TimeSpan RestDelay { get; set; }

    /// <summary>Open the media socket before <c>CallConnected</c> is sent, not after it.</summary>
    public bool SocketBeforeConnected { get; set; }

    /// <summary>Between the answer and its first callback.</summary>
    public TimeSpan CallbackDelay { get; set; } = TimeSpan.FromMilliseconds(20);

    /// <summary>Send each callback that many times.</summary>
    public int CallbackDuplicates { get; set; } = 1;

    /// <summary>Swap neighbouring callbacks.</summary>
    public bool CallbackReorder { get; set; }

    /// <summary>Lose this part of the callbacks (0 to 1).</summary>
    public double CallbackLoss { get; set; }

    /// <summary>Waits between the attempts of a callback that was not answered with 2xx.</summary>
    public IList<TimeSpan> CallbackRetries { get; } = [TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(2)];

    /// <summary>Send silent packets without data, as samples guard against.</summary>
    public bool EmptySilence { get; set; }

    /// <summary>Write <c>+</c> and <c>/</c> of base64 as JSON escapes, as some serializers do.</summary>
    public bool EscapedBase64 { get; set; }

    /// <summary>Split each media message over several WebSocket frames.</summary>
    public bool FragmentedMessages { get; set; }

    /// <summary>Mix messages of unknown kinds, and unknown members, into the media stream.</summary>
    public bool UnknownMessages { get; set; } = true;

    /// <summary>End media sockets without a close frame.</summary>
    public bool AbruptClose { get; set; }

    /// <summary>Numbers that belong to the same resource: a call redirected or transferred to one of them rings again, with the same correlation id.</summary>
    public ISet<string> OwnNumbers { get; } = new HashSet<string>();

    /// <summary>Until the target of a transfer has accepted it.</summary>
    public TimeSpan TransferDelay { get; set; } = TimeSpan.FromMilliseconds(300);

    /// <summary>A transfer is not accepted by its target: <c>CallTransferFailed</c>, at once.</summary>
    public bool TransferFails { get; set; }

    /// <summary>Numbers that treat transfers in a way of their own, instead of <see cref="TransferDelay"/> and <see cref="TransferFails"/>.</summary>
    public IDictionary<string, TransferTarget> TransferTargets { get; } = new Dictionary<string, TransferTarget>();

    /// <summary>ACS reads the media socket no further ahead of what it plays than this; null: as fast as audio comes.</summary>
    public TimeSpan? ReadAhead { get; set; }
}

/// <summary>A number that calls are transferred to.</summary>
public sealed class TransferTarget
{
    /// <summary>It does not accept them (<c>CallTransferFailed</c>).</summary>
    public bool Fails { get; set; }

    /// <summary>How long it rings before it accepts or fails.</summary>
    public TimeSpan Rings { get; set; } = TimeSpan.FromMilliseconds(300);
}
