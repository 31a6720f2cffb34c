using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;

namespace Headcount.Server.Webhooks;

/// <summary>What is sent.</summary>
internal sealed record WebhookRequest(Uri Address, string Secret, string Event, string Topic, long DeliveryId, int Attempt, byte[] Body);

/// <summary>What became of a request.</summary>
/// <param name="Status">The HTTP status; null = no answer.</param>
/// <param name="Error">What went wrong; null = it was taken.</param>
/// <param name="RetryAfter">How long the receiver asked to wait.</param>
internal readonly record struct WebhookOutcome(int? Status, string? Error, TimeSpan? RetryAfter = null)
{
    public bool IsTaken => Error is null;
}

/// <summary>Sends requests to receivers. It goes to public addresses only, unless others are allowed, follows no redirect and uses no proxy.</summary>
internal sealed class WebhookClient : IDisposable
{
    private const int MostErrorCharacters = 300;

    private readonly WebhookLimits _limits;
    private readonly TimeProvider _time;
    private readonly HttpMessageInvoker _http;

    public WebhookClient(WebhookLimits limits, WebhookReach reach, TimeProvider time)
    {
        (_limits, _time) = (limits, time);
        _http = new HttpMessageInvoker(new SocketsHttpHandler
        {
            AllowAutoRedirect = false, UseProxy = false, UseCookies = false, ActivityHeadersPropagator = null, ConnectTimeout = limits.Timeout, MaxResponseHeadersLength = 16,
            MaxResponseDrainSize = limits.MostAnswerBytes, ResponseDrainTimeout = TimeSpan.FromSeconds(1),

            // A name may come to stand for another address.
            PooledConnectionLifetime = TimeSpan.FromMinutes(5), PooledConnectionIdleTimeout = TimeSpan.FromMinutes(1),
            ConnectCallback = (context, cancellation) => ConnectAsync(context.DnsEndPoint, reach.AllowsPrivate, cancellation),
        });
    }

    public async Task<WebhookOutcome> SendAsync(WebhookRequest request, CancellationToken cancellation)
    {
        using var patience = new CancellationTokenSource(_limits.Timeout, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellation);
        try
        {
            using var message = Message(request);
            using var answer = await _http.SendAsync(message, both.Token);
            var status = (int)answer.StatusCode;
            if (status is >= 200 and < 300) return new WebhookOutcome(status, null);
            var error = status is >= 300 and < 400 ? $"answered {status}: redirects are not followed" : $"answered {status} {answer.ReasonPhrase}".TrimEnd();
            return new WebhookOutcome(status, Shorten(error), RetryAfter(answer.Headers.RetryAfter));
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            return new WebhookOutcome(null, string.Create(CultureInfo.InvariantCulture, $"no answer within {_limits.Timeout.TotalSeconds:0.#} seconds"));
        }
        catch (Exception problem) when (problem is HttpRequestException or IOException or SocketException or InvalidOperationException or NotSupportedException)
        {
            return new WebhookOutcome(null, Shorten(problem.GetBaseException().Message));
        }
    }

    public void Dispose() => _http.Dispose();

    private HttpRequestMessage Message(WebhookRequest request)
    {
        var message = new HttpRequestMessage(HttpMethod.Post, request.Address) { Content = new ByteArrayContent(request.Body) };
        message.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        message.Headers.UserAgent.Add(new ProductInfoHeaderValue("Headcount-Webhooks", "1"));
        message.Headers.Add("Headcount-Delivery", request.DeliveryId.ToString(CultureInfo.InvariantCulture));
        message.Headers.Add("Headcount-Event", request.Event);
        message.Headers.Add("Headcount-Topic", request.Topic);
        message.Headers.Add("Headcount-Attempt", request.Attempt.ToString(CultureInfo.InvariantCulture));
        message.Headers.Add(WebhookSignature.Header, WebhookSignature.Of(request.Secret, _time.GetUtcNow().ToUnixTimeSeconds(), request.Body));
        return message;
    }

    private TimeSpan? RetryAfter(RetryConditionHeaderValue? header)
    {
        var wait = header?.Delta ?? (header?.Date is { } date ? date - _time.GetUtcNow() : null);
        return wait > TimeSpan.Zero ? wait : null;
    }

    // What a name stands for is decided here, once, and gone to as it was decided: a name that changes in between gains nothing.
    private static async ValueTask<Stream> ConnectAsync(DnsEndPoint target, bool allowsPrivate, CancellationToken cancellation)
    {
        var addresses = IPAddress.TryParse(target.Host.Trim('[', ']'), out var literal) ? [literal] : await Dns.GetHostAddressesAsync(target.Host, cancellation);
        var allowed = allowsPrivate ? addresses : [.. addresses.Where(WebhookAddress.IsPublic)];
        if (allowed.Length == 0) throw new AddressRefusedException(target.Host);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, target.Port, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static string Shorten(string text) => text.Length <= MostErrorCharacters ? text : string.Concat(text.AsSpan(0, MostErrorCharacters), "…");
}

/// <summary>Whether webhooks may go to addresses that are not public.</summary>
internal sealed record WebhookReach(bool AllowsPrivate);
