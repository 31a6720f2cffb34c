using Headcount.Server.Gate.Mqtt;

namespace Headcount.SystemTests.Mqtt;

/// <summary>Topics and filters, as MQTT 5 has them in section 4.7.</summary>
public sealed class TopicTests
{
    [Theory]
    [InlineData("decisions/a", "decisions/a", true)]
    [InlineData("decisions/a", "decisions/b", false)]
    [InlineData("decisions/+", "decisions/a", true)]
    [InlineData("decisions/+", "decisions/a/b", false)]
    [InlineData("decisions/+", "decisions", false)]
    [InlineData("decisions/#", "decisions/a/b", true)]
    [InlineData("decisions/#", "decisions", true)]
    [InlineData("+/a", "decisions/a", true)]
    [InlineData("+/+", "/a", true)]
    [InlineData("+", "/a", false)]
    [InlineData("#", "decisions/a", true)]
    [InlineData("#", "$SYS/a", false)]
    [InlineData("+/a", "$SYS/a", false)]
    [InlineData("$SYS/#", "$SYS/a", true)]
    [InlineData("decisions/a/#", "decisions/ab", false)]
    public void a_filter_asks_for_what_it_stands_for(string filter, string topic, bool asks) => Assert.Equal(asks, MqttTopics.Matches(filter, topic));

    [Theory]
    [InlineData("a/#", true)]
    [InlineData("+/a/+", true)]
    [InlineData("#", true)]
    [InlineData("", false)]
    [InlineData("a/#/b", false)]
    [InlineData("a#", false)]
    [InlineData("a+/b", false)]
    [InlineData("a\0b", false)]
    public void wildcards_stand_alone_in_their_level(string filter, bool isOne) => Assert.Equal(isOne, MqttTopics.IsFilter(filter));

    [Theory]
    [InlineData("scans/A", "A")]
    [InlineData("scans/Gate 7", "Gate 7")]
    [InlineData("scans/Tür", "Tür")]
    [InlineData("scans/", null)]
    [InlineData("scans", null)]
    [InlineData("Scans/A", null)]
    [InlineData("scans/A/", null)]
    [InlineData("scans/+", null)]
    [InlineData("/scans/A", null)]
    public void the_gate_is_what_follows(string topic, string? gate) => Assert.Equal(gate, MqttTopics.GateOf(topic)?.Gate);

    [Fact]
    public void a_gate_that_is_too_long_is_none() => Assert.Null(MqttTopics.GateOf("scans/" + new string('x', 65)));
}
