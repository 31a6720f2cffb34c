using System.Globalization;
using System.Text;

namespace Headcount.Client;

/// <summary>A path with its query. What is null is left out.</summary>
internal sealed class Query(string path)
{
    private readonly StringBuilder _text = new(path);
    private char _separator = path.Contains('?', StringComparison.Ordinal) ? '&' : '?';

    public Query With(string name, string? value)
    {
        if (value is null) return this;
        _text.Append(_separator).Append(name).Append('=').Append(Uri.EscapeDataString(value));
        _separator = '&';
        return this;
    }

    public Query With(string name, DateTimeOffset? time) => With(name, time?.ToString("O", CultureInfo.InvariantCulture));

    public Query With(string name, long? number) => With(name, number?.ToString(CultureInfo.InvariantCulture));

    public override string ToString() => _text.ToString();
}
