VoiceBridge.CallControl.CallControlApp.Create(args).Run();
