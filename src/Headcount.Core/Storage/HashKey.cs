using System.Runtime.CompilerServices;

namespace Headcount.Core;

/// <summary>The keys of hash tables: 64 bits that nobody can guess, drawn anew in every process.</summary>
internal static class HashKey
{
    /// <summary>Draws a key.</summary>
    /// <remarks>
    /// From a new GUID, whose 122 bits of chance the framework has from the system: its class for random numbers would do too, but loads a whole library of
    /// cryptography, a tenth of the time that a short-lived program has. The few bits that are the same in every GUID lie over others here.
    /// </remarks>
    public static ulong New()
    {
        var guid = Guid.NewGuid();
        var halves = Unsafe.As<Guid, (ulong Low, ulong High)>(ref guid);
        return halves.Low ^ halves.High;
    }
}
