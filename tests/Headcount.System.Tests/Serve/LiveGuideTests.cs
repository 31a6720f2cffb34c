using System.Text;
using System.Text.RegularExpressions;
using Headcount.SystemTests.Cli;
using Headcount.SystemTests.Repository;

namespace Headcount.SystemTests.Serve;

/// <summary>What the README and the live guide tell people to type does what they say it does.</summary>
public sealed partial class LiveGuideTests : IDisposable
{
    private const string UsualAddress = "http://localhost:8000";

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task the_live_guide_runs_from_top_to_bottom()
    {
        await using var server = await ServeProcess.StartAsync(_folder.File("headcount-data"));
        File.CreateSymbolicLink(_folder.File("headcount"), TheProgram.Path);
        var blocks = Blocks("docs/guides/live.md", "sh");
        Assert.Equal("./headcount serve\n", blocks[0]);
        var script = new StringBuilder($"set -eu\ncd '{_folder.File("")}'\n");
        foreach (var block in blocks.Skip(1)) script.Append("echo ==NEXT==\n").Append(block.Replace(UsualAddress, server.Address.AbsoluteUri.TrimEnd('/'), StringComparison.Ordinal));
        var run = await TheProgram.Start("bash", ["-c", script.ToString()], "", []);
        Assert.Equal((0, ""), (run.Status, run.Error));

        var printed = run.Output.Split("==NEXT==\n")[1..];
        Assert.Equal(blocks.Count - 1, printed.Length);
        for (var i = 0; i < printed.Length; i++)
        {
            foreach (var expected in Expectations(blocks[i + 1])) Assert.Contains(expected, printed[i], StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task the_readmes_curl_and_python_open_a_gate()
    {
        await using var server = await ServeProcess.StartAsync(_folder.File("data"), "--demo");
        var address = server.Address.AbsoluteUri.TrimEnd('/');
        var token = System.Text.Json.JsonDocument.Parse(await File.ReadAllTextAsync(_folder.File("data/demo-tokens.json"), Cancellation)).RootElement.GetProperty("A").GetString()!;
        var line = Blocks("README.md", "sh").Single(block => block.StartsWith("curl", StringComparison.Ordinal));
        var curl = await TheProgram.Start("bash", ["-c", line.Replace(UsualAddress, address, StringComparison.Ordinal).Replace("curl", "curl -sS", StringComparison.Ordinal).Replace("T00001", "T04950", StringComparison.Ordinal)], "", [("TOKEN", token)]);
        Assert.Equal(("", "accepted"), (curl.Error, curl.Json.GetProperty("status").GetString()));

        var hasRequests = await TheProgram.Start("python3", ["-c", "import requests"], "", []);
        Assert.SkipUnless(hasRequests.Status == 0, "Python's requests, which the README uses, is not installed");
        var program = Blocks("README.md", "python").Single();
        var environment = new[] { ("TOKEN", token), ("HEADCOUNT_URL", address) };
        Assert.Equal("open\n", (await TheProgram.Start("python3", ["-c", program, "T04960"], "", environment)).Output);
        Assert.Equal("Already inside\n", (await TheProgram.Start("python3", ["-c", program, "T04960"], "", environment)).Output);
    }

    internal static List<string> Blocks(string document, string language) =>
        [.. Fence().Matches(Checkout.Read(document).ReplaceLineEndings("\n")).Where(block => block.Groups["language"].Value == language).Select(block => block.Groups["code"].Value)];

    // A comment that looks like an answer names some of its fields; any other, words.
    internal static IEnumerable<string> Expectations(string block)
    {
        foreach (var comment in block.Split('\n').Where(line => line.StartsWith("# ", StringComparison.Ordinal)).Select(line => line[2..]))
        {
            if (!comment.StartsWith('{'))
                yield return comment;
            else
                foreach (Match field in Field().Matches(comment)) yield return field.Value;
        }
    }

    [GeneratedRegex(@"^```(?<language>\w+)\n(?<code>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex(@"""\w+"":(""[^""]*""|[0-9]+)")]
    private static partial Regex Field();
}
