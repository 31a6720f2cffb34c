using System.Text;

namespace Headcount.Cli.Output;

/// <summary>Text for people, on standard output: with colour where that is shown.</summary>
internal sealed class TextOut : IDisposable
{
    private readonly StreamWriter _writer;
    private readonly Style _style;

    private TextOut(Stream stream, bool inColour, int width)
    {
        _writer = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), bufferSize: 16 * 1024) { NewLine = "\n" };
        _style = new Style(inColour);
        Width = width;
    }

    /// <summary>Columns of the terminal; 80 where there is none.</summary>
    public int Width { get; }

    public static TextOut ToStandardOutput() => new(Console.OpenStandardOutput(), Terminal.TakesColour, Terminal.Columns);

    public TextOut Line(string text = "")
    {
        _writer.WriteLine(text);
        return this;
    }

    public string Bold(string text) => _style.Bold(text);

    public string Faint(string text) => _style.Faint(text);

    public string Accent(string text) => _style.Accent(text);

    /// <summary>Makes the next line the first of a cleared screen.</summary>
    public void ClearScreen() => _writer.Write("\e[H\e[2J\e[3J");

    public void Flush() => _writer.Flush();

    public void Dispose() => _writer.Dispose();
}
