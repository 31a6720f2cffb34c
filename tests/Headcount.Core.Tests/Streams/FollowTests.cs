using System.Threading.Channels;
using Headcount.Streams;

namespace Headcount.Core.Tests.Streaming;

/// <summary>Streams that do not end.</summary>
public sealed class FollowTests
{
    [Fact]
    public async Task figures_are_given_as_the_stream_grows_and_once_more_at_its_end()
    {
        using var pipe = new Pipe();
        var time = new ManualTime();
        var reader = new ScanReader(new ReadOptions { StandardInput = pipe, Time = time, RefreshInterval = TimeSpan.FromSeconds(1) });
        await using var figures = reader.FollowAsync(["-"], TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken);
        pipe.Write(Given.Scan("ticket_id", "1") + "\n");
        Assert.True(await figures.MoveNextAsync());
        Assert.Equal(1, figures.Current.Intake.Scans);

        // Less than a refresh later: it waits, and does not forget.
        pipe.Write(Given.Scan("ticket_id", "2") + "\n" + Given.Scan("ticket_id", "3"));
        var next = figures.MoveNextAsync().AsTask();
        await time.Waiting;
        Assert.False(next.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(await next);
        Assert.Equal(2, figures.Current.Intake.Scans);

        pipe.Write("\nnonsense\n");
        pipe.End();
        next = figures.MoveNextAsync().AsTask();
        Assert.True(await next);
        Assert.Equal(new Intake(3, 0, 1, 0), figures.Current.Intake);
        Assert.Equal("standard input:4: it is not JSON", Assert.Single(reader.SetAside).ToString()[..32]);
    }

    [Fact]
    public async Task cancelling_ends_the_reading_even_of_a_pipe_that_does_not_listen()
    {
        using var pipe = new Pipe();
        using var cancel = new CancellationTokenSource();
        await using var figures = new ScanReader(new ReadOptions { StandardInput = pipe }).FollowAsync(["-"], cancel.Token).GetAsyncEnumerator(CancellationToken.None);
        pipe.Write(Given.Scan() + "\n");
        Assert.True(await figures.MoveNextAsync());
        var next = figures.MoveNextAsync().AsTask();
        await cancel.CancelAsync();
        Assert.True(await next);
        Assert.Equal(1, figures.Current.Intake.Scans);
        Assert.False(await figures.MoveNextAsync());
    }

    [Fact]
    public async Task strict_ends_a_followed_stream_at_the_first_malformed_element()
    {
        using var pipe = new Pipe();
        await using var figures = new ScanReader(new ReadOptions { StandardInput = pipe, Strict = true }).FollowAsync(["-"], TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken);
        pipe.Write(Given.Scan() + "\nnonsense\n");
        var e = await Assert.ThrowsAsync<InputException>(async () => await figures.MoveNextAsync());
        Assert.StartsWith("standard input:2: ", e.Message, StringComparison.Ordinal);
    }

    /// <summary>A pipe whose reader waits for as long as nothing is written, whatever it is told.</summary>
    private sealed class Pipe : Stream
    {
        private readonly Channel<byte[]> _written = Channel.CreateUnbounded<byte[]>();
        private ReadOnlyMemory<byte> _rest;

        public void Write(string text) => Assert.True(_written.Writer.TryWrite(Given.Bytes(text)));

        public void End() => _written.Writer.Complete();

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_rest.IsEmpty)
            {
                if (!await _written.Reader.WaitToReadAsync(CancellationToken.None)) return 0;
                _rest = await _written.Reader.ReadAsync(CancellationToken.None);
            }

            var count = Math.Min(buffer.Length, _rest.Length);
            _rest[..count].CopyTo(buffer);
            _rest = _rest[count..];
            return count;
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}

/// <summary>A clock that stands still until it is moved, and tells when somebody waits for it.</summary>
internal sealed class ManualTime : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly List<ManualTimer> _timers = [];
    private TaskCompletionSource _waiting = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _now;

    /// <summary>Done when a timer has been set since the clock was last moved.</summary>
    public Task Waiting
    {
        get
        {
            lock (_lock) return _waiting.Task;
        }
    }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp()
    {
        lock (_lock) return _now;
    }

    public void Advance(TimeSpan by)
    {
        List<ManualTimer> due;
        lock (_lock)
        {
            _now += by.Ticks;
            due = [.. _timers.Where(timer => timer.Due <= _now)];
            _timers.RemoveAll(due.Contains);
            _waiting = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        foreach (var timer in due) timer.Fire();
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class ManualTimer(ManualTime time, TimerCallback callback, object? state) : ITimer
    {
        public long Due { get; private set; }

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time._lock)
            {
                time._timers.Remove(this);
                if (dueTime == Timeout.InfiniteTimeSpan) return true;
                Due = time._now + dueTime.Ticks;
                time._timers.Add(this);
                time._waiting.TrySetResult();
            }

            return true;
        }

        public void Dispose()
        {
            lock (time._lock) time._timers.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
