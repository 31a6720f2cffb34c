namespace Headcount.Cli.Output;

/// <summary>How words stand out: in colour where that is shown, else not at all.</summary>
internal sealed class Style(bool inColour)
{
    public string Bold(string text) => With("1", text);

    public string Faint(string text) => With("2", text);

    public string Warning(string text) => With("33", text);

    public string Accent(string text) => With("36", text);

    private string With(string code, string text) => inColour && text.Length > 0 ? $"\e[{code}m{text}\e[0m" : text;
}
