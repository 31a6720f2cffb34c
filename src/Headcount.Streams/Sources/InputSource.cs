using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Headcount.Streams;

/// <summary>An input that has been opened: a file, standard input, or an address.</summary>
internal sealed class InputSource : IDisposable
{
    /// <summary>How long an address may take to take a connection.</summary>
    public static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(30);

    /// <summary>How long an address may say nothing, before its answer or in the midst of it, unless it is followed.</summary>
    public static readonly TimeSpan SilenceTimeout = TimeSpan.FromSeconds(60);

    private readonly List<IDisposable> _owned = [];

    private InputSource(string name, Stream raw, long? totalBytes, bool isBrotli)
    {
        Name = name;
        Raw = new CountingStream(raw);
        TotalBytes = totalBytes;
        IsBrotli = isBrotli;
    }

    public string Name { get; }

    /// <summary>The bytes as they are stored.</summary>
    public CountingStream Raw { get; }

    public long? TotalBytes { get; }

    /// <summary>Whether its name or its header says Brotli, which has no mark of its own.</summary>
    public bool IsBrotli { get; }

    /// <summary>What an input is called in messages.</summary>
    public static string NameOf(string input) => input == "-" ? "standard input" : input;

    public static bool IsAddress(string input) =>
        input.StartsWith("http://", StringComparison.OrdinalIgnoreCase) || input.StartsWith("https://", StringComparison.OrdinalIgnoreCase);

    /// <exception cref="InputException">It cannot be opened.</exception>
    public static InputSource Open(string input, ReadOptions options, bool follow, CancellationToken ct)
    {
        if (input == "-") return new InputSource(NameOf(input), options.StandardInput ?? Console.OpenStandardInput(), null, false);
        if (IsAddress(input)) return OpenAddressAsync(input, options, follow, ct).GetAwaiter().GetResult();
        var file = OpenFile(input);
        var isRegular = file.CanSeek;
        return new InputSource(input, follow && isRegular ? new GrowingFile(file, input, options.Time) : file, isRegular ? file.Length : null,
            input.EndsWith(".br", StringComparison.OrdinalIgnoreCase));
    }

    public void Dispose()
    {
        Raw.Dispose();
        foreach (var owned in _owned) owned.Dispose();
    }

    internal static FileStream OpenFile(string path)
    {
        try
        {
            if (Directory.Exists(path)) throw new InputException($"{path}: is a directory; name a file in it");
            return new FileStream(path, new FileStreamOptions { Access = FileAccess.Read, Share = FileShare.ReadWrite | FileShare.Delete, BufferSize = 0, Options = FileOptions.SequentialScan });
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new InputException($"{path}: no such file", e);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new InputException($"{path}: no permission to read it", e);
        }
        catch (Exception e) when (e is IOException or ArgumentException or NotSupportedException)
        {
            throw new InputException($"{path}: cannot be opened: {e.Message}", e);
        }
    }

    private static async Task<InputSource> OpenAddressAsync(string address, ReadOptions options, bool follow, CancellationToken ct)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri)) throw new InputException($"{address}: is no address");
        var client = new HttpClient(new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.None, ConnectTimeout = ConnectTimeout })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
        using var silence = new CancellationTokenSource(follow ? Timeout.InfiniteTimeSpan : SilenceTimeout, options.Time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(silence.Token, ct);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, uri);
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/x-ndjson"));
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json", 0.9));
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/csv", 0.8));
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("*/*", 0.1));
            foreach (var encoding in (string[])["gzip", "br", "zstd"]) request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue(encoding));
            if (options.Token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", options.Token);

            var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop.Token).ConfigureAwait(false);
            if (!response.IsSuccessStatusCode) throw await RefusedAsync(address, response, stop.Token).ConfigureAwait(false);
            var body = await response.Content.ReadAsStreamAsync(ct).ConfigureAwait(false);
            var source = new InputSource(address, follow ? body : new ImpatientStream(body, SilenceTimeout, options.Time), response.Content.Headers.ContentLength,
                response.Content.Headers.ContentEncoding.Contains("br") || uri.AbsolutePath.EndsWith(".br", StringComparison.OrdinalIgnoreCase));
            source._owned.Add(response);
            source._owned.Add(client);
            return source;
        }
        catch (Exception e)
        {
            client.Dispose();
            if (e is HttpRequestException or IOException) throw new InputException($"{address}: cannot be reached: {e.Message}", e);
            if (e is OperationCanceledException && silence.IsCancellationRequested && !ct.IsCancellationRequested)
                throw new InputException($"{address}: cannot be reached: the server has said nothing for {SilenceTimeout.TotalSeconds} seconds", e);
            if (e is OperationCanceledException && !ct.IsCancellationRequested) throw new InputException($"{address}: cannot be reached: no connection within {ConnectTimeout.TotalSeconds} seconds", e);
            if (e is FormatException) throw new InputException($"{address}: the token given for it is none: {e.Message}", e);
            throw;
        }
    }

    // As much of a refusal as is read for its reason.
    private const int MostRefusalBytes = 64 * 1024;

    private static async Task<InputException> RefusedAsync(string address, HttpResponseMessage response, CancellationToken ct)
    {
        var says = "";
        try
        {
            var body = new byte[MostRefusalBytes];
            var content = await response.Content.ReadAsStreamAsync(ct).ConfigureAwait(false);
            var read = await content.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, ct).ConfigureAwait(false);
            using var json = JsonDocument.Parse(body.AsMemory(0, read));
            if (json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("error", out var error)) says = $": {error}";
        }
        catch (Exception e) when (e is JsonException or HttpRequestException or IOException)
        {
            // The status says enough.
        }

        var hint = response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden ? "; give a token with --token or HEADCOUNT_TOKEN" : "";
        var answer = new StringBuilder($"{address}: the server answered {(int)response.StatusCode} {response.ReasonPhrase}{says}{hint}");
        response.Dispose();
        return new InputException(answer.ToString());
    }
}
