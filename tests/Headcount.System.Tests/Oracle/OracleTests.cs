using Headcount.SystemTests.Cli;
using Headcount.SystemTests.Repository;

namespace Headcount.SystemTests.Oracle;

/// <summary>The program against <c>tests/oracle/oracle.py</c>, which was written from the rules alone and shares no line with it.</summary>
public sealed class OracleTests
{
    [Fact]
    public async Task the_program_and_the_oracle_give_the_same_answers()
    {
        var differ = Path.Combine(Checkout.Root, "tests", "oracle", "differ.py");
        await SkipWithoutPython();
        var outcome = await TheProgram.Start("python3", ["-B", differ, "--seed", "20250930", "--streams", "120", "--minutes", "0.4", "--differences", "2"], "", []);
        Assert.True(outcome.Status == 0, outcome.Output + outcome.Error);
    }

    private static async Task SkipWithoutPython()
    {
        try
        {
            var python = await TheProgram.Start("python3", ["-c", "import zoneinfo; zoneinfo.ZoneInfo('Europe/London')"], "", []);
            Assert.SkipUnless(python.Status == 0, "python3 is older than 3.9, or has no time zones");
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip("python3 is not installed");
        }
    }
}
