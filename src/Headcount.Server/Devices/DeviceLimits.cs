namespace Headcount.Server.Devices;

/// <summary>The bounds of what devices ask for.</summary>
internal static class DeviceLimits
{
    /// <summary>How long a pairing code is good.</summary>
    public static readonly TimeSpan PairingLifetime = TimeSpan.FromMinutes(15);

    /// <summary>How many changes of tickets of one event are remembered; a device that is further behind gets everything anew.</summary>
    public const int MostChanges = 20_000;

    /// <summary>How many records of the log are looked through for a device that asks for changes; a device that is further behind gets everything anew.</summary>
    public const int MostRecords = 50_000;

    /// <summary>How many downloads are made at once.</summary>
    public const int MostDownloads = 4;

    /// <summary>How long a download waits for its turn.</summary>
    public static readonly TimeSpan DownloadPatience = TimeSpan.FromSeconds(10);

    /// <summary>How many tickets are read between two scans for a download.</summary>
    public const int Piece = 1_000;

    /// <summary>How many scans a device can say that it has waiting.</summary>
    public const long MostWaiting = 10_000_000;

    /// <summary>How many devices are remembered with what they last said of themselves.</summary>
    public const int MostDevices = 10_000;

    /// <summary>After how long without an answer a device decides for itself.</summary>
    public static readonly TimeSpan OfflineAfter = TimeSpan.FromSeconds(3);

    /// <summary>How many signing keys an event can have.</summary>
    public const int MostKeys = 100;

    /// <summary>How many codes are asked for by name at once.</summary>
    public const int MostCodes = 10_000;

    /// <summary>How many offline periods are told of one device: the latest.</summary>
    public const int MostPeriods = 20;

    /// <summary>How many contradictions of one offline period are told one by one.</summary>
    public const int MostTold = 200;
}
