namespace Headcount.Streams;

/// <summary>The file that malformed elements are written to, whole, a line each.</summary>
internal sealed class RejectsFile : IDisposable
{
    private readonly string _path;
    private readonly FileStream _file;
    private readonly byte[] _gathered = new byte[1 << 16];
    private int _used;

    private RejectsFile(string path, FileStream file) => (_path, _file) = (path, file);

    /// <exception cref="InputException">It cannot be written, or is one of the inputs.</exception>
    public static RejectsFile Create(string path, IReadOnlyList<string> inputs)
    {
        try
        {
            if (inputs.Any(input => input != "-" && !InputSource.IsAddress(input) && Target(input) == Target(path)))
                throw new InputException($"{path}: is one of the inputs; name another file for the rejects");
            return new RejectsFile(path, new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new InputException($"{path}: rejects cannot be written there: {e.Message}", e);
        }
    }

    /// <exception cref="InputException">It cannot be written on.</exception>
    public void Write(ReadOnlySpan<byte> element)
    {
        if (element.IsEmpty) return;
        Put(element);
        Put("\n"u8);
    }

    /// <summary>Writes a piece of an element that is too long to hold.</summary>
    /// <exception cref="InputException">It cannot be written on.</exception>
    public void WritePiece(ReadOnlySpan<byte> piece, bool isLast)
    {
        Put(piece);
        if (isLast && piece is not [.., (byte)'\n']) Put("\n"u8);
    }

    /// <summary>Sees to it that everything is written.</summary>
    /// <exception cref="InputException">It is not.</exception>
    public void Finish() => Save(_gathered.AsSpan(0, Taken()));

    public void Dispose()
    {
        try
        {
            Finish();
        }
        catch (InputException)
        {
            // Whoever reads to the end finishes first, and hears of it there.
        }

        _file.Dispose();
    }

    private void Put(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > _gathered.Length - _used) Finish();
        if (bytes.Length > _gathered.Length)
        {
            Save(bytes);
            return;
        }

        bytes.CopyTo(_gathered.AsSpan(_used));
        _used += bytes.Length;
    }

    private int Taken()
    {
        var taken = _used;
        _used = 0;
        return taken;
    }

    private void Save(ReadOnlySpan<byte> bytes)
    {
        try
        {
            _file.Write(bytes);
        }
        catch (IOException e)
        {
            throw new InputException($"{_path}: rejects cannot be written there: {e.Message}", e);
        }
    }

    // The file that a path leads to, through a link.
    private static string Target(string path)
    {
        var full = Path.GetFullPath(path);
        return File.Exists(full) ? File.ResolveLinkTarget(full, returnFinalTarget: true)?.FullName ?? full : full;
    }
}
