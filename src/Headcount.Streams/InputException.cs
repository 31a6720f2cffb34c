namespace Headcount.Streams;

/// <summary>An input could not be read at all, or broke off: the message says what, where, and what to do.</summary>
public sealed class InputException : Exception
{
    /// <summary>Nothing more to say.</summary>
    public InputException()
    {
    }

    /// <summary>What, where, and what to do.</summary>
    public InputException(string message)
        : base(message)
    {
    }

    /// <summary>What, where, what to do, and what lies beneath.</summary>
    public InputException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
