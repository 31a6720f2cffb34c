using Headcount.Client;
using Headcount.SystemTests.Serving;

namespace Headcount.SystemTests.Client;

/// <summary>The client against a real server.</summary>
public sealed class ClientTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task refusals_and_conflicts_are_results_and_a_bad_token_is_a_problem()
    {
        await using var server = await RunningServer.StartAsync();
        using var office = await OpenAsync(server, capacity: 1);
        var first = await office.ScanAsync(Entry("T1", "1"), Cancellation);
        var full = await office.ScanAsync(Entry("T2", "2"), Cancellation);
        var unknown = await office.ScanAsync(Entry("T9", "3"), Cancellation);
        var conflict = await office.ScanAsync(Entry("T2", "1"), Cancellation);
        var vip = await office.ScanAsync(Entry("V1", "4"), Cancellation);
        Assert.Equal(
            [(ScanStatus.Accepted, null), (ScanStatus.Rejected, RefusalReasons.AtCapacity), (ScanStatus.Rejected, RefusalReasons.UnknownTicket), (ScanStatus.Conflict, null), (ScanStatus.Accepted, null)],
            new[] { first, full, unknown, conflict, vip }.Select(result => (result.Status, result.Reason)));
        Assert.Equal(("Venue at capacity", 1, 1), (full.Error, full.CurrentOccupancy, full.Capacity));
        Assert.NotEmpty(conflict.Error!);
        Assert.Equal([ScanWarnings.CapacityOverride], vip.Warnings);

        using var stranger = new HeadcountClient(server.Address, "hca_not-a-token");
        var problem = await Assert.ThrowsAsync<HeadcountProblemException>(() => stranger.ScanAsync(Entry("T1", "5"), Cancellation));
        Assert.Equal("unauthenticated", problem.Code);
    }

    [Fact]
    public async Task a_stream_of_facts_is_taken_whole_and_comes_back_as_the_log()
    {
        await using var server = await RunningServer.StartAsync();
        using var office = await OpenAsync(server, capacity: 5_000);
        var now = TimeProvider.System.GetUtcNow().AddMinutes(-30);
        var facts = Enumerable.Range(0, 12_000).Select(i => new NewScan { TicketId = $"T{i / 2}", Gate = "B", ScanType = (ScanDirection)(i % 2), Timestamp = now.AddMilliseconds(i), ScanId = $"f{i}" });
        var result = await office.RecordAsync(facts.ToAsyncEnumerable(), cancellation: Cancellation);
        Assert.Equal((12_000, 0, 0), (result.Recorded, result.Repeated, result.Invalid));

        var log = new List<LoggedScan>();
        await foreach (var record in office.ReadLogAsync(new LogQuery { SinceSeq = 2_000 }, Cancellation)) log.Add(record);
        Assert.Equal(Enumerable.Range(2_001, 10_000).Select(seq => (long)seq), log.Select(record => record.Seq));
        Assert.All(log, record => Assert.Equal(("recorded", "B"), (record.Outcome, record.Gate)));
        Assert.Equal((0, 6_000, 6_000), (await office.ReadOccupancyAsync(cancellation: Cancellation)) is var current ? (current.Occupancy, current.Entries!.Value, current.Exits!.Value) : default);
    }

    [Fact]
    public async Task counts_are_those_of_the_scans()
    {
        await using var server = await RunningServer.StartAsync();
        using var office = await OpenAsync(server, capacity: 10);
        await office.ScanAsync(Entry("T1", "1"), Cancellation);
        var second = await office.ScanAsync(Entry("V1", "2", "B"), Cancellation);
        await office.ScanAsync(Entry("V1", "3", "B") with { ScanType = ScanDirection.Exit }, Cancellation);
        await office.ScanAsync(Entry("V1", "4", "B") with { ScanType = ScanDirection.Exit }, Cancellation);

        Assert.Equal(1, (await office.ReadOccupancyAsync(gate: "A", cancellation: Cancellation)).Occupancy);
        Assert.Equal(0, (await office.ReadOccupancyAsync(ticketType: "VIP", cancellation: Cancellation)).Occupancy);
        var byGate = await office.ReadOccupancyByGateAsync(Cancellation);
        Assert.Equal((1, 0, 1, 1), (byGate["A"].Occupancy, byGate["B"].Occupancy, byGate["B"].Entries, byGate["B"].Exits));
        Assert.Equal(1, (await office.ReadOccupancyByTicketTypeAsync(Cancellation))["GENERAL"].Occupancy);
        var then = await office.ReadOccupancyAtAsync(TimeProvider.System.GetUtcNow().AddMinutes(1), cancellation: Cancellation);
        Assert.Equal((1, 2, 1), (then.Occupancy, then.Entries, then.ByTicketType["GENERAL"]));
        Assert.Equal(2, (await office.ReadTimelineAsync(TimeSpan.FromMinutes(1), cancellation: Cancellation)).Peak.Occupancy);
        var anomalies = new List<Anomaly>();
        await foreach (var anomaly in office.ReadAnomaliesAsync(cancellation: Cancellation)) anomalies.Add(anomaly);
        Assert.Equal(("exit_without_entry", "V1"), (anomalies.Single().Kind, anomalies.Single().TicketId));
        Assert.Equal(["A", "B"], (await office.ReadGatesAsync(Cancellation)).Select(gate => gate.Gate));
        Assert.Empty(await office.ReadAlertsAsync(Cancellation));

        await office.AnnulAsync(second.Seq!.Value, "test", Cancellation);
        Assert.Equal(1, (await office.ReadOccupancyAsync(cancellation: Cancellation)).Entries);
    }

    [Theory]
    [InlineData("T1")]
    [InlineData("a/b c?d#e%2F")]
    [InlineData("a..b")]
    [InlineData("Zoë 票")]
    public async Task a_ticket_of_any_name_is_found_changed_and_has_a_history(string ticket)
    {
        await using var server = await RunningServer.StartAsync();
        using var office = await OpenAsync(server, capacity: 10, ticket);
        Assert.Equal("GENERAL", (await office.FindTicketAsync(ticket, Cancellation))!.TicketType);
        Assert.True((await office.ValidateAsync(ticket, Cancellation)).IsValid);
        await office.ScanAsync(Entry(ticket, "1"), Cancellation);
        var validity = await office.ValidateAsync(ticket, Cancellation);
        Assert.Equal((false, true, RefusalReasons.AlreadyInside), (validity.IsValid, validity.Inside, validity.Reason));
        Assert.Equal(ticket, Assert.Single(await office.ReadTicketScansAsync(ticket, Cancellation)).TicketId);

        var until = TimeProvider.System.GetUtcNow().AddDays(1);
        Assert.NotNull((await office.ChangeTicketAsync(ticket, new TicketChange { Status = TicketStatus.Revoked, ValidUntil = until }, Cancellation)).ValidUntil);
        var cleared = await office.ChangeTicketAsync(ticket, new TicketChange { Clear = ["valid_until"] }, Cancellation);
        Assert.Equal((TicketStatus.Revoked, null), (cleared.Status, cleared.ValidUntil));
        Assert.Null(await office.FindTicketAsync("nobody's", Cancellation));
    }

    [Fact]
    public async Task events_and_devices_are_managed()
    {
        await using var server = await RunningServer.StartAsync();
        using var office = await OpenAsync(server, capacity: 1);
        var changed = await office.ChangeEventAsync("club", new EventChange { Capacity = 7, FirmCapacity = 9 }, Cancellation);
        Assert.Equal((7, 9), (changed.Capacity, changed.FirmCapacity));
        Assert.Null((await office.ChangeEventAsync("club", new EventChange { Clear = ["firm_capacity"] }, Cancellation)).FirmCapacity);
        Assert.Equal("club", Assert.Single(await office.ReadEventsAsync(Cancellation)).Slug);
        Assert.Null(await office.FindEventAsync("other", Cancellation));

        var device = await office.CreateDeviceAsync("club", new NewDevice { DeviceId = "gate a", Gate = "A", Direction = ScanDirection.Entry }, Cancellation);
        using var old = new HeadcountClient(server.Address, device.Token!);
        Assert.True((await old.ScanAsync(new NewScan { TicketId = "T1", Timestamp = TimeProvider.System.GetUtcNow() }, Cancellation)).IsLetThrough);
        var rotated = await office.RotateDeviceTokenAsync("club", "gate a", Cancellation);
        await Assert.ThrowsAsync<HeadcountProblemException>(() => old.ScanAsync(Entry("T2", "2"), Cancellation));
        using var gate = new HeadcountClient(server.Address, rotated.Token!);
        Assert.True((await gate.ScanAsync(Entry("T2", "2"), Cancellation)).IsLetThrough);
        Assert.Equal("gate a", Assert.Single(await office.ReadDevicesAsync("club", Cancellation)).DeviceId);
        await office.RevokeDeviceAsync("club", "gate a", Cancellation);
        await Assert.ThrowsAsync<HeadcountProblemException>(() => gate.ScanAsync(Entry("T2", "3"), Cancellation));

        Assert.Equal(0, (await office.CloseDayAsync("club", cancellation: Cancellation)).CurrentOccupancy);
        Assert.True((await office.ArchiveEventAsync("club", Cancellation)).Archived);
    }

    [Fact]
    public async Task who_watches_goes_on_after_the_server_was_away()
    {
        var folder = Directory.CreateTempSubdirectory("headcount-watch-").FullName;
        try
        {
            var first = await RunningServer.StartAsync(dataFolder: folder);
            using var office = await OpenAsync(first, capacity: 10);
            await office.ScanAsync(Entry("T1", "1"), Cancellation);
            await using var feed = office.WatchAsync(withScans: true, cancellation: Cancellation).GetAsyncEnumerator(Cancellation);
            var snapshot = await NextAsync(feed, message => message.Type == "snapshot");
            Assert.Equal((1, 1, 10), (snapshot.Seq, snapshot.Occupancy, snapshot.Capacity));

            await office.ScanAsync(Entry("T2", "2"), Cancellation);
            Assert.Equal("T2", (await NextAsync(feed, message => message.Scans is not null)).Scans!.Single().TicketId);
            await NextAsync(feed, message => message is { Type: "occupancy", Seq: 2 });

            var port = first.Address.Port;
            await first.DisposeAsync();
            await using var second = await RunningServer.StartAsync(options => options with { Urls = $"http://127.0.0.1:{port}" }, folder);
            await office.ScanAsync(Entry("V1", "3"), Cancellation);
            var told = await NextAsync(feed, message => message.Seq == 3 && message.Occupancy is not null);
            Assert.Equal(3, told.Occupancy);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task who_may_not_watch_is_told()
    {
        await using var server = await RunningServer.StartAsync();
        using var stranger = new HeadcountClient(server.Address, "hca_not-a-token");
        var problem = await Assert.ThrowsAsync<HeadcountProblemException>(async () => await stranger.WatchAsync(cancellation: Cancellation).GetAsyncEnumerator(Cancellation).MoveNextAsync());
        Assert.Equal("unauthenticated", problem.Code);
    }

    [Fact]
    public void the_clients_words_are_those_of_the_rules()
    {
        string[] Constants(Type type) => [.. type.GetFields().Select(field => (string)field.GetRawConstantValue()!)];
        Assert.Equal(Enum.GetValues<Core.RefusalReason>().Where(reason => reason != Core.RefusalReason.None).Select(reason => Core.Codes.Code(reason)), Constants(typeof(RefusalReasons)));
        Assert.All(Constants(typeof(ScanWarnings)), word => Assert.True(Core.Codes.CodesOf((Core.ScanWarnings)(-1)).Contains(word), word));
    }

    private static NewScan Entry(string ticket, string id, string gate = "A") =>
        new() { TicketId = ticket, Gate = gate, ScanType = ScanDirection.Entry, Timestamp = TimeProvider.System.GetUtcNow(), DeviceId = "door", ScanId = id };

    private static async Task<HeadcountClient> OpenAsync(RunningServer server, long capacity, params string[] tickets)
    {
        var office = new HeadcountClient(server.Address, server.OwnerToken, new HeadcountClientOptions { Event = "club" });
        await office.CreateEventAsync(new NewEvent { Slug = "club", Name = "Club", Zone = "UTC", Capacity = capacity, Gates = ["A", "B"], TicketTypes = [new TicketType { Name = "VIP", Override = true }] }, Cancellation);
        var rows = tickets.Union(["T1", "T2"]).Select(ticket => new NewTicket { TicketId = ticket, TicketType = "GENERAL" }).Append(new NewTicket { TicketId = "V1", TicketType = "VIP" });
        await office.ImportTicketsAsync("club", rows, Cancellation);
        return office;
    }

    private static async Task<LiveMessage> NextAsync(IAsyncEnumerator<LiveMessage> feed, Func<LiveMessage, bool> isWanted)
    {
        while (await feed.MoveNextAsync())
        {
            if (isWanted(feed.Current)) return feed.Current;
        }

        throw new InvalidOperationException("The feed ended.");
    }
}
