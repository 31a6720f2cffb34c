using System.Globalization;
using System.Text.Json;

namespace Headcount.SystemTests.Webhooks;

/// <summary>A request that a receiver got.</summary>
internal sealed record Received(string Path, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    public JsonElement Json { get; } = JsonSerializer.Deserialize<JsonElement>(Body);

    public IReadOnlyList<Item> Items => [.. Json.GetProperty("items").EnumerateArray().Select(item => new Item(item))];

    public long Delivery => long.Parse(Headers["Headcount-Delivery"], CultureInfo.InvariantCulture);

    public int Attempt => int.Parse(Headers["Headcount-Attempt"], CultureInfo.InvariantCulture);
}

/// <summary>One item of a request.</summary>
internal sealed record Item(JsonElement Json)
{
    public string Topic => Json.GetProperty("topic").GetString()!;

    public long Seq => Json.GetProperty("seq").GetInt64();

    public string? Text(string name) => Json.GetProperty(name).GetString();
}
