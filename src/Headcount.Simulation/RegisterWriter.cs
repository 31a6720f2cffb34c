using System.Text;
using Headcount.Core;

namespace Headcount.Simulation;

/// <summary>Writes a day's register: a JSON array, one ticket a line.</summary>
public static class RegisterWriter
{
    /// <summary>Writes every ticket that was sold.</summary>
    /// <remarks>Every name of a simulated day is plain ASCII, so none is escaped.</remarks>
    public static void WriteRegister(SimulatedDay day, Stream output)
    {
        ArgumentNullException.ThrowIfNull(day);
        ArgumentNullException.ThrowIfNull(output);
        using var writer = new StreamWriter(output, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), bufferSize: 64 * 1024, leaveOpen: true);
        var between = "[\n";
        foreach (var ticket in day.Tickets)
        {
            writer.Write($"{between}{{\"ticket_id\":\"{ticket.TicketId.Value}\",\"ticket_type\":\"{ticket.TicketType}\",\"user_id\":\"{ticket.UserId}\"}}");
            between = ",\n";
        }

        writer.Write(day.Tickets.Count == 0 ? "[]\n" : "\n]\n");
    }
}
