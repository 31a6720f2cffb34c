using System.Runtime.CompilerServices;
using System.Text;
using System.Threading.Channels;
using Headcount.Core;

namespace Headcount.Streams;

/// <summary>Reads scans from files, standard input and addresses, whatever their container and compression, as one stream in the order given.</summary>
/// <remarks>What is malformed is set aside and counted, and never stops the rest. One reading at a time.</remarks>
public sealed class ScanReader
{
    /// <summary>The most threads that turn bytes into scans unless more are asked for.</summary>
    public const int MaxWorkers = 8;

    private readonly ReadOptions _options;
    private LedgerFill? _fill;

    /// <summary>A reader.</summary>
    public ScanReader(ReadOptions? options = null) => _options = options ?? new ReadOptions();

    /// <summary>The first elements set aside, with their place and reason.</summary>
    public IReadOnlyList<SetAside> SetAside => _fill?.SetAside ?? [];

    /// <summary>How many elements were set aside in all.</summary>
    public long SetAsideCount => _fill?.SetAsideCount ?? 0;

    /// <summary>Reads the whole of the inputs.</summary>
    /// <param name="inputs">Files, <c>-</c>, or <c>http(s)</c> addresses.</param>
    /// <param name="ct">Stops the reading.</param>
    /// <exception cref="InputException">An input cannot be opened or read, breaks off, or (if strict) holds a malformed element.</exception>
    public Task<ScanLedger> ReadAsync(IReadOnlyList<string> inputs, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(inputs);

        // A terminal, a pipe or a server may not hear that it is to stop: it is left alone then.
        return Task.Run(() => Read(inputs, ct), ct).WaitAsync(ct);
    }

    private ScanLedger Read(IReadOnlyList<string> inputs, CancellationToken ct)
    {
        using var rejects = _options.RejectsPath is null ? null : RejectsFile.Create(_options.RejectsPath, inputs);
        var reading = new ElementReading(_options);
        var feed = new BlockFeed(_options, reading.Expected);
        var fill = _fill = NewFill(rejects);
        new Workbench(_options, reading, feed, fill).Read(inputs, ct);
        rejects?.Finish();
        return fill.Ledger;
    }

