using Headcount.Client;
using Headcount.SystemTests.Serve;

namespace Headcount.SystemTests.Faults;

/// <summary>An event with four gates, a device at each, and tickets T1, T2, … on a server that is a process of its own.</summary>
/// <param name="Tokens">The token of each gate's device.</param>
/// <param name="Tickets">How many tickets there are.</param>
internal sealed record FaultVenue(string[] Tokens, int Tickets)
{
    public const string Slug = "club";

    public static readonly string[] Gates = ["A", "B", "C", "D"];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<FaultVenue> OpenAsync(ServeProcess server, long capacity, int tickets)
    {
        using var owner = Owner(server);
        await owner.CreateEventAsync(new NewEvent { Slug = Slug, Name = "Club", Zone = "UTC", Capacity = capacity, Gates = Gates, TicketTypes = [new TicketType { Name = "GENERAL" }] }, Cancellation);
        await owner.ImportTicketsAsync(Slug, [.. Enumerable.Range(1, tickets).Select(n => new NewTicket { TicketId = $"T{n}", TicketType = "GENERAL" })], Cancellation);
        var tokens = new string[Gates.Length];
        for (var gate = 0; gate < tokens.Length; gate++) tokens[gate] = (await owner.CreateDeviceAsync(Slug, new NewDevice { DeviceId = DeviceOf(gate) }, Cancellation)).Token!;
        return new FaultVenue(tokens, tickets);
    }

    public static string DeviceOf(int gate) => $"gate-{Gates[gate]}";

    public static HeadcountClient Owner(ServeProcess server) => new(server.Address, server.OwnerToken, new HeadcountClientOptions { Event = Slug });
}
