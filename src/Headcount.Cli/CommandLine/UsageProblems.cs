using System.CommandLine;
using System.CommandLine.Parsing;

namespace Headcount.Cli.CommandLine;

/// <summary>What is wrong with a command line before any value in it is looked at, each problem with the word that was perhaps meant.</summary>
internal static class UsageProblems
{
    public static IReadOnlyList<string> Of(ParseResult parse)
    {
        if (parse.Errors.Count > 0 && parse.CommandResult.Command is RootCommand root) return [OfRoot(parse, root)];
        var command = parse.CommandResult.Command;
        var unknown = UnknownOptions(parse).Distinct().Select(option => UnknownOption(option, command)).ToList();
        return unknown.Count > 0 ? unknown : [.. parse.Errors.Select(error => Reworded(error, command)).Distinct()];
    }

    private static string OfRoot(ParseResult parse, RootCommand root)
    {
        if (parse.UnmatchedTokens.Count == 0) return "Say what to do: headcount COMMAND, for example headcount occupancy FILE.";
        var word = parse.UnmatchedTokens[0];
        var isOption = word.StartsWith('-');
        var known = isOption ? root.Options.Select(option => option.Name) : root.Subcommands.Select(command => command.Name);
        return $"There is no {(isOption ? "option" : "command")} '{word}'.{Suggestion(word, known)}";
    }

    // The parser takes an option that it does not know for an input.
    private static IEnumerable<string> UnknownOptions(ParseResult parse)
    {
        foreach (var token in parse.Tokens)
        {
            if (token.Type == TokenType.DoubleDash) yield break;
            if (token.Type == TokenType.Argument && token.Value.Length > 1 && token.Value[0] == '-' && !IsValue(parse, token)) yield return token.Value;
        }
    }

    private static bool IsValue(ParseResult parse, Token token) =>
        parse.CommandResult.Children.OfType<OptionResult>().Any(option => option.Tokens.Any(value => ReferenceEquals(value, token)));

    private static string UnknownOption(string word, Command command)
    {
        var equals = word.IndexOf('=', StringComparison.Ordinal);
        var name = equals < 0 ? word : word[..equals];
        return $"There is no option '{name}' of {command.Name}.{Suggestion(name, command.Options.Where(option => !option.Hidden).Select(option => option.Name))}";
    }

    private static string Reworded(ParseError error, Command command)
    {
        if (error.SymbolResult is OptionResult { Option: { } option } result)
        {
            if (result.Tokens.Count > 1 || result.IdentifierTokenCount > 1) return $"{option.Name} is given {Math.Max(result.Tokens.Count, result.IdentifierTokenCount)} times: give it once.";
            if (result.Tokens.Count == 0 && option.Arity.MinimumNumberOfValues > 0) return $"{option.Name} needs a value: {option.Name} {option.HelpName}.";
        }

        return error.SymbolResult is CommandResult && command.Arguments.Count == 0 ? $"{command.Name} reads nothing and takes options only: {error.Message}" : error.Message;
    }

    private static string Suggestion(string word, IEnumerable<string> known)
    {
        var nearest = known.Select(name => (name, distance: Distance(word, name))).OrderBy(candidate => candidate.distance).FirstOrDefault();
        return nearest.name is not null && nearest.distance <= Math.Max(2, word.Length / 3) ? $" Did you mean '{nearest.name}'?" : "";
    }

    /// <summary>How many letters must be changed, put in or taken out (Levenshtein).</summary>
    private static int Distance(string one, string other)
    {
        var row = Enumerable.Range(0, other.Length + 1).ToArray();
        for (var i = 1; i <= one.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= other.Length; j++)
            {
                var change = diagonal + (one[i - 1] == other[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(change, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1];
    }
}
