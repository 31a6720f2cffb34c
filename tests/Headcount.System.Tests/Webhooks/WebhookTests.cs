using System.Diagnostics;
using System.Net;
using Headcount.Core;
using Headcount.Data;
using Headcount.Server.Webhooks;
using Headcount.SystemTests.Serving;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Headcount.SystemTests.Webhooks;

/// <summary>Webhooks of a whole server, with a real receiver.</summary>
public abstract class WebhookContract : ServingContract
{
    private static readonly string[] Log = ["scan.accepted", "scan.rejected", "scan.recorded", "day.closed"];

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    private async Task<RunningServer> StartAsync(string? folder = null, WebhookLimits? limits = null) => await StartAsync(WebhookVenue.Options(limits), folder);

    [Fact]
    public async Task every_topic_of_the_log_arrives_in_its_order_and_signed()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var server = await StartAsync();
        var venue = await OpenVenue.CreateAsync(server);
        await venue.EnterAsync("T1");
        var webhook = await venue.SubscribeAsync(receiver.Address, Log);

        await venue.EnterAsync("T2", "B");
        await venue.EnterAsync("T2");
        await venue.ReportAsync("T3", ScanType.Entry, OpenVenue.Now);
        await venue.Mailbox.AnnulAsync(1, "owner", "test");
        await venue.Mailbox.CloseDayAsync(null, "owner@localhost");

        var items = await receiver.ItemsAsync(4);
        Assert.Equal([(2, "scan.accepted"), (3, "scan.rejected"), (4, "scan.recorded"), (6, "day.closed")], items.Select(item => ((int)item.Seq, item.Topic)));
        Assert.Equal(("T2", "B", "GENERAL", "entry"), (items[0].Text("ticket_id"), items[0].Text("gate"), items[0].Text("ticket_type"), items[0].Text("scan_type")));
        Assert.Equal("already_inside", items[1].Text("reason"));
        Assert.Equal("owner@localhost", items[3].Text("by"));
        Assert.Equal(0, items[3].Json.GetProperty("occupancy").GetInt32());

