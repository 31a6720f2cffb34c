using System.Text.Json;

namespace Headcount.Data.Audit;

/// <summary>One field of a change.</summary>
/// <param name="Field">Which, by the name of its column.</param>
/// <param name="From">What stood there; null = nothing, or it is not told.</param>
/// <param name="To">What stands there now.</param>
public sealed record FieldChange(string Field, string? From, string? To)
{
    private static readonly JsonSerializerOptions Options = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public static string? Write(IReadOnlyList<FieldChange>? changes) => changes is { Count: > 0 } ? JsonSerializer.Serialize(changes, Options) : null;

    public static IReadOnlyList<FieldChange> Read(string? json) => json is null ? [] : JsonSerializer.Deserialize<List<FieldChange>>(json, Options) ?? [];
}
