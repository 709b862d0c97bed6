VoiceBridge.MediaGateway.MediaGatewayApp.Run(args);
