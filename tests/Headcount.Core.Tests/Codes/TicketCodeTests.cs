namespace Headcount.Core.Tests.TicketCodes;

/// <summary>Codes are read as they were written, and what nobody wrote so is none.</summary>
public sealed class TicketCodeTests
{
    private static readonly byte[] Signature = [.. Enumerable.Range(0, TicketCode.SignatureLength).Select(i => (byte)i)];

    private static readonly Gen<TicketCode> Codes = Gen.Select(Gen.UInt, Gen.Long[0, 1_000_000_000_000], Gen.String[Gen.Char["abcÜ漢/ 0-9"], 1, 40], Gen.String[Gen.Char["VIPé"], 0, 20], Gen.Long[0, 4_000_000_000], Gen.Long[0, 4_000_000_000],
        (key, id, ticket, type, from, until) => new TicketCode
        {
            KeyId = key, EventId = id, TicketId = new TicketId(ticket), TicketType = type.Length == 0 ? null : type,
            ValidFrom = from % 3 == 0 ? null : new Instant(from * 1_000_000), ValidUntil = until % 3 == 0 ? null : new Instant(until * 1_000_000),
        });

    [Fact]
    public void a_code_is_read_as_it_was_written_in_letters_of_either_case() => Codes.Sample(code =>
    {
        var text = code.ToText(Signature);
        Assert.True(TicketCode.TryRead(text, out var read, out var content, out var signature));
        Assert.Equal(code, read);
        Assert.Equal(code.ToSign(), content);
        Assert.Equal(Signature, signature);
        Assert.True(TicketCode.TryRead(text.ToLowerInvariant(), out var again, out _, out _));
        Assert.Equal(code, again);
        Assert.True(text.Length <= TicketCode.MaxLength);
    });

    [Fact]
    public void what_is_changed_is_no_code_or_another_content() => Gen.Select(Codes, Gen.Int[5, 400], Gen.Char["ABCDEFGH234567 .a"]).Sample((code, place, letter) =>
    {
        var text = code.ToText(Signature);
        var at = TicketCode.Prefix.Length + place % (text.Length - TicketCode.Prefix.Length);
        var changed = text[..at] + letter + text[(at + 1)..];
        if (changed.Equals(text, StringComparison.OrdinalIgnoreCase)) return;
        if (TicketCode.TryRead(changed, out _, out var content, out var signature)) Assert.False(content.AsSpan().SequenceEqual(code.ToSign()) && signature.AsSpan().SequenceEqual(Signature));
    });

    [Theory]
    [InlineData("T00001")]
    [InlineData("HCT1.")]
    [InlineData("HCT1.A")]
    [InlineData("HCT1.AAAAAAAA")]
    [InlineData("HCT2.UAAQEAYBAADFIMBQGAYDCAAB")]
    public void other_texts_are_no_codes(string text) => Assert.False(TicketCode.TryRead(text, out _, out _, out _));

    [Fact]
    public void the_longest_ticket_and_type_fit()
    {
        var code = new TicketCode { KeyId = uint.MaxValue, EventId = long.MaxValue, TicketId = new TicketId(string.Concat(Enumerable.Repeat("😀", TicketId.MaxLength))), TicketType = string.Concat(Enumerable.Repeat("😀", 64)), ValidUntil = Instant.Max };
        var text = code.ToText(Signature);
        Assert.InRange(text.Length, 1_000, TicketCode.MaxLength);
        Assert.True(TicketCode.TryRead(text, out var read, out _, out _));
        Assert.Equal(code.TicketId, read!.TicketId);
    }

    [Fact]
    public void what_a_code_is_worth_follows_from_its_event_its_signature_and_its_key()
    {
        var code = new TicketCode { KeyId = 1, EventId = 7, TicketId = new TicketId("T"), ValidUntil = new Instant(5_000_000) };
        Assert.Equal(new CodeTerms { ValidUntil = new Instant(5_000_000) }, code.Judge(7, isGenuine: true, isKeyRevoked: false));
        Assert.True(code.Judge(7, isGenuine: true, isKeyRevoked: true)!.IsRevoked);
        Assert.Null(code.Judge(7, isGenuine: false, isKeyRevoked: false));
        Assert.Null(code.Judge(8, isGenuine: true, isKeyRevoked: false));
    }

    [Theory]
    [InlineData("plain", RefusalReason.None)]
    [InlineData("good", RefusalReason.None)]
    [InlineData("missing", RefusalReason.UnknownTicket)]
    [InlineData("revoked", RefusalReason.Revoked)]
    [InlineData("over", RefusalReason.OutsideValidity)]
    [InlineData("not yet", RefusalReason.OutsideValidity)]
    public void a_code_adds_to_what_its_ticket_is_refused_for(string what, RefusalReason reason)
    {
        var code = what switch
        {
            "plain" => null,
            "missing" => CodeTerms.Missing,
            "revoked" => new CodeTerms { IsRevoked = true },
            "over" => new CodeTerms { ValidUntil = new Instant(1_000_000) },
            "not yet" => new CodeTerms { ValidFrom = new Instant(1_000_001) },
            _ => new CodeTerms { ValidFrom = new Instant(1_000_000), ValidUntil = new Instant(1_000_001) },
        };
        var admission = new Admission(new AdmissionRules { Capacity = 5 });
        var at = new Instant(1_000_000);
        var scan = new Scan(new TicketId(what), new GateName("A"), ScanType.Entry, at);
        Assert.Equal(reason, admission.Decide(new Attempt(scan, at) { Code = code }).Reason);
        Assert.Equal(ScanOutcome.Accepted, admission.Decide(new Attempt(scan with { Type = ScanType.Exit }, at) { Code = code }).Outcome);
        Assert.Equal(reason == RefusalReason.None, admission.Decide(new ReportedScan(scan, at) { Code = code }).Warnings == ScanWarnings.None);
    }
}
