namespace VoiceBridge.Simulator.VoiceLive;

/// <summary>What the agent does in one response: says something, calls tools, or both.</summary>
internal sealed record AgentReply(string? Say, params AgentCall[] Calls)
{
    /// <summary>It is said without regard to the conversation, and nothing that was asked is answered by it.</summary>
    internal bool Aside { get; init; }
}

/// <summary>One tool call.</summary>
internal sealed record AgentCall(string Name, string Arguments);
