namespace Headcount.Cli.CommandLine;

/// <summary>What the program ends with.</summary>
internal static class ExitStatus
{
    public const int Clean = 0;

    /// <summary>Could not run: a missing file, a source that broke off, a full disk.</summary>
    public const int CouldNotRun = 1;

    public const int WrongUsage = 2;

    /// <summary>Finished, with input set aside.</summary>
    public const int SetAside = 3;

    /// <summary>What was compared differs.</summary>
    public const int Differs = 4;

    // 128 + the number of the signal, as shells have it.
    public const int Interrupted = 130;
    public const int Terminated = 143;
}
