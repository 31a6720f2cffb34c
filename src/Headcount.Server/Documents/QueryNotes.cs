namespace Headcount.Server.Documents;

/// <summary>Parameters of the query that many endpoints take.</summary>
public static class QueryNotes
{
    public static readonly QueryNote Event = new("event", "The event's slug. A device's own event, or the only one that is not archived, need not be named.", "club");
}
