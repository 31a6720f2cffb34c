using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Headcount.Server.Problems;

namespace Headcount.Server.Access;

/// <summary>How many requests without a good token an address may make. Good tokens from the same address are not held up.</summary>
/// <remarks>Any thread.</remarks>
internal sealed class FailureMeters(TimeProvider time, RateLimits limits)
{
    /// <summary>How many addresses are remembered; beyond that, those that have been quiet are forgotten, and then all.</summary>
    public const int MostAddresses = 10_000;

    private readonly ConcurrentDictionary<IPAddress, Meter> _meters = new();

    public bool TryTake(IPAddress? address, out int retryAfterSeconds)
    {
        if (_meters.Count >= MostAddresses) Forget();
        return _meters.GetOrAdd(Whole(address), _ => new Meter(time, limits.FailuresPerSecond, limits.FailureBurst)).TryTake(out retryAfterSeconds);
    }

    /// <summary>The address that stands for a caller: of IPv6, the network, since whoever has one has all of it.</summary>
    public static IPAddress Whole(IPAddress? address)
    {
        if (address is null) return IPAddress.None;
        if (address.IsIPv4MappedToIPv6) return address.MapToIPv4();
        if (address.AddressFamily != AddressFamily.InterNetworkV6) return address;
        var bytes = address.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return new IPAddress(bytes);
    }

    private void Forget()
    {
        foreach (var (address, meter) in _meters)
        {
            if (meter.IsRested) _meters.TryRemove(address, out _);
        }

        if (_meters.Count >= MostAddresses) _meters.Clear();
    }
}
