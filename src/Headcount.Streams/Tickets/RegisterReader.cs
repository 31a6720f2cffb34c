using Headcount.Core;

namespace Headcount.Streams;

/// <summary>A register, and what of its file could not be read.</summary>
/// <param name="Register">The tickets.</param>
/// <param name="SetAside">The first elements set aside, with their place and reason.</param>
/// <param name="SetAsideCount">How many were set aside in all.</param>
public sealed record RegisterRead(Register Register, IReadOnlyList<SetAside> SetAside, long SetAsideCount);

/// <summary>Reads a register of tickets: NDJSON, a JSON list or CSV, compressed or not, from a file, standard input or an address.</summary>
public static class RegisterReader
{
    /// <summary>Reads a register. A ticket given twice holds as it was given last.</summary>
    /// <exception cref="InputException">It cannot be opened or read, breaks off, or (if strict) holds a malformed element.</exception>
    public static Task<RegisterRead> ReadAsync(string input, ReadOptions options, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        return Task.Run(() => Read(input, options, ct), ct);
    }

    private static RegisterRead Read(string input, ReadOptions options, CancellationToken ct)
    {
        var register = new Register();
        var reading = new TicketParser(register, options.Zone);
        var setAside = new List<SetAside>();
        var count = 0L;
        var isFirst = true;
        var feed = new BlockFeed(options with { Follow = false }, new ExpectedColumns(field => field, ["ticket_id"]));
        foreach (var block in feed.Read([input], ct))
        {
            foreach (var (line, _, reason) in reading.Read(block))
            {
                var aside = new SetAside(block.Place.Name, block.Place.Lines + line + 1, reason);
                if (options.Strict) throw new InputException($"{aside} (--strict stops at the first such element)");
                if (++count <= options.ShownSetAside) setAside.Add(aside);
            }

            block.Place.Lines += block.Bytes.Count((byte)'\n');
            feed.Return(block);
            if (!isFirst) continue;
            isFirst = false;
            register.Reserve(Expected(register.Count, feed));
        }

        return new RegisterRead(register, setAside, count);
    }

    // The most tickets that room is made for on the word of the beginning of a file alone.
    private const int MostExpected = 1 << 20;

    // How many tickets an input will have if it goes on as it began.
    private static int Expected(int soFar, BlockFeed feed) =>
        feed.TotalBytes is { } all && feed.Bytes > 0 ? (int)Math.Min(MostExpected, (double)soFar * all / feed.Bytes) : 0;
}
