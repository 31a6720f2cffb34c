using System.Globalization;
using System.Text;

namespace Headcount.Core.Tests.Streaming;

/// <summary>Scans as machines write them: keys in any order, blanks, escapes, other words for a direction, numbers for texts, keys of their own.</summary>
internal static class GeneratedScans
{
    private static readonly Gen<string> Blank = Given.AnyOf("", "", "", "", " ", "  ", "\t");

    private static readonly Gen<string> TicketId = Gen.Frequency(
        (8, Gen.Int[0, 20].Select(i => $"\"T{i}\"")),
        (1, Gen.Int[-5, 20].Select(i => i.ToString(CultureInfo.InvariantCulture))),
        (1, Given.AnyOf("\"\\u0054\\n1\"", "\"é\"", "\"\\ud83c\\udf9f\"", "\"\"", "null", "1.5", "01", "\"" + new string('t', 128) + "\"", "\"" + new string('t', 129) + "\"", "true", "\"a\\\"b\"")));

    private static readonly Gen<string> Gate = Given.AnyOf("\"A\"", "\"B\"", "\"Gate C\"", "7", "\"Tür\"", "\"\\u0041\"", "\"" + new string('g', 64) + "\"", "\"" + new string('g', 65) + "\"");

    private static readonly Gen<string> Type = Given.AnyOf("\"entry\"", "\"entry\"", "\"exit\"", "\"exit\"", "\"IN\"", "\"out\"", "\"check_in\"", "\"Check_Out\"", "\"ent\\u0072y\"", "\"other\"");

    private static readonly Gen<string> Time = Gen.Select(Gen.Int[0, 23], Gen.Int[0, 60], Gen.Int[0, 60], Given.AnyOf("", "", ".5", ".123456", ".1234567890123", "."), Given.AnyOf("Z", "", "", "+02:00", "-0530", "z", "+2", "+24:00"), Given.AnyOf('T', 'T', 'T', ' ', 't'))
        .Select(t => $"\"2025-10-{25 + t.Item1 % 3:00}{t.Item6}{t.Item1:00}:{t.Item2:00}{(t.Item3 == 7 ? "" : $":{t.Item3:00}{t.Item4}")}{t.Item5}\"");

    private static readonly Gen<string> Id = Gen.Frequency((6, Gen.Int[0, 40].Select(i => $"\"{i}\"")), (1, Given.AnyOf("null", "\"\"", "12", "-1", "1e1", "\"ü\"")));

    private static readonly Gen<string> Outcome = Given.AnyOf("\"accepted\"", "\"rejected\"", "\"recorded\"", "\"\"", "null", "\"other\"", "\"annulled\"", "\"closed\"");

    private static readonly Gen<string> Other = Given.AnyOf("1", "\"text\"", "null", "true", "{\"ticket_id\":1}", "[1,{\"a\":\"]\"}]", "1.5e3", "\"\\\\\"", "0", "-0", "\"\\u0000\"");

    private static readonly Gen<string> Key = Given.AnyOf("note", "annuls", "seq", "", "ticket", "gates", "ticket_id2", "Gate", "entered", "left", "ticket_\\u0069d", "\\u0067ate", "n\\u00f6te");

    private static Gen<KeyValuePair<string, string>?> Maybe(string key, Gen<string> value, int often) =>
        Gen.Frequency((often, value.Select(text => (KeyValuePair<string, string>?)new(key, text))), (10 - often, Gen.Const((KeyValuePair<string, string>?)null)));

    private static readonly Gen<KeyValuePair<string, string>?> Extra = Gen.Select(Gen.Int[0, 3], Key, Other).Select(t => t.Item1 > 0 ? (KeyValuePair<string, string>?)null : new(t.Item2, t.Item3));

    /// <summary>A scan that is well-formed more often than not.</summary>
    public static readonly Gen<string> Element =
        from fields in Gen.Select(
            Gen.Select(Maybe("ticket_id", TicketId, 9), Maybe("gate", Gate, 9), Maybe("scan_type", Type, 9), Maybe("timestamp", Time, 9)),
            Gen.Select(Maybe("device_id", Id, 4), Maybe("scan_id", Id, 4), Maybe("outcome", Outcome, 2), Maybe("seq", Gen.Int[0, 30].Select(i => $"{i}"), 2)),
            Gen.Select(Extra, Extra))
        let all = new[] { fields.Item1.Item1, fields.Item1.Item2, fields.Item1.Item3, fields.Item1.Item4, fields.Item2.Item1, fields.Item2.Item2, fields.Item2.Item3, fields.Item2.Item4, fields.Item3.Item1, fields.Item3.Item2 }.OfType<KeyValuePair<string, string>>().ToArray()
        from order in Gen.Shuffle(all)
        from isTight in Gen.Bool
        from blanks in Blank.Array[order.Length * 4 + 1]
        select Written(order, isTight ? null : blanks);

    /// <summary>A scan that every reader takes, at one of many instants.</summary>
    public static readonly Gen<string> WellFormed =
        from ticket in Gen.Int[0, 6]
        from gate in Gen.Int[0, 2]
        from exit in Gen.Bool
        from second in Gen.Int[0, 3000]
        from id in Gen.Int[0, 12]
        select $"{{\"ticket_id\":\"T{ticket}\",\"gate\":\"G{gate}\",\"scan_type\":\"{(exit ? "exit" : "entry")}\",\"timestamp\":\"2025-09-30T{10 + second / 3600:00}:{second / 60 % 60:00}:{second % 60:00}Z\"{(id > 8 ? $",\"device_id\":\"d{id}\"" : "")}}}";

    /// <summary>Bytes with some of them changed, lost, doubled or new.</summary>
    public static Gen<byte[]> Mutated(Gen<string> text) =>
        from original in text
        from changes in Gen.Select(Gen.Int[0, 3], Gen.Double[0, 1], Gen.Byte).Array[0, 3]
        select Mutate(Encoding.UTF8.GetBytes(original), changes);

    private static byte[] Mutate(byte[] bytes, (int Kind, double Place, byte Value)[] changes)
    {
        var list = bytes.ToList();
        foreach (var (kind, place, value) in changes)
        {
            if (list.Count == 0) break;
            var at = (int)(place * (list.Count - 1));
            switch (kind)
            {
                case 0: list[at] = value; break;
                case 1: list.RemoveAt(at); break;
                case 2: list.Insert(at, list[at]); break;
                default: list.Insert(at, "\"{}[],:\\\n\r \0"u8[value % 12]); break;
            }
        }

        return [.. list];
    }

    private static string Written(KeyValuePair<string, string>[] fields, string[]? blanks)
    {
        var text = new StringBuilder("{");
        for (var i = 0; i < fields.Length; i++)
        {
            if (i > 0) text.Append(',');
            text.Append(blanks?[i * 4]).Append('"').Append(fields[i].Key).Append('"').Append(blanks?[i * 4 + 1]).Append(':').Append(blanks?[i * 4 + 2]).Append(fields[i].Value).Append(blanks?[i * 4 + 3]);
        }

        return text.Append(blanks?[^1]).Append('}').ToString();
    }
}
