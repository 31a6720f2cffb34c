using Headcount.Server.Gate.Amqp;
using Headcount.Server.Gate.Mqtt;
using Headcount.Server.Observability;

namespace Headcount.Server.Gate.Messages;

/// <summary>The doors by which scans come in as messages: MQTT and AMQP, each where it is asked for.</summary>
internal static class MessagesArea
{
    public static void Add(WebApplicationBuilder builder, ServerOptions options)
    {
        if (options.Mqtt is null && options.MqttBroker is null && options.Amqp is null) return;
        var services = builder.Services;
        services.AddSingleton<DoorStates>();
        services.AddSingleton<SenderBook>();
        services.AddSingleton<MessageIntake>();

        // An address that cannot be read is told at the start, not when something is sent.
        if (options.Mqtt is not null) _ = MqttAddress.ParseAll(options.Mqtt);
        if (options.MqttBroker is not null) _ = UpstreamAddress.Parse(options.MqttBroker);
        if (options.Amqp is not null) _ = AmqpAddress.Parse(options.Amqp);
        if (options.Mqtt is not null)
        {
            services.AddSingleton<MqttGreeting>();
            services.AddSingleton<MqttBroker>();
            services.AddHostedService(all => all.GetRequiredService<MqttBroker>());
            services.AddSingleton<IHealthCheck>(all => all.GetRequiredService<DoorStates>().Broker);
        }

        if (options.MqttBroker is not null)
        {
            services.AddHostedService<MqttUpstream>();
            services.AddSingleton<IHealthCheck>(all => all.GetRequiredService<DoorStates>().Upstream);
        }

        if (options.Amqp is not null)
        {
            services.AddHostedService<AmqpDoor>();
            services.AddSingleton<IHealthCheck>(all => all.GetRequiredService<DoorStates>().Amqp);
        }
    }
}
