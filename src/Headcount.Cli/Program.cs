using Headcount.Cli.CommandLine;

return Invocation.Run(args, TimeProvider.System);
