using System.Collections;
using System.Globalization;
using Headcount.Core;

namespace Headcount.Simulation;

/// <summary>The tickets of a day, one byte each until somebody looks.</summary>
internal sealed class TicketRoll(byte[] types) : IReadOnlyList<Ticket>
{
    private const int FewestDigits = 5;

    public int Count => types.Length;

    public Ticket this[int index] => new(IdOf(index, types.Length))
    {
        TicketType = Crowd.Types[types[index]].TicketType,
        UserId = Crowd.UserOf(index),
    };

    /// <summary>How many digits a ticket's number is written with.</summary>
    public static int Digits(int attendees) =>
        Math.Max(FewestDigits, attendees.ToString(CultureInfo.InvariantCulture).Length);

    /// <summary>The ticket in a place of the roll; forged ones go on where the roll ends.</summary>
    public static TicketId IdOf(int index, int attendees) =>
        new($"T{(index + 1).ToString($"D{Digits(attendees)}", CultureInfo.InvariantCulture)}");

    public IEnumerator<Ticket> GetEnumerator()
    {
        for (var index = 0; index < types.Length; index++) yield return this[index];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
