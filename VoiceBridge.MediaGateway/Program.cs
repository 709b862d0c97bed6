return await VoiceBridge.ServiceDefaults.Hosting.ServiceProcess.RunAsync(() => VoiceBridge.MediaGateway.MediaGatewayApp.RunAsync(args));
