using System.Runtime.InteropServices;

namespace Headcount.Cli.CommandLine;

/// <summary>Hears Ctrl-C and its like. The first asks the command to stop; the second ends the program at once.</summary>
internal sealed class StopSignal : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _requested = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private PosixSignalRegistration[] _registrations = [];

    /// <summary>Hears signals from now on.</summary>
    public void Listen() => _registrations =
    [
        PosixSignalRegistration.Create(PosixSignal.SIGINT, Handle),
        PosixSignalRegistration.Create(PosixSignal.SIGTERM, Handle),
    ];

    public CancellationToken Token => _stop.Token;

    /// <summary>Completes when the program is asked to stop.</summary>
    public Task Requested => _requested.Task;

    public int ExitStatus { get; private set; } = CommandLine.ExitStatus.Interrupted;

    public void Dispose()
    {
        foreach (var registration in _registrations) registration.Dispose();
        _stop.Dispose();
    }

    private void Handle(PosixSignalContext signal)
    {
        if (_requested.Task.IsCompleted) return;
        signal.Cancel = true;
        ExitStatus = signal.Signal == PosixSignal.SIGTERM ? CommandLine.ExitStatus.Terminated : CommandLine.ExitStatus.Interrupted;
        _stop.Cancel();
        _requested.TrySetResult();
    }
}
