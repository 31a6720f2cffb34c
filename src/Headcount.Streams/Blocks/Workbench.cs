using System.Runtime.ExceptionServices;

namespace Headcount.Streams;

/// <summary>Has blocks read and parsed by several threads at once and taken into the ledger in their order.</summary>
/// <remarks>
/// All threads do the same: whoever is free reads the next block and parses it, and whoever has parsed the block that is next takes it, and those after it
/// that are ready. Nothing is handed from one thread to another, so that on a small machine nobody waits for anybody.
/// </remarks>
internal sealed class Workbench
{
    private readonly ReadOptions _options;
    private readonly ElementReading _reading;
    private readonly BlockFeed _feed;
    private readonly LedgerFill _fill;
    private readonly int _workers;
    private readonly object _feeding = new();
    private readonly object _gate = new();
    private readonly Queue<Block> _underWay = new();
    private readonly List<Thread> _threads = [];
    private IEnumerator<Block>? _blocks;
    private Exception? _failure;
    private Exception? _readFailure;
    private int _waiting;
    private bool _isTaking;
    private bool _isRead;

    public Workbench(ReadOptions options, ElementReading reading, BlockFeed feed, LedgerFill fill)
    {
        _options = options;
        _reading = reading;
        _feed = feed;
        _fill = fill;
        _workers = options.Workers > 0 ? options.Workers : Math.Min(Environment.ProcessorCount, ScanReader.MaxWorkers);
    }

    // Every block under way holds two megabytes: enough for each thread to have one at hand and some behind it.
    private int MostUnderWay => _workers * 3;

    /// <summary>Reads inputs to their end; this thread does its part of the work.</summary>
    /// <remarks>What was read before an input broke off is taken all the same, so that the first thing wrong is the first thing named.</remarks>
    /// <exception cref="InputException">An input cannot be opened or read, breaks off, or (if strict) holds a malformed element.</exception>
    public void Read(IReadOnlyList<string> inputs, CancellationToken ct)
    {
        _blocks = _feed.Read(inputs, ct).GetEnumerator();
        try
        {
            Work();
            lock (_gate)
            {
                while ((_underWay.Count > 0 && _failure is null) || _isTaking) Wait();
            }
        }
        finally
        {
            CloseInput();
        }

        if ((_failure ?? _readFailure) is { } failure) ExceptionDispatchInfo.Throw(failure);
        foreach (var thread in _threads) thread.Join();
    }

    // A thread that reads from who has nothing to say cannot be called back, and keeps its input.
    private void CloseInput()
    {
        if (!Monitor.TryEnter(_feeding)) return;
        _blocks!.Dispose();
        Monitor.Exit(_feeding);
    }

    private void StartThread()
    {
        var thread = new Thread(Work) { IsBackground = true, Name = $"headcount reader {_threads.Count + 1}" };
        _threads.Add(thread);
        thread.Start();
    }

    private void Work()
    {
        try
        {
            var parser = new BlockParser(_reading);
            while (NextBlock() is { } block)
            {
                parser.Parse(block);
                lock (_gate) block.IsParsed = true;
                TakeReady();
            }
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

    private Block? NextBlock()
    {
        lock (_feeding)
        {
            if (!WaitForRoom() || !MoveNext()) return null;
            var block = _blocks!.Current;
            lock (_gate) _underWay.Enqueue(block);

            // A small input needs no other thread: it is done before that would have started.
            if ((_underWay.Count > 1 || block.Length >= BlockFeed.ReadBytes / 2) && _threads.Count < _workers - 1) StartThread();
            return block;
        }
    }

    // False where nothing more is to be read.
    private bool WaitForRoom()
    {
        lock (_gate)
        {
            while (_underWay.Count >= MostUnderWay && _failure is null) Wait();
            return _failure is null && !_isRead;
        }
    }

    private bool MoveNext()
    {
        try
        {
            _isRead = !_blocks!.MoveNext();
        }
        catch (Exception e)
        {
            (_isRead, _readFailure) = (true, e);
        }

        return !_isRead;
    }

    // One thread at a time takes, in order, whatever is ready.
    private void TakeReady()
    {
        while (true)
        {
            Block block;
            lock (_gate)
            {
                if (_isTaking || _failure is not null || _underWay.Count == 0 || !_underWay.Peek().IsParsed) return;
                _isTaking = true;
                block = _underWay.Peek();
            }

            try
            {
                _fill.Take(block);
                _options.Progress?.Report(new ReadProgress(_feed.Bytes, _feed.TotalBytes, _fill.Rows));
            }
            catch (Exception e)
            {
                _failure = e;
            }

            lock (_gate)
            {
                block.IsParsed = false;
                _underWay.Dequeue();
                _isTaking = false;
                if (_waiting > 0) Monitor.PulseAll(_gate);
            }

            _feed.Return(block);
        }
    }

    private void Wait()
    {
        _waiting++;
        Monitor.Wait(_gate);
        _waiting--;
    }
}
