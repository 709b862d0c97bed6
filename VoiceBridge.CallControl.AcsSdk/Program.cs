using Azure.Core;
using Microsoft.Extensions.Options;
using VoiceBridge.CallControl;
using VoiceBridge.CallControl.Acs;

CallControlApp.Create(args, builder => builder.Services.AddSingleton<ICallAutomation>(services =>
{
    var (options, credential, time) = (services.GetRequiredService<IOptions<AcsOptions>>().Value, services.GetRequiredService<TokenCredential>(), services.GetRequiredService<TimeProvider>());
    return options.Client is AcsClient.Rest ? RestCallAutomation.Create(options, credential, time) : SdkCallAutomation.Create(options, credential, time);
})).Run();
