BenchmarkDotNet.Running.BenchmarkSwitcher.FromAssembly(typeof(VoiceBridge.Benchmarks.TransformBenchmarks).Assembly).Run(args);
