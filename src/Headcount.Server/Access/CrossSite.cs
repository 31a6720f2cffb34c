namespace Headcount.Server.Access;

/// <summary>Tells requests of our own pages from those that another site makes a browser send along with our cookie.</summary>
internal static class CrossSite
{
    /// <summary>Whether a request changes something, or opens a channel: then a cookie alone is not enough.</summary>
    public static bool Matters(HttpRequest request) =>
        !(HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || HttpMethods.IsOptions(request.Method)) || request.Headers.Upgrade.Count > 0;

    /// <summary>Whether the browser says that a page of this server asks. One that says nothing is not believed.</summary>
    public static bool IsSameOrigin(HttpRequest request)
    {
        var site = request.Headers["Sec-Fetch-Site"];
        if (site.Count > 0 && site != "same-origin" && site != "none") return false;
        var origin = request.Headers.Origin;
        if (origin.Count == 0) return site.Count > 0;

        // A form of a page that tells nobody where it is from: the browser says "null", and that it is ours.
        if (origin == "null") return site == "same-origin";
        return origin.Count == 1 && Uri.TryCreate(origin[0], UriKind.Absolute, out var uri) && uri.Scheme == request.Scheme
            && HostString.FromUriComponent(uri) is var from && Port(from, uri.Scheme) == Port(request.Host, request.Scheme)
            && from.Host.Equals(request.Host.Host, StringComparison.OrdinalIgnoreCase);
    }

    private static int Port(HostString host, string scheme) => host.Port ?? (scheme == "https" ? 443 : 80);
}
