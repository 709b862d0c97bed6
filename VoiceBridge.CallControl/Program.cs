return await VoiceBridge.ServiceDefaults.Hosting.ServiceProcess.RunAsync(() => VoiceBridge.CallControl.CallControlApp.RunAsync(args));
