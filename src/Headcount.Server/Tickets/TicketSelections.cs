using System.Security.Cryptography;

namespace Headcount.Server.Tickets;

/// <summary>Tickets that somebody selected to be put into a file, until the browser asks for it.</summary>
/// <remarks>Any thread. Lost when the server stops, and then selected again.</remarks>
internal sealed class TicketSelections
{
    /// <summary>How many are kept; the oldest makes room.</summary>
    public const int MostKept = 32;

    private readonly Lock _lock = new();
    private readonly Queue<(string Key, long EventId, IReadOnlyList<string> TicketIds)> _kept = new();

    /// <summary>Keeps a selection, and gives the name under which it is asked for.</summary>
    public string Put(long eventId, IReadOnlyList<string> ticketIds)
    {
        var key = RandomNumberGenerator.GetHexString(32, lowercase: true);
        lock (_lock)
        {
            if (_kept.Count == MostKept) _kept.Dequeue();
            _kept.Enqueue((key, eventId, ticketIds));
        }

        return key;
    }

    /// <summary>The selection of a name, at its event; null = there is none.</summary>
    public IReadOnlyList<string>? Find(string key, long eventId)
    {
        lock (_lock) return _kept.FirstOrDefault(one => one.Key == key && one.EventId == eventId).TicketIds;
    }
}
