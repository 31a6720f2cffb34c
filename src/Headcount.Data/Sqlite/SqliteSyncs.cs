namespace Headcount.Data.Sqlite;

/// <summary>Waits for the disk beside the writer, so that the next commit is written meanwhile. All that was written by then is waited for at once; what is on disk is told in the order in which it was written.</summary>
internal sealed class SqliteSyncs : IDisposable
{
    private readonly object _gate = new();
    private List<SqliteJob> _written = [];
    private List<SqliteJob> _settling = [];
    private SqliteOpened? _opened;
    private Thread? _thread;
    private bool _isBusy;
    private bool _isStopping;

    public void Start()
    {
        _thread = new Thread(Run) { IsBackground = true, Name = "headcount sqlite syncs" };
        _thread.Start();
    }

    /// <summary>Takes what was committed over a connection. The writer calls <see cref="Finish"/> before it lets the connection go.</summary>
    public void Take(IReadOnlyList<SqliteJob> jobs, SqliteOpened opened)
    {
        lock (_gate)
        {
            _opened = opened;
            _written.AddRange(jobs);
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Waits until everything that was taken is settled.</summary>
    public void Finish()
    {
        lock (_gate)
        {
            while (_isBusy || _written.Count > 0) Monitor.Wait(_gate);
        }
    }

    private void Run()
    {
        while (Next() is { } opened)
        {
            var problem = opened.Sync();
            foreach (var job in _settling) job.Settle(problem);
            _settling.Clear();
            lock (_gate)
            {
                _isBusy = false;
                Monitor.PulseAll(_gate);
            }
        }
    }

    private SqliteOpened? Next()
    {
        lock (_gate)
        {
            while (_written.Count == 0)
            {
                if (_isStopping) return null;
                Monitor.Wait(_gate);
            }

            (_written, _settling) = (_settling, _written);
            _isBusy = true;
            return _opened;
        }
    }

    /// <summary>Ends the thread after everything that was taken is settled.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isStopping = true;
            Monitor.PulseAll(_gate);
        }

        _thread?.Join();
    }
}
