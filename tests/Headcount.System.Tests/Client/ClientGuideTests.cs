using Headcount.Client;
using Headcount.SystemTests.Repository;
using Headcount.SystemTests.Serving;

// The snippets stand as a reader would write them, without the token of a test.
#pragma warning disable xUnit1051

namespace Headcount.SystemTests.Client;

/// <summary>The C# of the client's guide is here, word for word, and does what its comments say.</summary>
public sealed class ClientGuideTests
{
    [Fact]
    public void every_example_of_the_guide_is_in_this_file() => CSharpExample.AssertIn("tests/Headcount.System.Tests/Client/ClientGuideTests.cs", "docs/guides/client.md", 8);

    [Fact]
    public async Task the_guide_runs_from_top_to_bottom()
    {
        await using var server = await RunningServer.StartAsync();
        var (address, ownerToken, clock, stopping) = (server.Address, server.OwnerToken, TimeProvider.System, TestContext.Current.CancellationToken);

        using var office = new HeadcountClient(address, ownerToken, new HeadcountClientOptions { Event = "club" });
        await office.CreateEventAsync(new NewEvent
        {
            Slug = "club", Name = "Club night", Zone = "Europe/London", Capacity = 2, Gates = ["A", "B"],
            TicketTypes = [new TicketType { Name = "VIP", Override = true }],
        });
        await office.ImportTicketsAsync("club",
        [
            new NewTicket { TicketId = "T001", TicketType = "GENERAL" },
            new NewTicket { TicketId = "T002", TicketType = "GENERAL" },
            new NewTicket { TicketId = "T003", TicketType = "VIP" },
        ]);
        var device = await office.CreateDeviceAsync("club", new NewDevice { DeviceId = "gate-a-1", Gate = "A", Scopes = ["counts"] });

        using var gate = new HeadcountClient(address, device.Token!);

        NewScan Entry(string ticket, string id) => new()
        {
            TicketId = ticket, ScanType = ScanDirection.Entry, Timestamp = clock.GetUtcNow(), ScanId = id,
        };

        var first = await gate.ScanAsync(Entry("T001", "a-1"));
        var again = await gate.ScanAsync(Entry("T001", "a-2"));
        Console.WriteLine(first.IsLetThrough ? $"Open: {first.Message} {first.CurrentOccupancy} inside" : first.Error);   // Open: Welcome! 1 inside
        Console.WriteLine(again.IsLetThrough ? "Open" : $"{again.Error} ({again.Reason})");                                // Already inside (already_inside)
        Assert.Equal((true, "Welcome!", 1), (first.IsLetThrough, first.Message, first.CurrentOccupancy));
        Assert.Equal((false, "Already inside", RefusalReasons.AlreadyInside), (again.IsLetThrough, again.Error, again.Reason));

        var kept = new[]
        {
            Entry("T002", "a-3") with { Decided = DeviceDecision.Accepted },
            Entry("T003", "a-4") with { Decided = DeviceDecision.Accepted },
        };
        var batch = await gate.RecordAsync(kept);      // batch.Recorded is 2
        var twice = await gate.RecordAsync(kept);      // twice.Repeated is 2
        Assert.Equal((2, 2), (batch.Recorded, twice.Repeated));

        await gate.AnnulAsync(first.Seq!.Value, "the turnstile did not turn");

        var now = await gate.ReadOccupancyAsync();                              // now.Occupancy is 2
        var byGate = await gate.ReadOccupancyByGateAsync();                     // byGate["A"].Occupancy is 2
        var before = await gate.ReadOccupancyAtAsync(clock.GetUtcNow().AddHours(-1));
        var curve = await gate.ReadTimelineAsync(TimeSpan.FromMinutes(1));
        await foreach (var anomaly in office.ReadAnomaliesAsync()) Console.WriteLine($"{anomaly.TicketId}: {anomaly.Kind}");
        Assert.Equal((2, 2, 0, 2), (now.Occupancy, byGate["A"].Occupancy, before.Occupancy, curve.Peak.Occupancy));

        var outcomes = new List<string>();
        await foreach (var record in office.ReadLogAsync(new LogQuery { Gate = "A" })) outcomes.Add(record.Outcome);
        Assert.Equal(["accepted", "rejected", "recorded", "recorded"], outcomes.Take(4));

        await foreach (var message in gate.WatchAsync(cancellation: stopping))
        {
            if (message.Occupancy is { } inside) Console.WriteLine($"{inside} of {message.Capacity} inside");
            if (message.Type == "snapshot") break;
        }

        try
        {
            await office.CreateEventAsync(new NewEvent { Slug = "No Slug", Name = "", Zone = "Mars/Olympus", Capacity = 1 });
        }
        catch (HeadcountProblemException problem)
        {
            Console.WriteLine($"{problem.Code}: {string.Join(", ", problem.Errors.Keys)}");   // malformed: name, slug, zone
        }

        var wrong = await Assert.ThrowsAsync<HeadcountProblemException>(() => office.CreateEventAsync(new NewEvent { Slug = "No Slug", Name = "", Zone = "Mars/Olympus", Capacity = 1 }));
        Assert.Equal(("malformed", "name, slug, zone"), (wrong.Code, string.Join(", ", wrong.Errors.Keys)));
    }
}
