using System.Security.Cryptography.X509Certificates;

namespace Headcount.Server;

/// <summary>What a server is started with.</summary>
public sealed record ServerOptions
{
    /// <summary>Where it listens; several parted by <c>;</c>.</summary>
    public string Urls { get; init; } = "http://localhost:8000";

    /// <summary>The folder for database, keys, outbox and uploads.</summary>
    public string DataFolder { get; init; } = "./headcount-data";

    /// <summary><c>postgres://…</c> or an Npgsql connection string; null = SQLite in <see cref="DataFolder"/>.</summary>
    public string? Database { get; init; }

    /// <summary>Whether migrations run at start.</summary>
    public bool Migrate { get; init; } = true;

    /// <summary>Redis' address; null = none.</summary>
    public string? Redis { get; init; }

    /// <summary>Where the built-in MQTT broker listens, <c>mqtt://HOST:PORT</c> or <c>mqtts://HOST:PORT</c>, several parted by <c>;</c>; null = there is none.</summary>
    public string? Mqtt { get; init; }

    /// <summary>An outside MQTT broker to take scans from, <c>mqtt://USER:PASSWORD@HOST:PORT</c>; null = none.</summary>
    public string? MqttBroker { get; init; }

    /// <summary>The event of MQTT messages that show no token, on a closed network; null = every device must show its own.</summary>
    public string? MqttAnonymous { get; init; }

    /// <summary>The RabbitMQ to take scans from, <c>amqp://USER:PASSWORD@HOST:PORT/VHOST</c>; null = none.</summary>
    public string? Amqp { get; init; }

    /// <summary>Where traces, logs and metrics are sent (OTLP); null = as <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> says, and nowhere without it.</summary>
    public string? OtlpEndpoint { get; init; }

    /// <summary>Whether to make the demonstration event and send its crowd.</summary>
    public bool Demo { get; init; }

    /// <summary>Whether webhooks may go to addresses that are not public: this machine, the venue's own network. Off, so that an organiser cannot make the server talk to what only the server can reach.</summary>
    public bool WebhooksMayBePrivate { get; init; }

    /// <summary>Changes what the server is made of, just before it is built: for tests.</summary>
    internal Action<WebApplicationBuilder>? Adjust { get; init; }

    /// <summary>The certificate of addresses with <c>https</c>; null = there are none.</summary>
    public ServerCertificate? Certificate { get; init; }

    /// <summary>Files with further settings (<c>appsettings.json</c>), where they exist; what a later one says comes first, and the environment before them all.</summary>
    public IReadOnlyList<string> SettingsFiles { get; init; } = [];

    /// <summary>How long a stopping server waits for requests that are under way.</summary>
    public TimeSpan StopPatience { get; init; } = TimeSpan.FromSeconds(10);
}

/// <summary>A certificate with its key, and what leads from it to its authority.</summary>
/// <param name="Leaf">The certificate.</param>
/// <param name="Chain">Every certificate of the file.</param>
public sealed record ServerCertificate(X509Certificate2 Leaf, X509Certificate2Collection Chain);
