using System.Buffers;
using System.IO.Pipelines;
using Headcount.Server.Problems;

namespace Headcount.Server.Gate;

/// <summary>The bodies of requests, read whole and no longer than they may be.</summary>
internal static class Bodies
{
    /// <summary>Reads a body to its end.</summary>
    /// <returns>All of it; the reader must be advanced when it is done with.</returns>
    /// <exception cref="ProblemException">It is too long (413).</exception>
    public static ValueTask<ReadOnlySequence<byte>> ReadAsync(HttpRequest request, int most)
    {
        if (request.ContentLength > most) throw TooLarge(most);
        var reader = request.BodyReader;

        // What a gate sends has arrived together with the headers.
        if (!reader.TryRead(out var result)) return ReadOnAsync(reader, most);
        if (result.IsCompleted && result.Buffer.Length <= most) return new ValueTask<ReadOnlySequence<byte>>(result.Buffer);
        reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        return ReadOnAsync(reader, most);
    }

    public static ProblemException TooLarge(int most) => new(413, ProblemCodes.TooLarge, $"The body is longer than the {most} bytes that are taken here.");

    private static async ValueTask<ReadOnlySequence<byte>> ReadOnAsync(PipeReader reader, int most)
    {
        while (true)
        {
            var result = await reader.ReadAsync();
            if (result.Buffer.Length > most)
            {
                reader.AdvanceTo(result.Buffer.End);
                throw TooLarge(most);
            }

            if (result.IsCompleted) return result.Buffer;
            reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }
}
