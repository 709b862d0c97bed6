namespace VoiceBridge.MediaGateway.Configuration;

/// <summary>What a session is opened to: a model, or an agent, which brings its own model and instructions.</summary>
internal sealed record SessionTarget(string? Model, string? AgentName = null, string? ProjectName = null, string? AgentVersion = null)
{
    /// <summary>Agent mode.</summary>
    public bool IsAgent => !string.IsNullOrEmpty(AgentName);

    /// <summary>What names it when connecting, as a part of a query.</summary>
    public string Query()
    {
        if (!IsAgent)
            return $"model={Uri.EscapeDataString(Model ?? "")}";
        var query = $"agent-name={Uri.EscapeDataString(AgentName!)}&agent-project-name={Uri.EscapeDataString(ProjectName ?? "")}";
        return string.IsNullOrEmpty(AgentVersion) ? query : $"{query}&agent-version={Uri.EscapeDataString(AgentVersion)}";
    }
}
