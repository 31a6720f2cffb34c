using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Headcount.Server.Webhooks;
using Headcount.SystemTests.Serving;

namespace Headcount.SystemTests.Webhooks;

/// <summary>Where webhooks may not go, and who may not make them.</summary>
public sealed class WebhookRefusalTests
{
    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("http://127.0.0.1:9/hook", "not public")]
    [InlineData("http://[::1]/hook", "not public")]
    [InlineData("http://[::ffff:10.0.0.1]/hook", "not public")]
    [InlineData("http://169.254.169.254/latest/meta-data", "not public")]
    [InlineData("http://2130706433/", "not public")]
    [InlineData("http://localhost:8000/", "this machine")]
    [InlineData("http://api.localhost/", "this machine")]
    [InlineData("ftp://example.org/", "http or https")]
    [InlineData("/hook", "http or https")]
    [InlineData("http://user:secret@example.org/", "user name")]
    public async Task an_address_that_webhooks_may_not_go_to_is_refused_when_it_is_given(string url, string why)
    {
        await using var server = await WebhookVenue.StartAsync(mayBePrivate: false);
        await server.CreateEventAsync();
        var response = await server.Owner.PostAsJsonAsync("/api/events/club/webhooks", new { url, topics = new[] { "alert", "nonsense" } }, Ended);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, response.StatusCode);
        var errors = (await response.Content.ReadFromJsonAsync<JsonElement>(Ended)).GetProperty("errors");
        Assert.Contains(why, errors.GetProperty("url").ToString(), StringComparison.Ordinal);
        Assert.Contains("nonsense", errors.GetProperty("topics").ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_name_that_stands_for_a_private_address_is_refused_when_it_is_connected_to()
    {
        var name = Dns.GetHostName();
        IPAddress[] addresses;
        try
        {
            addresses = await Dns.GetHostAddressesAsync(name, Ended);
        }
        catch (System.Net.Sockets.SocketException)
        {
            addresses = [];
        }

        if (addresses.Length == 0 || addresses.Any(WebhookAddress.IsPublic) || name.Contains("localhost", StringComparison.Ordinal)) Assert.Skip("This machine's name stands for no private address.");
        await using var receiver = await Receiver.StartAsync();
        await using var server = await WebhookVenue.StartAsync(mayBePrivate: false);
        var venue = await OpenVenue.CreateAsync(server, tickets: 0);
        var webhook = await venue.SubscribeAsync(new UriBuilder(receiver.Address) { Host = name }.Uri, "scan.rejected");
        var tried = await venue.PostAsync(venue.PathOf(webhook) + "/test");
        Assert.Contains("HEADCOUNT_WEBHOOK_PRIVATE=1", tried.GetProperty("last_error").GetString(), StringComparison.Ordinal);
        await venue.EnterAsync("nobody");
        await venue.UntilAsync(venue.PathOf(webhook), answer => answer.GetProperty("failures").GetInt32() >= 1);
        Assert.True(receiver.IsQuiet);
    }

    [Fact]
    public async Task a_webhook_that_was_allowed_once_is_refused_when_it_no_longer_is()
    {
        var folder = Directory.CreateTempSubdirectory("headcount-webhooks-");
        try
        {
            await using var receiver = await Receiver.StartAsync();
            JsonElement webhook;
            await using (var server = await WebhookVenue.StartAsync(folder.FullName))
            {
                webhook = await (await OpenVenue.CreateAsync(server)).SubscribeAsync(receiver.Address, "scan.accepted");
            }

            await using var strict = await WebhookVenue.StartAsync(folder.FullName, mayBePrivate: false);
            var venue = await OpenVenue.FindAsync(strict);
            await venue.EnterAsync("T1");
            var standing = await venue.UntilAsync(venue.PathOf(webhook), answer => answer.GetProperty("failures").GetInt32() >= 1);
            Assert.Contains("not public", standing.GetProperty("last_error").GetString(), StringComparison.Ordinal);
            Assert.True(receiver.IsQuiet);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task webhooks_are_for_organisers_of_their_own_event()
    {
        await using var server = await WebhookVenue.StartAsync();
        var venue = await OpenVenue.CreateAsync(server, tickets: 0);
        var other = await OpenVenue.CreateAsync(server, "other", tickets: 0);
        var webhook = await venue.SubscribeAsync(new Uri("https://example.org/hook"), "alert");
        using var device = await server.CreateDeviceAsync("club", "s1", scopes: ["counts", "supervise"]);
        Assert.Equal(HttpStatusCode.Forbidden, (await device.GetAsync(venue.PathOf(webhook), Ended)).StatusCode);
        using var nobody = new HttpClient { BaseAddress = server.Address };
        Assert.Equal(HttpStatusCode.Unauthorized, (await nobody.GetAsync("/api/events/club/webhooks", Ended)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await server.Owner.GetAsync(other.PathOf(webhook), Ended)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await server.Owner.GetAsync(venue.PathOf(webhook) + "/deliveries/1", Ended)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await server.Owner.GetAsync("/api/events/club/webhooks/x", Ended)).StatusCode);
        Assert.DoesNotContain("secret", (await venue.GetAsync("/api/events/club/webhooks")).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task an_event_has_so_many_webhooks_and_no_more()
    {
        await using var server = await WebhookVenue.StartAsync(limits: WebhookVenue.Quick with { MostPerEvent = 1 });
        var venue = await OpenVenue.CreateAsync(server, tickets: 0);
        await venue.SubscribeAsync(new Uri("https://example.org/hook"), "alert");
        var response = await server.Owner.PostAsJsonAsync("/api/events/club/webhooks", new { url = "https://example.org/hook", topics = new[] { "alert" } }, Ended);
        Assert.Equal(HttpStatusCode.Conflict, response.StatusCode);
    }

    [Theory]
    [InlineData("8.8.8.8", true)]
    [InlineData("2606:4700:4700::1111", true)]
    [InlineData("172.15.0.1", true)]
    [InlineData("172.32.0.1", true)]
    [InlineData("100.128.0.1", true)]
    [InlineData("0.0.0.0", false)]
    [InlineData("10.1.2.3", false)]
    [InlineData("100.64.0.1", false)]
    [InlineData("127.0.0.1", false)]
    [InlineData("169.254.169.254", false)]
    [InlineData("172.16.0.1", false)]
    [InlineData("172.31.255.255", false)]
    [InlineData("192.168.1.1", false)]
    [InlineData("198.18.0.1", false)]
    [InlineData("224.0.0.1", false)]
    [InlineData("255.255.255.255", false)]
    [InlineData("::", false)]
    [InlineData("::1", false)]
    [InlineData("::ffff:127.0.0.1", false)]
    [InlineData("::ffff:8.8.8.8", true)]
    [InlineData("64:ff9b::a00:1", false)]
    [InlineData("64:ff9b::808:808", true)]
    [InlineData("2002:7f00:1::", false)]
    [InlineData("fd00::1", false)]
    [InlineData("fe80::1", false)]
    [InlineData("ff02::1", false)]
    public void an_address_is_public_or_not(string address, bool isPublic) => Assert.Equal(isPublic, WebhookAddress.IsPublic(IPAddress.Parse(address)));

    [Fact]
    public void waits_double_up_to_a_quarter_of_an_hour_with_a_fifth_by_chance()
    {
        var limits = new WebhookLimits();
        Assert.Equal([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900], Enumerable.Range(1, 12).Select(failures => (int)WebhookBackoff.After(limits, failures, 0.5).TotalSeconds));
        Assert.Equal(TimeSpan.FromMinutes(15), WebhookBackoff.After(limits, int.MaxValue, 0.5));
        Assert.Equal((0.8, 1.2), (WebhookBackoff.After(limits, 1, 0).TotalSeconds, WebhookBackoff.After(limits, 1, 1).TotalSeconds));
        Assert.Equal(TimeSpan.FromSeconds(60), WebhookBackoff.After(limits, 1, 0.5, TimeSpan.FromSeconds(60)));
        Assert.Equal(TimeSpan.FromMinutes(18), WebhookBackoff.After(limits, 1, 0.5, TimeSpan.FromDays(60)));
        Gen.Select(Gen.Int[1, 40], Gen.Double[0, 1]).Sample((failures, chance) => WebhookBackoff.After(limits, failures, chance) is var wait && wait > TimeSpan.Zero && wait <= limits.LongestWait * 1.2);
    }
}
