using Headcount.Cli.CommandLine;

return await Invocation.RunAsync(args, TimeProvider.System);
