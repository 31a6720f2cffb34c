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

    /// <summary>Where traces, logs and metrics are sent (OTLP); null = as <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> says, and nowhere without it.</summary>
    public string? OtlpEndpoint { get; init; }

    /// <summary>Whether to make the demonstration event and send its crowd.</summary>
    public bool Demo { get; init; }

    /// <summary>Whether webhooks may go to addresses that are not public: this machine, the venue's own network. Off, so that an organiser cannot make the server talk to what only the server can reach.</summary>
    public bool WebhooksMayBePrivate { get; init; }

    /// <summary>Changes what the server is made of, just before it is built: for tests.</summary>
    internal Action<WebApplicationBuilder>? Adjust { get; init; }
}
