using Headcount.Server.Access;
using Headcount.Server.Problems;

namespace Headcount.Server.Observability;

/// <summary><c>/metrics</c> is for this machine, and for whoever shows a token that may read counts.</summary>
internal static class MetricsEndpoint
{
    public static TBuilder RequireLocalOrToken<TBuilder>(this TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder
    {
        endpoint.Add(builder =>
        {
            var inner = builder.RequestDelegate!;
            builder.RequestDelegate = async context =>
            {
                if (!context.IsFromLoopback())
                {
                    var caller = await context.FindCallerAsync() ?? throw new ProblemException(StatusCodes.Status401Unauthorized, ProblemCodes.Unauthenticated, "Metrics are for this machine, or with a token: Authorization: Bearer ….");
                    if (!caller.MayReadCounts) throw new ProblemException(StatusCodes.Status403Forbidden, ProblemCodes.Forbidden, "This token may not read counts, and so no metrics.");
                }

                await inner(context);
            };
        });
        return endpoint;
    }
}
