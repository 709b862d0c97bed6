await VoiceBridge.MediaGateway.MediaGatewayApp.RunAsync(args);
