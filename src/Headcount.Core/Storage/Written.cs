namespace Headcount.Core;

/// <summary>Memory for large tables.</summary>
internal static class Written
{
    /// <summary>Writes to a new array before it is read.</summary>
    /// <remarks>
    /// The system gives memory that is read first a shared page of zeros, and has to take that away again at the first write, page by page, stopping
    /// the program's other threads each time. Memory that is written first is the program's own at once.
    /// </remarks>
    public static void First(Array array) => Array.Clear(array);
}
