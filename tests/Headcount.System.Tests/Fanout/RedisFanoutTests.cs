using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using System.Threading.Channels;
using Headcount.Core;
using Headcount.Data;
using Headcount.Data.Model;
using Headcount.Server.Fanout;
using Headcount.SystemTests.Serving;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;

namespace Headcount.SystemTests.Fanout;

/// <summary>A whole server with a real Redis.</summary>
public sealed class RedisFanoutTests
{
    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Fact]
    public async Task figures_are_in_the_hash_and_the_newest_always_arrive()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var server = await StartAsync(redis);
        var venue = await OpenVenue.CreateAsync(server);
        for (var i = 1; i <= 90; i++) await venue.EnterAsync($"T{i}", i % 3 == 0 ? "B" : "A");
        await venue.LeaveAsync("T1");
        await using var client = await redis.ConnectAsync();
        var hash = await HashAsync(client, "club", fields => fields["seq"] == "91");
        Assert.Equal(("89", "100", "90", "1"), (hash["occupancy"], hash["capacity"], hash["entries"], hash["exits"]));
        Assert.Equal((59, 30), (Json(hash["by_gate"]).GetProperty("A").GetInt32(), Json(hash["by_gate"]).GetProperty("B").GetInt32()));
        Assert.Equal(89, Json(hash["by_ticket_type"]).GetProperty("GENERAL").GetInt32());

        var response = await server.Owner.PatchAsJsonAsync("/api/events/club", new { capacity = 77 }, Ended);
        Assert.True(response.IsSuccessStatusCode);
        await HashAsync(client, "club", fields => fields["capacity"] == "77");
    }

    [Fact]
    public async Task the_channel_carries_the_live_messages()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var client = await redis.ConnectAsync();
        var messages = Channel.CreateUnbounded<JsonElement>();
        await client.GetSubscriber().SubscribeAsync(RedisChannel.Literal("headcount:club"), (_, message) => messages.Writer.TryWrite(Json(message.ToString())));
        await using var server = await StartAsync(redis);
        var venue = await OpenVenue.CreateAsync(server, capacity: 5);
        await MessageAsync(messages, message => Type(message) == "snapshot");
        for (var i = 1; i <= 4; i++) await venue.EnterAsync($"T{i}");
        var found = new HashSet<string>();
        while (!found.IsSupersetOf(["alert", "occupancy of 4"]))
        {
            var message = await MessageAsync(messages, _ => true);
            found.Add(Type(message) == "occupancy" ? $"occupancy of {message.GetProperty("occupancy").GetInt64()}" : Type(message));
        }
    }

    [Theory]
    [InlineData("ticket_created", "N-1")]
    [InlineData("ticket_changed", "club:N-1")]
    [InlineData("ticket_created", """{"event":"club","ticket_id":"N-1"}""")]
    [InlineData("ticket_created", """["other","N-1"]""")]
    public async Task a_ticket_that_another_program_wrote_is_valid_at_once(string channel, string message)
    {
        await using var redis = await RedisServer.StartAsync();
        await using var server = await StartAsync(redis);
        var venue = await OpenVenue.CreateAsync(server, tickets: 1);
        await ConnectedAsync(server);
        await using var client = await redis.ConnectAsync();
        Assert.Equal(RefusalReason.UnknownTicket, ((Core.ScanRecord)(await venue.EnterAsync("N-1")).Record).Reason);

        await WriteTicketAsync(server, venue, "N-1", TicketStatus.Valid);
        await PublishAsync(client, channel, message);
        await TicketAsync(venue, "N-1", ticket => ticket is { TicketType: "GENERAL", Status: TicketStatus.Valid });
        Assert.Equal(ScanOutcome.Accepted, ((Core.ScanRecord)(await venue.EnterAsync("N-1")).Record).Outcome);
    }

    [Fact]
    public async Task a_ticket_that_another_program_revoked_or_deleted_opens_no_gate()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var server = await StartAsync(redis);
        var venue = await OpenVenue.CreateAsync(server, tickets: 2);
        await ConnectedAsync(server);
        await using var client = await redis.ConnectAsync();
        await WriteTicketAsync(server, venue, "T1", TicketStatus.Revoked);
        var writes = server.Services.GetRequiredService<IWriteQueue>();
        await writes.WriteAsync((db, ct) => db.Tickets.Where(row => row.TicketId == "T2").ExecuteDeleteAsync(ct), Ended);
        await PublishAsync(client, "ticket_changed", "T1");
        await PublishAsync(client, "ticket_changed", "T2");
        await TicketAsync(venue, "T1", ticket => ticket is { Status: TicketStatus.Revoked });
        await TicketAsync(venue, "T2", ticket => ticket is { Status: TicketStatus.Revoked });
    }

    [Fact]
    public async Task when_redis_is_killed_gates_go_on_health_says_so_and_all_is_right_when_it_is_back()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var server = await StartAsync(redis);
        var venue = await OpenVenue.CreateAsync(server, capacity: 10_000, tickets: 500);
        await venue.EnterAsync("T1");
        await using (var client = await redis.ConnectAsync()) await HashAsync(client, "club", fields => fields["occupancy"] == "1");
        Assert.Equal("fine", await HealthAsync(server, "fine"));

        await redis.KillAsync();
        var slowest = TimeSpan.Zero;
        for (var i = 2; i <= 400; i++)
        {
            var began = Stopwatch.GetTimestamp();
            await venue.EnterAsync($"T{i}");
            var took = Stopwatch.GetElapsedTime(began);
            if (took > slowest) slowest = took;
        }

        Assert.True(slowest < TimeSpan.FromSeconds(5), $"A scan took {slowest}.");
        Assert.Equal("degraded", await HealthAsync(server, "degraded"));
        await WriteTicketAsync(server, venue, "while-away", TicketStatus.Valid);
        await server.Services.GetRequiredService<IWriteQueue>().WriteAsync((db, ct) => db.Tickets.Where(row => row.TicketId == "T500").ExecuteDeleteAsync(ct), Ended);

        await redis.RunAsync();
        Assert.Equal("fine", await HealthAsync(server, "fine"));
        await using var again = await redis.ConnectAsync();
        await HashAsync(again, "club", fields => fields.GetValueOrDefault("occupancy") == "400" && fields["seq"] == "400");

        // Nobody could say so: the table was compared.
        await TicketAsync(venue, "while-away", ticket => ticket is not null);
        await TicketAsync(venue, "T500", ticket => ticket is { Status: TicketStatus.Revoked });
        await TicketAsync(venue, "T499", ticket => ticket is { Status: TicketStatus.Valid });
        await WriteTicketAsync(server, venue, "after", TicketStatus.Valid);
        await PublishAsync(again, "ticket_created", "after");
        await TicketAsync(venue, "after", ticket => ticket is not null);
    }

    [Fact]
    public async Task a_server_starts_without_the_redis_it_was_given_and_finds_it_later()
    {
        await using var redis = await RedisServer.StartAsync();
        await redis.KillAsync();
        await using var server = await StartAsync(redis);
        var venue = await OpenVenue.CreateAsync(server);
        await venue.EnterAsync("T1");
        Assert.Equal("degraded", await HealthAsync(server, "degraded"));
        await redis.RunAsync();
        await using var client = await redis.ConnectAsync();
        await HashAsync(client, "club", fields => fields.GetValueOrDefault("occupancy") == "1");
    }

    [Fact]
    public void an_address_is_read_and_its_password_is_not_shown()
    {
        var options = RedisAddress.Parse("redis://user:pass%40word@redis.example:6380/2");
        Assert.Equal(("user", "pass@word", 2, false), (options.User, options.Password, options.DefaultDatabase, options.Ssl));
        Assert.Equal("redis.example:6380", RedisAddress.Describe(options));
        Assert.True(RedisAddress.Parse("rediss://redis.example").Ssl);
        Assert.Equal("cache:6379", RedisAddress.Describe(RedisAddress.Parse("cache:6379,password=secret")));
        Assert.Throws<ArgumentException>(() => RedisAddress.Parse("http://redis.example"));
        Assert.Throws<ArgumentException>(() => RedisAddress.Parse("redis://redis.example/zero"));
    }

    [Theory]
    [InlineData("T1", "|T1")]
    [InlineData("club:T1", "|club:T1 club|T1")]
    [InlineData("""{"ticket_id":17}""", "|17")]
    [InlineData("""{"event":"club","ticket_id":"a:b"}""", "club|a:b")]
    [InlineData("""["a",{"event":"club","ticket_id":"b"}]""", "|a club|b")]
    [InlineData("{odd", "|{odd")]
    [InlineData("", "")]
    public void a_message_names_tickets_in_several_ways(string message, string named) =>
        Assert.Equal(named, string.Join(' ', NamedTicket.Read(message).Select(ticket => $"{ticket.Event}|{ticket.TicketId}")));

    private static Task<RunningServer> StartAsync(RedisServer redis) => RunningServer.StartAsync(options => options with { Redis = redis.Address });

    private static JsonElement Json(string text) => JsonSerializer.Deserialize<JsonElement>(text);

    private static string Type(JsonElement message) => message.GetProperty("type").GetString()!;

    private static Task<int> WriteTicketAsync(RunningServer server, OpenVenue venue, string ticket, TicketStatus status)
    {
        // As another program does: into the table, past the mailbox.
        var writes = server.Services.GetRequiredService<IWriteQueue>();
        var (eventId, now) = (venue.Mailbox.Settings.EventId, OpenVenue.Now);
        return writes.WriteAsync(async (db, ct) =>
        {
            if (await db.Tickets.SingleOrDefaultAsync(row => row.EventId == eventId && row.TicketId == ticket, ct) is { } known)
                known.Status = status;
            else
                db.Tickets.Add(new TicketRow { EventId = eventId, TicketId = ticket, TicketType = "GENERAL", Status = status, CreatedAt = now, UpdatedAt = now });
            return await db.SaveChangesAsync(ct);
        }, Ended);
    }

    // Heard by the server once it has subscribed, which is a moment after it has connected.
    private static Task PublishAsync(ConnectionMultiplexer client, string channel, string message) =>
        UntilAsync(async () => await client.GetSubscriber().PublishAsync(RedisChannel.Literal(channel), message) > 0, _ => true);

    private static Task ConnectedAsync(RunningServer server) => UntilAsync(() => Task.FromResult(server.Services.GetRequiredService<FanoutState>().IsConnected), isConnected => isConnected);

    private static async Task UntilAsync(Func<Task<bool>> ask, Func<bool, bool> isSo) => await UntilAsync<bool>(async () => await ask(), answer => answer && isSo(answer));

    private static Task<Ticket?> TicketAsync(OpenVenue venue, string ticket, Func<Ticket?, bool> isSo) => UntilAsync(async () => await venue.Mailbox.FindTicketAsync(new TicketId(ticket)), isSo);

    private static async Task<Dictionary<string, string>> HashAsync(ConnectionMultiplexer client, string slug, Func<Dictionary<string, string>, bool> isSo) => await UntilAsync(
        async () => (await client.GetDatabase().HashGetAllAsync($"headcount:{slug}:occupancy")).ToDictionary(entry => entry.Name.ToString(), entry => entry.Value.ToString()),
        fields => fields.ContainsKey("seq") && isSo(fields));

    private static async Task<string> HealthAsync(RunningServer server, string wanted)
    {
        var state = server.Services.GetRequiredService<FanoutState>();
        var report = await UntilAsync(async () => await state.CheckAsync(Ended), report => string.Equals(report.Health.ToString(), wanted, StringComparison.OrdinalIgnoreCase));
        return report.Health.ToString().ToLowerInvariant();
    }

    private static async Task<JsonElement> MessageAsync(Channel<JsonElement> messages, Func<JsonElement, bool> isSo)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Ended);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        while (true)
        {
            var message = await messages.Reader.ReadAsync(patience.Token);
            if (isSo(message)) return message;
        }
    }

    private static async Task<T> UntilAsync<T>(Func<Task<T>> ask, Func<T, bool> isSo)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Ended);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        while (true)
        {
            var answer = await ask();
            if (isSo(answer)) return answer;
            Assert.True(await timer.WaitForNextTickAsync(patience.Token));
        }
    }
}
