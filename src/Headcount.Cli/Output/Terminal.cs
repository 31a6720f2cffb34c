namespace Headcount.Cli.Output;

/// <summary>Where the program's output goes, and what can be shown there.</summary>
internal static class Terminal
{
    private const int UsualColumns = 80;
    private const int UsualRows = 24;

    public static bool InputIsTerminal => !Console.IsInputRedirected;

    public static bool OutputIsTerminal => !Console.IsOutputRedirected;

    public static bool ErrorIsTerminal => !Console.IsErrorRedirected;

    /// <summary>Colour on a terminal only, and not where NO_COLOR says so (https://no-color.org: set, and not empty).</summary>
    public static bool TakesColour =>
        OutputIsTerminal
        && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"))
        && Environment.GetEnvironmentVariable("TERM") != "dumb";

    public static int Columns => Measure(() => Console.WindowWidth, UsualColumns);

    public static int Rows => Measure(() => Console.WindowHeight, UsualRows);

    private static int Measure(Func<int> ask, int usual)
    {
        if (!OutputIsTerminal) return usual;
        try
        {
            return ask() is > 0 and var size ? size : usual;
        }
        catch (IOException)
        {
            return usual;
        }
    }
}
