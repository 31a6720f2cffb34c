using Headcount.Simulation;

namespace Headcount.Core.Tests.Simulation;

/// <summary>The list that <c>--faults</c> takes.</summary>
public sealed class FaultRatesTests
{
    [Theory]
    [InlineData("none", "none")]
    [InlineData("duplicates=0.02", "duplicates=0.02")]
    [InlineData("duplicates=0.02,offline", "duplicates=0.02,offline=0.25")]
    [InlineData(" repeats = 1 , forged=0.5", null)]
    [InlineData("repeats=1, forged=.5", "repeats=1,forged=0.5")]
    [InlineData("forged,none,rapid-reentry=0.000001", "rapid-reentry=0.000001")]
    [InlineData("lost-exits=0", "none")]
    [InlineData("missed-entries,missed-entries=0.3", "missed-entries=0.3")]
    public void a_list_is_read_from_left_to_right(string list, string? readsAs)
    {
        Assert.Equal(readsAs is not null, FaultRates.TryParse(list, out var rates, out var error));
        if (readsAs is null) Assert.NotEqual("", error);
        else Assert.Equal(readsAs, rates.ToString());
    }

    [Theory]
    [InlineData("default")]
    [InlineData("all")]
    public void default_and_all_are_every_fault_at_its_usual_rate(string list)
    {
        Assert.Equal(FaultRates.Usual.ToString(), FaultRates.Parse(list).ToString());
        Assert.All(Enum.GetValues<Fault>(), fault => Assert.True(FaultRates.Usual[fault] > 0));
        Assert.Equal("none", FaultRates.None.ToString());
    }

    [Fact]
    public void all_but_one_can_be_said() => Assert.Equal(0, FaultRates.Parse("all,clock-drift=0")[Fault.ClockDrift]);

    [Theory]
    [InlineData("")]
    [InlineData("duplicate")]
    [InlineData("duplicates,")]
    [InlineData("Duplicates")]
    [InlineData("none=1")]
    [InlineData("duplicates=")]
    [InlineData("duplicates=1.01")]
    [InlineData("duplicates=-0.1")]
    [InlineData("duplicates=2%")]
    [InlineData("duplicates=0,5")]
    public void what_is_not_a_list_of_faults_is_refused_with_what_is_allowed(string list)
    {
        Assert.False(FaultRates.TryParse(list, out _, out var error));
        Assert.Contains(FaultRates.Allowed, error, StringComparison.Ordinal);
        Assert.Throws<FormatException>(() => FaultRates.Parse(list));
    }

    [Fact]
    public void every_list_reads_back_as_written() =>
        Gen.Int[0, 1_000_000].Array[8].Sample(millionths =>
        {
            var rates = millionths.Select((rate, fault) => (rate, fault))
                .Aggregate(FaultRates.None, (sum, next) => sum.With((Fault)next.fault, next.rate / 1_000_000m));
            return FaultRates.Parse(rates.ToString()).ToString() == rates.ToString();
        });
}
