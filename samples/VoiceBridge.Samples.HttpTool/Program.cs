VoiceBridge.Samples.HttpTool.HttpToolApp.Create(args).Run();
