return await VoiceBridge.CallControl.CallControlApp.RunAsync(args);
