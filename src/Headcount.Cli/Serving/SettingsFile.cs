using System.Text.Json;
using Headcount.Cli.CommandLine;

namespace Headcount.Cli.Serving;

/// <summary>The options in an <c>appsettings.json</c>: <c>{"Headcount":{"Urls":"http://localhost:8000","NoMigrate":true}}</c>. Other sections are the server's own business.</summary>
internal sealed record SettingsFile(string Path, IReadOnlyDictionary<string, string> Values)
{
    public const string Name = "appsettings.json";

    private const string Section = "Headcount";

    /// <summary>Reads a file; one that is not there says nothing.</summary>
    /// <exception cref="UsageException">It cannot be read, or names an option that there is not.</exception>
    public static SettingsFile Read(string path, IReadOnlyList<string> names)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        if (!File.Exists(path)) return new SettingsFile(path, values);
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path), new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            foreach (var option in Options(document.RootElement))
            {
                var name = names.FirstOrDefault(known => Bare(known) == Bare(option.Name)) ?? throw new UsageException($"{path}: there is no option '{option.Name}' in \"{Section}\". There are {string.Join(", ", names)}.");
                values[name] = option.Value.ValueKind switch
                {
                    JsonValueKind.String => option.Value.GetString()!,
                    JsonValueKind.True or JsonValueKind.False or JsonValueKind.Number => option.Value.GetRawText(),
                    JsonValueKind.Null => "",
                    _ => throw new UsageException($"{path}: '{option.Name}' must be a text, true or false."),
                };
            }
        }
        catch (JsonException problem)
        {
            throw new UsageException($"{path} is not JSON: line {problem.LineNumber + 1}, byte {problem.BytePositionInLine}.");
        }

        return new SettingsFile(path, values);
    }

    private static IEnumerable<JsonProperty> Options(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object) return [];
        return root.EnumerateObject()
            .Where(section => section.Name.Equals(Section, StringComparison.OrdinalIgnoreCase) && section.Value.ValueKind == JsonValueKind.Object)
            .SelectMany(section => section.Value.EnumerateObject());
    }

    // no-migrate, no_migrate and NoMigrate are one.
    private static string Bare(string name) => name.Replace("-", "", StringComparison.Ordinal).Replace("_", "", StringComparison.Ordinal).ToLowerInvariant();
}
