using Headcount.Server.Access;

namespace Headcount.Server.Live;

/// <summary>Whether one who watches still may.</summary>
internal static class Standing
{
    /// <summary>A question that can be asked as long as the caller watches.</summary>
    public static Func<bool> Of(HttpContext context)
    {
        var caller = context.Caller();
        return () => caller.MayReadCounts;
    }
}
