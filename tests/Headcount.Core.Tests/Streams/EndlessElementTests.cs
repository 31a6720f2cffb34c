using Headcount.Streams;

namespace Headcount.Core.Tests.Streaming;

/// <summary>Elements that no memory would hold. They run alone, so that what is allocated is theirs.</summary>
[CollectionDefinition(nameof(EndlessElementTests), DisableParallelization = true), Collection(nameof(EndlessElementTests))]
public sealed class EndlessElementTests
{
    public static TheoryData<string, string, string> EndlessElements => new()
    {
        { "a line", "{\"ticket_id\":\"", "" },
        { "a line of digits", "", "" },
        { "the first line of CSV", "ticket_id,", "" },
        { "a text in a list", "[{\"ticket_id\":\"", "\"}]" },
        { "a row", "ticket_id,gate,scan_type,timestamp\nT1,", "" },
        { "a row with an open quote", "ticket_id,gate,scan_type,timestamp\n\"T1,", "" },
    };

    [Theory, MemberData(nameof(EndlessElements))]
    public async Task an_element_of_hundreds_of_megabytes_is_set_aside_in_bounded_memory(string what, string before, string after)
    {
        const int length = 300_000_000;
        var before0 = GC.GetTotalAllocatedBytes(precise: true);
        using var stream = new EndlessStream(Given.Bytes(before), (byte)'7', length, Given.Bytes(after + "\n"));
        var read = await Given.ReadAsync(stream, new ReadOptions { Workers = 2 });
        Assert.True(read.SetAsideCount == 1 && read.Intake.Scans == 0, $"{what}: {string.Join("; ", read.SetAside)}");
        var allocated = GC.GetTotalAllocatedBytes(precise: true) - before0;
        Assert.True(allocated < length / 2, $"{what}: {allocated} bytes were allocated in all");
    }

    /// <summary>Some bytes, then one byte many times, then some more.</summary>
    private sealed class EndlessStream(byte[] before, byte filling, long times, byte[] after) : Stream
    {
        private long _at;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => _at; set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            int count;
            if (_at < before.Length)
            {
                count = Math.Min(buffer.Length, before.Length - (int)_at);
                before.AsSpan((int)_at, count).CopyTo(buffer);
            }
            else if (_at < before.Length + times)
            {
                count = (int)Math.Min(buffer.Length, before.Length + times - _at);
                buffer[..count].Fill(filling);
            }
            else
            {
                var from = (int)(_at - before.Length - times);
                count = Math.Min(buffer.Length, after.Length - from);
                after.AsSpan(from, count).CopyTo(buffer);
            }

            _at += count;
            return count;
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => ValueTask.FromResult(Read(buffer.Span));

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
