using System.IO.Compression;
using System.Text;
using Headcount.Streams;

namespace Headcount.SystemTests.Streams;

/// <summary>Real files and pipes: what cannot be read is said, what is malformed goes where it was asked to go.</summary>
public sealed class FileTests : IDisposable
{
    private const string Scan = """{"ticket_id":"T1","gate":"A","scan_type":"entry","timestamp":"2025-09-30T10:00:00Z","device_id":"d","scan_id":"s"}""";

    private readonly string _folder = Directory.CreateTempSubdirectory("headcount-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Put(string name, params byte[][] parts)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllBytes(path, [.. parts.SelectMany(part => part)]);
        return path;
    }

    private string Put(string name, string text) => Put(name, Encoding.UTF8.GetBytes(text));

    private static Task<Headcount.Core.ScanLedger> ReadAsync(params string[] inputs) => new ScanReader().ReadAsync(inputs, TestContext.Current.CancellationToken);

    [Fact]
    public async Task inputs_are_one_stream_whatever_each_of_them_is()
    {
        var lines = Encoding.UTF8.GetBytes(Scan + "\nnonsense");
        using var gzip = new MemoryStream();
        using (var packing = new GZipStream(gzip, CompressionLevel.Fastest, leaveOpen: true)) packing.Write(lines);
        using var brotli = new MemoryStream();
        using (var packing = new BrotliStream(brotli, CompressionLevel.Fastest, leaveOpen: true)) packing.Write(lines);
        using var zstandard = new ZstdSharp.Compressor();
        string[] inputs =
        [
            Put("a.txt", lines), Put("b", gzip.ToArray()), Put("c.json.br", brotli.ToArray()), Put("d.gz", zstandard.Wrap(lines).ToArray()), Put("empty", ""),
            Put("e.csv", "\uFEFFticket_id;gate;scan_type;timestamp\r\nT2;B;exit;2025-09-30T11:00:00Z\r\nT2;B;back;2025-09-30T11:00:00Z"), Put("f.json", $"[{Scan},\n1]"),
        ];
        var reader = new ScanReader();
        var ledger = await reader.ReadAsync(inputs, TestContext.Current.CancellationToken);
        Assert.Equal(new Headcount.Core.Intake(2, 4, 6, 0), ledger.Intake);
        Assert.Equal([1L, 9L], ledger.InArrivalOrder().Select(scan => scan.Position));
        Assert.Equal([2L, 2L, 2L, 2L, 3L, 2L], reader.SetAside.Select(aside => aside.Line));
        Assert.Equal([inputs[0], inputs[1], inputs[2], inputs[3], inputs[5], inputs[6]], reader.SetAside.Select(aside => aside.Source));
    }

