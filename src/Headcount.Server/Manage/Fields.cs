using System.Globalization;
using System.Text.Json;
using Headcount.Core;
using Headcount.Server.Problems;

namespace Headcount.Server.Manage;

/// <summary>The fields of a JSON object that somebody sent. Each is read as what it means; everything that is wrong is noted, and told at once.</summary>
internal sealed class Fields
{
    /// <summary>How long the body of a change may be, in bytes.</summary>
    public const int MostBodyBytes = 1 << 20;

    private static readonly JsonDocumentOptions Options = new() { AllowDuplicateProperties = false, MaxDepth = 16 };

    private readonly Dictionary<string, JsonElement> _values = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, string> _errors;
    private readonly string _path;

    /// <summary>The fields of an object; keys that are none of those known are wrong.</summary>
    public Fields(JsonElement json, IReadOnlySet<string> known)
        : this(json, known, "", new SortedDictionary<string, string>(StringComparer.Ordinal))
    {
    }

    private Fields(JsonElement json, IReadOnlySet<string> known, string path, SortedDictionary<string, string> errors)
    {
        (_path, _errors) = (path, errors);
        foreach (var property in json.EnumerateObject())
        {
            if (known.Contains(property.Name))
                _values[property.Name] = property.Value;
            else
                Wrong(Names.Excerpt(property.Name), $"there is no such field; there are {string.Join(", ", known)}");
        }
    }

    /// <summary>Reads a body as one JSON object. An empty body is an empty object where that is allowed.</summary>
    /// <exception cref="ProblemException">It is none (400), or too long (413).</exception>
    public static async Task<JsonElement> ReadBodyAsync(HttpContext context, bool mayBeEmpty = false)
    {
        Gate.BodyTypes.RequirePlain(context.Request);
        var body = new MemoryStream();
        var buffer = new byte[16 * 1024];
        int read;
        while ((read = await context.Request.Body.ReadAsync(buffer, context.RequestAborted)) > 0)
        {
            if (body.Length + read > MostBodyBytes) throw new ProblemException(StatusCodes.Status413PayloadTooLarge, ProblemCodes.TooLarge, $"The body is longer than {MostBodyBytes} bytes.");
            body.Write(buffer, 0, read);
        }

        var bytes = body.GetBuffer().AsMemory(0, (int)body.Length);
        if (mayBeEmpty && bytes.Span.IndexOfAnyExcept(" \t\r\n"u8) < 0) bytes = "{}"u8.ToArray();
        if (!System.Text.Unicode.Utf8.IsValid(bytes.Span)) throw Unreadable("it is not valid UTF-8");
        try
        {
            using var document = JsonDocument.Parse(bytes, Options);
            if (document.RootElement.ValueKind != JsonValueKind.Object) throw Unreadable("it is not an object { … }");
            return document.RootElement.Clone();
        }
        catch (Exception problem) when (problem is JsonException or InvalidOperationException)
        {
            throw Unreadable(problem.Message);
        }
    }

    private static ProblemException Unreadable(string why) => new(StatusCodes.Status400BadRequest, ProblemCodes.Unreadable, $"The body cannot be read as a JSON object: {why.TrimEnd('.')}.");

    /// <summary>Whether a field is there, be it null.</summary>
    public bool Has(string name) => _values.ContainsKey(name);

    /// <summary>Notes what is wrong with a field.</summary>
    public void Wrong(string name, string why) => _errors.TryAdd(_path + name, why);

    /// <exception cref="ProblemException">Something was wrong: every wrong field.</exception>
    public void ThrowIfWrong(string what)
    {
        if (_errors.Count == 0) return;
        throw new ProblemException(StatusCodes.Status422UnprocessableEntity, ProblemCodes.Malformed,
            $"{what} cannot be taken: {string.Join("; ", _errors.Take(3).Select(error => $"{error.Key}: {error.Value}"))}{(_errors.Count > 3 ? $"; and {_errors.Count - 3} more" : "")}.",
            _errors);
    }

    /// <summary>A text; null where it is absent, null or empty, or wrong.</summary>
    public string? Text(string name, int most, bool isRequired = false)
    {
        var text = !TryValue(name, out var value) ? null : TextOf(name, value, most);
        if (isRequired && text is null) Wrong(name, "is needed");
        return text;
    }

    /// <summary>One of a few words.</summary>
    public string? Word(string name, params string[] words)
    {
        var text = Text(name, 64);
        if (text is null || words.Contains(text)) return text;
        Wrong(name, $"'{Names.Excerpt(text)}' is none of {string.Join(", ", words)}");
        return null;
    }

