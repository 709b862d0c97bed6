using Azure.Core;
using Microsoft.Extensions.Options;
using VoiceBridge.CallControl;
using VoiceBridge.CallControl.Acs;

await CallControlApp.RunAsync(args, builder => builder.Services.AddSingleton<ICallAutomation>(services => SdkCallAutomation.Create(
    services.GetRequiredService<IOptions<AcsOptions>>().Value, services.GetRequiredService<TokenCredential>(), services.GetRequiredService<TimeProvider>())));
