namespace Headcount.SystemTests.Repository;

/// <summary>How a document's console blocks are read.</summary>
public sealed class ConsoleExampleTests
{
    private const string Page = """
        # A page

        ```console
        $ ./headcount one --at 11:30
        1 inside

        at gate A
        $ ./headcount two \
            --json
        $ ./headcount three  # exit status 3
        first
        …
        last
        ```

        ```sh
        $ ./headcount not-this
        ```
        """;

    private static readonly IReadOnlyList<ConsoleExample> Examples = ConsoleExample.In(Page);

    [Fact]
    public void only_console_blocks_are_read() => Assert.Equal([4, 8, 10], Examples.Select(example => example.Line));

    [Fact]
    public void what_follows_a_command_is_its_output() => Assert.Equal(["1 inside", "", "at gate A"], Examples[0].Output);

    [Fact]
    public void a_command_goes_on_after_a_backslash() => Assert.Equal("./headcount two --json", Examples[1].Command);

    [Fact]
    public void a_comment_names_the_exit_status() => Assert.Equal([0, 0, 3], Examples.Select(example => example.ExitStatus));

    [Fact]
    public void a_command_without_output_may_print_anything() => Assert.True(Examples[1].Allows("anything\n"));

    [Theory]
    [InlineData("1 inside\n\nat gate A\n", true)]
    [InlineData("1 inside\n\nat gate A", true)]
    [InlineData("1 inside\nat gate A\n", false)]
    [InlineData("1 inside\n\nat gate A\nand more\n", false)]
    [InlineData("", false)]
    public void output_is_compared_line_by_line(string printed, bool allowed) => Assert.Equal(allowed, Examples[0].Allows(printed));

    [Theory]
    [InlineData("first\nlast\n", true)]
    [InlineData("first\nand\nmore\nlast\n", true)]
    [InlineData("first\nand\nmore\n", false)]
    [InlineData("last\n", false)]
    public void an_ellipsis_stands_for_any_lines(string printed, bool allowed) => Assert.Equal(allowed, Examples[2].Allows(printed));
}
