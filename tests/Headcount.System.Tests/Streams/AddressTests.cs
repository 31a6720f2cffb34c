using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Headcount.Streams;

namespace Headcount.SystemTests.Streams;

/// <summary>Real answers over a real socket: whole ones, refusals, and those that fail midway.</summary>
public sealed class AddressTests
{
    private const string Scan = """{"ticket_id":"T1","gate":"A","scan_type":"entry","timestamp":"2025-09-30T10:00:00Z"}""";

    private static readonly byte[] Lines = Encoding.UTF8.GetBytes(Scan + "\nnonsense\n");

    public static TheoryData<string> Encodings => ["identity", "gzip", "br", "zstd"];

    [Theory, MemberData(nameof(Encodings))]
    public async Task an_address_is_read_whatever_its_encoding(string encoding)
    {
        var body = Pack(encoding);
        foreach (var header in encoding is "gzip" or "zstd" ? (string[])[$"Content-Encoding: {encoding}\r\n", ""] : [$"Content-Encoding: {encoding}\r\n"])
        {
            var (read, request) = await AskAsync([.. Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\n{header}Content-Length: {body.Length}\r\n\r\n"), .. body], "secret");
            Assert.Equal(new Headcount.Core.Intake(1, 0, 1, 0), read);
            Assert.Contains("\r\nAuthorization: Bearer secret\r\n", request, StringComparison.Ordinal);
        }
    }

    public static TheoryData<string, string> Failures => new()
    {
        { $"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{Scan}\n", "broke off after " },
        { $"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n54\r\n{Scan}\n\r\n10\r\nhalf", "broke off after " },
        { "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n", "the server answered 401 Unauthorized; give a token with --token or HEADCOUNT_TOKEN" },
        { "HTTP/1.1 404 Not Found\r\nContent-Length: 25\r\n\r\n{\"error\":\"no such event\"} ", "the server answered 404 Not Found: no such event" },
        { "HTTP/1.1 404 Not Found\r\nContent-Length: 9999999999\r\n\r\n" + new string('x', 200_000), "the server answered 404 Not Found" },
        { "HTTP/1.1 500 Oops\r\nContent-Length: 10\r\n\r\n{", "the server answered 500 Oops" },
        { "", "cannot be reached: " },
        { "nonsense\r\n\r\n", "cannot be reached: " },
    };

    [Theory(DisableDiscoveryEnumeration = true), MemberData(nameof(Failures))]
    public async Task an_address_that_fails_says_how(string answer, string says)
    {
        var e = await Assert.ThrowsAsync<InputException>(() => AskAsync(Encoding.UTF8.GetBytes(answer)));
        Assert.StartsWith("http://127.0.0.1:", e.Message, StringComparison.Ordinal);
        Assert.Contains(says, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_token_that_cannot_be_sent_is_refused() =>
        await Assert.ThrowsAsync<InputException>(() => new ScanReader(new ReadOptions { Token = "a\r\nb" }).ReadAsync(["http://127.0.0.1:9/"], TestContext.Current.CancellationToken));

    /// <summary>Answers one request with the bytes given, hangs up, and tells what was read and what was asked.</summary>
    private static async Task<(Headcount.Core.Intake Read, string Request)> AskAsync(byte[] answer, string? token = null)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var address = $"http://{listener.LocalEndpoint}/scans";
        var serving = ServeAsync(listener, answer);
        var ledger = await new ScanReader(new ReadOptions { Token = token }).ReadAsync([address], TestContext.Current.CancellationToken);
        return (ledger.Intake, await serving);
    }

    private static async Task<string> ServeAsync(TcpListener listener, byte[] answer)
    {
        using var client = await listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
        var stream = client.GetStream();
        var request = new StringBuilder();
        var buffer = new byte[4096];
        while (!request.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            var read = await stream.ReadAsync(buffer, TestContext.Current.CancellationToken);
            if (read == 0) break;
            request.Append(Encoding.ASCII.GetString(buffer, 0, read));
        }

        // Whoever gets no answer at all asks again: by then nobody is there.
        if (answer.Length == 0) listener.Stop();
        await stream.WriteAsync(answer, TestContext.Current.CancellationToken);
        client.Client.Shutdown(SocketShutdown.Send);
        return request.ToString();
    }

    private static byte[] Pack(string encoding)
    {
        if (encoding == "identity") return Lines;
        if (encoding == "zstd")
        {
            using var compressor = new ZstdSharp.Compressor();
            return compressor.Wrap(Lines).ToArray();
        }

        using var packed = new MemoryStream();
        using (Stream packing = encoding == "br" ? new BrotliStream(packed, CompressionLevel.Fastest) : new GZipStream(packed, CompressionLevel.Fastest)) packing.Write(Lines);
        return packed.ToArray();
    }
}
