using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;

namespace Headcount.Server.Documents;

/// <summary>Tells from an example what a body is made of.</summary>
internal static class ExampleSchema
{
    public static OpenApiMediaType MediaType(string example, string contentType, IReadOnlyDictionary<string, string> meanings)
    {
        if (!contentType.EndsWith("json", StringComparison.Ordinal) || contentType.Contains("ndjson", StringComparison.Ordinal))
            return new OpenApiMediaType { Schema = new OpenApiSchema { Type = JsonSchemaType.String }, Example = JsonValue.Create(example) };
        var json = JsonNode.Parse(example);
        return new OpenApiMediaType { Schema = Of(json, meanings, null), Example = json };
    }

    private static OpenApiSchema Of(JsonNode? json, IReadOnlyDictionary<string, string> meanings, string? meaning) => json switch
    {
        JsonObject map when IsMap(map) => new OpenApiSchema { Type = JsonSchemaType.Object, Description = meaning, AdditionalProperties = Of(map.First().Value, meanings, null) },
        JsonObject whole => new OpenApiSchema
        {
            Type = JsonSchemaType.Object, Description = meaning,
            Properties = whole.ToDictionary(field => field.Key, field => (IOpenApiSchema)Of(field.Value, meanings, meanings.GetValueOrDefault(field.Key))),
        },
        JsonArray list => new OpenApiSchema { Type = JsonSchemaType.Array, Description = meaning, Items = list.Count == 0 ? new OpenApiSchema() : Merged(list, meanings) },
        null => new OpenApiSchema { Description = meaning },
        _ => new OpenApiSchema { Description = meaning, Type = TypeOf(json) | (meaning?.Contains("null", StringComparison.Ordinal) == true ? JsonSchemaType.Null : 0) },
    };

    // Elements of a list are alike, and may each show other fields.
    private static OpenApiSchema Merged(JsonArray list, IReadOnlyDictionary<string, string> meanings)
    {
        var schema = Of(list[0], meanings, null);
        foreach (var other in list.Skip(1).OfType<JsonObject>())
        {
            foreach (var (name, value) in other)
            {
                if (schema.Properties is { } known && (!known.TryGetValue(name, out var before) || before.Type is null)) known[name] = Of(value, meanings, meanings.GetValueOrDefault(name));
            }
        }

        return schema;
    }

    // Our own keys are lower-case; names of gates and types in examples are not.
    private static bool IsMap(JsonObject map) => map.Count > 0 && map.All(field => field.Key.Any(char.IsUpper));

    private static JsonSchemaType TypeOf(JsonNode json) => json.GetValueKind() switch
    {
        JsonValueKind.String => JsonSchemaType.String,
        JsonValueKind.True or JsonValueKind.False => JsonSchemaType.Boolean,
        _ => json.ToJsonString().Contains('.', StringComparison.Ordinal) ? JsonSchemaType.Number : JsonSchemaType.Integer,
    };
}
