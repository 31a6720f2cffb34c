namespace Headcount.Cli.CommandLine;

/// <summary>Parts that are planned and not there: asked for, they are refused by name, never ignored.</summary>
internal static class UnbuiltParts
{
    private static readonly string[] Commands = ["gate"];

    /// <summary>What to say to somebody who asks for a command that is not built yet; null where it is, or never will be.</summary>
    public static string? RefusalOf(string command) => Commands.Contains(command) ? Refuse(command) : null;

    public static string Refuse(string part) => $"`{part}` is not built yet.";
}
