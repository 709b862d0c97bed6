namespace VoiceBridge.Cluster.Calls;

/// <summary>A transfer of an answered call.</summary>
/// <param name="ToOverflow">Whether it is one to the overflow number, by us; otherwise the agent or an operator asked for it.</param>
/// <param name="Failed">Whether it was refused, or its target did not accept.</param>
/// <param name="Accepted">Whether its target has accepted.</param>
/// <param name="Cause">The reason that was given for it.</param>
/// <param name="At">When it was asked for (Redis's clock).</param>
/// <param name="RequestId">The id of the request that it answers.</param>
public sealed record CallTransfer(bool ToOverflow, bool Failed, bool Accepted, string Cause, DateTimeOffset At, string RequestId = "");
