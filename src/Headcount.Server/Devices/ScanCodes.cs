using System.Security.Cryptography;
using System.Text;
using Headcount.Core;
using Headcount.Engine;

namespace Headcount.Server.Devices;

/// <summary>Puts the ticket in the place of the code that it was shown by.</summary>
internal sealed class ScanCodes(TicketKeys keys)
{
    /// <summary>How long what stands for a code that is none is, in characters.</summary>
    private const int MarkLength = 26;

    /// <summary>The request with the ticket that its code proves. One that proves nothing stays no ticket: it goes by a mark of its own, which no register has.</summary>
    public ScanRequest Check(in ScanRequest request, EventSettings settings)
    {
        var text = request.Scan.TicketId.Value;
        if (!TicketCode.IsCode(text))
            return settings.RequiresCodes && request is { IsFact: false, Override: null, Scan.Type: ScanType.Entry } ? request with { Code = CodeTerms.Missing } : request;
        return keys.Check(settings.EventId, text) is var (ticket, terms)
            ? request with { Scan = request.Scan with { TicketId = ticket }, Code = terms }
            : request with { Scan = request.Scan with { TicketId = MarkOf(text) } };
    }

    private static TicketId MarkOf(string code) => new(TicketCode.Prefix + "?" + Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(code)))[..MarkLength]);
}
