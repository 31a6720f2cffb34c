using System.Text;
using Headcount.Core;
using Headcount.Simulation;

namespace Headcount.Benchmarks.Micro;

/// <summary>A small simulated day, as bytes and as scans.</summary>
internal static class Lines
{
    public const int Scans = 20_000;

    public static readonly SimulatedDay Day = SimulatedDay.Plan(new DayOptions { Attendees = Scans / 10, Scans = Scans });

    public static byte[] Write(ScanFormat format)
    {
        using var bytes = new MemoryStream();
        NdjsonWriter.WriteScans(Day, bytes, format);
        return bytes.ToArray();
    }

    /// <summary>The same lines with a blank after every colon and comma, which is as valid.</summary>
    public static byte[] Spaced(byte[] lines) =>
        Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(lines).Replace("\":\"", "\" : \"").Replace("\",\"", "\" , \""));
}
