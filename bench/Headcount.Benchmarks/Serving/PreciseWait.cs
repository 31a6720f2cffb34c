using System.Runtime.InteropServices;

namespace Headcount.Benchmarks.Serving;

/// <summary>Waits to within some microseconds without turning in circles: the service needs the cores (Linux).</summary>
internal static partial class PreciseWait
{
    private const int Monotonic = 1;
    private const int IsAbsolute = 1;
    private const long NanosecondsPerSecond = 1_000_000_000;

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeOfDay
    {
        public long Seconds;
        public long Nanoseconds;
    }

    /// <summary>The kernel's clock that never goes back.</summary>
    public static TimeSpan Now
    {
        get
        {
            _ = Get(Monotonic, out var now);
            return new TimeSpan(now.Seconds * TimeSpan.TicksPerSecond + now.Nanoseconds / TimeSpan.NanosecondsPerTick);
        }
    }

    /// <summary>Waits until that clock says so.</summary>
    public static void Until(TimeSpan due)
    {
        var nanoseconds = due.Ticks * TimeSpan.NanosecondsPerTick;
        var until = new TimeOfDay { Seconds = nanoseconds / NanosecondsPerSecond, Nanoseconds = nanoseconds % NanosecondsPerSecond };
        while (Now < due) _ = Sleep(Monotonic, IsAbsolute, in until, 0);
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int Get(int clock, out TimeOfDay time);

    [LibraryImport("libc", EntryPoint = "clock_nanosleep")]
    private static partial int Sleep(int clock, int flags, in TimeOfDay until, nint left);
}
