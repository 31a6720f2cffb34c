using System.IO.Pipelines;
using Headcount.Streams;

namespace Headcount.Core.Tests.Streaming;

/// <summary>A server that says nothing is given up, but not one that is slow.</summary>
public sealed class ImpatientStreamTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task silence_has_an_end()
    {
        var time = new ManualTime();
        var pipe = new Pipe();
        using var stream = new ImpatientStream(pipe.Reader.AsStream(), Patience, time);

        for (var piece = 0; piece < 3; piece++)
        {
            var waiting = time.Waiting;
            var reading = stream.ReadAsync(new byte[10], TestContext.Current.CancellationToken).AsTask();
            await waiting;
            time.Advance(Patience - TimeSpan.FromSeconds(1));
            Assert.False(reading.IsCompleted);
            await pipe.Writer.WriteAsync(new byte[5], TestContext.Current.CancellationToken);
            Assert.Equal(5, await reading);
        }

        var last = stream.ReadAsync(new byte[10], TestContext.Current.CancellationToken).AsTask();
        time.Advance(Patience);
        var e = await Assert.ThrowsAsync<IOException>(() => last);
        Assert.Equal("the server has said nothing for 60 seconds", e.Message);
    }

    [Fact]
    public void what_is_there_is_read()
    {
        using var stream = new ImpatientStream(new MemoryStream([1, 2, 3]), Patience, new ManualTime());
        var bytes = new byte[2];
        Assert.Equal(2, stream.Read(bytes));
        Assert.Equal([1, 2], bytes);
        Assert.Equal(1, stream.Read(bytes));
        Assert.Equal(0, stream.Read(bytes));
    }
}
