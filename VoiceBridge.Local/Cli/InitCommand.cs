using VoiceBridge.Local.Settings;

namespace VoiceBridge.Local.Cli;

/// <summary><c>./up.sh init</c>: writes the commented sample of <c>voicebridge.json</c> to the working folder.</summary>
internal static class InitCommand
{
    /// <summary>The sample, as it ships in samples/.</summary>
    public static string Sample
    {
        get
        {
            using var reader = new StreamReader(typeof(InitCommand).Assembly.GetManifestResourceStream(GivenSettings.FileName)!);
            return reader.ReadToEnd();
        }
    }

    public static int Run(string folder, TextWriter output, TextWriter errors)
    {
        var path = Path.Combine(folder, GivenSettings.FileName);
        if (File.Exists(path))
        {
            errors.WriteLine($"{GivenSettings.FileName} is there already.");
            return 1;
        }
        File.WriteAllText(path, Sample);
        output.WriteLine($"{GivenSettings.FileName} is written: change it, and the next call has it. Real services: uncomment a block, and start again.");
        return 0;
    }
}
