using Microsoft.Extensions.Options;
using VoiceBridge.CallControl;
using VoiceBridge.CallControl.Acs;

CallControlApp.Create(args, builder => builder.Services.AddSingleton<ICallAutomation>(services =>
{
    var (options, time) = (services.GetRequiredService<IOptions<AcsOptions>>().Value, services.GetRequiredService<TimeProvider>());
    return options.Client is AcsClient.Rest ? RestCallAutomation.Create(options, time) : SdkCallAutomation.Create(options, time);
})).Run();
