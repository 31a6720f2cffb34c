using System.Diagnostics.CodeAnalysis;
using Headcount.Server.Problems;

namespace Headcount.Server.Access;

/// <summary>An event as addresses name it.</summary>
/// <param name="EventId">Its number.</param>
/// <param name="Slug">Its name in addresses.</param>
/// <param name="IsArchived">Whether it is over for good.</param>
/// <param name="OrganisationId">Who runs it.</param>
public sealed record ListedEvent(long EventId, string Slug, bool IsArchived, long OrganisationId);

/// <summary>Every event by its slug, in memory. Whoever makes, renames or archives one says so here when the database has it.</summary>
/// <remarks>Any thread.</remarks>
public sealed class EventDirectory
{
    private readonly Lock _changing = new();
    private Listing _listing = Listing.Of([]);

    /// <summary>How many are not archived.</summary>
    public int Current => _listing.Current;

    /// <summary>The only one that is not archived; null where there is none, or more than one.</summary>
    public ListedEvent? Only => _listing.Only;

    /// <summary>The event of a slug, archived or not.</summary>
    public bool TryFind(string slug, [NotNullWhen(true)] out ListedEvent? found) => _listing.BySlug.TryGetValue(slug, out found);

    /// <summary>The event of a number.</summary>
    public bool TryFind(long eventId, [NotNullWhen(true)] out ListedEvent? found) => _listing.ById.TryGetValue(eventId, out found);

    /// <summary>The event of a slug, where the caller has a right at it. One at which it may nothing is as if there were none.</summary>
    /// <exception cref="ProblemException">There is none (404), or the caller lacks the right (403).</exception>
    public (ListedEvent Event, Caller There) Admit(Caller caller, string slug, Right right)
    {
        ArgumentNullException.ThrowIfNull(caller);
        ArgumentNullException.ThrowIfNull(slug);
        if (!TryFind(slug, out var found)) throw NoSuchEvent(slug);
        var there = caller.At(found.OrganisationId);
        if (there.Role is null) throw NoSuchEvent(slug);
        if (!there.May(right)) throw new ProblemException(403, ProblemCodes.Forbidden, new RequiredRightAttribute(right).Missing);
        return (found, there);
    }

    internal static ProblemException NoSuchEvent(string slug) =>
        new(404, ProblemCodes.NotFound, $"There is no event '{(slug.Length <= 64 ? slug : string.Concat(slug.AsSpan(0, 64), "…"))}'.");

    /// <summary>Every event, in order of its slug.</summary>
    public IReadOnlyList<ListedEvent> All => _listing.All;

    /// <summary>Takes in an event, in place of what was known under its number.</summary>
    public void Put(ListedEvent changed)
    {
        lock (_changing)
        {
            _listing = Listing.Of(_listing.All.Where(one => one.EventId != changed.EventId).Append(changed));
        }
    }

    private sealed record Listing(IReadOnlyList<ListedEvent> All, Dictionary<string, ListedEvent> BySlug, Dictionary<long, ListedEvent> ById, int Current, ListedEvent? Only)
    {
        public static Listing Of(IEnumerable<ListedEvent> events)
        {
            var all = events.OrderBy(one => one.Slug, StringComparer.Ordinal).ToArray();
            var current = all.Where(one => !one.IsArchived).ToArray();
            return new Listing(all, all.ToDictionary(one => one.Slug, StringComparer.Ordinal), all.ToDictionary(one => one.EventId), current.Length, current.Length == 1 ? current[0] : null);
        }
    }
}
