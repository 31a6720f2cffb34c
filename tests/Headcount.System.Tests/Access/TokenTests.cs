using Headcount.Core;
using Headcount.Data;
using Headcount.Data.Model;
using Headcount.Server.Access;
using Headcount.Server.Devices;
using Headcount.Server.Problems;
using Headcount.SystemTests.Gate;
using Headcount.SystemTests.Serving;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Headcount.SystemTests.Access;

/// <summary>Bearer tokens: which are good, for what, and until when.</summary>
public sealed class TokenTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private TokenService Tokens => shared.Server.Services.GetRequiredService<TokenService>();

    private async Task<HttpClient> AccountAsync(AccountRole role)
    {
        var id = await shared.Server.Services.GetRequiredService<AccountService>().CreateAsync($"{Guid.NewGuid():N}@example.org", null, role, "a long password", Cancel);
        return shared.Server.ClientFor((await Tokens.IssueForAccountAsync(id, "test", null, Cancel)).Text);
    }

    [Theory]
    [InlineData("ada@example.org", "ada@example.org")]
    [InlineData("Bob@Example.org", "bob@example.org")]
    public async Task a_person_who_is_known_as_an_attendee_can_be_given_an_account(string known, string given)
    {
        var writes = shared.Server.Services.GetRequiredService<IWriteQueue>();
        await writes.WriteAsync(
            async (db, cancellation) =>
            {
                db.Users.Add(new User { UserId = known, Email = known, Name = "A guest", CreatedAt = Instant.Min });
                return await db.SaveChangesAsync(cancellation);
            },
            Cancel);
        var reply = await shared.Server.Owner.PostAsync("/api/accounts", new { email = given, role = "viewer", password = "a long pass phrase" });
        Assert.Equal((201, given), (reply.Status, reply["email"]));
        Assert.Equal(known, await writes.WriteAsync(async (db, cancellation) => (await db.Users.SingleAsync(user => user.Email == given, cancellation)).UserId, Cancel));
        Assert.Equal(409, (await shared.Server.Owner.PostAsync("/api/accounts", new { email = given, role = "viewer", password = "a long pass phrase" })).Status);
    }

    [Fact]
    public async Task a_token_outlives_none_by_which_it_was_made()
    {
        var end = TimeProvider.System.GetUtcNow().AddHours(1).ToString("yyyy-MM-ddTHH:mm:ssZ", null);
        var brief = await shared.Server.Owner.PostAsync("/api/tokens", new { name = "brief", expires_at = end });
        Assert.Equal(201, brief.Status);
        using var client = shared.Server.ClientFor(brief["token"]!);
        var heir = await client.PostAsync("/api/tokens", new { name = "heir" });
        Assert.Equal((201, brief["expires_at"]), (heir.Status, heir["expires_at"]));
        var later = await client.PostAsync("/api/tokens", new { name = "later", expires_at = TimeProvider.System.GetUtcNow().AddHours(2).ToString("yyyy-MM-ddTHH:mm:ssZ", null) });
        Assert.Equal(["expires_at"], later.IsProblem(422, "malformed").WrongFields);
        Assert.Equal(201, (await client.PostAsync("/api/tokens", new { name = "sooner", expires_at = TimeProvider.System.GetUtcNow().AddMinutes(5).ToString("yyyy-MM-ddTHH:mm:ssZ", null) })).Status);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("Bearer ")]
    [InlineData("Bearer hcd_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("Bearer ' OR 1=1 --")]
    [InlineData("Bearer %C3%A9")]
    [InlineData("Basic b3duZXI6b3duZXI=")]
    [InlineData("owner")]
    public async Task without_a_good_token_nothing_is_answered(string? header)
    {
        var venue = await shared.OpenAsync();
        using var client = new HttpClient { BaseAddress = shared.Server.Address };
        if (header is not null) client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", header);
        foreach (var reply in new[] { await client.ScanAsync("T1"), await client.AskAsync("/api/occupancy/current"), await client.AskAsync($"/api/events/{venue.Slug}"), await client.PostAsync("/api/events", new { }) })
        {
            reply.IsProblem(401, "unauthenticated");
            Assert.StartsWith("Bearer", reply.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
        }

        Assert.Empty(await venue.LogAsync());
    }

    [Fact]
    public async Task a_token_that_is_too_long_is_no_token()
    {
        using var client = shared.Server.ClientFor(new string('a', 8_000));
        (await client.AskAsync("/api/events")).IsProblem(401, "unauthenticated");
    }

    [Fact]
    public async Task two_tokens_are_none()
    {
        using var client = new HttpClient { BaseAddress = shared.Server.Address };
        var reply = await client.AskAsync("/api/events", request => request.Headers.TryAddWithoutValidation("Authorization", [$"Bearer {shared.Server.OwnerToken}", $"Bearer {shared.Server.OwnerToken}"]));
        reply.IsProblem(401, "unauthenticated");
    }

    [Fact]
    public async Task the_scheme_is_taken_in_any_letter_case()
    {
        using var client = new HttpClient { BaseAddress = shared.Server.Address };
        Assert.Equal(200, (await client.AskAsync("/api/events", request => request.Headers.TryAddWithoutValidation("Authorization", $"bEARER  {shared.Server.OwnerToken}"))).Status);
    }

    [Fact]
    public async Task a_revoked_token_is_refused_from_the_next_request_on()
    {
        var venue = await shared.OpenAsync();
        using var first = await venue.DeviceAsync();
        var second = await Tokens.IssueForDeviceAsync(venue.DeviceId(), "second", null, Cancel);
        using var client = venue.Server.ClientFor(second.Text);
        Assert.Equal(200, (await client.ScanAsync("T1")).Status);
        Assert.True(await Tokens.RevokeAsync(second.TokenId, Cancel));
        (await client.ScanAsync("T1", type: "exit")).IsProblem(401, "unauthenticated");
        Assert.Equal(200, (await first.ScanAsync("T1", type: "exit")).Status);
        Assert.False(await Tokens.RevokeAsync(second.TokenId, Cancel));
    }

    [Fact]
    public async Task a_rotated_token_ends_and_its_successor_is_good()
    {
        var venue = await shared.OpenAsync();
        using var gate = await venue.DeviceAsync();
        var issued = await Tokens.IssueForDeviceAsync(venue.DeviceId(), "rotating", null, Cancel);
        var next = await Tokens.RotateAsync(issued.TokenId, Cancel);
        using var before = venue.Server.ClientFor(issued.Text);
        using var after = venue.Server.ClientFor(next!.Text);
        (await before.ScanAsync("T1")).IsProblem(401, "unauthenticated");
        Assert.Equal(200, (await after.ScanAsync("T1")).Status);
        Assert.Null(await Tokens.RotateAsync(issued.TokenId, Cancel));
    }

    [Fact]
    public async Task a_revoked_devices_tokens_all_end()
    {
        var venue = await shared.OpenAsync();
        using var first = await venue.DeviceAsync();
        using var second = venue.Server.ClientFor((await Tokens.IssueForDeviceAsync(venue.DeviceId(), "second", null, Cancel)).Text);
        Assert.True(await Tokens.RevokeDeviceAsync(venue.DeviceId(), Cancel));
        (await first.ScanAsync("T1")).IsProblem(401, "unauthenticated");
        (await second.ScanAsync("T1")).IsProblem(401, "unauthenticated");
        await Assert.ThrowsAsync<ProblemException>(() => Tokens.IssueForDeviceAsync(venue.DeviceId(), "third", null, Cancel));
    }

    [Fact]
    public async Task tokens_expire_while_the_server_runs_and_stay_as_they_were_over_a_restart()
    {
        var clock = new MovedClock();
        var folder = Directory.CreateTempSubdirectory("headcount-server-").FullName;
        IssuedToken lasting, expiring, revoked;
        Task<RunningServer> StartAsync() => RunningServer.StartAsync(options => options with { Adjust = builder => builder.Services.AddSingleton<TimeProvider>(clock) }, folder);
        await using (var server = await StartAsync())
        {
            await server.CreateEventAsync();
            using var device = await server.CreateDeviceAsync("club", "d");
            var tokens = server.Services.GetRequiredService<TokenService>();
            lasting = await tokens.IssueForDeviceAsync("d", "lasting", null, Cancel);
            expiring = await tokens.IssueForDeviceAsync("d", "expiring", (Instant)clock.GetUtcNow().AddHours(1), Cancel);
            revoked = await tokens.IssueForDeviceAsync("d", "revoked", null, Cancel);
            await tokens.RevokeAsync(revoked.TokenId, Cancel);
            Assert.Equal((int[])[200, 200, 401], await StatusesAsync(server, lasting, expiring, revoked));
        }

        await using (var server = await StartAsync())
        {
            Assert.Equal((int[])[200, 200, 401], await StatusesAsync(server, lasting, expiring, revoked));
            clock.Move(TimeSpan.FromHours(1));
            Assert.Equal((int[])[200, 401, 401], await StatusesAsync(server, lasting, expiring, revoked));
        }

        Directory.Delete(folder, recursive: true);
    }

    private static async Task<int[]> StatusesAsync(RunningServer server, params IssuedToken[] tokens)
    {
        var statuses = new List<int>();
        foreach (var token in tokens)
        {
            using var client = server.ClientFor(token.Text);
            statuses.Add((await client.ScanAsync("x", type: "exit")).Status);
        }

        return [.. statuses];
    }

    [Fact]
    public async Task a_device_speaks_for_its_own_event_only()
    {
        var (mine, other) = (await shared.OpenAsync(), await shared.OpenAsync());
        using var gate = await mine.DeviceAsync(scopes: ["counts", "supervise"]);
        (await gate.ScanAsync("T1", query: $"?event={other.Slug}")).IsProblem(403, "forbidden");
        (await gate.ScanAsync("T1", query: "?event=nowhere")).IsProblem(403, "forbidden");
        (await gate.AskAsync($"/api/scans?event={other.Slug}")).IsProblem(403, "forbidden");
        Assert.Equal(200, (await gate.ScanAsync("T1", query: $"?event={mine.Slug}")).Status);
        Assert.Empty(await other.LogAsync());
    }

    [Fact]
    public async Task whoever_has_no_event_names_one_or_means_the_only_one()
    {
        await using var server = await RunningServer.StartAsync();
        (await server.Owner.AskAsync("/api/occupancy/current")).IsProblem(404, "not_found");
        await server.CreateEventAsync("first");
        Assert.Equal("first", (await server.Owner.AskAsync("/api/occupancy/current"))["event"]);
        await server.CreateEventAsync("second");
        (await server.Owner.AskAsync("/api/occupancy/current")).IsProblem(404, "not_found");
        Assert.Equal("first", (await server.Owner.AskAsync("/api/occupancy/current?event=first"))["event"]);
        await server.Owner.PostAsync("/api/events/first/archive", new { });
        Assert.Equal("second", (await server.Owner.AskAsync("/api/occupancy/current"))["event"]);
    }

    [Theory]
    [InlineData(AccountRole.Viewer, 403, 200, 403, 403)]
    [InlineData(AccountRole.Steward, 200, 200, 403, 403)]
    [InlineData(AccountRole.Supervisor, 200, 200, 200, 403)]
    [InlineData(AccountRole.Organiser, 200, 200, 200, 422)]
    [InlineData(AccountRole.Owner, 200, 200, 200, 422)]
    public async Task a_role_may_what_the_ones_before_it_may(AccountRole role, int scan, int counts, int lookUp, int organise)
    {
        var venue = await shared.OpenAsync();
        using var client = await AccountAsync(role);
        Assert.Equal(
            [scan, counts, lookUp, organise],
            new[]
            {
                await client.ScanAsync("T1", query: $"?event={venue.Slug}"), await client.AskAsync($"/api/occupancy/current?event={venue.Slug}"),
                await client.AskAsync($"/api/tickets/T1?event={venue.Slug}"), await client.PostAsync("/api/events", new { }),
            }.Select(reply => reply.Status));
    }

    [Fact]
    public async Task a_changed_role_holds_at_once_and_an_account_without_one_is_nobody()
    {
        var accounts = shared.Server.Services.GetRequiredService<AccountService>();
        var venue = await shared.OpenAsync();
        var id = await accounts.CreateAsync("changing@example.org", null, AccountRole.Supervisor, "a long password", Cancel);
        using var client = shared.Server.ClientFor((await Tokens.IssueForAccountAsync(id, "test", null, Cancel)).Text);
        Assert.Equal(200, (await client.AskAsync($"/api/tickets/T1?event={venue.Slug}")).Status);
        await accounts.ChangeRoleAsync(id, AccountRole.Viewer, Cancel);
        (await client.AskAsync($"/api/tickets/T1?event={venue.Slug}")).IsProblem(403, "forbidden");
        await accounts.ChangeRoleAsync(id, null, Cancel);
        (await client.AskAsync($"/api/occupancy/current?event={venue.Slug}")).IsProblem(401, "unauthenticated");
    }

    [Fact]
    public async Task the_last_owner_stays_one()
    {
        await using var server = await RunningServer.StartAsync();
        var owner = server.Services.GetRequiredService<AccountTable>().FindOwner()!.UserId;
        var problem = await Assert.ThrowsAsync<ProblemException>(() => server.Services.GetRequiredService<AccountService>().ChangeRoleAsync(owner, AccountRole.Viewer, Cancel));
        Assert.Equal(409, problem.Status);
        Assert.Equal(422, (await server.Owner.PostAsync("/api/events", new { })).Status);
    }

    [Fact]
    public void every_endpoint_under_api_says_whom_it_is_for()
    {
        var silent = shared.Server.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.RoutePattern.RawText!.StartsWith("/api", StringComparison.Ordinal) && endpoint.Metadata.GetMetadata<RequiredRightAttribute>() is null && endpoint.Metadata.GetMetadata<OpenToAll>() is null)
            .Select(endpoint => endpoint.RoutePattern.RawText);
        Assert.Empty(silent);
    }

    [Fact]
    public async Task whoever_keeps_trying_is_slowed_down_and_a_good_token_from_there_is_not()
    {
        await using var server = await RunningServer.StartAsync(options => options with { Adjust = builder => builder.Services.AddSingleton(new RateLimits { FailuresPerSecond = 1, FailureBurst = 3 }) });
        using var stranger = server.ClientFor("hcd_wrong");
        for (var i = 0; i < 3; i++) (await stranger.AskAsync("/api/events")).IsProblem(401, "unauthenticated");
        Assert.NotNull((await stranger.AskAsync("/api/events")).IsProblem(429, "too_many_requests").Headers.RetryAfter);
        Assert.Equal(200, (await server.Owner.AskAsync("/api/events")).Status);
    }
}
