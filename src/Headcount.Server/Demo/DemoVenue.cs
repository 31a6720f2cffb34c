using System.Globalization;
using Headcount.Client;
using Headcount.Simulation;

namespace Headcount.Server.Demo;

/// <summary>The demonstration's event as it is set up: gates, ticket types, tickets, and a device at each gate. What is there already is left as it is.</summary>
internal sealed class DemoVenue(HeadcountClient owner, DemoTokens tokens)
{
    public const string Slug = "demo";
    public const string Zone = "Europe/London";

    /// <summary>Tickets that the crowd holds; those after them are for people who try it out.</summary>
    public const int CrowdTickets = 4_900;

    private const int Tickets = 5_000;

    // A little less than the crowd would like: in the evening it is full.
    private const int Capacity = 3_200;

    private static readonly string[] Gates = ["A", "B", "C", "D"];

    /// <summary>The tokens of the gates' devices, by gate.</summary>
    public IReadOnlyDictionary<string, string> TokenOfGate { get; private set; } = new Dictionary<string, string>();

    public async Task SetUpAsync(IReadOnlyList<Core.Ticket> crowd, CancellationToken cancellation)
    {
        if (await owner.FindEventAsync(Slug, cancellation) is null)
        {
            await owner.CreateEventAsync(NewEvent(), cancellation);
            await owner.ImportTicketsAsync(Slug, Register(crowd), cancellation);
        }

        TokenOfGate = await GiveTokensAsync(cancellation);
    }

    /// <summary>A ticket for a person to try: of those that the crowd does not have, the first that is not inside.</summary>
    public async Task<string> FreeTicketAsync(CancellationToken cancellation)
    {
        for (var number = CrowdTickets + 1; number < Tickets; number++)
        {
            if ((await owner.ValidateAsync(TicketId(number), cancellation)).IsValid) return TicketId(number);
        }

        return TicketId(Tickets);
    }

    public static string DeviceOf(string gate) => $"demo-gate-{gate.ToLowerInvariant()}";

    private static string TicketId(int number) => string.Create(CultureInfo.InvariantCulture, $"T{number:D5}");

    // A break of six minutes takes nine seconds here: what is rapid is scaled as the day is.
    private static NewEvent NewEvent() => new()
    {
        Slug = Slug, Name = "Demonstration", Zone = Zone, Capacity = Capacity, FirmCapacity = Capacity + 200, Gates = Gates,
        ReentryMinutes = Math.Round(5 / DemoDay.Haste, 3),
        TicketTypes =
        [
            new TicketType { Name = "GENERAL" }, new TicketType { Name = "VIP", Override = true }, new TicketType { Name = "CREW", Override = true }, new TicketType { Name = "PRESS" },
        ],
    };

    private static IEnumerable<NewTicket> Register(IReadOnlyList<Core.Ticket> crowd) =>
        crowd.Select(ticket => new NewTicket { TicketId = ticket.TicketId.Value, TicketType = ticket.TicketType, UserId = ticket.UserId })
            .Concat(Enumerable.Range(CrowdTickets + 1, Tickets - CrowdTickets).Select(number => new NewTicket { TicketId = TicketId(number), TicketType = "VIP" }));

    // A token that was lost, or taken back, is replaced.
    private async Task<IReadOnlyDictionary<string, string>> GiveTokensAsync(CancellationToken cancellation)
    {
        var known = tokens.Read();
        var devices = (await owner.ReadDevicesAsync(Slug, cancellation)).Select(device => device.DeviceId).ToHashSet();
        var given = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var gate in Gates)
        {
            var device = DeviceOf(gate);
            if (!devices.Contains(device))
                given[gate] = (await owner.CreateDeviceAsync(Slug, new NewDevice { DeviceId = device, Gate = gate, Scopes = ["counts"] }, cancellation)).Token!;
            else if (known.TryGetValue(gate, out var token) && await IsGoodAsync(token, cancellation))
                given[gate] = token;
            else
                given[gate] = (await owner.RotateDeviceTokenAsync(Slug, device, cancellation)).Token!;
        }

        tokens.Write(given);
        return given;
    }

    private async Task<bool> IsGoodAsync(string token, CancellationToken cancellation)
    {
        try
        {
            using var client = new HeadcountClient(owner.Address, token, new HeadcountClientOptions { Retries = 0 });
            await client.ReadOccupancyAsync(cancellation: cancellation);
            return true;
        }
        catch (HeadcountProblemException problem) when (problem.Status == System.Net.HttpStatusCode.Unauthorized)
        {
            return false;
        }
    }
}
