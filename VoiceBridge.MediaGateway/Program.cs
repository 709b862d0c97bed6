VoiceBridge.MediaGateway.MediaGatewayApp.Create(args).Run();
