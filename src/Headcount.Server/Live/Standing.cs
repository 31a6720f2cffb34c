using Headcount.Server.Access;

namespace Headcount.Server.Live;

/// <summary>Whether one who watches still may.</summary>
internal static class Standing
{
    /// <summary>A question that can be asked as long as the caller watches, on any thread.</summary>
    public static Func<bool> Of(HttpContext context)
    {
        var identity = (Identity)context.User;

        // What a token's device or account may do can change while the token stays good.
        return () => identity.Proof.Holds && (identity.Proof is not HeldToken token || (identity.Organisation is { } organisation ? token.Identity.Caller.At(organisation) : token.Identity.Caller).MayReadCounts);
    }
}
