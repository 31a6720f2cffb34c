namespace Headcount.Core;

/// <summary>Why a record of the log cannot be taken back.</summary>
public enum AnnulmentProblem : byte
{
    /// <summary>It can.</summary>
    None,

    /// <summary>The log has no record of that number.</summary>
    NoSuchRecord,

    /// <summary>It is an annulment or a closing; only scans are taken back.</summary>
    NotAScan,

    /// <summary>It was taken back already.</summary>
    AnnulledBefore,
}
