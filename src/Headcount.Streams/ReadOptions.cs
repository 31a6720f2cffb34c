using Headcount.Core;

namespace Headcount.Streams;

/// <summary>How an input is to be read.</summary>
public sealed record ReadOptions
{
    /// <summary>The longest a line or an element may be, in bytes; a longer one is set aside, in bounded memory.</summary>
    public const int MaxElementBytes = 1 << 20;

    /// <summary>The zone of timestamps that carry no offset.</summary>
    public Zone Zone { get; init; } = Zone.Utc;

    /// <summary>A bearer token for addresses.</summary>
    public string? Token { get; init; }

    /// <summary>Whether the last input is a stream that does not end: it is read on as it grows.</summary>
    public bool Follow { get; init; }

    /// <summary>Whether the first malformed element stops everything.</summary>
    public bool Strict { get; init; }

    /// <summary>A file that malformed elements are written to, whole, a line each; null = none.</summary>
    public string? RejectsPath { get; init; }

    /// <summary>How to understand a log that was not written for us; null = it was.</summary>
    public ForeignLog? Foreign { get; init; }

    /// <summary>Who is told how far the reading is; called on the reading thread, at most once a block.</summary>
    public IProgress<ReadProgress>? Progress { get; init; }

    /// <summary>The clock that paces a followed stream.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>What <c>-</c> reads; null = the program's standard input.</summary>
    public Stream? StandardInput { get; init; }

    /// <summary>How many of the elements set aside are kept with their place and reason; the rest are counted.</summary>
    public int ShownSetAside { get; init; } = 10;

    /// <summary>How many threads turn bytes into scans; 0 = one for each processor, at most eight.</summary>
    public int Workers { get; init; }

    /// <summary>Whether every element goes the general way: the fast one is checked against it.</summary>
    internal bool GeneralPathOnly { get; init; }

    /// <summary>How often a followed stream gives its ledger at the most.</summary>
    public TimeSpan RefreshInterval { get; init; } = TimeSpan.FromSeconds(1);
}

/// <summary>How far a reading is.</summary>
/// <param name="Bytes">Bytes read so far, as they are stored.</param>
/// <param name="TotalBytes">All bytes to be read; null where nobody knows.</param>
/// <param name="Scans">Scans taken so far.</param>
public readonly record struct ReadProgress(long Bytes, long? TotalBytes, long Scans);

/// <summary>An element of an input that could not be read.</summary>
/// <param name="Source">The file, address, or <c>standard input</c>.</param>
/// <param name="Line">The line that it begins on, counting from 1.</param>
/// <param name="Reason">What is wrong with it.</param>
public sealed record SetAside(string Source, long Line, string Reason)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Source}:{Line}: {Reason}";
}