    /// <summary>A whole number.</summary>
    public long? Count(string name, long least, long most, bool isRequired = false)
    {
        if (!TryValue(name, out var value))
        {
            if (isRequired) Wrong(name, "is needed");
            return null;
        }

        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var count) && count >= least && count <= most) return count;
        Wrong(name, $"must be a whole number from {least} to {most}");
        return null;
    }

    /// <summary>A number that may have a fraction.</summary>
    public double? Number(string name, double least, double most)
    {
        if (!TryValue(name, out var value)) return null;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && number >= least && number <= most) return number;
        Wrong(name, string.Create(CultureInfo.InvariantCulture, $"must be a number from {least} to {most}"));
        return null;
    }

    public bool? Flag(string name)
    {
        if (!TryValue(name, out var value)) return null;
        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False) return value.GetBoolean();
        Wrong(name, "must be true or false");
        return null;
    }

    /// <summary>A time; without an offset it is on the zone's clock.</summary>
    public Instant? Time(string name, Zone zone)
    {
        if (Text(name, 64) is not { } text) return null;
        if (Timestamp.TryParse(text, zone, out var instant)) return instant;
        Wrong(name, $"'{Names.Excerpt(text)}' is no ISO 8601 date and time, as 2025-09-30T18:00 is");
        return null;
    }

    public Zone? Zone(string name, bool isRequired = false)
    {
        if (Text(name, 64, isRequired) is not { } id) return null;
        if (Core.Zone.TryFind(id, out var zone)) return zone;
        Wrong(name, $"'{Names.Excerpt(id)}' is no known time zone; write an IANA name as Europe/London, UTC, or an offset as +02:00");
        return null;
    }

    /// <summary>A list of texts, none twice; null where it is absent, null or wrong.</summary>
    public List<string>? Texts(string name, int mostItems, int mostCharacters)
    {
        if (!TryList(name, mostItems, out var list)) return null;
        var texts = new List<string>();
        var place = 0;
        foreach (var item in list.EnumerateArray())
        {
            var text = TextOf($"{name}[{place}]", item, mostCharacters);
            if (text is null)
                Wrong($"{name}[{place}]", "is empty");
            else if (texts.Contains(text))
                Wrong($"{name}[{place}]", $"'{Names.Excerpt(text)}' is there twice");
            else
                texts.Add(text);
            place++;
        }

        return texts;
    }

    /// <summary>A list of whole numbers.</summary>
    public List<int>? Counts(string name, int mostItems, int least, int most)
    {
        if (!TryList(name, mostItems, out var list)) return null;
        var counts = new List<int>();
        foreach (var item in list.EnumerateArray())
        {
            if (item.ValueKind == JsonValueKind.Number && item.TryGetInt32(out var count) && count >= least && count <= most)
                counts.Add(count);
            else
                Wrong(name, $"must hold whole numbers from {least} to {most}");
        }

        return counts;
    }

    /// <summary>A list of objects, each read by its own fields.</summary>
    public List<T>? Objects<T>(string name, int mostItems, IReadOnlySet<string> known, Func<Fields, T> read)
    {
        if (!TryList(name, mostItems, out var list)) return null;
        var objects = new List<T>();
        var place = 0;
        foreach (var item in list.EnumerateArray())
        {
            if (item.ValueKind == JsonValueKind.Object)
                objects.Add(read(new Fields(item, known, $"{_path}{name}[{place}].", _errors)));
            else
                Wrong($"{name}[{place}]", "must be an object { … }");
            place++;
        }

        return objects;
    }

    private bool TryValue(string name, out JsonElement value) => _values.TryGetValue(name, out value) && value.ValueKind != JsonValueKind.Null;

    private bool TryList(string name, int most, out JsonElement list)
    {
        if (!TryValue(name, out list)) return false;
        if (list.ValueKind == JsonValueKind.Array && list.GetArrayLength() <= most) return true;
        Wrong(name, list.ValueKind == JsonValueKind.Array ? $"holds {list.GetArrayLength()} items; at most {most} are allowed" : "must be a list [ … ]");
        return false;
    }

    // A whole number where text belongs is its digits; an empty text is none.
    private string? TextOf(string name, JsonElement value, int most)
    {
        string text;
        if (value.ValueKind == JsonValueKind.Number && value.GetRawText() is var digits && digits.AsSpan().TrimStart('-').IndexOfAnyExceptInRange('0', '9') < 0)
        {
            text = digits;
        }
        else if (value.ValueKind != JsonValueKind.String)
        {
            Wrong(name, "must be text");
            return null;
        }
        else if (!Names.TryText(value, out text))
        {
            Wrong(name, "holds half a character, or U+0000");
            return null;
        }

        var length = Names.Characters(text);
        if (length > most) Wrong(name, $"has {length} characters; at most {most} are allowed");
        return length == 0 || length > most ? null : text;
    }
}
