namespace Headcount.Streams;

/// <summary>The elements of a JSON list, pretty-printed or not, bare or inside an object <c>{"scans":[…]}</c>.</summary>
internal sealed class ListCutter(bool isWrapped) : Cutter
{
    private readonly ValueSkimmer _skimmer = new();
    private State _state = State.List;
    private bool _afterElement;
    private bool _afterComma;

    private enum State : byte
    {
        /// <summary>Inside the list; the data begins after its opening bracket or after an element.</summary>
        List,

        /// <summary>After the list, in the rest of the object that held it.</summary>
        Wrapper,

        /// <summary>After all of it; what follows may show that the list was closed too early.</summary>
        After,

        /// <summary>At something else.</summary>
        Done,
    }

    public override BlockKind Kind => BlockKind.Json;

    public override bool IsDone => _state == State.Done;

    public override int Cut(ReadOnlySpan<byte> data, bool atEnd, Block block)
    {
        var ranges = block.StartRanges();
        var at = 0;
        while (true)
        {
            var before = _state;
            at = _state switch
            {
                State.List => CutList(data, at, atEnd, ranges),
                State.Wrapper => CutWrapper(data, at, atEnd, ranges),
                _ => CutAfter(data, at, ranges),
            };
            if (_state == before || _state == State.Done) return at;
        }
    }

    public override int EndOfOverlong(ReadOnlySpan<byte> piece, bool isFirst)
    {
        if (isFirst) _skimmer.Reset();
        (_afterElement, _afterComma) = (true, false);
        return _skimmer.Feed(piece);
    }

    // The elements that are whole, and the bracket behind them.
    private int CutList(ReadOnlySpan<byte> data, int at, bool atEnd, List<ElementRange> ranges)
    {
        while (true)
        {
            at += Blank(data[at..]);
            if (at == data.Length)
            {
                if (atEnd) ranges.Add(new ElementRange(at, 0, "the list is not closed: the input ends here"));
                return at;
            }

            if (data[at] == ',')
            {
                if (!_afterElement) ranges.Add(new ElementRange(at, 0, "no element before the comma"));
                (_afterElement, _afterComma) = (false, true);
                at++;
                continue;
            }

            if (data[at] == ']')
            {
                if (_afterComma) ranges.Add(new ElementRange(at, 0, "no element after the comma"));
                _state = isWrapped ? State.Wrapper : State.After;
                _skimmer.ResetInsideObject();
                return at + 1;
            }

            if (FlatObject.Length(data[at..]) is > 0 and var flat)
            {
                ranges.Add(new ElementRange(at, flat));
                (_afterElement, _afterComma) = (true, false);
                at += flat;
                continue;
            }

            var end = EndOfElement(data[at..], atEnd, out var reason);
            if (end < 0) return at;
            ranges.Add(new ElementRange(at, Blanks.LastOther(data.Slice(at, end)) + 1, reason));
            (_afterElement, _afterComma) = (true, false);
            at += end;
            if (atEnd && reason == InputEnds) return at;
        }
    }

    private const string InputEnds = "the input ends inside it";

    private int EndOfElement(ReadOnlySpan<byte> data, bool atEnd, out string? reason)
    {
        _skimmer.Reset();
        var end = _skimmer.Feed(data);
        reason = _skimmer.IsBroken ? "its brackets or quotes do not match" : null;

        // A bracket that closes nothing is an element of its own, so that the cutter moves on.
        if (end == 0) reason = "a bracket that closes nothing";
        if (end != 0 && (end > 0 || !atEnd)) return end;
        if (end == 0) return 1;
        if (reason is not null)
        {
            // Broken to the end of the input: the last bracket is the list's, if it can be.
            var last = Blanks.LastOther(data);
            return last > 0 && data[last] == ']' ? last : data.Length;
        }

        if (data[0] is (byte)'{' or (byte)'[' or (byte)'"') reason = InputEnds;
        return data.Length;
    }

    private int CutWrapper(ReadOnlySpan<byte> data, int at, bool atEnd, List<ElementRange> ranges)
    {
        var end = _skimmer.Feed(data[at..]);
        if (end < 0)
        {
            if (atEnd) ranges.Add(new ElementRange(data.Length, 0, "the object around the list is not closed: the input ends here"));
            return data.Length;
        }

        if (!_skimmer.IsBroken)
        {
            _state = State.After;
            return at + end;
        }

        // An element where a key is due: a stray bracket had closed the list.
        ranges.Add(new ElementRange(at + end, 0, "the list was closed before it"));
        (_state, _afterElement, _afterComma) = (State.List, true, false);
        return at + end;
    }

    // Another list may follow; a comma or a closing bracket shows that a stray bracket had closed this one.
    private int CutAfter(ReadOnlySpan<byte> data, int at, List<ElementRange> ranges)
    {
        for (at += Blank(data[at..]); at < data.Length; at += Blank(data[at..]))
        {
            switch (data[at])
            {
                case (byte)'[':
                    (_state, _afterElement, _afterComma, isWrapped) = (State.List, false, false, false);
                    return at + 1;
                case (byte)',':
                    ranges.Add(new ElementRange(at, 1, "the list was closed before it"));
                    (_state, _afterElement, _afterComma) = (State.List, false, false);
                    return at + 1;
                case (byte)']' or (byte)'}':
                    ranges.Add(new ElementRange(at, 1, "a bracket that closes nothing"));
                    at++;
                    break;
                default:
                    _state = State.Done;
                    return at;
            }
        }

        return at;
    }

    private static int Blank(ReadOnlySpan<byte> data)
    {
        if (!data.IsEmpty && data[0] > ' ') return 0;
        var end = Blanks.FirstOther(data);
        return end < 0 ? data.Length : end;
    }
}
