using Microsoft.Extensions.Primitives;

namespace Headcount.Server.Access;

/// <summary>What every answer tells a browser not to do with it.</summary>
internal static class SecurityHeaders
{
    /// <summary>Everything from this server, nothing from elsewhere, and no page of ours within another.</summary>
    public const string PagePolicy = "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    /// <summary>The same for a page that another page of this server may have in it.</summary>
    public static readonly ContentPolicy FramedPolicy = new(PagePolicy.Replace("frame-ancestors 'none'", "frame-ancestors 'self'", StringComparison.Ordinal)) { IsFramed = true };

    private static readonly StringValues Page = PagePolicy;
    private static readonly StringValues NoSniff = "nosniff";
    private static readonly StringValues NoStore = "no-store";
    private static readonly StringValues NoReferrer = "no-referrer";
    private static readonly StringValues SameOrigin = "same-origin";
    private static readonly StringValues Deny = "DENY";
    private static readonly StringValues Framed = "SAMEORIGIN";
    private static readonly StringValues NoFeatures = "camera=(self), microphone=(), geolocation=(), payment=(), usb=()";

    public static void Set(HttpContext context, Endpoint? endpoint, bool isApi)
    {
        var headers = context.Response.Headers;
        headers.XContentTypeOptions = NoSniff;
        if (isApi)
        {
            // Counts and tickets are for whoever asked, and are old at once.
            headers.CacheControl = NoStore;
            if (context.Request.Method != HttpMethods.Get) return;
        }

        headers.ContentSecurityPolicy = endpoint?.Metadata.GetMetadata<ContentPolicy>() is { } policy ? policy.Value : Page;
        headers.XFrameOptions = endpoint?.Metadata.GetMetadata<ContentPolicy>() is { IsFramed: true } ? Framed : Deny;
        headers["Referrer-Policy"] = NoReferrer;
        headers["Cross-Origin-Opener-Policy"] = SameOrigin;
        headers["Cross-Origin-Resource-Policy"] = SameOrigin;
        headers["Permissions-Policy"] = NoFeatures;
    }
}
