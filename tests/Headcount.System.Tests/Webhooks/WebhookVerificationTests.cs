using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Headcount.Engine.Alerts;
using Headcount.Server.Webhooks;
using Headcount.SystemTests.Repository;

namespace Headcount.SystemTests.Webhooks;

/// <summary>The snippets of the page on webhooks tell what Headcount sent from what it did not.</summary>
public sealed class WebhookVerificationTests
{
    private const string Page = "docs/reference/webhooks.md";
    private const string Secret = "whsec_0123456789";
    private const long Sent = 1_759_266_845;
    private static readonly byte[] Body = Encoding.UTF8.GetBytes("""{"event":"club","seq":1,"items":[{"topic":"scan.accepted","ticket_id":"Grüße"}]}""");

    /// <summary>What is tried: the secret, the header, the body, the time, and whether it is to be believed.</summary>
    private static readonly (string Secret, string Header, byte[] Body, long Now, bool IsGenuine)[] Cases =
    [
        (Secret, WebhookSignature.Of(Secret, Sent, Body), Body, Sent + 3, true),
        (Secret + "x", WebhookSignature.Of(Secret, Sent, Body), Body, Sent + 3, false),
        (Secret, WebhookSignature.Of(Secret, Sent, Body), [.. Body, (byte)' '], Sent + 3, false),
        (Secret, WebhookSignature.Of(Secret, Sent, Body).Replace($"t={Sent}", $"t={Sent + 1}", StringComparison.Ordinal), Body, Sent + 3, false),
        (Secret, WebhookSignature.Of(Secret, Sent, Body), Body, Sent + 301, false),
    ];

    [Fact]
    public void the_snippet_in_csharp_believes_what_is_genuine_and_nothing_else()
    {
        Assert.Contains(Assert.Single(CSharpExample.In(Checkout.Read(Page))), CSharpExample.Words(Checkout.Read("tests/Headcount.System.Tests/Webhooks/WebhookVerificationTests.cs")), StringComparison.Ordinal);
        Assert.All(Cases, tried => Assert.Equal(tried.IsGenuine, IsFromHeadcount(tried.Secret, tried.Header, tried.Body, DateTimeOffset.FromUnixTimeSeconds(tried.Now))));
    }

    [Fact]
    public async Task the_snippet_in_python_believes_what_is_genuine_and_nothing_else()
    {
        var snippet = Regex.Match(Checkout.Read(Page).ReplaceLineEndings("\n"), "```python\n(.*?)```", RegexOptions.Singleline).Groups[1].Value;
        Assert.Contains("def is_from_headcount", snippet, StringComparison.Ordinal);
        var script = new StringBuilder(snippet).Append('\n');
        foreach (var tried in Cases) script.Append(CultureInfo.InvariantCulture, $"print(is_from_headcount('{tried.Secret}', '{tried.Header}', bytes.fromhex('{Convert.ToHexString(tried.Body)}'), {tried.Now}))\n");
        Process python;
        try
        {
            python = Process.Start(new ProcessStartInfo("python3", ["-"]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip("python3 is not installed.");
            return;
        }

        using (python)
        {
            await python.StandardInput.WriteAsync(script, TestContext.Current.CancellationToken);
            python.StandardInput.Close();
            var printed = await python.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            Assert.Equal(Cases.Select(tried => tried.IsGenuine ? "True" : "False"), printed.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        }
    }

    [Fact]
    public void every_topic_and_kind_of_alert_is_on_its_page()
    {
        Assert.All(WebhookTopics.All, topic => Assert.Contains($"| `{topic}` |", Checkout.Read(Page), StringComparison.Ordinal));
        Assert.All(AlertKinds.All, kind => Assert.Contains($"| `{kind}` |", Checkout.Read("docs/reference/alerts.md"), StringComparison.Ordinal));
    }

    private static bool IsFromHeadcount(string secret, string header, byte[] body, DateTimeOffset now)
    {
        var parts = header.Split(',').ToDictionary(part => part.Split('=')[0], part => part.Split('=')[1]);
        var sent = DateTimeOffset.FromUnixTimeSeconds(long.Parse(parts["t"], CultureInfo.InvariantCulture));
        if ((now - sent).Duration() > TimeSpan.FromMinutes(5)) return false;
        byte[] signed = [.. Encoding.UTF8.GetBytes(parts["t"] + "."), .. body];
        var expected = HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), signed);
        return CryptographicOperations.FixedTimeEquals(expected, Convert.FromHexString(parts["v1"]));
    }
}
