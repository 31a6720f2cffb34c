namespace Headcount.Fuzz;

/// <summary>One target tried with changed inputs, one after the other: the same seed tries the same ones.</summary>
internal sealed class FuzzRun
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly FuzzTarget _target;
    private readonly Mutation _mutation;
    private readonly Lock _lock = new();
    private byte[] _input = [];
    private TimeSpan _began;

    public FuzzRun(FuzzTarget target, ulong seed)
    {
        _target = target;
        _mutation = new Mutation(seed, Corpus.Of(target.Name));
    }

    /// <summary>An input that a target did not bear, and what became of it.</summary>
    internal sealed record Failure(byte[] Input, string Message);

    public long Steps { get; private set; }

    /// <summary>Notes when a step begins, for <see cref="StuckFor"/>.</summary>
    public void Began(TimeSpan at)
    {
        lock (_lock) _began = at;
    }

    /// <summary>The input under way, if it has been for too long.</summary>
    public byte[]? StuckFor(TimeSpan now)
    {
        lock (_lock) return now - _began > Patience ? _input : null;
    }

    /// <summary>Tries the next input: first those of the corpus as they are.</summary>
    public Failure? Step()
    {
        var input = _mutation.Next(Steps++);
        lock (_lock) _input = input;
        try
        {
            _target.Try(input);
            return null;
        }
        catch (Exception e)
        {
            return new Failure(input, e.ToString());
        }
    }
}
