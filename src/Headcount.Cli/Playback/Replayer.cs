using System.Globalization;
using Headcount.Cli.Output;
using Headcount.Core;

namespace Headcount.Cli.Playback;

/// <summary>Plays a day: as a live picture on a terminal, as plain lines elsewhere.</summary>
internal sealed class Replayer(DayPlayback day, Zone zone, TimeProvider time)
{
    private static readonly TimeSpan FrameTime = TimeSpan.FromMilliseconds(80);

    public required Speed Speed { get; set; }

    /// <summary>The time of the day between two plain lines.</summary>
    public required TimeSpan Step { get; init; }

    public long? Capacity { get; init; }

    public required string Title { get; init; }

    /// <summary>The live picture, until q or, where no keys can be pressed, the end of the day.</summary>
    public async Task ShowAsync(CancellationToken cancellationToken)
    {
        var picture = new ReplayPicture(day, zone, Capacity, Title, new Style(Terminal.TakesColour));
        using var screen = new AlternateScreen();
        var keys = Keys.Listen();
        var isPaused = false;
        var shownAt = time.GetTimestamp();
        using var frames = new PeriodicTimer(FrameTime, time);
        do
        {
            while (keys?.TryTake(out var key) == true)
            {
                if (key.KeyChar is 'q' or 'Q' || key.Key == ConsoleKey.Escape) return;
                if (key.KeyChar == ' ') isPaused = !isPaused;
                else if (key.KeyChar is '+' or '=') Speed = Speed.Faster;
                else if (key.KeyChar is '-' or '_') Speed = Speed.Slower;
            }

            var elapsed = time.GetElapsedTime(shownAt);
            shownAt = time.GetTimestamp();
            if (!isPaused && !day.IsOver) Advance(elapsed);
            screen.Show(picture.Draw(Terminal.Columns, Terminal.Rows, Speed, isPaused, keys is not null));
            if (day.IsOver && keys is null) return;
        }
        while (await frames.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false));
    }

    /// <summary>A line every step of the day, at the day's times by the speed.</summary>
    public async Task PrintAsync(TextOut text, CancellationToken cancellationToken)
    {
        var origin = zone.StartOfDay(day.First).Microseconds;
        var step = Step.Ticks / TimeSpan.TicksPerMicrosecond;
        var start = time.GetTimestamp();
        var first = origin + (day.First.Microseconds - origin) / step * step;
        for (var at = first; ; at += step)
        {
            var due = Speed.RealTime(new Instant(at) - new Instant(first)) - time.GetElapsedTime(start);
            if (due > TimeSpan.Zero)
            {
                text.Flush();
                await Task.Delay(due, time, cancellationToken).ConfigureAwait(false);
            }

            cancellationToken.ThrowIfCancellationRequested();
            text.Line(LineAt(new Instant(at)));
            if (day.IsOver) return;
        }
    }

    private string LineAt(Instant moment)
    {
        var (entries, exits, anomalies) = (Total(gate => gate.Entries), Total(gate => gate.Exits), day.Anomalies);
        day.AdvanceTo(moment);
        var notRight = day.Anomalies - anomalies;
        return string.Create(CultureInfo.InvariantCulture, $"{People.Time(zone, moment)}  {People.Count(day.Inside),9} inside  {$"+{People.Count(Total(gate => gate.Entries) - entries)}",7} {$"-{People.Count(Total(gate => gate.Exits) - exits)}",7}")
            + (notRight > 0 ? $"  {People.Count(notRight)} not right" : "");
    }

    private long Total(Func<GatePicture, long> of) => day.Gates.Sum(of);

    private void Advance(TimeSpan elapsed)
    {
        var next = Speed.Times is null ? day.Last : day.Now + Speed.DayTime(elapsed);
        day.AdvanceTo(next < day.Last ? next : day.Last);
    }
}
