using System.Diagnostics.CodeAnalysis;

namespace Headcount.Server.Access;

/// <summary>An event as addresses name it.</summary>
/// <param name="EventId">Its number.</param>
/// <param name="Slug">Its name in addresses.</param>
/// <param name="IsArchived">Whether it is over for good.</param>
public sealed record ListedEvent(long EventId, string Slug, bool IsArchived);

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

    /// <summary>Every event, in order of its slug.</summary>
    public IReadOnlyList<ListedEvent> All => _listing.All;

    /// <summary>Takes in an event, in place of what was known under its number.</summary>
    public void Put(long eventId, string slug, bool isArchived)
    {
        lock (_changing)
        {
            _listing = Listing.Of(_listing.All.Where(one => one.EventId != eventId).Append(new ListedEvent(eventId, slug, isArchived)));
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
