using System.Runtime.InteropServices;

namespace VoiceBridge.RelayBench.Wire;

/// <summary>OpenSSL 3 on non-blocking sockets: the library that .NET itself uses, without the tasks of SslStream.</summary>
internal static unsafe partial class OpenSsl
{
    public const int FileIsPem = 1;
    public const int ControlMode = 33;

    /// <summary>SSL_MODE_ENABLE_PARTIAL_WRITE, and SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER.</summary>
    public const nint PartialWrites = 0x1 | 0x2;
    public const int WantsRead = 2;
    public const int WantsWrite = 3;
    private const string Library = "libssl.so.3";

    [LibraryImport(Library)]
    internal static partial nint TLS_server_method();

    [LibraryImport(Library)]
    internal static partial nint SSL_CTX_new(nint method);

    [LibraryImport(Library)]
    internal static partial void SSL_CTX_free(nint context);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int SSL_CTX_use_certificate_file(nint context, string file, int type);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int SSL_CTX_use_PrivateKey_file(nint context, string file, int type);

    [LibraryImport(Library)]
    internal static partial nint SSL_CTX_ctrl(nint context, int command, nint value, nint pointer);

    [LibraryImport(Library)]
    internal static partial nint SSL_new(nint context);

    [LibraryImport(Library)]
    internal static partial void SSL_free(nint session);

    [LibraryImport(Library)]
    internal static partial int SSL_set_fd(nint session, int socket);

    [LibraryImport(Library)]
    internal static partial void SSL_set_accept_state(nint session);

    [LibraryImport(Library)]
    internal static partial int SSL_read(nint session, byte* buffer, int length);

    [LibraryImport(Library)]
    internal static partial int SSL_write(nint session, byte* buffer, int length);

    [LibraryImport(Library)]
    internal static partial int SSL_get_error(nint session, int result);
}

/// <summary>A server's certificate.</summary>
internal sealed class TlsContext : IDisposable
{
    private readonly nint _context = OpenSsl.SSL_CTX_new(OpenSsl.TLS_server_method());

    /// <summary>Files in PEM.</summary>
    public TlsContext(string certificateFile, string keyFile)
    {
        if (OpenSsl.SSL_CTX_use_certificate_file(_context, certificateFile, OpenSsl.FileIsPem) != 1 || OpenSsl.SSL_CTX_use_PrivateKey_file(_context, keyFile, OpenSsl.FileIsPem) != 1)
            throw new InvalidOperationException($"OpenSSL does not take {certificateFile} and {keyFile}.");
        _ = OpenSsl.SSL_CTX_ctrl(_context, OpenSsl.ControlMode, OpenSsl.PartialWrites, 0);
    }

    public TlsSession Accept(int socket) => new(_context, socket);

    public void Dispose() => OpenSsl.SSL_CTX_free(_context);
}

/// <summary>One accepted connection; the handshake happens in its first reads.</summary>
internal sealed unsafe class TlsSession : IDisposable
{
    private readonly nint _session;

    public TlsSession(nint context, int socket)
    {
        _session = OpenSsl.SSL_new(context);
        _ = OpenSsl.SSL_set_fd(_session, socket);
        OpenSsl.SSL_set_accept_state(_session);
    }

    /// <summary>Bytes received, 0 at the end of the stream, negative when there is nothing now.</summary>
    public int Read(Span<byte> room)
    {
        int got;
        fixed (byte* target = room) got = OpenSsl.SSL_read(_session, target, room.Length);
        if (got > 0) return got;
        return OpenSsl.SSL_get_error(_session, got) is OpenSsl.WantsRead or OpenSsl.WantsWrite ? -1 : 0;
    }

    /// <summary>Bytes taken.</summary>
    public int Write(ReadOnlySpan<byte> bytes)
    {
        fixed (byte* source = bytes) return Math.Max(0, OpenSsl.SSL_write(_session, source, bytes.Length));
    }

    public void Dispose() => OpenSsl.SSL_free(_session);
}
