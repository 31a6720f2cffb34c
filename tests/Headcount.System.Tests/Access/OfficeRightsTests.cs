using System.Net;
using Headcount.Data.Model;
using Headcount.Server.Access;
using Headcount.Server.Accounts;
using Headcount.SystemTests.Gate;
using Headcount.SystemTests.Serving;
using Microsoft.Extensions.DependencyInjection;

namespace Headcount.SystemTests.Access;

/// <summary>Who may open which page of the office, and what a member of one organisation may at the events of another: nothing.</summary>
public sealed class OfficeRightsTests
{
    private const string Password = "correct horse battery";

    private static readonly string[] Roles = ["nobody", "none", "viewer", "steward", "supervisor", "organiser", "owner"];

    // A page, and everybody who is shown it.
    private static readonly (string Page, string Allowed)[] Pages =
    [
        ("/", "viewer steward supervisor organiser owner"),
        ("/office", "viewer steward supervisor organiser owner"),
        ("/office/events/club", "viewer steward supervisor organiser owner"),
        ("/office/events/new", "organiser owner"),
        ("/office/events/new?copy=club", "organiser owner"),
        ("/office/events/club/settings", "organiser owner"),
        ("/office/events/club/gates", "organiser owner"),
        ("/office/events/club/types", "organiser owner"),
        ("/office/events/club/devices", "organiser owner"),
        ("/office/events/club/live", "viewer steward supervisor organiser owner"),
        ("/office/events/club/log", "viewer steward supervisor organiser owner"),
        ("/office/events/club/then", "viewer steward supervisor organiser owner"),
        ("/office/events/club/reports", "viewer steward supervisor organiser owner"),
        ("/office/events/club/evacuation", "steward supervisor organiser owner"),
        ("/office/events/club/evacuation/print", "supervisor organiser owner"),
        ("/office/events/club/review", "supervisor organiser owner"),
        ("/office/events/club/audit", "organiser owner"),
        ("/office/audit", "owner"),
        ("/office/events/club/tickets", "supervisor organiser owner"),
        ("/office/events/club/tickets/one?id=T1", "supervisor organiser owner"),
        ("/office/events/club/tickets/import", "organiser owner"),
        ("/office/events/club/tickets/print?vip=1", "supervisor organiser owner"),
        ("/office/events/club/tickets/export?format=csv", "organiser owner"),
        ("/office/events/club/tickets/export?format=xlsx&presence=inside", "organiser owner"),
        ("/office/events/club/tickets/person?ticket_id=T1", "organiser owner"),
        ("/office/events/club/devices/d1/offline", "supervisor organiser owner"),
        ("/office/people", "owner"),
        ("/office/server", "server-owner"),
        ("/office/account", "none viewer steward supervisor organiser owner"),
    ];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task every_role_is_shown_what_the_table_says_and_nothing_else(bool asMember)
    {
        await using var server = await RunningServer.StartAsync();
        await server.CreateEventAsync();
        await server.ImportTicketsAsync("club", [new { ticket_id = "T1" }]);
        var wrong = new List<string>();
        foreach (var role in Roles)
        {
            using var browser = await BrowserAsync(server, role, asMember);
            foreach (var (page, allowed) in Pages)
            {
                var reply = await browser.Client.AskAsync(page, request => request.Headers.Add("Accept", "text/html"));
                var may = allowed.Split(' ').Contains(role) || (allowed == "server-owner" && role == "owner" && !asMember);
                var expected = may ? 200 : role == "nobody" ? 302 : 403;
                if (reply.Status != expected) wrong.Add($"{page} as {role}: {reply.Status} instead of {expected}");
            }
        }

        Assert.Empty(wrong);
    }

