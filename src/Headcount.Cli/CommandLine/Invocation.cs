using System.CommandLine;
using Headcount.Streams;

namespace Headcount.Cli.CommandLine;

/// <summary>One run of the program: from the words of the command line to an exit status.</summary>
internal static class Invocation
{
    public static async Task<int> RunAsync(string[] args, TimeProvider time)
    {
        if (args.Length > 0 && UnbuiltParts.RefusalOf(args[0]) is { } refusal) return Problem(refusal, ExitStatus.WrongUsage);

        var root = new HeadcountCommand(time);
        var parse = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (UsageProblems.Of(parse) is { Count: > 0 } problems) return Wrong(problems, parse.CommandResult.Command);

        using var stop = new StopSignal();
        var run = InvokeAsync(parse, stop.Token);
        var command = parse.CommandResult.Command as HelpedCommand;
        if (await Task.WhenAny(run, stop.Requested).ConfigureAwait(false) != run)
        {
            // What was asked to stop may never do so: a read of a terminal cannot be called back.
            await Task.WhenAny(run, Task.Delay(command?.StopPatience ?? TimeSpan.FromSeconds(1), time)).ConfigureAwait(false);
            if (!run.IsCompleted) return stop.ExitStatus;
        }

        var status = await run.ConfigureAwait(false);
        return stop.Token.IsCancellationRequested && command is not { EndsCleanWhenStopped: true } ? stop.ExitStatus : status;
    }

    private static async Task<int> InvokeAsync(ParseResult parse, CancellationToken cancellationToken)
    {
        try
        {
            // Off the caller's thread, so that a signal is heard while the command computes.
            var configuration = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
            return await Task.Run(() => parse.InvokeAsync(configuration, cancellationToken), cancellationToken).ConfigureAwait(false);
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
