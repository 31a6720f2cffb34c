namespace Headcount.Server.Access.SignIn;

/// <summary>Where people go to sign in, and come back from.</summary>
internal static class ToSignIn
{
    public const string Path = "/sign-in";

    private const int LongestNext = 2_000;

    /// <summary>Whether whoever is turned away is a person who looks at a page, and can be sent to sign in.</summary>
    public static bool IsWanted(HttpContext context) =>
        HttpMethods.IsGet(context.Request.Method) && !context.Request.Path.StartsWithSegments("/api")
        && context.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase);

    public static Task SendAsync(HttpContext context)
    {
        context.Response.Redirect($"{Path}?next={Uri.EscapeDataString(context.Request.Path + context.Request.QueryString)}");
        return Task.CompletedTask;
    }

    /// <summary>Where a request wants to go afterwards: only to a place on this server, as an address writes it: one slash, and no second one that would make it a host.</summary>
    public static string NextOf(HttpRequest request)
    {
        var next = request.Query["next"].ToString();
        var isHere = next.StartsWith('/') && !next.StartsWith("//", StringComparison.Ordinal) && !next.AsSpan().ContainsAnyExceptInRange('!', '~') && !next.Contains('\\') && next.Length <= LongestNext;
        return isHere ? next : "/";
    }

    public static void SeeOther(HttpContext context, string where)
    {
        context.Response.StatusCode = StatusCodes.Status303SeeOther;
        context.Response.Headers.Location = where;
    }
}
