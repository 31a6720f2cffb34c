using System.Text;
using QRCoder;

namespace Headcount.Server.Office;

/// <summary>Pictures of codes that a phone's camera reads.</summary>
internal static class QrPicture
{
    /// <summary>An SVG as an address that an image can have.</summary>
    public static string Of(string text)
    {
        using var generator = new QRCodeGenerator();
        using var data = generator.CreateQrCode(text, QRCodeGenerator.ECCLevel.M);
        using var code = new SvgQRCode(data);
        return "data:image/svg+xml;base64," + Convert.ToBase64String(Encoding.UTF8.GetBytes(code.GetGraphic(4)));
    }
}

/// <summary>What a device is given once, to be scanned or typed.</summary>
/// <param name="DeviceId">Its id.</param>
/// <param name="Token">What it sends with its requests.</param>
/// <param name="Link">The scanner's page with a code that is good once in the part of the address that no server is sent.</param>
internal sealed record Pairing(string DeviceId, string Token, string Link)
{
    public static Pairing Of(string deviceId, string token, string code, Uri address) => new(deviceId, token, Devices.PairingEndpoints.LinkOf(address, code));
}
