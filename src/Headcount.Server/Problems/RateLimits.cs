using Microsoft.Extensions.Configuration;

namespace Headcount.Server.Problems;

/// <summary>How much one caller may ask for. Generous: they are there for what runs wild, not for a busy gate.</summary>
/// <remarks>Changed by <c>Limits:ScansPerSecond</c> and so on in <c>appsettings.json</c>, or <c>Limits__ScansPerSecond</c> in the environment.</remarks>
internal sealed record RateLimits
{
    /// <summary>Scans a second with one token.</summary>
    public int ScansPerSecond { get; init; } = 2_000;

    /// <summary>Scans at once with one token after a quiet time.</summary>
    public int ScanBurst { get; init; } = 4_000;

    /// <summary>Other requests a second with one token or session.</summary>
    public int RequestsPerSecond { get; init; } = 200;

    /// <summary>Other requests at once after a quiet time.</summary>
    public int RequestBurst { get; init; } = 1_000;

    /// <summary>Requests a second from one address that show no valid token.</summary>
    public int FailuresPerSecond { get; init; } = 5;

    /// <summary>Such requests at once after a quiet time.</summary>
    public int FailureBurst { get; init; } = 200;

    /// <summary>The defaults, but for what the configuration says.</summary>
    public static RateLimits From(IConfiguration configuration)
    {
        var limits = configuration.GetSection("Limits");
        var defaults = new RateLimits();
        return new RateLimits
        {
            ScansPerSecond = Read(nameof(ScansPerSecond), defaults.ScansPerSecond),
            ScanBurst = Read(nameof(ScanBurst), defaults.ScanBurst),
            RequestsPerSecond = Read(nameof(RequestsPerSecond), defaults.RequestsPerSecond),
            RequestBurst = Read(nameof(RequestBurst), defaults.RequestBurst),
            FailuresPerSecond = Read(nameof(FailuresPerSecond), defaults.FailuresPerSecond),
            FailureBurst = Read(nameof(FailureBurst), defaults.FailureBurst),
        };

        int Read(string name, int otherwise)
        {
            if (limits[name] is not { Length: > 0 } text) return otherwise;
            return int.TryParse(text, out var value) && value is >= 1 and <= 1_000_000
                ? value
                : throw new InvalidOperationException($"Limits:{name} is '{text}'; a whole number from 1 to 1000000 is needed.");
        }
    }
}