    /// <summary>Reads inputs that do not end: gives the same ledger again each time it has grown and a refresh is due, and at the end.</summary>
    /// <remarks>All inputs but the last are read to their end first. Cancelling ends the reading, not the enumeration: what was read is given once more.</remarks>
    /// <exception cref="InputException">An input cannot be opened or read, breaks off, or (if strict) holds a malformed element.</exception>
    public async IAsyncEnumerable<ScanLedger> FollowAsync(IReadOnlyList<string> inputs, [EnumeratorCancellation] CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        using var rejects = _options.RejectsPath is null ? null : RejectsFile.Create(_options.RejectsPath, inputs);
        var reading = new ElementReading(_options);
        var feed = new BlockFeed(_options with { Follow = true }, reading.Expected);
        var parser = new BlockParser(reading);
        _fill = NewFill(rejects);

        var blocks = Channel.CreateBounded<Block>(4);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var feeding = FeedThenCompleteAsync(feed, inputs, blocks.Writer, stop.Token);
        try
        {
            long? given = null;
            var hasGrown = false;
            while (true)
            {
                var more = blocks.Reader.WaitToReadAsync(CancellationToken.None).AsTask();
                if (hasGrown && !await ComesBeforeAsync(more, Due(given)).ConfigureAwait(false))
                {
                    rejects?.Finish();
                    yield return _fill.Ledger;
                    given = _options.Time.GetTimestamp();
                    hasGrown = false;
                }

                if (!await more.ConfigureAwait(false)) break;
                while (blocks.Reader.TryRead(out var block))
                {
                    parser.Parse(block);
                    _fill.Take(block);
                    feed.Return(block);
                    hasGrown = true;
                }
            }

            await feeding.ConfigureAwait(false);
            rejects?.Finish();
            yield return _fill.Ledger;
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await feeding.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Reads scans one by one, as they stand: repeats too. Records of a log that are no scans (annulments, closings) are left out.</summary>
    /// <remarks>Each scan is an object of its own; for large inputs <see cref="ReadAsync"/> is many times faster.</remarks>
    /// <exception cref="InputException">An input cannot be opened or read, breaks off, or (if strict) holds a malformed element.</exception>
    public async IAsyncEnumerable<Scan> ReadScansAsync(IReadOnlyList<string> inputs, [EnumeratorCancellation] CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        using var rejects = _options.RejectsPath is null ? null : RejectsFile.Create(_options.RejectsPath, inputs);
        var reading = new ElementReading(_options);
        var feed = new BlockFeed(_options, reading.Expected);
        var parser = new BlockParser(reading);
        _fill = NewFill(rejects);
        var blocks = Channel.CreateBounded<Block>(4);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var feeding = FeedThenCompleteAsync(feed, inputs, blocks.Writer, stop.Token);
        try
        {
            await foreach (var block in blocks.Reader.ReadAllAsync(ct).ConfigureAwait(false))
            {
                parser.Parse(block, keepScanIds: true);
                _fill.TakeAside(block);
                for (var i = 0; i < block.Parsed.RowCount; i++)
                {
                    if (block.Parsed.Rows[i].Kind < ElementKind.Annulment) yield return ScanOf(block, i);
                }

                feed.Return(block);
            }

            await feeding.ConfigureAwait(false);
            rejects?.Finish();
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await feeding.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static Scan ScanOf(Block block, int index)
    {
        var parsed = block.Parsed;
        ref var row = ref parsed.Rows[index];
        var reader = parsed.Reader!;
        return new Scan(
            new TicketId(Encoding.UTF8.GetString(block.TextAt(row.TicketStart, row.Ticket.Length))), new GateName(reader.NameText(row.Gate)), (ScanType)((int)row.Flags & (int)RowFlags.Exit), new Instant(row.Instant),
            row.Device < 0 ? null : new DeviceId(reader.NameText(row.Device)), parsed.ScanIds![index] is { } id ? new ScanId(id) : null)
        {
            Outcome = (row.Flags & RowFlags.Rejected) != 0 ? ScanOutcome.Rejected : (row.Flags & RowFlags.Recorded) != 0 ? ScanOutcome.Recorded : ScanOutcome.None,
            Seq = parsed.Seqs is { } seqs && seqs[index] != 0 ? seqs[index] : null,
        };
    }

    // How long until a ledger that has grown is to be given again.
    private TimeSpan Due(long? given) => given is { } at ? _options.RefreshInterval - _options.Time.GetElapsedTime(at) : TimeSpan.Zero;

    private async Task<bool> ComesBeforeAsync(Task more, TimeSpan due)
    {
        if (due <= TimeSpan.Zero) return false;
        using var come = new CancellationTokenSource();
        await Task.WhenAny(more, Task.Delay(due, _options.Time, come.Token)).ConfigureAwait(false);
        await come.CancelAsync().ConfigureAwait(false);
        return more.IsCompleted;
    }

    private static async Task FeedThenCompleteAsync(BlockFeed feed, IReadOnlyList<string> inputs, ChannelWriter<Block> blocks, CancellationToken ct)
    {
        try
        {
            // A terminal or a pipe may not hear that it is to stop: it is left alone then.
            await Task.Factory.StartNew(Feed, ct, TaskCreationOptions.LongRunning, TaskScheduler.Default).WaitAsync(ct).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // Asked to stop: what was read stands.
        }
        finally
        {
            blocks.Complete();
        }

        void Feed()
        {
            foreach (var block in feed.Read(inputs, ct)) blocks.WriteAsync(block, ct).AsTask().GetAwaiter().GetResult();
        }
    }

    private LedgerFill NewFill(RejectsFile? rejects)
    {
        var mode = _options.Foreign switch
        {
            { Anonymous: true } => LedgerMode.Anonymous,
            { Alternate: true } => LedgerMode.Alternating,
            _ => LedgerMode.Tickets,
        };
        return new LedgerFill(new ScanLedger(mode), _options, rejects);
    }
}
