using Microsoft.Extensions.Configuration.Json;
using Microsoft.Extensions.FileProviders;

namespace VoiceBridge.Local.Settings;

/// <summary>
/// A JSON file of settings that is read again when it changes. One that cannot be read then is reported and the former settings stay; the framework's own provider
/// would forget them.
/// </summary>
internal sealed class KeptJsonSource : JsonConfigurationSource
{
    private KeptJsonSource()
    {
    }

    /// <summary>Receives one line for each change that could not be read.</summary>
    public required Action<string> Report { get; init; }

    /// <summary>The file at <paramref name="path"/>, which need not exist yet.</summary>
    public static KeptJsonSource Of(string path, Action<string> report) => new()
    {
        FileProvider = new PhysicalFileProvider(System.IO.Path.GetDirectoryName(path)!),
        Path = System.IO.Path.GetFileName(path),
        Optional = true,
        ReloadOnChange = true,
        Report = report,
    };

    public override IConfigurationProvider Build(IConfigurationBuilder builder)
    {
        EnsureDefaults(builder);
        return new Provider(this);
    }

    private sealed class Provider(KeptJsonSource source) : JsonConfigurationProvider(source)
    {
        private bool _read;

        public override void Load(Stream stream)
        {
            try
            {
                base.Load(stream);
                _read = true;
            }
            catch (FormatException exception) when (_read)
            {
                source.Report($"{source.Path} cannot be read, the former settings stay: {exception.InnerException?.Message ?? exception.Message}");
            }
        }
    }
}
