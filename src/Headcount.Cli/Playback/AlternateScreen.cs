using System.Text;

namespace Headcount.Cli.Playback;

/// <summary>The terminal's other screen, for as long as this lives: what was on the terminal before is there again afterwards, however the program ends.</summary>
internal sealed class AlternateScreen : IDisposable
{
    // Other screen, no cursor, no wrapping of long lines; and back.
    private const string Enter = "\e[?1049h\e[?25l\e[?7l\e[2J";
    private const string Leave = "\e[?7h\e[?25h\e[?1049l";

    private readonly Stream _output = Console.OpenStandardOutput();
    private readonly Lock _lock = new();
    private string _shown = "";
    private bool _hasLeft;

    public AlternateScreen()
    {
        AppDomain.CurrentDomain.ProcessExit += OnExit;
        Write(Enter);
    }

    /// <summary>Shows lines from the top; the same lines again cost nothing.</summary>
    public void Show(IReadOnlyList<string> lines)
    {
        // Between the marks of a synchronised update no half frame is seen, on terminals that know them.
        var frame = $"\e[?2026h\e[H{string.Join("\e[K\r\n", lines)}\e[K\e[J\e[?2026l";
        if (frame == _shown) return;
        lock (_lock)
        {
            if (_hasLeft) return;
            Write(frame);
        }

        _shown = frame;
    }

    public void Dispose()
    {
        AppDomain.CurrentDomain.ProcessExit -= OnExit;
        LeaveOnce();
        _output.Dispose();
    }

    private void OnExit(object? sender, EventArgs e) => LeaveOnce();

    private void LeaveOnce()
    {
        lock (_lock)
        {
            if (_hasLeft) return;
            _hasLeft = true;
            Write(Leave);
        }
    }

    private void Write(string text)
    {
        _output.Write(Encoding.UTF8.GetBytes(text));
        _output.Flush();
    }
}
