using System.Text;

namespace Headcount.SystemTests.Mqtt;

/// <summary>Packets byte by byte, for clients that no library would be.</summary>
internal static class RawMqtt
{
    public static byte[] Connect(string user, string password, byte version, ushort keepAliveSeconds = 60) =>
        Packet(0x10, [.. Text("MQTT"), version, 0xC2, (byte)(keepAliveSeconds >> 8), (byte)keepAliveSeconds, .. (version == 5 ? new byte[] { 0 } : []), .. Text($"raw-{user}"), .. Text(user), .. Text(password)]);

    public static byte[] Subscribe(ushort number, string filter) => Packet(0x82, [(byte)(number >> 8), (byte)number, .. Text(filter), 0]);

    public static byte[] Publish(string topic, string message, ushort number) => Packet(0x32, [.. Text(topic), (byte)(number >> 8), (byte)number, .. Encoding.UTF8.GetBytes(message)]);

    private static byte[] Packet(byte type, byte[] body) => body.Length < 128 ? [type, (byte)body.Length, .. body] : [type, (byte)(body.Length & 0x7F | 0x80), (byte)(body.Length >> 7), .. body];

    private static byte[] Text(string text) => [(byte)(Encoding.UTF8.GetByteCount(text) >> 8), (byte)Encoding.UTF8.GetByteCount(text), .. Encoding.UTF8.GetBytes(text)];
}
