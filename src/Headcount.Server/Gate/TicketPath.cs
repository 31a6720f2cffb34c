using Headcount.Core;
using Headcount.Server.Manage;
using Headcount.Server.Problems;
using Microsoft.AspNetCore.Http.Features;

namespace Headcount.Server.Gate;

/// <summary>The ticket that an address names: <c>?ticket_id=</c>, whatever the path says, or the part of the path behind <c>tickets/</c>, percent-encoded.</summary>
/// <remarks>An id of dots alone, <c>.</c> or <c>..</c>, cannot stand in a path: browsers, libraries and servers take it for a way up. It is named by the query.</remarks>
internal static class TicketPath
{
    /// <exception cref="ProblemException">It names none (422).</exception>
    public static string IdOf(HttpContext context, bool orCode = false)
    {
        var id = context.Request.Query.TryGetValue("ticket_id", out var named) ? named.ToString() : InPath(context);
        if (Names.IsTicketId(id)) return id;
        if (orCode && id is { Length: <= TicketCode.MaxLength } && TicketCode.IsCode(id)) return id;
        var wrong = string.IsNullOrEmpty(id) ? "ticket_id is missing" : $"ticket_id is no id of a ticket; 1 to {TicketId.MaxLength} characters are needed";
        throw new ProblemException(422, ProblemCodes.Malformed, $"The question cannot be answered: {wrong}.", new FieldErrors { ["ticket_id"] = wrong });
    }

    // Decoded for routing, a slash and a text that says %2F are not told apart any more: then it is read as it came.
    private static string? InPath(HttpContext context)
    {
        const string before = "/tickets/";
        if (context.Request.RouteValues["ticket_id"] is not string decoded || !decoded.Contains("%2F", StringComparison.OrdinalIgnoreCase)) return context.Request.RouteValues["ticket_id"] as string;
        var target = context.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "";
        var path = target.AsSpan();
        if (path.IndexOf('?') is var query and >= 0) path = path[..query];
        var at = path.IndexOf(before, StringComparison.OrdinalIgnoreCase);
        if (at < 0) return decoded;
        path = path[(at + before.Length)..];
        if (path.IndexOf('/') is var slash and >= 0) path = path[..slash];
        return Uri.UnescapeDataString(path);
    }
}
