await VoiceBridge.CallControl.CallControlApp.RunAsync(args);
