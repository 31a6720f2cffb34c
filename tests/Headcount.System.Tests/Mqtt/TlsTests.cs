using System.Security.Cryptography.X509Certificates;
using Headcount.Server;
using Headcount.SystemTests.Cli;

namespace Headcount.SystemTests.Mqtt;

/// <summary>MQTT over TLS: of the built-in broker, and to an outside one.</summary>
public sealed class TlsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task a_device_that_trusts_the_authority_publishes_over_tls_and_one_without_tls_gets_nowhere()
    {
        var (authority, certificate) = await CertificateAsync();
        await using var venue = await MqttVenue.OpenAsync(options => options with { Mqtt = "mqtts://127.0.0.1:0", Certificate = certificate });
        var token = await venue.DeviceAsync("d");
        var secure = await venue.PublishAsync("scans/A", MqttVenue.Scan("T1"), "-u", "d", "-P", token, "--cafile", authority);
        Assert.Equal((0, ""), (secure.Status, secure.Error));
        var plain = await venue.PublishAsync("scans/A", MqttVenue.Scan("T2"), "-u", "d", "-P", token);
        Assert.NotEqual(0, plain.Status);
        Assert.Single(await venue.LogAsync());
    }

    [Fact]
    public async Task mosquitto_is_reached_over_tls_too()
    {
        var (authority, _) = await CertificateAsync();
        await using var mosquitto = await MosquittoServer.StartAsync($"certfile {_folder.File("site.pem")}\nkeyfile {_folder.File("site.key")}");
        await using var venue = await MqttVenue.OpenAsync(options => options with { MqttBroker = $"mqtts://127.0.0.1:{mosquitto.Port}?ca={authority}", MqttAnonymous = MqttVenue.Slug });
        await venue.ReadyAsync("mqtt-broker");
        await using var display = await MosquittoSubscriber.StartAsync(mosquitto.Port, "decisions/d", "--cafile", authority);
        await Mosquitto.PublishAsync(mosquitto.Port, "scans/A", MqttVenue.Scan("T1", device: "d"), "--cafile", authority);
        Assert.Equal("accepted", (await display.NextAsync())["status"]);
    }

    private async Task<(string Authority, ServerCertificate Certificate)> CertificateAsync()
    {
        var made = await TheProgram.Start(
            "openssl",
            ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", _folder.File("site.key"), "-out", _folder.File("site.pem"), "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost"], "", []);
        Assert.SkipUnless(made.Status == 0, "openssl, which makes a certificate, is not installed");
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(_folder.File("site.pem"));
        return (_folder.File("site.pem"), new ServerCertificate(X509Certificate2.CreateFromPemFile(_folder.File("site.pem"), _folder.File("site.key")), chain));
    }
}
