using System.Collections.Concurrent;

namespace Headcount.Cli.Playback;

/// <summary>The keys that were pressed, without waiting for them.</summary>
internal sealed class Keys
{
    private readonly ConcurrentQueue<ConsoleKeyInfo> _pressed = new();

    private Keys()
    {
    }

    /// <summary>Listens from now on; null where standard input is no terminal.</summary>
    public static Keys? Listen()
    {
        if (Console.IsInputRedirected) return null;
        var keys = new Keys();

        // A thread that always reads keeps keys from being echoed between two looks; it dies with the program.
        new Thread(keys.Read) { IsBackground = true, Name = "keys" }.Start();
        return keys;
    }

    public bool TryTake(out ConsoleKeyInfo key) => _pressed.TryDequeue(out key);

    private void Read()
    {
        try
        {
            while (true) _pressed.Enqueue(Console.ReadKey(intercept: true));
        }
        catch (Exception problem) when (problem is InvalidOperationException or IOException)
        {
            // The terminal is gone: there are no more keys.
        }
    }
}
