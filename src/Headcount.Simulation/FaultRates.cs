using System.Globalization;

namespace Headcount.Simulation;

/// <summary>How often each <see cref="Fault"/> happens: shares from 0 (never) to 1 (every time), to the millionth. Immutable.</summary>
public sealed class FaultRates
{
    private static readonly string[] Names =
        ["duplicates", "repeats", "lost-exits", "missed-entries", "offline", "clock-drift", "forged", "rapid-reentry"];

    private static readonly int[] UsualRates = [10_000, 10_000, 15_000, 4_000, 250_000, 200_000, 1_000, 20_000];

    private readonly int[] _inAMillion;

    private FaultRates(int[] inAMillion) => _inAMillion = inAMillion;

    /// <summary>Nothing goes wrong: every passage is one scan, in time, delivered in order.</summary>
    public static FaultRates None { get; } = new(new int[Names.Length]);

    /// <summary>Everything goes wrong as often as on a usual day.</summary>
    public static FaultRates Usual { get; } = new(UsualRates);

    /// <summary>What a list of faults may hold, in a sentence.</summary>
    public static string Allowed { get; } =
        $"none, default or all (every fault at its usual rate), {string.Join(", ", Names)}; a name may have a rate from 0 to 1, such as duplicates=0.02; commas between";

    /// <summary>The share of a fault, from 0 to 1.</summary>
    public decimal this[Fault fault] => InAMillion(fault) / (decimal)Chance.Million;

    /// <summary>These rates with one changed.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The share is not from 0 to 1.</exception>
    public FaultRates With(Fault fault, decimal share)
    {
        if (share is < 0 or > 1)
            throw new ArgumentOutOfRangeException(nameof(share), share, $"The rate of {Names[(int)fault]} is a share from 0 to 1.");
        var rates = (int[])_inAMillion.Clone();
        rates[(int)fault] = (int)(share * Chance.Million);
        return new FaultRates(rates);
    }

    /// <summary>Reads a list such as <c>duplicates=0.02,offline</c> or <c>all,forged=0</c>: from left to right, starting from none.</summary>
    /// <exception cref="FormatException">The list holds something else; the message says what is allowed.</exception>
    public static FaultRates Parse(string list) => TryParse(list, out var rates, out var error) ? rates : throw new FormatException(error);

    /// <summary>Reads a list as <see cref="Parse"/> does.</summary>
    /// <returns>False where the list is not one; <paramref name="error"/> then says what is wrong and what is allowed.</returns>
    public static bool TryParse(string list, out FaultRates rates, out string error)
    {
        ArgumentNullException.ThrowIfNull(list);
        rates = None;
        error = "";
        foreach (var entry in list.Split(',', StringSplitOptions.TrimEntries))
        {
            var equals = entry.IndexOf('=', StringComparison.Ordinal);
            var name = equals < 0 ? entry : entry[..equals];
            var index = Array.IndexOf(Names, name);
            var share = 0m;
            if (index < 0 && (equals >= 0 || name is not ("none" or "default" or "all")))
                error = $"'{entry}' is not a fault. Allowed: {Allowed}.";
            else if (equals >= 0 && !TryParseShare(entry[(equals + 1)..], out share))
                error = $"'{entry}': the rate of {name} must be a number from 0 to 1. Allowed: {Allowed}.";
            if (error.Length > 0) return false;

            if (index < 0) rates = name == "none" ? None : Usual;
            else rates = rates.With((Fault)index, equals >= 0 ? share : Usual[(Fault)index]);
        }

        return true;
    }

    /// <summary>The list that reads back as these rates.</summary>
    public override string ToString()
    {
        var entries = Names
            .Where((_, index) => _inAMillion[index] > 0)
            .Select(name => string.Create(CultureInfo.InvariantCulture, $"{name}={this[(Fault)Array.IndexOf(Names, name)]:0.######}"));
        var list = string.Join(',', entries);
        return list.Length == 0 ? "none" : list;
    }

    internal int InAMillion(Fault fault) => _inAMillion[(int)fault];

    private static bool TryParseShare(string text, out decimal share) =>
        decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out share) && share is >= 0 and <= 1;
}
