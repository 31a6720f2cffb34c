using System.Text;

namespace Headcount.Cli.Output;

/// <summary>Rows of names and figures: names to the left, figures to the right, every column as wide as it must be.</summary>
/// <param name="headings">The columns; one that begins with <c>&lt;</c> is set to the left.</param>
internal sealed class HumanTable(params string[] headings)
{
    private const string Gap = "  ";

    private readonly List<string[]> _rows = [];

    public HumanTable Row(params string[] cells)
    {
        _rows.Add(cells);
        return this;
    }

    public void Write(TextOut text, bool lastIsTotal = false)
    {
        var titles = headings.Select(heading => heading.TrimStart('<')).ToArray();
        var widths = titles.Select((title, column) => _rows.Select(row => DisplayWidth.Of(row[column])).Append(DisplayWidth.Of(title)).Max()).ToArray();
        text.Line(text.Faint(Format(titles, widths)));
        for (var i = 0; i < _rows.Count; i++)
        {
            var line = Format(_rows[i], widths);
            text.Line(lastIsTotal && i == _rows.Count - 1 ? text.Bold(line) : line);
        }
    }

    private string Format(string[] cells, int[] widths)
    {
        var line = new StringBuilder();
        for (var column = 0; column < cells.Length; column++)
        {
            if (column > 0) line.Append(Gap);
            var padding = new string(' ', widths[column] - DisplayWidth.Of(cells[column]));
            line.Append(headings[column].StartsWith('<') ? cells[column] + padding : padding + cells[column]);
        }

        return line.ToString().TrimEnd();
    }
}
