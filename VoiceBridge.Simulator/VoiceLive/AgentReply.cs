namespace VoiceBridge.Simulator.VoiceLive;

/// <summary>What the agent does in one response: says something, calls tools, or both.</summary>
internal sealed record AgentReply(string? Say, params AgentCall[] Calls);

/// <summary>One tool call.</summary>
internal sealed record AgentCall(string Name, string Arguments);
