using System.Net;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Headcount.Data.Model;
using Headcount.Server;
using Headcount.Server.Access;
using Headcount.Server.Access.SignIn;
using Headcount.SystemTests.Gate;
using Headcount.SystemTests.Serving;
using Microsoft.Extensions.DependencyInjection;

namespace Headcount.SystemTests.Access;

/// <summary>Browsers: signing in and out, links, cookies, requests from other sites.</summary>
public sealed class SessionTests : IAsyncLifetime
{
    private const string Email = "viewer@example.org";
    private const string Password = "correct horse battery";

    private readonly MovedClock _clock = new();
    private RunningServer _server = null!;
    private string _userId = "";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private AccountService Accounts => _server.Services.GetRequiredService<AccountService>();

    private SignInLinks Links => _server.Services.GetRequiredService<SignInLinks>();

    public async ValueTask InitializeAsync()
    {
        _server = await RunningServer.StartAsync(options => options with { Adjust = builder => builder.Services.AddSingleton<TimeProvider>(_clock) });
        await _server.CreateEventAsync();
        _userId = await Accounts.CreateAsync(Email, null, AccountRole.Organiser, Password, Cancel);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task<Browser> SignedInAsync()
    {
        var browser = new Browser(_server);
        Assert.Equal(303, (await browser.SignInAsync(Email, Password)).Status);
        return browser;
    }

    private static Task<int> CountsAsync(Browser browser) => StatusOf(browser.Client.AskAsync("/api/occupancy/current"));

    private static async Task<int> StatusOf(Task<Reply> reply) => (await reply).Status;

    [Fact]
    public async Task a_session_begins_with_a_cookie_that_no_script_and_no_other_site_gets()
    {
        using var browser = new Browser(_server);
        Assert.Equal(401, await CountsAsync(browser));
        var reply = await browser.SignInAsync(Email.ToUpperInvariant(), Password);
        var cookie = Assert.Single(reply.Headers.GetValues("Set-Cookie"), cookie => cookie.StartsWith("headcount-session=", StringComparison.Ordinal)).ToLowerInvariant();
        Assert.Contains("; httponly", cookie, StringComparison.Ordinal);
        Assert.Contains("; samesite=strict", cookie, StringComparison.Ordinal);
        Assert.DoesNotContain("; secure", cookie, StringComparison.Ordinal);
        Assert.Equal((303, "/"), (reply.Status, reply.Headers.Location!.OriginalString));
        Assert.Equal(200, await CountsAsync(browser));
    }

    [Fact]
    public async Task signing_out_ends_what_that_session_watches_and_every_copy_of_its_cookie()
    {
        using var browser = await SignedInAsync();
        using var other = await SignedInAsync();
        using var copy = new Browser(_server);
        foreach (Cookie cookie in browser.Cookies.GetCookies(_server.Address)) copy.Cookies.Add(_server.Address, new Cookie(cookie.Name, cookie.Value));
        using var watching = await WatchAsync(browser);
        using var watchingToo = await WatchAsync(other);
        Assert.Equal(200, await CountsAsync(copy));

        Assert.Equal(303, (await browser.Client.SendAsync(HttpMethod.Post, "/sign-out", null, browser.SameOrigin)).Status);
        await UntilClosedAsync(watching);
        Assert.Equal(WebSocketCloseStatus.PolicyViolation, watching.CloseStatus);
        Assert.Equal((401, 401, 200), (await CountsAsync(browser), await CountsAsync(copy), await CountsAsync(other)));
        Assert.Equal(WebSocketState.Open, watchingToo.State);
        Assert.Equal(303, (await browser.SignInAsync(Email, Password)).Status);
        Assert.Equal(200, await CountsAsync(browser));
    }

    private async Task<ClientWebSocket> WatchAsync(Browser browser)
    {
        var socket = new ClientWebSocket();
        socket.Options.Cookies = browser.Cookies;
        socket.Options.SetRequestHeader("Origin", browser.Origin);
        await socket.ConnectAsync(new UriBuilder(_server.Address) { Scheme = "ws", Path = "/api/live" }.Uri, Cancel);
        return socket;
    }

    private static async Task UntilClosedAsync(ClientWebSocket socket)
    {
        var buffer = new byte[64 * 1024];
        while ((await socket.ReceiveAsync(buffer.AsMemory(), Cancel)).MessageType != WebSocketMessageType.Close)
        {
        }
    }

    [Fact]
    public async Task over_https_the_cookie_is_secure()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(_clock.GetUtcNow().AddDays(-1), _clock.GetUtcNow().AddDays(1));
        await using var server = await RunningServer.StartAsync(options => options with { Urls = "https://127.0.0.1:0", Certificate = new ServerCertificate(certificate, []) });
        using var browser = new Browser(server);
        var reply = await browser.SignInAsync(FirstStart.OwnerEmail, server.Services.GetRequiredService<FirstStart>().TakeOwnerPassword()!);
        Assert.All(reply.Headers.GetValues("Set-Cookie"), cookie => Assert.Contains("; secure", cookie, StringComparison.OrdinalIgnoreCase));
        Assert.Equal(303, reply.Status);
    }

