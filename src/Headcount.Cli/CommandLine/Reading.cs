using Headcount.Cli.Output;
using Headcount.Core;
using Headcount.Streams;

namespace Headcount.Cli.CommandLine;

/// <summary>The reading of a command's inputs: what is read, what people are told meanwhile, and what was set aside.</summary>
internal sealed class Reading
{
    private const string StandardInput = "-";

    private readonly IReadOnlyList<string> _inputs;
    private readonly string _command;
    private readonly string? _ticketsPath;
    private readonly ProgressLine? _progress;
    private readonly ScanReader _reader;
    private RegisterRead? _register;

    public Reading(Values values, TimeProvider time, string command, bool canFollow, string? ticketsPath, bool showsProgress = true)
    {
        _command = command;
        _ticketsPath = ticketsPath;
        _inputs = values.Inputs(InputOptions.Inputs) is { Length: > 0 } inputs ? inputs : [StandardInput];
        Options = InputOptions.Read(values, time, canFollow);
        Check();
        if (showsProgress && !Options.Follow && Terminal.ErrorIsTerminal) _progress = new ProgressLine(time);
        Options = Options with { Progress = _progress };
        _reader = new ScanReader(Options);
    }

    public ReadOptions Options { get; }

    public Task<Register?> RegisterAsync(CancellationToken cancellationToken)
    {
        if (_ticketsPath is null) return Task.FromResult<Register?>(null);
        var options = Options with { Progress = null, Follow = false, Foreign = null, RejectsPath = null };
        return RegisterReader.ReadAsync(_ticketsPath, options, cancellationToken).ContinueWith(
            read => (_register = read.GetAwaiter().GetResult()).Register, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default)!;
    }

    public Task<ScanLedger> ReadAsync(CancellationToken cancellationToken)
    {
        HintAtTerminal();
        var read = _reader.ReadAsync(_inputs, cancellationToken);
        return _progress is null ? read : ClearingAsync(read, _progress);
    }

    private static async Task<ScanLedger> ClearingAsync(Task<ScanLedger> read, ProgressLine progress)
    {
        try
        {
            return await read.ConfigureAwait(false);
        }
        finally
        {
            progress.Clear();
        }
    }

    public IAsyncEnumerable<ScanLedger> FollowAsync(CancellationToken cancellationToken)
    {
        HintAtTerminal();
        return _reader.FollowAsync(_inputs, cancellationToken);
    }

    /// <summary>The scans one by one, as they stand: repeats too.</summary>
    public IAsyncEnumerable<Scan> ReadScansAsync(CancellationToken cancellationToken)
    {
        HintAtTerminal();
        return _reader.ReadScansAsync(_inputs, cancellationToken);
    }

    /// <summary>Says on standard error what was set aside.</summary>
    /// <returns>The exit status.</returns>
    public int Finish()
    {
        var count = SetAsideNotice.Write(_register?.SetAside ?? [], _register?.SetAsideCount ?? 0, "tickets")
            + SetAsideNotice.Write(_reader.SetAside, _reader.SetAsideCount, "scans");
        return count > 0 ? ExitStatus.SetAside : ExitStatus.Clean;
    }

    private void Check()
    {
        if (_inputs.Count(input => input == StandardInput) + (_ticketsPath == StandardInput ? 1 : 0) > 1)
            throw new UsageException("Standard input (-) can be read once only: give a file for the others.");
        if (_inputs.Any(input => input.Length == 0)) throw new UsageException("An input has an empty name.");
        if (Options.RejectsPath is { } rejects) OutputFile.CheckIsNoInput("--rejects", rejects, _ticketsPath is null ? _inputs : [.. _inputs, _ticketsPath]);
    }

    private void HintAtTerminal()
    {
        if (!_inputs.Contains(StandardInput) || !Terminal.InputIsTerminal) return;
        Console.Error.WriteLine($"Reading scans from the terminal: type them, and end with Ctrl-D. To read a file: headcount {_command} FILE");
    }
}
