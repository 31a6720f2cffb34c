using Headcount.Core;
using Headcount.Server.Manage;
using Headcount.Server.Problems;
using Microsoft.AspNetCore.Http.Features;

namespace Headcount.Server.Gate;

/// <summary>The ticket that an address names: <c>?ticket_id=</c>, or the part of the path behind <c>tickets/</c>, percent-encoded.</summary>
internal static class TicketPath
{
    /// <exception cref="ProblemException">It names none (422).</exception>
    public static string IdOf(HttpContext context)
    {
        var id = context.Request.RouteValues.ContainsKey("ticket_id") ? InPath(context) : context.Request.Query["ticket_id"].ToString();
        if (Names.IsTicketId(id)) return id;
        var wrong = string.IsNullOrEmpty(id) ? "ticket_id is missing" : $"ticket_id is no id of a ticket; 1 to {TicketId.MaxLength} characters are needed";
        throw new ProblemException(422, ProblemCodes.Malformed, $"The question cannot be answered: {wrong}.", new FieldErrors { ["ticket_id"] = wrong });
    }

    // As it came: decoded for routing, %2F and a text that says so are not told apart any more.
    private static string InPath(HttpContext context)
    {
        const string before = "/tickets/";
        var target = context.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "";
        var path = target.AsSpan();
        if (path.IndexOf('?') is var query and >= 0) path = path[..query];
        var at = path.IndexOf(before, StringComparison.OrdinalIgnoreCase);
        if (at < 0) return (string)context.Request.RouteValues["ticket_id"]!;
        path = path[(at + before.Length)..];
        if (path.IndexOf('/') is var slash and >= 0) path = path[..slash];
        return Uri.UnescapeDataString(path);
    }
}
