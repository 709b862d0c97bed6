return await VoiceBridge.RelayBench.Cli.Create().Parse(args).InvokeAsync();
