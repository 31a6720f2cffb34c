namespace Headcount.SystemTests.Faults;

/// <summary>Counts what happens, and tells who waits for a number when it is reached. Any thread.</summary>
internal sealed class Counter
{
    private readonly Lock _lock = new();
    private readonly List<(int Value, TaskCompletionSource Reached)> _waiting = [];
    private int _value;

    public int Value => Volatile.Read(ref _value);

    public void Add()
    {
        lock (_lock)
        {
            _value++;
            foreach (var (value, reached) in _waiting)
            {
                if (_value >= value) reached.TrySetResult();
            }

            _waiting.RemoveAll(one => one.Reached.Task.IsCompleted);
        }
    }

    /// <summary>Completes when so many more have come than there are now.</summary>
    public Task MoreAsync(int more)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (more <= 0)
                reached.SetResult();
            else
                _waiting.Add((_value + more, reached));
        }

        return reached.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
    }
}