    [Fact]
    public async Task what_cannot_be_opened_is_said_with_its_name()
    {
        var missing = Path.Combine(_folder, "missing.json");
        Assert.Equal($"{missing}: no such file", (await Assert.ThrowsAsync<InputException>(() => ReadAsync(missing))).Message);
        Assert.Equal($"{_folder}: is a directory; name a file in it", (await Assert.ThrowsAsync<InputException>(() => ReadAsync(_folder))).Message);
        Assert.EndsWith("no such file", (await Assert.ThrowsAsync<InputException>(() => ReadAsync(Path.Combine(missing, "x")))).Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<InputException>(() => ReadAsync(""));
        await Assert.ThrowsAsync<InputException>(() => ReadAsync("a\0b"));
        await Assert.ThrowsAsync<InputException>(() => new ScanReader(new ReadOptions { RejectsPath = _folder }).ReadAsync([Put("x", Scan)], TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task a_file_without_permission_is_said_so()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows() || Environment.IsPrivilegedProcess, "Whoever may read everything is refused nothing.");
        var file = Put("secret", Scan);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(file, UnixFileMode.None);
        Assert.Equal($"{file}: no permission to read it", (await Assert.ThrowsAsync<InputException>(() => ReadAsync(file))).Message);
    }

    [Fact]
    public async Task a_brotli_file_that_breaks_off_is_reported_at_every_cut()
    {
        using var brotli = new MemoryStream();
        using (var packing = new BrotliStream(brotli, CompressionLevel.Optimal, leaveOpen: true)) packing.Write(Encoding.UTF8.GetBytes(Scan + "\n"));
        var whole = brotli.ToArray();
        for (var cut = 1; cut < whole.Length; cut++)
        {
            var file = Put("x.br", whole[..cut]);
            Assert.Contains($"{file}: broke off", (await Assert.ThrowsAsync<InputException>(() => ReadAsync(file))).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task rejects_are_the_elements_as_they_stood_in_order()
    {
        var conflict = Scan.Replace("\"A\"", "\"B\"", StringComparison.Ordinal);
        var overlong = new string('x', 5 << 20);
        var text = $"{Scan}\nnonsense\r\n\n{conflict}\n{overlong}\n{{\"a\":\0}}\n{Scan}\nlast";
        var rejects = Path.Combine(_folder, "rejects");
        foreach (var workers in (int[])[1, 2, 4])
        {
            var reader = new ScanReader(new ReadOptions { RejectsPath = rejects, Workers = workers });
            var ledger = await reader.ReadAsync([Put("in", text), Put("list", $"[\n {{\n\"x\": 1\n}}, {conflict}]")], TestContext.Current.CancellationToken);
            Assert.Equal(new Headcount.Core.Intake(1, 1, 7, 0), ledger.Intake);
            Assert.Equal($"nonsense\n{conflict}\n{overlong}\n{{\"a\":\0}}\nlast\n{{\n\"x\": 1\n}}\n{conflict}\n", await File.ReadAllTextAsync(rejects, TestContext.Current.CancellationToken));
        }
    }

    [Fact]
    public async Task rejects_never_overwrite_an_input()
    {
        var input = Put("in.json", Scan);
        var link = Path.Combine(_folder, "link");
        File.CreateSymbolicLink(link, input);
        foreach (var rejects in (string[])[input, Path.Combine(_folder, ".", "in.json"), link])
        {
            var e = await Assert.ThrowsAsync<InputException>(() => new ScanReader(new ReadOptions { RejectsPath = rejects }).ReadAsync([input], TestContext.Current.CancellationToken));
            Assert.Contains("is one of the inputs", e.Message, StringComparison.Ordinal);
        }

        Assert.Equal(Scan, await File.ReadAllTextAsync(input, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task rejects_that_cannot_be_written_are_reported()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "There is no /dev/full here.");
        var e = await Assert.ThrowsAsync<InputException>(() => new ScanReader(new ReadOptions { RejectsPath = "/dev/full" }).ReadAsync([Put("in", "nonsense")], TestContext.Current.CancellationToken));
        Assert.Contains("/dev/full: rejects cannot be written there", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task strict_stops_at_the_first_malformed_element_with_its_place()
    {
        var file = Put("in", string.Concat(Enumerable.Repeat(Scan + "\n", 30_000)) + "nonsense\nmore");
        var reader = new ScanReader(new ReadOptions { Strict = true });
        var e = await Assert.ThrowsAsync<InputException>(() => reader.ReadAsync([file], TestContext.Current.CancellationToken));
        Assert.StartsWith($"{file}:30001: it is not JSON", e.Message, StringComparison.Ordinal);
        Assert.EndsWith("(--strict stops at the first such element)", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_file_that_grows_is_read_on()
    {
        var file = Put("log", Scan + "\n");
        using var cancel = new CancellationTokenSource();
        var reader = new ScanReader(new ReadOptions { RefreshInterval = TimeSpan.Zero });
        var seen = new List<long>();
        await foreach (var ledger in reader.FollowAsync([file], cancel.Token))
        {
            seen.Add(ledger.Intake.Scans);
            if (seen[^1] == 3)
                await cancel.CancelAsync();
            else
                await File.AppendAllTextAsync(file, Scan.Replace("\"s\"", $"\"s{seen[^1]}\"", StringComparison.Ordinal) + "\n", TestContext.Current.CancellationToken);
        }

        Assert.Equal([1L, 2L, 3L, 3L], seen);
    }
}
