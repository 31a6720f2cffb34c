using System.Net.WebSockets;
using System.Runtime.CompilerServices;

namespace Headcount.Client;

public sealed partial class HeadcountClient
{
    /// <summary>What happens, as it happens. When the link breaks it is made again, and the feed goes on after the last record that was told of; it ends only when you do.</summary>
    /// <remarks>The first message is a <c>snapshot</c>, the whole picture; so is any later one that says so, which replaces all that came before. What came just before a link broke may come
    /// again, except <see cref="LiveMessage.Scans"/>, where each record is given once.</remarks>
    /// <param name="withScans">Whether every record of the log is told of too (<c>scans</c>).</param>
    /// <param name="since">The number of the last record that is known already; null = begin with a snapshot.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="HeadcountProblemException">The token is not good, or may not watch; there is no such event.</exception>
    public async IAsyncEnumerable<LiveMessage> WatchAsync(bool withScans = false, long? since = null, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        var position = new LivePosition(since);
        var failures = 0;
        while (true)
        {
            using var link = new LiveLink();
            var isOpen = false;
            try
            {
                await link.OpenAsync(LiveAddress(withScans, position.Seq), _http, cancellation).ConfigureAwait(false);
                isOpen = true;
            }
            catch (WebSocketException problem)
            {
                if (link.Refusal is { } status) throw new HeadcountProblemException(status, new Problem { Error = $"The live feed was refused: {problem.Message}", Code = LiveLink.CodeOf(status) }, null);
            }
            catch (HttpRequestException)
            {
                // Nobody there: perhaps soon.
            }

            while (isOpen && await link.ReadAsync(cancellation).ConfigureAwait(false) is { } message)
            {
                failures = 0;
                yield return position.Pass(message);
            }

            await _exchange.PauseAsync(failures++, cancellation).ConfigureAwait(false);
        }
    }

    private Uri LiveAddress(bool withScans, long? since)
    {
        var http = new Uri(_http.BaseAddress!, About("api/live").With("scans", withScans ? "1" : null).With("since", since).ToString());
        return new UriBuilder(http) { Scheme = http.Scheme == Uri.UriSchemeHttps ? Uri.UriSchemeWss : Uri.UriSchemeWs }.Uri;
    }
}
