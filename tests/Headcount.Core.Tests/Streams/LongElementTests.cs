using System.Text;
using Headcount.Streams;

namespace Headcount.Core.Tests.Streaming;

/// <summary>Elements at the limit and far beyond it, many blocks, many workers: the same answers, in bounded memory.</summary>
public sealed class LongElementTests
{
    private const int Max = ReadOptions.MaxElementBytes;

    [Theory]
    [InlineData(Max, true)]
    [InlineData(Max + 1, false)]
    [InlineData(Max + 500_000, false)]
    [InlineData(2 * Max, false)]
    [InlineData(2 * Max + 1, false)]
    [InlineData(3 * Max + 7, false)]
    public async Task an_element_may_have_a_mebibyte_and_not_a_byte_more(int length, bool isTaken)
    {
        var scan = Given.Scan("note", $"\"{new string('x', length - Given.Scan("note", "\"\"").Length)}\"");
        Assert.Equal(length, scan.Length);
        var expected = isTaken ? new Intake(3, 0, 0, 0) : new Intake(2, 0, 1, 0);
        foreach (var general in (bool[])[false, true])
        {
            foreach (var (text, line) in (IEnumerable<(string, long)>)[
                         ($"{Ticket("first")}\n{scan}\n{Ticket("last")}\n", 2), ($"{Ticket("first")}\r\n{scan}\r\n{Ticket("last")}", 2), ($"[{Ticket("first")},\n{scan},\n{Ticket("last")}]", 2), ($"{{\"scans\":[\n\n{Ticket("first")},{scan},{Ticket("last")}]}}", 3)])
            {
                var read = await Given.ReadAsync(text, new ReadOptions { GeneralPathOnly = general });
                Assert.Equal(expected, read.Intake);
                Assert.Equal([1L, 3L], read.Ledger.InArrivalOrder().Select(at => at.Position).Where(at => at != 2));
                if (!isTaken) Assert.Equal([line], read.Lines);
            }
        }
    }

    [Theory]
    [InlineData(Max, true)]
    [InlineData(Max + 1, false)]
    [InlineData(3 * Max, false)]
    public async Task a_row_may_have_a_mebibyte_and_not_a_byte_more(int length, bool isTaken)
    {
        const string row = "T1,A,in,2025-09-30T10:00Z,";
        var text = $"ticket_id,gate,scan_type,timestamp,note\nfirst,A,in,2025-09-30T10:00Z\n{row}{new string('x', length - row.Length)}\nlast,A,in,2025-09-30T10:00Z\n";
        foreach (var quoted in (bool[])[false, true])
        {
            var read = await Given.ReadAsync(quoted ? text.Replace("first", "\"first\"", StringComparison.Ordinal) : text);
            Assert.Equal(isTaken ? new Intake(3, 0, 0, 0) : new Intake(2, 0, 1, 0), read.Intake);
        }
    }

    [Fact]
    public async Task blocks_are_many_and_workers_are_many_and_the_answers_are_the_same()
    {
        var text = new StringBuilder();
        for (var i = 0; i < 60_000; i++)
        {
            text.Append(i switch
            {
                _ when i % 997 == 5 => "nonsense",
                _ when i % 1999 == 6 => Given.Scan("scan_id", "\"s\"").Replace("\"A\"", $"\"G{i}\"", StringComparison.Ordinal).Insert(1, "\"device_id\":\"d\","),
                30_001 => Given.Scan("note", $"\"{new string('x', 5 * Max)}\""),
                _ => Given.Scan("ticket_id", $"\"T{i % 5000}\"").Replace("10:00:00", $"{i / 3600 % 24:00}:{i / 60 % 60:00}:{i % 60:00}", StringComparison.Ordinal).Replace("\"A\"", $"\"G{i % 7}\"", StringComparison.Ordinal),
            }).Append('\n');
        }

        var lines = Given.Bytes(text.ToString());
        var list = Given.Bytes("[" + text.ToString().TrimEnd('\n').Replace("\n", ",\n", StringComparison.Ordinal) + "]");
        var expected = (await Given.ReadAsync(lines, new ReadOptions { Workers = 1 })).AllWords();
        Assert.Contains("60000 ", expected, StringComparison.Ordinal);
        Assert.Contains("standard input:30002: it is longer than 1048576 bytes", expected, StringComparison.Ordinal);
        for (var workers = 1; workers <= 4; workers++)
        {
            Assert.Equal(expected, (await Given.ReadAsync(lines, new ReadOptions { Workers = workers })).AllWords());
            Assert.Equal(expected, (await Given.ReadAsync(lines, new ReadOptions { Workers = workers, GeneralPathOnly = true }, slice: 70_001)).AllWords());
            Assert.Equal(expected, (await Given.ReadAsync(list, new ReadOptions { Workers = workers })).AllWords());
        }
    }

    private static string Ticket(string id) => Given.Scan("ticket_id", $"\"{id}\"");
}
