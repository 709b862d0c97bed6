return await VoiceBridge.Simulator.Cli.Commands.RunAsync(args);
