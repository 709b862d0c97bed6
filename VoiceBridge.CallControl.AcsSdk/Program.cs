using Azure.Core;
using Microsoft.Extensions.Options;
using VoiceBridge.CallControl;

return await CallControlApp.RunAsync(args, builder => builder.Services.AddSingleton<IPhoneService>(services => SdkCallAutomation.Create(
    services.GetRequiredService<IOptions<AcsOptions>>().Value, services.GetRequiredService<TokenCredential>(), services.GetRequiredService<TimeProvider>())));
