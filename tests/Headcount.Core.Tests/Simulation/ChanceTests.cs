using Headcount.Simulation;

namespace Headcount.Core.Tests.Simulation;

/// <summary>The generator against the numbers of its authors' code: a changed generator is a changed day for every seed.</summary>
public sealed class ChanceTests
{
    [Fact]
    public void the_generator_is_xoshiro256_star_star()
    {
        var chance = Chance.FromState(1, 2, 3, 4);
        ulong[] published =
        [
            11520, 0, 1509978240, 1215971899390074240, 1216172134540287360, 607988272756665600, 16172922978634559625, 8476171486693032832,
            10595114339597558777, 2904607092377533576,
        ];
        Assert.Equal(published, published.Select(_ => chance.Next()));
    }

    [Fact]
    public void seeds_are_spread_by_splitmix64()
    {
        var state = 1234567UL;
        ulong[] published = [6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431, 16408922859458223821];
        Assert.Equal(published, published.Select(_ => Chance.SplitMix(ref state)));
    }

    [Fact]
    public void neighbouring_streams_and_seeds_share_no_numbers()
    {
        var seen = new HashSet<ulong>();
        for (var seed = 0UL; seed < 20; seed++)
        {
            for (var stream = 0UL; stream < 20; stream++)
            {
                var chance = new Chance(seed, stream);
                for (var i = 0; i < 10; i++) Assert.True(seen.Add(chance.Next()), $"seed {seed}, stream {stream}, number {i}");
            }
        }
    }

    [Fact]
    public void a_place_is_picked_as_often_as_its_weight_is_great() =>
        Gen.Int[0, 5].Array[1, 40].Where(weights => weights.Sum() > 0).Sample(weights =>
        {
            var chance = new Chance(7, 7);
            var cumulative = Chance.Cumulate(weights);
            var counts = new int[weights.Length];
            const int draws = 20_000;
            for (var i = 0; i < draws; i++) counts[chance.Pick(cumulative)]++;
            return weights.Select((weight, place) => Math.Abs(counts[place] - (double)draws * weight / cumulative[^1])).All(off => off < 500)
                && weights.Zip(counts).All(pair => pair.First > 0 || pair.Second == 0);
        }, iter: 50);
}
