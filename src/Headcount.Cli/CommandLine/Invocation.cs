using System.CommandLine;
using System.CommandLine.Invocation;
using Headcount.Streams;

namespace Headcount.Cli.CommandLine;

/// <summary>One run of the program: from the words of the command line to an exit status.</summary>
internal static class Invocation
{
    // How long what was asked to stop may take, before the program ends anyway: a read of a terminal cannot be called back.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    public static int Run(string[] args, TimeProvider time)
    {
        if (args.Length > 0 && UnbuiltParts.RefusalOf(args[0]) is { } refusal) return Problem(refusal, ExitStatus.WrongUsage);

        using var stop = new StopSignal();
        var root = new HeadcountCommand(time, stop);
        var parse = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (UsageProblems.Of(parse) is { Count: > 0 } problems) return Wrong(problems, parse.CommandResult.Command);

        // Off this thread, so that a signal is heard while the command computes. Without async methods: each costs a short-lived program a millisecond.
        stop.Listen();
        var status = ExitStatus.Clean;
        var run = Task.Run(() => { status = Invoke(parse, stop.Token); }, CancellationToken.None);
        var command = parse.CommandResult.Command as HelpedCommand;
        if (Task.WaitAny(run, stop.Requested) != 0)
        {
            Task.WaitAny(run, Task.Delay(command?.StopPatience ?? Grace, time));
            if (!run.IsCompleted) return stop.ExitStatus;
        }

        run.GetAwaiter().GetResult();
        return stop.Token.IsCancellationRequested && command is not { EndsCleanWhenStopped: true } ? stop.ExitStatus : status;
    }

    private static int Invoke(ParseResult parse, CancellationToken cancellationToken)
    {
        try
        {
            var configuration = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
            return parse.Action is AsynchronousCommandLineAction
                ? parse.InvokeAsync(configuration, cancellationToken).GetAwaiter().GetResult()
                : parse.Invoke(configuration);
        }
        catch (UsageException problem)
        {
            return Wrong([problem.Message], parse.CommandResult.Command);
        }
        catch (InputException problem)
        {
            return Problem(problem.Message, ExitStatus.CouldNotRun);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return parse.CommandResult.Command is HelpedCommand { EndsCleanWhenStopped: true } ? ExitStatus.Clean : ExitStatus.Interrupted;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return Problem(problem.Message, ExitStatus.CouldNotRun);
        }
    }

    private static int Wrong(IReadOnlyList<string> problems, Command command)
    {
        foreach (var problem in problems) Console.Error.WriteLine($"headcount: {problem}");
        Console.Error.WriteLine(command is RootCommand ? "See headcount --help." : $"See headcount {command.Name} --help.");
        return ExitStatus.WrongUsage;
    }

    private static int Problem(string message, int status)
    {
        Console.Error.WriteLine($"headcount: {message}");
        return status;
    }
}
