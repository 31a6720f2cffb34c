using System.Diagnostics;

namespace Headcount.SystemTests.Repository;

/// <summary>The documentation runs: every <c>./headcount</c> command in a console block does what its page shows.</summary>
/// <remarks>The commands of one page run in order, in a folder of their own that looks like the root of the repository: what they write stays there.</remarks>
public sealed class DocumentedCommandTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    public static TheoryData<string> Documents => [.. Checkout.FilesWithExtension(".md")];

    [Theory, MemberData(nameof(Documents))]
    public async Task a_page_shows_what_its_commands_print(string document)
    {
        var examples = ConsoleExample.In(Checkout.Read(document)).Where(example => example.Command.Contains("./headcount", StringComparison.Ordinal)).ToList();
        if (examples.Count == 0) return;

        using var root = new LookAlikeRoot();
        foreach (var example in examples)
        {
            var (status, printed) = await Run(example.Command, root.Folder);
            Assert.True(status == example.ExitStatus && example.Allows(printed),
                $"""
                {document}:{example.Line}: $ {example.Command}
                exit status {status}, expected {example.ExitStatus}
                --- printed
                {printed}
                --- the page shows
                {string.Join('\n', example.Output)}
                """);
        }
    }

    private static async Task<(int Status, string Printed)> Run(string command, string folder)
    {
        // One stream, as on a terminal.
        var start = new ProcessStartInfo("bash", ["-c", $"exec 2>&1\n{command}"])
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.Environment["COLUMNS"] = "80";
        start.Environment.Remove("HEADCOUNT_TOKEN");
        using var shell = Process.Start(start)!;
        shell.StandardInput.Close();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Patience);
        try
        {
            var printed = await shell.StandardOutput.ReadToEndAsync(limit.Token);
            await shell.WaitForExitAsync(limit.Token);
            return (shell.ExitCode, printed);
        }
        catch (OperationCanceledException)
        {
            shell.Kill(entireProcessTree: true);
            throw new TimeoutException($"No end after {Patience}: {command}");
        }
    }

    /// <summary>A temporary folder that links to everything at the root of the repository.</summary>
    private sealed class LookAlikeRoot : IDisposable
    {
        public LookAlikeRoot()
        {
            Folder = Directory.CreateTempSubdirectory("headcount-docs-").FullName;
            foreach (var name in Checkout.Files.Select(file => file.Split('/')[0]).Distinct())
                File.CreateSymbolicLink(Path.Combine(Folder, name), Path.Combine(Checkout.Root, name));
        }

        public string Folder { get; }

        // The links go, not what they lead to.
        public void Dispose() => Directory.Delete(Folder, recursive: true);
    }
}
