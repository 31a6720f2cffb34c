using Headcount.SystemTests.Cli;

namespace Headcount.SystemTests.Mqtt;

/// <summary>The MQTT client of most tutorials, as Debian has it for its own Python.</summary>
internal static class Paho
{
    public static string Python => File.Exists("/usr/bin/python3") ? "/usr/bin/python3" : "python3";

    /// <summary>Skips the test where it is not installed.</summary>
    public static async Task NeedAsync() =>
        Assert.SkipUnless((await TheProgram.Start(Python, ["-c", "import paho.mqtt.client"], "", [])).Status == 0, "Python's paho is not installed (Debian's package python3-paho-mqtt).");
}
