using Azure.Core;
using Microsoft.Extensions.Options;
using VoiceBridge.CallControl;
using VoiceBridge.ServiceDefaults.Hosting;

return await ServiceProcess.RunAsync(() => CallControlApp.RunAsync(args, builder => builder.Services.AddKeyedSingleton<IPhoneService>(AcsNetwork.Key, (services, _) => SdkCallAutomation.Create(
    services.GetRequiredService<IOptions<AcsOptions>>().Value, services.GetRequiredService<TokenCredential>(), services.GetRequiredService<TimeProvider>()))));
