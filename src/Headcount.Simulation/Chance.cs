using System.Numerics;

namespace Headcount.Simulation;

/// <summary>The dice: xoshiro256** seeded by SplitMix64, integers only, so that a seed means the same on every machine and runtime.</summary>
/// <remarks>
/// System.Random promises no algorithm. Sources: Blackman and Vigna, "Scrambled linear pseudorandom number generators" (2021), and their
/// public-domain reference code at prng.di.unimi.it. Not for several threads at once.
/// </remarks>
internal sealed class Chance
{
    public const int Million = 1_000_000;

    private ulong _s0, _s1, _s2, _s3;

    public Chance(ulong seed, ulong stream) => Restart(seed, stream);

    /// <summary>Begins one of a seed's many independent sequences: a guest's luck does not hang on who came before.</summary>
    public void Restart(ulong seed, ulong stream)
    {
        // Both are mixed first: added plainly, neighbouring streams would be the same sequence, one step apart.
        var state = Mix(seed + 0x9E3779B97F4A7C15) ^ Mix(stream + 0xD1B54A32D192ED03);
        _s0 = SplitMix(ref state);
        _s1 = SplitMix(ref state);
        _s2 = SplitMix(ref state);
        _s3 = SplitMix(ref state);
    }

    /// <summary>The generator in a given state, to hold it against published numbers.</summary>
    internal static Chance FromState(ulong s0, ulong s1, ulong s2, ulong s3) => new(0, 0) { _s0 = s0, _s1 = s1, _s2 = s2, _s3 = s3 };

    public ulong Next()
    {
        var result = BitOperations.RotateLeft(_s1 * 5, 7) * 9;
        var shifted = _s1 << 17;
        _s2 ^= _s0;
        _s3 ^= _s1;
        _s1 ^= _s2;
        _s0 ^= _s3;
        _s2 ^= shifted;
        _s3 = BitOperations.RotateLeft(_s3, 45);
        return result;
    }

    /// <summary>A whole number from 0 to just below the bound; 0 where the bound is not positive.</summary>
    public int Below(int bound) => bound <= 0 ? 0 : (int)(((Next() >> 32) * (uint)bound) >> 32);

    /// <summary>A whole number from the first to the second, both included.</summary>
    public int Between(int least, int most) => least + Below(most - least + 1);

    /// <summary>Whether something that happens so many times in a million happens now.</summary>
    public bool Hits(int inAMillion) => Below(Million) < inAMillion;

    /// <summary>A place in a table of cumulative weights, as often as its weight is great.</summary>
    public int Pick(int[] cumulative)
    {
        var roll = Below(cumulative[^1]);
        if (cumulative.Length > 16)
        {
            var found = Array.BinarySearch(cumulative, roll);
            if (found < 0) return ~found;
            while (cumulative[found] <= roll) found++;
            return found;
        }

        var place = 0;
        while (cumulative[place] <= roll) place++;
        return place;
    }

    public static int[] Cumulate(IReadOnlyList<int> weights)
    {
        var cumulative = new int[weights.Count];
        var sum = 0;
        for (var i = 0; i < cumulative.Length; i++) cumulative[i] = sum += weights[i];
        return cumulative;
    }

    internal static ulong SplitMix(ref ulong state) => Mix(state += 0x9E3779B97F4A7C15);

    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
