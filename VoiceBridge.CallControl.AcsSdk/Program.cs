using Azure.Core;
using Microsoft.Extensions.Options;
using VoiceBridge.CallControl;

await CallControlApp.RunAsync(args, builder => builder.Services.AddKeyedSingleton<IPhoneService>(AcsNetwork.Key, (services, _) => SdkCallAutomation.Create(
    services.GetRequiredService<IOptions<AcsOptions>>().Value, services.GetRequiredService<TokenCredential>(), services.GetRequiredService<TimeProvider>())));
