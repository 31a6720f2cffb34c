using System.Runtime.ExceptionServices;

namespace Headcount.Streams;

/// <summary>Has blocks parsed by several threads at once and taken into the ledger in their order.</summary>
/// <remarks>
/// There is no thread but those that parse: whoever hands in blocks helps when enough are waiting, and whoever has parsed the block that is next takes
/// it, and those after it that are ready. So on a small machine nobody waits for anybody.
/// </remarks>
internal sealed class Workbench
{
    private readonly ReadOptions _options;
    private readonly ElementReading _reading;
    private readonly BlockFeed _feed;
    private readonly LedgerFill _fill;
    private readonly int _workers;
    private readonly object _gate = new();
    private readonly Queue<Block> _toParse = new();
    private readonly Queue<Block> _toTake = new();
    private readonly List<Thread> _threads = [];
    private readonly BlockParser _ownParser;
    private Exception? _failure;
    private bool _isTaking;
    private bool _isComplete;

    public Workbench(ReadOptions options, ElementReading reading, BlockFeed feed, LedgerFill fill)
    {
        _options = options;
        _reading = reading;
        _feed = feed;
        _fill = fill;
        _workers = options.Workers > 0 ? options.Workers : Math.Min(Environment.ProcessorCount, ScanReader.MaxWorkers);
        _ownParser = new BlockParser(reading);
    }

    // Every block under way holds two megabytes: enough for each thread to have one at hand and one behind it.
    private int MostWaiting => _workers;

    private int MostUnderWay => _workers * 3;

    /// <summary>Takes a block over, and does a part of the work where too much is waiting.</summary>
    public void Give(Block block)
    {
        lock (_gate)
        {
            ThrowIfFailed();
            _toParse.Enqueue(block);
            _toTake.Enqueue(block);

            // One block alone needs no thread: it waits for the next one, or for the end, where whoever gave it does it.
            if (_toTake.Count > 1 && _threads.Count < _workers - 1) StartThread();
            Monitor.Pulse(_gate);
        }

        Help(atMost: MostWaiting);
        lock (_gate)
        {
            while (_toTake.Count >= MostUnderWay && _failure is null) Monitor.Wait(_gate);
        }
    }

    /// <summary>Waits until all blocks are in the ledger, doing a part of the work.</summary>
    public void Finish()
    {
        Help(atMost: 0);
        lock (_gate)
        {
            while (_toTake.Count > 0 && _failure is null) Monitor.Wait(_gate);
        }

        Stop();
        ThrowIfFailed();
    }

    /// <summary>Ends the threads. What is not in the ledger by then stays out of it.</summary>
    public void Stop()
    {
        lock (_gate)
        {
            _isComplete = true;
            Monitor.PulseAll(_gate);
        }

        foreach (var thread in _threads) thread.Join();
    }

    private void StartThread()
    {
        var thread = new Thread(Work) { IsBackground = true, Name = $"headcount reader {_threads.Count + 1}" };
        _threads.Add(thread);
        thread.Start();
    }

    private void Work()
    {
        var parser = new BlockParser(_reading);
        while (NextToParse() is { } block) ParseAndTake(block, parser);
    }

    private Block? NextToParse()
    {
        lock (_gate)
        {
            while (_toParse.Count == 0 && !_isComplete) Monitor.Wait(_gate);
            return _isComplete ? null : _toParse.Dequeue();
        }
    }

    private void Help(int atMost)
    {
        while (true)
        {
            Block block;
            lock (_gate)
            {
                if (_toParse.Count <= atMost || _failure is not null) return;
                block = _toParse.Dequeue();
            }

            ParseAndTake(block, _ownParser);
        }
    }

    private void ParseAndTake(Block block, BlockParser parser)
    {
        try
        {
            parser.Parse(block);
            lock (_gate) block.IsParsed = true;
            TakeReady();
        }
        catch (Exception e)
        {
            lock (_gate)
            {
                _failure ??= e;
                Monitor.PulseAll(_gate);
            }
        }
    }

    // One thread at a time takes, in order, whatever is ready.
    private void TakeReady()
    {
        while (true)
        {
            Block block;
            lock (_gate)
            {
                if (_isTaking || _failure is not null || _toTake.Count == 0 || !_toTake.Peek().IsParsed) return;
                _isTaking = true;
                block = _toTake.Peek();
            }

            _fill.Take(block);
            _options.Progress?.Report(new ReadProgress(_feed.Bytes, _feed.TotalBytes, _fill.Rows));
            block.IsParsed = false;
            _feed.Return(block);
            lock (_gate)
            {
                _toTake.Dequeue();
                _isTaking = false;
                Monitor.PulseAll(_gate);
            }
        }
    }

    private void ThrowIfFailed()
    {
        if (_failure is not null) ExceptionDispatchInfo.Throw(_failure);
    }
}
