VoiceBridge.Dashboard.DashboardApp.Create(args).Run();
