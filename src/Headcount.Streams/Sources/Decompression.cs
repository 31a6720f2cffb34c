using System.Runtime.CompilerServices;
using ZstdSharp;

namespace Headcount.Streams;

/// <summary>Takes the compression off an input: gzip and Zstandard by their first bytes, Brotli by name or header.</summary>
internal static class Decompression
{
    /// <summary>How often an input may be compressed over (a compressed file served by a server that compresses).</summary>
    public const int MaxLayers = 3;

    public static Stream Open(InputSource source, bool follow, CancellationToken ct)
    {
        var stream = source.IsBrotli ? new CountingStream(Brotli(source.Raw)) : source.Raw;
        for (var layer = source.IsBrotli ? 1 : 0; layer < MaxLayers; layer++)
        {
            Stream? inner = stream.Peek(4, follow, ct) switch
            {
                [0x1F, 0x8B, ..] => Gzip(stream),
                [0x28, 0xB5, 0x2F, 0xFD] => Zstandard(stream),
                _ => null,
            };
            if (inner is null) break;
            stream = new CountingStream(inner);
        }

        return stream;
    }

    // Apart, so that a plain file loads none of these libraries.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WholeBrotliStream Brotli(Stream compressed) => new(compressed);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WholeGzipStream Gzip(Stream compressed) => new(compressed);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static DecompressionStream Zstandard(Stream compressed) => new(compressed, leaveOpen: false);
}
