using Microsoft.Extensions.Options;
using VoiceBridge.CallControl;
using VoiceBridge.CallControl.Acs;

CallControlApp.Create(args, builder => builder.Services.AddSingleton<ICallAutomation>(services =>
    SdkCallAutomation.Create(services.GetRequiredService<IOptions<AcsOptions>>().Value, services.GetRequiredService<TimeProvider>()))).Run();
