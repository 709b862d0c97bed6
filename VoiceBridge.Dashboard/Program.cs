return await VoiceBridge.ServiceDefaults.Hosting.ServiceProcess.RunAsync(() => VoiceBridge.Dashboard.DashboardApp.Create(args).RunAsync());
