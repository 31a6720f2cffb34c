namespace Headcount.Cli.CommandLine;

/// <summary>Wrong usage: the message says which option, what is wrong with it, and what would be right.</summary>
internal sealed class UsageException(string message) : Exception(message);
