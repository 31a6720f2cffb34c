using Headcount.Server.Access;
using Headcount.Server.Accounts;
using Headcount.Server.Manage;
using Headcount.Server.Problems;

namespace Headcount.Server.Devices;

/// <summary>An endpoint under <c>/api</c> that anybody may call: what is sent proves itself.</summary>
internal sealed class OpenToAll
{
    public static readonly OpenToAll Mark = new();
}

/// <summary>Pairing over HTTP.</summary>
internal sealed class PairingEndpoints(PairingService pairing, DeviceSettings settings, FailureMeters failures, ServerSettings server, EventDirectory directory)
{
    private static readonly HashSet<string> Known = ["code"];

    public async Task IssueAsync(HttpContext context)
    {
        await context.EventAsync(context.Slug());
        var issued = await pairing.IssueAsync(context.Caller(), context.Slug(), context.Text("device_id"), context.RequestAborted);
        context.Response.Headers.CacheControl = "no-store";
        var address = server.Address ?? new Uri($"{context.Request.Scheme}://{context.Request.Host}");
        await context.AnswerAsync(new { device_id = issued.DeviceId, code = issued.Code, link = LinkOf(address, issued.Code), expires_at = Core.Zone.Utc.Format(issued.ExpiresAt) }, StatusCodes.Status201Created);
    }

    public async Task ExchangeAsync(HttpContext context)
    {
        var fields = new Fields(await Fields.ReadBodyAsync(context), Known);
        var code = fields.Text("code", TokenText.MaxLength, isRequired: true);
        fields.ThrowIfWrong("The pairing");
        context.Response.Headers.CacheControl = "no-store";
        try
        {
            var (device, token) = await pairing.ExchangeAsync(code!, context.RequestAborted);
            directory.TryFind(device.EventId, out var listed);
            await context.AnswerAsync(new { protocol = Core.DeviceRegister.Protocol, @event = listed?.Slug, token = token.Text, expires_at = token.ExpiresAt is { } end ? Core.Zone.Utc.Format(end) : null, device = await settings.OfAsync(device, context.RequestAborted) });
        }
        catch (ProblemException problem) when (problem.Status is 401 or 409 && !failures.TryTake(context.Connection.RemoteIpAddress, out var retryAfter))
        {
            throw new ProblemException(429, ProblemCodes.TooManyRequests, "Too many pairing codes from this address that are not good.", retryAfterSeconds: retryAfter);
        }
    }

    /// <summary>The scanner's page with the code in the part of the address that no server is sent.</summary>
    public static string LinkOf(Uri address, string code) => new Uri(address, $"/scanner#pair={Uri.EscapeDataString(code)}").AbsoluteUri;
}
