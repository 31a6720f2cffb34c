using System.Threading.Channels;

namespace Headcount.Streams;

/// <summary>Has blocks parsed by several threads at once and taken into the ledger in their order. One block alone is done on the spot.</summary>
internal sealed class Workbench : IDisposable
{
    private readonly ReadOptions _options;
    private readonly ElementReading _reading;
    private readonly BlockFeed _feed;
    private readonly LedgerFill _fill;
    private readonly int _workers;
    private readonly CancellationTokenSource _stop = new();
    private Block? _first;
    private Channel<Block>? _toParse;
    private Channel<Block>? _toTake;
    private Task[] _tasks = [];

    public Workbench(ReadOptions options, ElementReading reading, BlockFeed feed, LedgerFill fill)
    {
        _options = options;
        _reading = reading;
        _feed = feed;
        _fill = fill;
        _workers = options.Workers > 0 ? options.Workers : Math.Min(Environment.ProcessorCount, ScanReader.MaxWorkers);
    }

    /// <summary>Takes a block over; waits where too many are under way.</summary>
    public async ValueTask GiveAsync(Block block, CancellationToken ct)
    {
        if (_toParse is null)
        {
            if (_first is null)
            {
                _first = block;
                return;
            }

            Start();
            await SendAsync(_first, ct).ConfigureAwait(false);
        }

        await SendAsync(block, ct).ConfigureAwait(false);
    }

    /// <summary>Waits until all blocks are in the ledger.</summary>
    public async Task FinishAsync()
    {
        if (_toParse is null)
        {
            if (_first is not null) ParseAndTake(_first, new BlockParser(_reading));
            return;
        }

        _toParse.Writer.Complete();
        _toTake!.Writer.Complete();
        await Task.WhenAll(_tasks).ConfigureAwait(false);
    }

    /// <summary>Gives up, and waits until nothing runs any more. What failed first is thrown.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        if (_toParse is null) return;
        _toParse.Writer.TryComplete();
        _toTake!.Writer.TryComplete();
        await Task.WhenAll(_tasks).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_tasks[^1].Exception is { } failed) System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failed.InnerException!);
    }

    public void Dispose() => _stop.Dispose();

    private void Start()
    {
        // Every block under way holds two megabytes: enough for each thread to have one at hand and one behind it.
        _toParse = Channel.CreateBounded<Block>(_workers * 2);
        _toTake = Channel.CreateBounded<Block>(_workers * 2 + 1);
        _tasks = new Task[_workers + 1];
        for (var i = 0; i < _workers; i++) _tasks[i] = Task.Run(ParseAllAsync);
        _tasks[_workers] = Task.Run(TakeAllAsync);
    }

    private async ValueTask SendAsync(Block block, CancellationToken ct)
    {
        using var either = ct.CanBeCanceled ? CancellationTokenSource.CreateLinkedTokenSource(ct, _stop.Token) : null;
        var stop = either?.Token ?? _stop.Token;
        block.Done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await _toTake!.Writer.WriteAsync(block, stop).ConfigureAwait(false);
        await _toParse!.Writer.WriteAsync(block, stop).ConfigureAwait(false);
    }

    private async Task ParseAllAsync()
    {
        var parser = new BlockParser(_reading);
        await foreach (var block in _toParse!.Reader.ReadAllAsync(_stop.Token).ConfigureAwait(false))
        {
            try
            {
                parser.Parse(block);
                block.Done!.SetResult();
            }
            catch (Exception e)
            {
                block.Done!.SetException(e);
                throw;
            }
        }
    }

    private async Task TakeAllAsync()
    {
        try
        {
            await foreach (var block in _toTake!.Reader.ReadAllAsync(_stop.Token).ConfigureAwait(false))
            {
                await block.Done!.Task.WaitAsync(_stop.Token).ConfigureAwait(false);
                _fill.Take(block);
                _feed.Return(block);
                _options.Progress?.Report(new ReadProgress(_feed.Bytes, _feed.TotalBytes, _fill.Rows));
            }
        }
        catch
        {
            // Whoever waits to hand in more need not.
            await _stop.CancelAsync().ConfigureAwait(false);
            throw;
        }
    }

    private void ParseAndTake(Block block, BlockParser parser)
    {
        parser.Parse(block);
        _fill.Take(block);
        _feed.Return(block);
    }
}
