using System.IO.Compression;
using System.IO.Pipelines;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;

namespace Headcount.Client;

public sealed partial class HeadcountClient
{
    /// <summary>Exchanges a pairing code for the device's token. The code is good once: an answer that is lost takes another code.</summary>
    /// <param name="address">Where the server is.</param>
    /// <param name="code">The code, as the office shows it.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <exception cref="HeadcountProblemException"><c>unauthenticated</c>: the code is not known, or is over; <c>conflict</c>: it was used.</exception>
    public static async Task<PairedDevice> PairAsync(Uri address, string code, CancellationToken cancellation = default)
    {
        using var http = NewHttp(address, code);
        http.DefaultRequestHeaders.Authorization = null;
        return await new Exchange(http, new HeadcountClientOptions()).SendAsync(
            HttpMethod.Post, "api/devices/pair", () => new JsonBody<Pairing>(new Pairing(code), WireContext.Default.Pairing), WireContext.Default.PairedDevice, isRepeatable: false, cancellation).ConfigureAwait(false);
    }

    /// <summary>Makes a code by which a device is paired, once, within a quarter of an hour.</summary>
    public Task<PairingCode> CreatePairingCodeAsync(string slug, string deviceId, CancellationToken cancellation = default) =>
        _exchange.SendAsync(HttpMethod.Post, OfDevice(slug, deviceId) + "/pairing", () => null, WireContext.Default.PairingCode, isRepeatable: false, cancellation);

    /// <summary>Says that the device is there. Sent once: what comes after it was given up must not be used, so the next one is another.</summary>
    public Task<HeartbeatAnswer> HeartbeatAsync(NewHeartbeat heartbeat, CancellationToken cancellation = default) =>
        _exchange.SendAsync(HttpMethod.Post, "api/devices/heartbeat", () => new JsonBody<NewHeartbeat>(heartbeat, WireContext.Default.NewHeartbeat), WireContext.Default.HeartbeatAnswer, isRepeatable: false, cancellation);

    /// <summary>Changes what a device is set to.</summary>
    public Task<Device> ChangeDeviceAsync(string slug, string deviceId, DeviceChange change, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(change);
        return _exchange.SendAsync(HttpMethod.Patch, OfDevice(slug, deviceId), () => Change(change, WireContext.Default.DeviceChange, change.Clear), WireContext.Default.Device, isRepeatable: true, cancellation);
    }

    /// <summary>What a device decides by while it is offline, line by line as it comes: each is one JSON value in UTF-8. A device hands them to <c>DeviceRegister.Take</c> of Headcount.Core.</summary>
    /// <param name="known">What the device has; null = nothing. Only what changed since then comes, unless that is too long ago: the first line says.</param>
    /// <param name="codesOnly">Only what a device needs that decides by signed codes alone; any device may ask for that, and <paramref name="known"/> is null then.</param>
    /// <param name="cancellation">Gives up.</param>
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadRegisterAsync(RegisterVersion? known, bool codesOnly = false, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        var path = About("api/devices/register").With("since", known?.Version).With("seq", known?.Seq).With("part", codesOnly ? "codes" : null).ToString();
        using var response = await _exchange.SendAsync(() => Compressed(path), isRepeatable: true, cancellation).ConfigureAwait(false);
        var body = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        var isCompressed = response.Content.Headers.ContentEncoding.Contains("gzip");
        var lines = PipeReader.Create(isCompressed ? new GZipStream(body, CompressionMode.Decompress) : body);
        await using (body.ConfigureAwait(false))
        {
            while (true)
            {
                var read = await lines.ReadAsync(cancellation).ConfigureAwait(false);
                var rest = read.Buffer;
                while (System.Buffers.BuffersExtensions.PositionOf(rest, (byte)'\n') is { } end)
                {
                    yield return System.Buffers.BuffersExtensions.ToArray(rest.Slice(0, end));
                    rest = rest.Slice(rest.GetPosition(1, end));
                }

                lines.AdvanceTo(rest.Start, rest.End);
                if (read.IsCompleted) break;
            }

            await lines.CompleteAsync().ConfigureAwait(false);
        }
    }

    private static HttpRequestMessage Compressed(string path)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("gzip"));
        return request;
    }
}