    [Theory]
    [InlineData(Email, "wrong")]
    [InlineData("nobody@example.org", Password)]
    [InlineData("", "")]
    [InlineData(Email, "' OR 1=1 --")]
    public async Task a_wrong_password_is_told_without_saying_what_was_wrong(string email, string password)
    {
        using var browser = new Browser(_server);
        var reply = await browser.SignInAsync(email, password);
        Assert.Equal(401, reply.Status);
        Assert.Contains("E-mail or password is wrong.", reply.Text, StringComparison.Ordinal);
        Assert.Equal(401, await CountsAsync(browser));
    }

    [Fact]
    public async Task what_was_typed_comes_back_as_text()
    {
        using var browser = new Browser(_server);
        var reply = await browser.SignInAsync("\"><script>alert(1)</script>", "x", "?next=" + Uri.EscapeDataString("\"><script>"));
        Assert.DoesNotContain("<script>", reply.Text, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task too_many_wrong_passwords_lock_an_account_for_a_while()
    {
        using var browser = new Browser(_server);
        for (var i = 0; i < SignInAttempts.MostForAccount; i++) Assert.Equal(401, (await browser.SignInAsync(Email, "wrong")).Status);
        var locked = await browser.SignInAsync(Email, Password);
        Assert.Equal(429, locked.Status);
        Assert.NotNull(locked.Headers.RetryAfter);
        Assert.Equal(401, await CountsAsync(browser));

        // The owner, who is somebody else, is not locked out by it.
        Assert.Equal(303, (await browser.SignInAsync(FirstStart.OwnerEmail, _server.Services.GetRequiredService<FirstStart>().TakeOwnerPassword()!)).Status);
        _clock.Move(SignInAttempts.LockedFor);
        Assert.Equal(303, (await browser.SignInAsync(Email, Password)).Status);
    }

    [Fact]
    public async Task a_form_that_is_not_ours_is_not_taken()
    {
        using var browser = new Browser(_server);
        var form = new Dictionary<string, string> { ["email"] = Email, ["password"] = Password };
        Assert.Equal(400, (await browser.Client.SendAsync(HttpMethod.Post, "/sign-in", new FormUrlEncodedContent(form), browser.SameOrigin)).Status);
        (await browser.Client.PostAsync("/sign-in", form)).IsProblem(415, "unsupported_media_type");
        Assert.Equal(401, await CountsAsync(browser));
    }

    [Theory]
    [InlineData("/log?from=2025-09-30", "/log?from=2025-09-30")]
    [InlineData("//evil.example", "/")]
    [InlineData("https://evil.example", "/")]
    [InlineData("/\\evil.example", "/")]
    [InlineData("/a\r\nSet-Cookie: x=y", "/")]
    [InlineData("javascript:alert(1)", "/")]
    public async Task after_signing_in_people_go_on_where_they_were_and_nowhere_else(string next, string to)
    {
        using var browser = new Browser(_server);
        Assert.Equal(to, (await browser.SignInAsync(Email, Password, "?next=" + Uri.EscapeDataString(next))).Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task a_session_ends_with_signing_out_a_new_password_or_twelve_idle_hours()
    {
        using var first = await SignedInAsync();
        (await first.Client.SendAsync(HttpMethod.Post, "/sign-out", null)).IsProblem(403, "forbidden");
        Assert.Equal(200, await CountsAsync(first));
        Assert.Equal(303, (await first.Client.SendAsync(HttpMethod.Post, "/sign-out", null, first.SameOrigin)).Status);
        Assert.Equal(401, await CountsAsync(first));

        using var second = await SignedInAsync();
        await Accounts.ChangePasswordAsync(_userId, "another long password", Cancel);
        Assert.Equal(401, await CountsAsync(second));
        Assert.Equal(303, (await second.SignInAsync(Email, "another long password")).Status);
        _clock.Move(SignInArea.SessionLifetime / 2);
        Assert.Equal(200, await CountsAsync(second));
        _clock.Move(SignInArea.SessionLifetime + TimeSpan.FromMinutes(1));
        Assert.Equal(401, await CountsAsync(second));
        Assert.Equal(303, (await second.SignInAsync(Email, "another long password")).Status);
        await Accounts.ChangeRoleAsync(_userId, null, Cancel);
        Assert.Equal(401, await CountsAsync(second));
    }

    [Fact]
    public async Task a_forged_cookie_is_nobody()
    {
        using var browser = new Browser(_server);
        browser.Cookies.Add(_server.Address, new Cookie("headcount-session", "CfDJ8forged"));
        Assert.Equal(401, await CountsAsync(browser));
    }

    [Theory]
    [InlineData("cross-site", null, 403)]
    [InlineData("same-site", null, 403)]
    [InlineData("cross-site", "own", 403)]
    [InlineData("same-origin", "https://evil.example", 403)]
    [InlineData(null, "https://evil.example", 403)]
    [InlineData(null, "null", 403)]
    [InlineData(null, null, 403)]
    [InlineData(null, "own", 422)]
    [InlineData("same-origin", "own", 422)]
    public async Task with_a_cookie_changes_are_taken_from_our_own_pages_only(string? site, string? origin, int status)
    {
        using var browser = await SignedInAsync();
        var reply = await browser.Client.PostAsync("/api/events", new { }, request =>
        {
            if (site is not null) request.Headers.Add("Sec-Fetch-Site", site);
            if (origin is not null) request.Headers.Add("Origin", origin == "own" ? browser.Origin : origin);
        });
        Assert.Equal(status, reply.Status);
    }

    [Fact]
    public async Task another_site_cannot_open_a_live_feed_with_our_cookie()
    {
        using var browser = await SignedInAsync();
        var address = new UriBuilder(_server.Address) { Scheme = "ws", Path = "/api/live" }.Uri;
        foreach (var (origin, opens) in new[] { ("http://evil.example", false), (browser.Origin, true) })
        {
            using var socket = new ClientWebSocket();
            socket.Options.Cookies = browser.Cookies;
            socket.Options.SetRequestHeader("Origin", origin);
            var problem = await Record.ExceptionAsync(() => socket.ConnectAsync(address, Cancel));
            Assert.Equal(opens, problem is null);
        }
    }

    [Fact]
    public async Task the_owners_link_works_once()
    {
        var link = Links.Create();
        using var browser = new Browser(_server);
        var reply = await browser.Client.AskAsync(link);
        Assert.Equal((303, "/"), (reply.Status, reply.Headers.Location!.OriginalString));
        Assert.Equal(200, (await browser.Client.AskAsync("/api/accounts")).Status);
        using var second = new Browser(_server);
        Assert.Equal(404, (await second.Client.AskAsync(link)).Status);
        Assert.Equal(401, await CountsAsync(second));
    }

    [Fact]
    public async Task the_owners_link_is_for_this_machine_and_is_not_used_up_by_others()
    {
        var link = Links.Create();
        using var browser = new Browser(_server);
        Assert.Equal(404, (await browser.Client.AskAsync(link, request => request.Headers.Host = "rebound.example")).Status);
        Assert.Equal(404, (await browser.Client.AskAsync(link, request => request.Headers.Add("X-Forwarded-For", "203.0.113.7"))).Status);
        Assert.Equal(404, (await browser.Client.AskAsync("/sign-in/guessed")).Status);
        Assert.Equal(303, (await browser.Client.AskAsync(link)).Status);
    }

    [Fact]
    public async Task the_owners_link_is_good_for_ten_minutes()
    {
        var link = Links.Create();
        _clock.Move(SignInLinks.Lifetime);
        using var browser = new Browser(_server);
        Assert.Equal(404, (await browser.Client.AskAsync(link)).Status);
    }

    [Fact]
    public async Task a_live_ticket_is_good_once_for_half_a_minute_and_for_the_feed_alone()
    {
        using var nobody = new HttpClient { BaseAddress = _server.Address };
        async Task<string> TicketAsync() => (await _server.Owner.PostAsync("/api/live/tickets", new { }))["ticket"]!;
        async Task<int> OpenAsync(string ticket, string path = "/api/live")
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"{path}?ticket={ticket}");
            request.Headers.Add("Accept", "text/event-stream");
            using var response = await nobody.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancel);
            return (int)response.StatusCode;
        }

        var ticket = await TicketAsync();
        Assert.Equal(401, await OpenAsync(ticket, "/api/occupancy/current"));
        Assert.Equal(200, await OpenAsync(ticket));
        Assert.Equal(401, await OpenAsync(ticket));
        Assert.Equal(401, await OpenAsync("guessed"));
        var late = await TicketAsync();
        _clock.Move(LiveTickets.Lifetime);
        Assert.Equal(401, await OpenAsync(late));
    }

    [Fact]
    public async Task a_live_ticket_ends_with_the_token_that_asked_for_it()
    {
        using var device = await _server.CreateDeviceAsync("club", "d", scopes: ["counts"]);
        var ticket = (await device.PostAsync("/api/live/tickets", new { }))["ticket"];
        await _server.Services.GetRequiredService<TokenService>().RevokeDeviceAsync("d", Cancel);
        using var nobody = new HttpClient { BaseAddress = _server.Address };
        (await nobody.AskAsync($"/api/live?ticket={ticket}")).IsProblem(401, "unauthenticated");
    }

    [Fact]
    public async Task a_person_who_is_not_signed_in_is_sent_to_the_form()
    {
        using var browser = new Browser(_server);
        var page = await browser.Client.AskAsync("/sign-in", request => request.Headers.Add("Accept", "text/html"));
        Assert.Contains("<html lang=\"en\">", page.Text, StringComparison.Ordinal);
        Assert.Contains("name=\"viewport\"", page.Text, StringComparison.Ordinal);
        foreach (var field in new[] { "email", "password" })
        {
            Assert.Contains($"<label for=\"{field}\">", page.Text, StringComparison.Ordinal);
            Assert.Contains($"id=\"{field}\"", page.Text, StringComparison.Ordinal);
        }

        Assert.Equal("text/css", (await browser.Client.AskAsync("/account/account.css")).ContentType);
    }

    [Fact]
    public async Task every_answer_carries_the_headers_that_keep_browsers_in_check()
    {
        using var browser = new Browser(_server);
        var page = await browser.Client.AskAsync("/sign-in");
        Assert.Contains("default-src 'self'", Header(page, "Content-Security-Policy"), StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", Header(page, "Content-Security-Policy"), StringComparison.Ordinal);
        Assert.Equal(("nosniff", "DENY", "no-referrer"), (Header(page, "X-Content-Type-Options"), Header(page, "X-Frame-Options"), Header(page, "Referrer-Policy")));
        foreach (var reply in new[] { await _server.Owner.AskAsync("/api/occupancy/current"), await _server.Owner.AskAsync("/nowhere"), await browser.Client.AskAsync("/api/events") })
        {
            Assert.Equal("nosniff", Header(reply, "X-Content-Type-Options"));
            Assert.Contains("default-src", Header(reply, "Content-Security-Policy"), StringComparison.Ordinal);
        }

        Assert.Equal("no-store", Header(await _server.Owner.AskAsync("/api/occupancy/current"), "Cache-Control"));
    }

    private static string Header(Reply reply, string name) => string.Join(",", reply.Headers.GetValues(name));
}
