return await VoiceBridge.Local.Cli.CommandLine.RunAsync(args);
