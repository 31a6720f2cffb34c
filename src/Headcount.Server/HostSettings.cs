using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Logging.Console;

namespace Headcount.Server;

/// <summary>The host below the areas: where it listens, where settings come from, how it logs and stops.</summary>
internal static class HostSettings
{
    public static void Apply(WebApplicationBuilder builder, ServerOptions options)
    {
        MakeFolder(options.DataFolder);
        foreach (var file in options.SettingsFiles) builder.Configuration.AddJsonFile(Path.GetFullPath(file), optional: true, reloadOnChange: false);
        if (options.SettingsFiles.Count > 0) builder.Configuration.AddEnvironmentVariables();
        Listen(builder, options);
        Log(builder.Logging, builder.Configuration);

        // Signals are for whoever started the server, a program or a test.
        builder.Services.AddSingleton<IHostLifetime, Lifetime>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = options.StopPatience);
    }

    // Before anybody puts something into it: guests and keys are nobody else's business.
    private static void MakeFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(folder);
        else
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private static void Listen(WebApplicationBuilder builder, ServerOptions options)
    {
        builder.WebHost.ConfigureKestrel(kestrel => ConnectionLimits.Apply(kestrel.Limits));
        builder.WebHost.UseUrls(options.Urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        if (options.Certificate is not { } certificate) return;
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ConfigureHttpsDefaults(https => Show(https, certificate)));
    }

    private static void Show(HttpsConnectionAdapterOptions https, ServerCertificate certificate)
    {
        https.ServerCertificate = certificate.Leaf;
        https.ServerCertificateChain = certificate.Chain;
    }

    // On standard error: what is on standard output is for the person who started it.
    private static void Log(ILoggingBuilder logging, ConfigurationManager configuration)
    {
        logging.AddSimpleConsole(console => (console.SingleLine, console.TimestampFormat, console.UseUtcTimestamp, console.ColorBehavior) = (true, "yyyy-MM-ddTHH:mm:ssZ ", true, LoggerColorBehavior.Disabled));
        logging.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        logging.AddFilter("Microsoft", LogLevel.Warning).AddFilter("System", LogLevel.Warning).AddFilter("Headcount", LogLevel.Warning);

        // It would make an activity and a scope for every scan, to log what is not logged. Whoever wants traces has them made where they are sent from.
        logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);

        // Kestrel's complaint of a port in use is told in words of our own.
        logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        logging.AddConfiguration(configuration.GetSection("Logging"));
    }

    /// <summary>Neither waits for signals nor prints.</summary>
    private sealed class Lifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
