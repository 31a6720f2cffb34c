using Headcount.Core;

namespace Headcount.Data.Audit;

/// <summary>Whoever makes a change: what is written from here on is put down to them.</summary>
/// <param name="UserId">The account; null = a device.</param>
/// <param name="Name">What it goes by: the account's e-mail, or the device's id.</param>
/// <param name="Via">By which way: <c>office</c>, <c>api</c> or <c>device</c>.</param>
/// <param name="Time">The clock of the change.</param>
public sealed record Actor(string? UserId, string Name, string Via, TimeProvider Time)
{
    private static readonly AsyncLocal<Actor?> Flowing = new();

    /// <summary>Whoever makes the changes of this flow; null = the server itself, whose changes are nobody's.</summary>
    public static Actor? Current
    {
        get => Flowing.Value;
        set => Flowing.Value = value;
    }

    internal Instant Now => Instant.FromDateTimeOffset(Time.GetUtcNow());
}
