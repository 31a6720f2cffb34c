using System.Runtime.InteropServices;
using Headcount.Core;

namespace Headcount.Simulation;

/// <summary>What the gates see of the day: the scans that get through, with their numbers, delays and retries, and those that are lost.</summary>
internal sealed class GateLog(DayOptions options, Venue venue, Chance faults)
{
    private const int UsualLatency = 100;

    private readonly List<ScanRow> _rows = new((int)((options.Scans ?? options.Attendees * 4L) * 21 / 20) + 64);
    private readonly List<ScanRow> _lost = [];
    private readonly bool _linksFail = options.Faults.InAMillion(Fault.Offline) > 0;
    private readonly int _repeats = options.Faults.InAMillion(Fault.Repeats);

    public int Count => _rows.Count;

    public void Lose(int ticket, int time, int device, ScanType type) =>
        _lost.Add(new ScanRow { Ticket = ticket, Time = time, Arrival = time, Device = (ushort)device, Type = type, Truth = ScanTruth.Lost });

    public void Deliver(int ticket, int time, int device, ScanType type, ScanTruth truth)
    {
        var outage = venue.Outages[device / venue.LanesPerGate];
        var sent = outage.Covers(time) ? outage.DeliveryOf(time) : time;
        var row = new ScanRow
        {
            Ticket = ticket,
            Time = time,
            Arrival = sent + (_linksFail ? faults.Between(40, 400) : UsualLatency),
            Device = (ushort)device,
            Type = type,
            Truth = truth,
        };
        _rows.Add(row);
        if (!faults.Hits(_repeats)) return;
        row.Arrival += faults.Between(2_000, 60_000);
        row.Truth = ScanTruth.Repeat;
        _rows.Add(row);
    }

    /// <summary>The scans in order of arrival, and the lost ones in order of time.</summary>
    public (ScanRow[] Rows, ScanRow[] Lost) Close()
    {
        Number();
        return (InOrder(_rows, row => row.Arrival), InOrder(_lost, row => row.Time));
    }

    /// <summary>Gives each scan the number its device counted it by: in order of time, a repeat the same as its original.</summary>
    private void Number()
    {
        var rows = CollectionsMarshal.AsSpan(_rows);
        var counters = new int[venue.Clocks.Length];
        foreach (var place in Order(rows, row => row.Time))
        {
            ref var row = ref rows[(int)(place & uint.MaxValue)];
            if (row.Truth != ScanTruth.Repeat) row.Number = ++counters[row.Device];
        }

        for (var i = 1; i < rows.Length; i++)
        {
            if (rows[i].Truth == ScanTruth.Repeat) rows[i].Number = rows[i - 1].Number;
        }
    }

    private static ScanRow[] InOrder(List<ScanRow> list, Func<ScanRow, int> time)
    {
        var rows = CollectionsMarshal.AsSpan(list);
        var ordered = new ScanRow[rows.Length];
        var next = 0;
        foreach (var place in Order(rows, time)) ordered[next++] = rows[(int)(place & uint.MaxValue)];
        return ordered;
    }

    /// <summary>Places by time. Time and place are one key, so no two are equal and any way of sorting gives the same order.</summary>
    private static long[] Order(ReadOnlySpan<ScanRow> rows, Func<ScanRow, int> time)
    {
        var keys = new long[rows.Length];
        for (var i = 0; i < keys.Length; i++) keys[i] = ((long)time(rows[i]) << 32) | (uint)i;
        Array.Sort(keys);
        return keys;
    }
}
