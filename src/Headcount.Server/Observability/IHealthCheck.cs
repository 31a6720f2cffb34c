namespace Headcount.Server.Observability;

/// <summary>A part of the server that can say how it is. Register as many as there are; <c>/health/ready</c> asks them all.</summary>
public interface IHealthCheck
{
    /// <summary>The part's name in the answer: <c>database</c>, <c>redis</c>.</summary>
    string Name { get; }

    /// <summary>How it is now. It must answer within a second or two, and may throw: then it is <see cref="Health.Failing"/>, with the exception's message.</summary>
    ValueTask<HealthReport> CheckAsync(CancellationToken cancellation);
}

/// <summary>How a part is.</summary>
public enum Health
{
    /// <summary>As it should be.</summary>
    Fine,

    /// <summary>Not as it should be, and the gates do not need it.</summary>
    Degraded,

    /// <summary>The gates cannot do without it: the server is not ready.</summary>
    Failing,
}

/// <summary>How a part is, and what there is to say of it; never a password or a guest's name.</summary>
public sealed record HealthReport(Health Health, string? Detail = null);
