using System.ComponentModel;
using VoiceBridge.MediaGateway;
using VoiceBridge.MediaGateway.Tools;
using VoiceBridge.ServiceDefaults.Hosting;

return await ServiceProcess.RunAsync(() => MediaGatewayApp.RunAsync(args, builder =>
{
    builder.Services.AddAgentTool(
        ([Description("The city, in English.")] string city) => $"In {city} it is sunny, 21 degrees.",
        "weather", "Tells the weather in a city.");
    builder.Services.AddAgentTool<Appointments>(nameof(Appointments.Move), "move_appointment", "Moves the caller's appointment to another day.");
}));

/// <summary>A tool with services of its own: one object for each call, which may ask for <see cref="CallContext"/> and for whatever the program registers.</summary>
internal sealed class Appointments(CallContext call)
{
    /// <summary>What the model is told is what this returns; a message that it should pass on is an <see cref="AgentToolException"/>.</summary>
    public string Move([Description("The new day, as the caller said it.")] string day)
    {
        if (call.CallerId is "" or "anonymous") throw new AgentToolException("The number is withheld: ask for the name the appointment is in.");
        return $"It is moved to {day}.";
    }
}
