using Headcount.Cli.CommandLine;

namespace Headcount.Cli.Serving;

/// <summary>What a server is asked to do, from the command line, the environment (<c>HEADCOUNT_…</c>) and <c>appsettings.json</c>; what comes first in this order holds.</summary>
internal sealed record ServeSettings
{
    public const string DefaultFolder = "./headcount-data";

    private static readonly string[] Names =
        ["urls", "data", "db", "no-migrate", "redis", "roles", "demo", "tls", "mqtt", "mqtt-broker", "mqtt-anonymous", "amqp", "cluster"];

    private static readonly string[] Unbuilt = ["cluster"];
    private static readonly string[] UnbuiltRoles = ["office", "shop"];

    public required string Urls { get; init; }

    public required string Folder { get; init; }

    public string? Database { get; init; }

    public bool Migrate { get; init; } = true;

    public string? Redis { get; init; }

    public bool Demo { get; init; }

    /// <summary>Where the built-in MQTT broker listens; null = there is none.</summary>
    public string? Mqtt { get; init; }

    /// <summary>An outside MQTT broker; null = none.</summary>
    public string? MqttBroker { get; init; }

    /// <summary>The event of MQTT messages without a token; null = each must show one.</summary>
    public string? MqttAnonymous { get; init; }

    /// <summary>A RabbitMQ; null = none.</summary>
    public string? Amqp { get; init; }

    public string? TlsFile { get; init; }

    public string? TlsPassword { get; init; }

    /// <summary>Files for settings that have no option, the one that comes first last.</summary>
    public required IReadOnlyList<string> Files { get; init; }

    /// <exception cref="UsageException">Something is not to be had, or not built yet.</exception>
    public static ServeSettings Read(IReadOnlyDictionary<string, string> commandLine, Func<string, string?> environment)
    {
        var here = SettingsFile.Read(Path.GetFullPath(SettingsFile.Name), Names);
        var folder = Find("data", commandLine, environment, here)?.Text ?? DefaultFolder;
        if (folder.Length == 0) throw new UsageException("--data names no folder.");
        var inFolder = SettingsFile.Read(Path.Combine(Path.GetFullPath(folder), SettingsFile.Name), Names);
        if (inFolder.Values.ContainsKey("data")) throw new UsageException($"{inFolder.Path} says where the data is, and lies in it: leave 'Data' out there.");

        var found = new Dictionary<string, Given>(StringComparer.Ordinal);
        foreach (var name in Names)
        {
            if (Find(name, commandLine, environment, inFolder, here) is { } given) found[name] = given;
        }

        if (Unbuilt.FirstOrDefault(name => found.TryGetValue(name, out var given) && given.Text is not "false") is { } unbuilt) throw new UsageException(UnbuiltParts.Refuse($"serve --{unbuilt}"));
        CheckRoles(Text("roles"));
        if (Text("tls") == "self") throw new UsageException(UnbuiltParts.Refuse("serve --tls self"));
        if (Text("mqtt-anonymous") is not null && Text("mqtt") is (null or "false") && Text("mqtt-broker") is null) throw new UsageException("--mqtt-anonymous says whose the messages without a token are; it needs --mqtt or --mqtt-broker.");
        var urls = ListenAddresses.Check(Text("urls"), Text("tls") is not null);
        return new ServeSettings
        {
            Urls = urls,
            Mqtt = MqttAddresses.Check(Text("mqtt"), urls, Text("tls") is not null),
            MqttBroker = MqttAddresses.CheckBroker("mqtt-broker", Text("mqtt-broker"), "mqtt", "mqtts"),
            MqttAnonymous = Text("mqtt-anonymous"),
            Amqp = MqttAddresses.CheckBroker("amqp", Text("amqp"), "amqp", "amqps"),
            Folder = folder,
            Database = Text("db"),
            Migrate = !Flag("no-migrate"),
            Redis = Text("redis"),
            Demo = Flag("demo"),
            TlsFile = Text("tls"),
            TlsPassword = environment("HEADCOUNT_TLS_PASSWORD"),
            Files = [here.Path, inFolder.Path],
        };

        string? Text(string name) => found.TryGetValue(name, out var given) && given.Text.Length > 0 ? given.Text : null;
        bool Flag(string name) => found.TryGetValue(name, out var given) && given.AsFlag();
    }

    private static Given? Find(string name, IReadOnlyDictionary<string, string> commandLine, Func<string, string?> environment, params SettingsFile[] files)
    {
        if (commandLine.TryGetValue(name, out var text)) return new Given(text, $"--{name}");
        var variable = $"HEADCOUNT_{name.ToUpperInvariant().Replace('-', '_')}";
        if (environment(variable) is { Length: > 0 } value) return new Given(value, variable);
        foreach (var file in files)
        {
            if (file.Values.TryGetValue(name, out var inFile)) return new Given(inFile, $"{name} in {file.Path}");
        }

        return null;
    }

    private static void CheckRoles(string? roles)
    {
        foreach (var role in (roles ?? "gate").Split(',', StringSplitOptions.TrimEntries))
        {
            if (UnbuiltRoles.Contains(role)) throw new UsageException(UnbuiltParts.Refuse($"serve --roles {role}"));
            if (role != "gate") throw new UsageException($"--roles '{role}' is not a role. There is: gate.");
        }
    }

    /// <summary>A value, and where it was said.</summary>
    private readonly record struct Given(string Text, string Where)
    {
        public bool AsFlag() => Text.ToLowerInvariant() switch
        {
            "true" or "1" or "yes" or "on" => true,
            "false" or "0" or "no" or "off" => false,
            _ => throw new UsageException($"{Where} is '{Text}': write true or false."),
        };
    }
}
