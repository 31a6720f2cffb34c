using System.CommandLine;

namespace Headcount.Cli.CommandLine;

/// <summary>The options of <c>headcount serve</c>, and those of them that <c>verify</c> takes too.</summary>
internal static class ServingOptions
{
    public static readonly Option<string?> Urls = new("--urls") { HelpName = "URL;…", Description = "Where it listens (default: http://localhost:8000, or https:// with --tls)." };
    public static readonly Option<string?> Data = new("--data") { HelpName = "DIR", Description = "The folder for the SQLite database, keys and the owner's token (default: ./headcount-data)." };
    public static readonly Option<string?> Database = new("--db") { HelpName = "CONNECTION", Description = "postgres://USER:PASSWORD@HOST/DATABASE, or an Npgsql connection string (default: SQLite in DIR)." };
    public static readonly Option<bool> NoMigrate = new("--no-migrate") { Description = "Refuse a database that lacks migrations, instead of running them." };
    public static readonly Option<string?> Redis = new("--redis") { HelpName = "ADDRESS", Description = "Redis, for other programs that want the figures, and ticket_created: localhost:6379 (default: none)." };
    public static readonly Option<string?> Roles = new("--roles") { HelpName = "gate,…", Description = "What it does: gate (default: all that there is)." };
    public static readonly Option<bool> Demo = new("--demo") { Description = "An event demo with gates A to D, 5,000 tickets, and a simulated crowd walking in." };
    public static readonly Option<string?> Tls = new("--tls") { HelpName = "FILE", Description = "The certificate of https:// addresses: PEM with its key in it or beside it, or PFX (its password in HEADCOUNT_TLS_PASSWORD)." };

    public static readonly Option<string?> Mqtt = new("--mqtt") { HelpName = "PORT", Arity = ArgumentArity.ZeroOrOne, Description = "Scans by MQTT too: an own broker on this port, where HTTP listens (default: 1883, with --tls 8883); or at mqtt://HOST:PORT;…" };
    public static readonly Option<string?> MqttBroker = new("--mqtt-broker") { HelpName = "URI", Description = "Take scans from an MQTT broker of yours: mqtt://USER:PASSWORD@HOST:PORT, or mqtts://…" };
    public static readonly Option<string?> MqttAnonymous = new("--mqtt-anonymous") { HelpName = "EVENT", Description = "MQTT devices need no token, and their scans are this event's: for closed networks only." };
    public static readonly Option<string?> Amqp = new("--amqp") { HelpName = "URI", Description = "Take scans from the queue scans of a RabbitMQ: amqp://USER:PASSWORD@HOST:PORT/VHOST, or amqps://…" };

    // Planned: many nodes.
    public static readonly Option<string?> Cluster = new("--cluster") { Hidden = true };

    public static readonly Option[] Built = [Urls, Data, Database, NoMigrate, Redis, Mqtt, MqttBroker, MqttAnonymous, Amqp, Roles, Demo, Tls];

    public static readonly Option[] Unbuilt = [Cluster];

    /// <summary>What the command line, the environment and the files say.</summary>
    /// <exception cref="UsageException">Something in them is not to be had.</exception>
    public static Serving.ServeSettings Read(ParseResult parse)
    {
        var given = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var option in (Option[])[.. Built, .. Unbuilt])
        {
            if (parse.GetResult(option) is not { Implicit: false } result) continue;
            given[option.Name[2..]] = result.Tokens.Count > 0 ? result.Tokens[0].Value : "true";
        }

        return Serving.ServeSettings.Read(given, Environment.GetEnvironmentVariable);
    }
}
