using System.Text;
using Headcount.SystemTests.Cli;
using Headcount.SystemTests.Serve;

namespace Headcount.SystemTests.Mqtt;

/// <summary>What the guide to MQTT tells people to type does what it says.</summary>
public sealed class MqttGuideTests : IDisposable
{
    private const string Guide = "docs/guides/mqtt.md";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task the_guide_runs_from_top_to_bottom()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/mosquitto_rr"), "mosquitto_rr is not installed (Debian's package mosquitto-clients).");
        var port = FreePort.Find();
        await using var server = await ServeProcess.StartAsync(_folder.File("headcount-data"), "--mqtt", $"mqtt://localhost:{port}");
        var blocks = LiveGuideTests.Blocks(Guide, "sh");
        Assert.Equal("./headcount serve --mqtt\n", blocks[0]);
        var script = new StringBuilder($"set -eu\ncd '{_folder.File("")}'\n");
        foreach (var block in blocks.Skip(1)) script.Append("echo ==NEXT==\n").Append(block.Replace("http://localhost:8000", server.Address.AbsoluteUri.TrimEnd('/'), StringComparison.Ordinal).Replace("-p 1883", $"-p {port}", StringComparison.Ordinal));
        var run = await TheProgram.Start("bash", ["-c", script.ToString()], "", []);
        Assert.Equal((0, ""), (run.Status, run.Error));
        var printed = run.Output.Split("==NEXT==\n")[1..];
        Assert.Equal(blocks.Count - 1, printed.Length);
        for (var i = 0; i < printed.Length; i++)
        {
            foreach (var expected in LiveGuideTests.Expectations(blocks[i + 1])) Assert.Contains(expected, printed[i], StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task the_guides_classic_sketch_works_as_it_is()
    {
        await Paho.NeedAsync();
        await using var venue = await MqttVenue.OpenAnonymousAsync();
        await venue.DeviceAsync("turnstile-1", gate: "A", direction: "entry");
        var run = await TheProgram.Start(Paho.Python, ["-W", "ignore", "-c", LiveGuideTests.Blocks(Guide, "python").Single().Replace("1883", $"{venue.Port}", StringComparison.Ordinal), "T1"], "", []);
        Assert.Equal((0, "", ""), (run.Status, run.Output, run.Error));
        Assert.Equal("turnstile-1", Assert.Single(await venue.LogAsync()).GetProperty("device_id").GetString());
    }
}
