namespace Headcount.Simulation;

/// <summary>How the holders of one ticket type spend the day.</summary>
/// <param name="TicketType">The type's name in the register.</param>
/// <param name="Weight">Tickets of this type in a thousand.</param>
/// <param name="Arrivals">When they come.</param>
/// <param name="Departures">When they leave for good.</param>
/// <param name="LunchInAMillion">How many of those here at noon go out for lunch.</param>
/// <param name="Breaks">Weights of going out for a smoke no times, once, twice and so on, cumulated.</param>
internal sealed record Guests(string TicketType, int Weight, Wave Arrivals, Wave Departures, int LunchInAMillion, int[] Breaks);

/// <summary>Who comes, when, and for how long: doors at 10:00, the main act from 20:00 to 22:00.</summary>
internal static class Crowd
{
    public static readonly Wave Lunch = new(1140, 15, 2, 5, 8, 9, 7, 5, 3, 2, 1);

    public static readonly Guests[] Types =
    [
        // A rush at the doors, a trickle after noon, and the evening wave before the main act.
        new("GENERAL", 800,
            new Wave(1000, 30, 16, 14, 11, 8, 7, 6, 5, 4, 4, 3, 3, 3, 4, 5, 8, 12, 15, 13, 6),
            new Wave(1500, 30, 2, 2, 2, 2, 3, 3, 3, 2, 2, 1, 1, 1, 2, 12, 70, 44),
            220_000, Chance.Cumulate([52, 26, 13, 6, 3])),

        // Never at the doors; some for lunch, most for the main act.
        new("VIP", 90,
            new Wave(1130, 30, 3, 6, 8, 5, 3, 2, 2, 2, 2, 3, 4, 8, 14, 18, 12, 4),
            new Wave(1630, 30, 1, 1, 1, 1, 1, 1, 1, 2, 2, 3, 6, 14, 12),
            120_000, Chance.Cumulate([40, 30, 18, 9, 3])),

        // Two shifts; the last to leave.
        new("CREW", 80,
            new Wave(700, 30, 10, 14, 9, 4, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 2, 8, 10, 5),
            new Wave(1530, 30, 3, 8, 6, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 8, 14),
            550_000, Chance.Cumulate([10, 18, 24, 22, 16, 10])),

        new("PRESS", 30,
            new Wave(930, 30, 8, 14, 9, 4, 2, 1, 1, 1, 1, 1, 1, 1, 1, 2, 4, 8, 12, 10, 4),
            new Wave(1500, 30, 3, 3, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 3, 6, 10, 4),
            300_000, Chance.Cumulate([25, 35, 25, 15])),
    ];

    public static readonly int[] Shares = Chance.Cumulate([.. Types.Select(type => type.Weight)]);

    private static readonly string[] FirstNames =
    [
        "alice", "bob", "carol", "dave", "erin", "frank", "grace", "heidi", "ivan", "judy", "kofi", "lena", "mei", "nadia", "omar", "priya",
        "quinn", "rosa", "sven", "tariq", "uma", "viktor", "wanda", "ximena", "yusuf", "zoe", "amara", "bruno", "chiara", "dmitri", "elif", "fatima",
    ];

    /// <summary>Whose a ticket is: a name that no other ticket's owner has.</summary>
    public static string UserOf(int ticket) => $"{FirstNames[ticket % FirstNames.Length]}{ticket / FirstNames.Length + 1}";
}