        await venue.EnterAsync("T9");
        var last = await receiver.NextAsync();
        Assert.Equal(("club", "scan.accepted", "application/json"), (last.Headers["Headcount-Event"], last.Headers["Headcount-Topic"], last.Headers["Content-Type"]));
        Assert.Equal(7, last.Json.GetProperty("seq").GetInt64());
        var signature = last.Headers["Headcount-Signature"];
        var unix = long.Parse(signature.Split(',')[0]["t=".Length..], System.Globalization.CultureInfo.InvariantCulture);
        Assert.InRange(OpenVenue.Now.Microseconds / 1_000_000 - unix, 0, 60);
        Assert.Equal(signature, WebhookSignature.Of(webhook.GetProperty("secret").GetString()!, unix, last.Body));
    }

    [Fact]
    public async Task only_the_topics_that_were_asked_for_arrive()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var server = await StartAsync();
        var venue = await OpenVenue.CreateAsync(server);
        await venue.SubscribeAsync(receiver.Address, "scan.rejected");
        await venue.EnterAsync("T1");
        await venue.EnterAsync("T1");
        await venue.LeaveAsync("T1");
        await venue.EnterAsync("nobody");
        var items = await receiver.ItemsAsync(2);
        Assert.Equal([(2, "already_inside"), (4, "unknown_ticket")], items.Select(item => ((int)item.Seq, item.Text("reason")!)));
    }

    [Fact]
    public async Task a_receiver_that_fails_gets_the_same_delivery_again_and_what_follows_waits()
    {
        await using var receiver = await Receiver.StartAsync();
        var failures = 3;
        receiver.Answer = (context, _) =>
        {
            if (Interlocked.Decrement(ref failures) >= 0) context.Response.StatusCode = 500;
            return Task.CompletedTask;
        };
        await using var server = await StartAsync();
        var venue = await OpenVenue.CreateAsync(server);
        var webhook = await venue.SubscribeAsync(receiver.Address, Log);
        await venue.EnterAsync("T1");
        var first = await receiver.NextAsync();
        await venue.EnterAsync("T2");
        var (second, third, fourth) = (await receiver.NextAsync(), await receiver.NextAsync(), await receiver.NextAsync());
        Assert.Equal([first.Delivery, first.Delivery, first.Delivery, first.Delivery], [first.Delivery, second.Delivery, third.Delivery, fourth.Delivery]);
        Assert.Equal([1, 2, 3, 4], [first.Attempt, second.Attempt, third.Attempt, fourth.Attempt]);
        Assert.Equal(first.Body, fourth.Body);
        var next = await receiver.NextAsync();
        Assert.Equal([2L], next.Items.Select(item => item.Seq));

        var deliveries = await venue.UntilAsync($"{venue.PathOf(webhook)}/deliveries?state=delivered", answer => answer.GetProperty("deliveries").GetArrayLength() == 2);
        var taken = deliveries.GetProperty("deliveries")[1];
        Assert.Equal((first.Delivery, 4, 200), (taken.GetProperty("delivery_id").GetInt64(), taken.GetProperty("attempts").GetInt32(), taken.GetProperty("last_status").GetInt32()));
    }

    [Fact]
    public async Task while_a_receiver_is_down_everything_waits_and_that_is_seen()
    {
        await using var server = await StartAsync();
        var venue = await OpenVenue.CreateAsync(server);
        var receiver = await Receiver.StartAsync();
        var address = receiver.Address;
        await receiver.DisposeAsync();

        var webhook = await venue.SubscribeAsync(address, Log);
        for (var i = 1; i <= 30; i++) await venue.EnterAsync($"T{i}");
        var standing = await venue.UntilAsync(venue.PathOf(webhook), answer => answer.GetProperty("failures").GetInt32() >= 2);
        Assert.True(standing.GetProperty("waiting").GetInt32() > 0);
        Assert.Contains("refused", standing.GetProperty("last_error").GetString(), StringComparison.OrdinalIgnoreCase);
        Assert.NotNull(standing.GetProperty("failing_since").GetString());

        await using var back = await Receiver.StartAsync(address.Port);
        var items = await back.ItemsAsync(30);
        Assert.Equal(Enumerable.Range(1, 30), items.Select(item => (int)item.Seq));
        await venue.UntilAsync(venue.PathOf(webhook), answer => answer.GetProperty("failures").GetInt32() == 0 && answer.GetProperty("waiting").GetInt32() == 0);
    }

    [Fact]
    public async Task a_restart_of_the_server_loses_nothing()
    {
        // Most of it waits in the log.
        var few = WebhookVenue.Quick with { MostItems = 10, MostWaiting = 2 };
        var folder = Directory.CreateTempSubdirectory("headcount-webhooks-");
        try
        {
            await using var receiver = await Receiver.StartAsync();
            receiver.Answer = (context, _) =>
            {
                context.Response.StatusCode = 503;
                return Task.CompletedTask;
            };
            await using (var server = await StartAsync(folder.FullName, few))
            {
                var venue = await OpenVenue.CreateAsync(server);
                await venue.SubscribeAsync(receiver.Address, [.. Log, "ticket.changed", "alert"]);
                for (var i = 1; i <= 85; i++) await venue.EnterAsync($"T{i}");
                await server.ImportTicketsAsync("club", [new { ticket_id = "T7", status = "revoked" }]);
                await receiver.NextAsync();
                await server.StopAsync();
            }

            while (!receiver.IsQuiet) await receiver.NextAsync();
            receiver.Answer = (_, _) => Task.CompletedTask;
            await using (var server = await StartAsync(folder.FullName, few))
            {
                // Nobody opens the event: what is owed is sent all the same.
                var items = new List<Item>();
                while (items.Count(item => item.Topic == "scan.accepted") < 85 || items.All(item => item.Topic != "alert") || items.All(item => item.Topic != "ticket.changed"))
                {
                    items.AddRange((await receiver.NextAsync()).Items);
                }

                var scans = items.Where(item => item.Topic == "scan.accepted").Select(item => item.Seq).ToList();
                Assert.Equal(Enumerable.Range(1, 85), scans.Distinct().Select(seq => (int)seq));
                Assert.Equal(["T7", "revoked"], items.Where(item => item.Topic == "ticket.changed").SelectMany(item => new[] { item.Text("ticket_id"), item.Text("status") }));
                var alert = items.Single(item => item.Topic == "alert");
                Assert.Equal(("occupancy", 80), (alert.Text("kind"), alert.Json.GetProperty("level").GetInt32()));
                Assert.True(items.FindIndex(item => item.Topic == "alert") > items.FindIndex(item => item.Topic == "scan.accepted" && item.Seq == 80));

                var venue = await OpenVenue.FindAsync(server);
                await venue.EnterAsync("T90");
                Assert.Equal(86, (await receiver.ItemsAsync(1))[0].Seq);
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task an_alert_comes_after_the_scan_that_raised_it_and_says_so_when_it_is_over()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var server = await StartAsync();
        var venue = await OpenVenue.CreateAsync(server, capacity: 4);
        await venue.SubscribeAsync(receiver.Address, "scan.accepted", "alert");
        for (var i = 1; i <= 4; i++) await venue.EnterAsync($"T{i}");
        var items = await receiver.ItemsAsync(7);
        Assert.Equal(["scan.accepted", "scan.accepted", "scan.accepted", "scan.accepted", "alert", "alert", "alert"], items.Select(item => item.Topic));
        Assert.Equal([1, 2, 3, 4, 4, 4, 4], items.Select(item => item.Seq));
        Assert.Equal([80, 90, 100], items.Skip(4).Select(item => item.Json.GetProperty("level").GetInt32()));
        for (var i = 1; i <= 4; i++) await venue.LeaveAsync($"T{i}");
        var after = await receiver.ItemsAsync(7);
        Assert.Equal(["cleared", "cleared", "cleared"], after.Where(item => item.Topic == "alert").Select(item => item.Text("state")));
    }

    [Fact]
    public async Task a_thousand_scans_a_second_are_bundled_and_none_is_missing()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var server = await StartAsync(limits: new WebhookLimits());
        var venue = await OpenVenue.CreateAsync(server, capacity: 100_000);
        await venue.SubscribeAsync(receiver.Address, Log);
        var began = Stopwatch.GetTimestamp();
        await venue.ReportManyAsync(20_000, "F");
        var items = await receiver.ItemsAsync(20_000);
        var took = Stopwatch.GetElapsedTime(began);
        Assert.Equal(Enumerable.Range(1, 20_000), items.Select(item => (int)item.Seq));
        Assert.True(took < TimeSpan.FromSeconds(20), $"20,000 scans took {took.TotalSeconds:0.0} s to be delivered.");
    }

    [Fact]
    public async Task a_receiver_that_never_answers_holds_up_neither_gates_nor_other_webhooks()
    {
        await using var slow = await Receiver.StartAsync();
        await using var quick = await Receiver.StartAsync();
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var released = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        slow.Answer = async (_, _) =>
        {
            asked.TrySetResult();
            await released.Task;
        };
        await using var server = await StartAsync(limits: WebhookVenue.Quick with { Timeout = TimeSpan.FromMinutes(1), MostRequests = 2, MostRepeatedRequests = 1 });
        var venue = await OpenVenue.CreateAsync(server, capacity: 10_000);
        await venue.SubscribeAsync(slow.Address, Log);
        await venue.SubscribeAsync(quick.Address, Log);
        await venue.EnterAsync("T1");
        await asked.Task.WaitAsync(TimeSpan.FromSeconds(30), Ended);
        var slowest = TimeSpan.Zero;
        for (var i = 2; i <= 200; i++)
        {
            var began = Stopwatch.GetTimestamp();
            await venue.EnterAsync($"T{i}");
            var took = Stopwatch.GetElapsedTime(began);
            if (took > slowest) slowest = took;
        }

        Assert.Equal(Enumerable.Range(1, 200), (await quick.ItemsAsync(200)).Select(item => (int)item.Seq));
        Assert.True(slow.IsQuiet);
        Assert.True(slowest < TimeSpan.FromSeconds(5), $"A scan took {slowest}.");
        released.SetResult();
        Assert.Equal(Enumerable.Range(1, 200), (await slow.ItemsAsync(200)).Select(item => (int)item.Seq));
    }

    [Fact]
    public async Task what_is_not_taken_for_too_long_is_given_up_seen_and_can_be_repeated()
    {
        await using var receiver = await Receiver.StartAsync();
        receiver.Answer = (context, _) =>
        {
            context.Response.StatusCode = 500;
            return Task.CompletedTask;
        };
        await using var server = await StartAsync(limits: WebhookVenue.Quick with { GiveUpAfter = TimeSpan.FromMilliseconds(150) });
        var venue = await OpenVenue.CreateAsync(server);
        var webhook = await venue.SubscribeAsync(receiver.Address, Log);
        await venue.EnterAsync("T1");
        var failed = await venue.UntilAsync($"{venue.PathOf(webhook)}/deliveries?state=failed", answer => answer.GetProperty("deliveries").GetArrayLength() == 1);
        var given = failed.GetProperty("deliveries")[0];
        Assert.Equal(500, given.GetProperty("last_status").GetInt32());
        Assert.True(given.GetProperty("attempts").GetInt32() >= 2);

        while (!receiver.IsQuiet) await receiver.NextAsync();
        receiver.Answer = (_, _) => Task.CompletedTask;
        var path = $"{venue.PathOf(webhook)}/deliveries/{given.GetProperty("delivery_id").GetInt64()}";
        var repeated = await venue.PostAsync(path + "/repeat", HttpStatusCode.Accepted);
        var again = await receiver.NextAsync();
        Assert.Equal((repeated.GetProperty("delivery_id").GetInt64(), 1L), (again.Delivery, again.Items[0].Seq));
        Assert.Equal(again.Json.ToString(), (await venue.GetAsync(path)).GetProperty("body").ToString());
    }

    [Fact]
    public async Task a_redirect_is_not_followed()
    {
        await using var receiver = await Receiver.StartAsync();
        receiver.Answer = (context, _) =>
        {
            context.Response.Redirect("/elsewhere", permanent: false, preserveMethod: true);
            return Task.CompletedTask;
        };
        await using var server = await StartAsync();
        var venue = await OpenVenue.CreateAsync(server, tickets: 0);
        var webhook = await venue.SubscribeAsync(receiver.Address, "alert");
        var tried = await venue.PostAsync(venue.PathOf(webhook) + "/test");
        Assert.Equal((false, 307, "answered 307: redirects are not followed"), (tried.GetProperty("delivered").GetBoolean(), tried.GetProperty("status").GetInt32(), tried.GetProperty("last_error").GetString()));
        Assert.Equal("/hook", (await receiver.NextAsync()).Path);
        Assert.True(receiver.IsQuiet);
    }

    [Fact]
    public async Task an_endless_answer_is_not_read()
    {
        await using var receiver = await Receiver.StartAsync();
        var cut = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        receiver.Answer = async (context, _) =>
        {
            context.RequestAborted.Register(() => cut.TrySetResult());
            var junk = new byte[64 * 1024];
            try
            {
                while (!context.RequestAborted.IsCancellationRequested) await context.Response.Body.WriteAsync(junk, context.RequestAborted);
            }
            catch (OperationCanceledException)
            {
            }
        };
        await using var server = await StartAsync();
        var venue = await OpenVenue.CreateAsync(server, tickets: 0);
        var webhook = await venue.SubscribeAsync(receiver.Address, "alert");
        var tried = await venue.PostAsync(venue.PathOf(webhook) + "/test");
        Assert.True(tried.GetProperty("delivered").GetBoolean());
        await cut.Task.WaitAsync(TimeSpan.FromSeconds(30), Ended);
    }

    [Fact]
    public async Task switched_off_it_collects_nothing_and_a_new_secret_signs_from_then_on()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var server = await StartAsync();
        var venue = await OpenVenue.CreateAsync(server);
        var webhook = await venue.SubscribeAsync(receiver.Address, Log);
        var path = venue.PathOf(webhook);
        Assert.False((await venue.PatchAsync(path, new { enabled = false })).GetProperty("enabled").GetBoolean());
        await venue.EnterAsync("T1");
        var changed = await venue.PatchAsync(path, new { enabled = true, rotate_secret = true });
        await venue.EnterAsync("T2");
        var request = await receiver.NextAsync();
        Assert.Equal([2L], request.Items.Select(item => item.Seq));
        var secret = changed.GetProperty("secret").GetString()!;
        Assert.NotEqual(webhook.GetProperty("secret").GetString(), secret);
        var signature = request.Headers["Headcount-Signature"];
        Assert.Equal(signature, WebhookSignature.Of(secret, long.Parse(signature.Split(',')[0][2..], System.Globalization.CultureInfo.InvariantCulture), request.Body));
        Assert.False((await venue.GetAsync(path)).TryGetProperty("secret", out _));

        Assert.Equal(HttpStatusCode.NoContent, (await server.Owner.DeleteAsync(path, Ended)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await server.Owner.GetAsync(path, Ended)).StatusCode);
        await venue.EnterAsync("T3");
        Assert.True(receiver.IsQuiet);
    }

    [Fact]
    public async Task a_changed_ticket_is_told_without_whose_it_is()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var server = await StartAsync();
        var venue = await OpenVenue.CreateAsync(server);
        await venue.SubscribeAsync(receiver.Address, "ticket.changed");
        await server.ImportTicketsAsync("club", [new { ticket_id = "T1", user_id = "U1", status = "revoked" }]);
        var request = await receiver.NextAsync();
        Assert.Equal(("T1", "revoked", "GENERAL"), (request.Items[0].Text("ticket_id"), request.Items[0].Text("status"), request.Items[0].Text("ticket_type")));
        Assert.DoesNotContain("U1", System.Text.Encoding.UTF8.GetString(request.Body), StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_changed_ticket_is_written_down_to_be_told_before_the_change_is_answered()
    {
        await using var receiver = await Receiver.StartAsync();
        receiver.Answer = (context, _) =>
        {
            context.Response.StatusCode = 503;
            return Task.CompletedTask;
        };
        await using var server = await StartAsync(limits: WebhookVenue.Quick with { MostItems = 1, MostTicketDeliveries = 2 });
        var venue = await OpenVenue.CreateAsync(server);
        var webhook = await venue.SubscribeAsync(receiver.Address, "ticket.changed");
        await venue.SubscribeAsync(receiver.Address, "alert");
        await venue.PatchAsync("/api/tickets/T1", new { status = "revoked" });
        Assert.Equal(1, await KeptAsync());
        await server.ImportTicketsAsync("club", [new { ticket_id = "T2", status = "revoked" }, new { ticket_id = "T3", status = "revoked" }]);
        Assert.Equal(3, await KeptAsync());

        // So many wait that it is told of the rest together.
        await venue.UntilAsync(venue.PathOf(webhook), answer => answer.GetProperty("waiting").GetInt32() == 3);
        await server.ImportTicketsAsync("club", Enumerable.Range(4, 50).Select(i => new { ticket_id = $"T{i}", status = "revoked" }));
        Assert.Equal(4, await KeptAsync());
        receiver.Answer = (_, _) => Task.CompletedTask;
        var told = new List<string?>();
        while (told.Count == 0 || told[^1] is not null) told.Add((await receiver.NextAsync()).Items[0].Text("ticket_id"));
        Assert.Equal(["T1", "T2", "T3", null], told.Distinct());

        async Task<int> KeptAsync()
        {
            await using var db = server.Services.GetRequiredService<IDbReader>().Open();
            return await db.WebhookDeliveries.CountAsync(Ended);
        }
    }
}

public sealed class WebhookTests : WebhookContract;

public sealed class PostgresWebhookTests : WebhookContract
{
    private readonly PostgresDatabases _databases = new();

    protected override ValueTask<string?> DatabaseAsync(string? folder) => _databases.FindAsync(folder);
}