    [Fact]
    public async Task a_member_of_one_organisation_sees_nothing_of_another()
    {
        await using var server = await RunningServer.StartAsync();
        await server.CreateEventAsync();
        var members = server.Services.GetRequiredService<MemberService>();
        var owner = Caller.OfAccount("owner", "owner", AccountRole.Owner, new Dictionary<long, AccountRole>());
        var other = await members.CreateOrganisationAsync(owner, "Other", Cancel);
        using var browser = await BrowserAsync(server, "organiser", asMember: true, other);
        Assert.DoesNotContain("club", (await browser.Client.AskAsync("/api/events")).Text, StringComparison.Ordinal);
        foreach (var path in new[] { "/api/events/club", "/api/occupancy/current?event=club", "/api/occupancy/current", "/api/events/club/tickets", "/api/events/club/devices", "/api/gates?event=club", "/office/events/club", "/office/events/club/devices", "/office/events/club/reports", "/office/events/club/log", "/api/events/club/report", "/api/events/club/audit", "/api/events/club/roll-call", "/office/events/club/tickets", "/office/events/club/tickets/one?id=T1", "/office/events/club/tickets/export", "/office/events/club/tickets/print", "/office/events/club/tickets/person?ticket_id=T1" })
            Assert.Equal((path, 404), (path, (await browser.Client.AskAsync(path, request => request.Headers.Add("Accept", "text/html"))).Status));

        // What they make belongs to theirs, and there they may what their role says.
        Assert.Equal(201, (await browser.Client.PostAsync("/api/events", new { slug = "own", name = "Own", zone = "UTC", capacity = 5 }, browser.SameOrigin)).Status);
        Assert.Equal(200, (await browser.Client.AskAsync("/api/occupancy/current")).Status);
        Assert.Equal(403, (await browser.Client.AskAsync("/api/accounts")).Status);
        using var viewer = await BrowserAsync(server, "viewer", asMember: true, other);
        Assert.Equal(200, (await viewer.Client.AskAsync("/api/events/own")).Status);
        Assert.Equal(403, (await viewer.Client.PostAsync("/api/events/own/archive", new { }, viewer.SameOrigin)).Status);
    }

    [Fact]
    public async Task without_the_role_there_is_no_office_and_signing_in_works_all_the_same()
    {
        await using var server = await RunningServer.StartAsync(options => options with { Roles = new HashSet<string> { "gate" } });
        await server.CreateEventAsync();
        using var browser = await BrowserAsync(server, "viewer", asMember: false);
        Assert.Equal(404, (await browser.Client.AskAsync("/office")).Status);
        Assert.Equal(404, (await browser.Client.AskAsync("/_blazor")).Status);
        Assert.Equal(200, (await browser.Client.AskAsync("/")).Status);
        Assert.DoesNotContain(server.Services.GetServices<global::Headcount.Engine.IEventListener>(), listener => listener.GetType().Namespace == "Headcount.Server.Office");
    }

    [Fact]
    public async Task the_pages_policy_allows_no_script_but_files_of_the_server()
    {
        await using var server = await RunningServer.StartAsync();
        using var browser = await BrowserAsync(server, "viewer", asMember: false);
        var reply = await browser.Client.AskAsync("/office");
        var policy = Assert.Single(reply.Headers.GetValues("Content-Security-Policy"));
        Assert.Contains("default-src 'self'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("script-src", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe-eval", policy, StringComparison.Ordinal);
        Assert.DoesNotMatch("<script(?! (type=\"module\" )?src=\"/)", reply.Text);
    }

    private static async Task<Browser> BrowserAsync(RunningServer server, string role, bool asMember, long organisation = Organisation.First)
    {
        var browser = new Browser(server);
        if (role == "nobody") return browser;
        var accounts = server.Services.GetRequiredService<AccountService>();
        var email = $"{role}-{organisation}@example.org";
        AccountRole? given = role == "none" ? null : Enum.Parse<AccountRole>(role, ignoreCase: true);
        var userId = await accounts.CreateAsync(email, null, asMember ? null : given, Password, Cancel, user => user.EmailConfirmedAt = server.Services.GetRequiredService<TimeProvider>().GetUtcNow());
        if (asMember && given is not null) await server.Services.GetRequiredService<MemberService>().PutAsync(organisation, userId, given, null, Cancel);
        Assert.Equal((int)HttpStatusCode.SeeOther, (await browser.SignInAsync(email, Password)).Status);
        return browser;
    }
}
