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

        /// <summary>After all of it.</summary>
        Done,
    }

    public override BlockKind Kind => BlockKind.Json;

    public override bool IsDone => _state == State.Done;

    public override int Cut(ReadOnlySpan<byte> data, bool atEnd, Block block)
    {
        var ranges = block.StartRanges();
        var at = 0;
        while (_state == State.List)
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
                at++;
                EnterWrapper();
                break;
            }

            _skimmer.Reset();
            var end = _skimmer.Feed(data[at..]);
            if (end < 0 && !atEnd) return at;
            var reason = end < 0 && IsOpen(data[at]) ? "the input ends inside it" : _skimmer.IsBroken ? "its brackets or quotes do not match" : null;
            end = end < 0 ? data.Length - at : end;

            // A bracket that closes nothing is an element of its own, so that the cutter moves on.
            if (end == 0) (end, reason) = (1, "a bracket that closes nothing");
            ranges.Add(new ElementRange(at, TrimmedLength(data.Slice(at, end)), reason));
            (_afterElement, _afterComma) = (true, false);
            at += end;
        }

        return _state == State.Wrapper ? at + CutWrapper(data[at..], atEnd, ranges, at) : at;
    }

    public override int EndOfOverlong(ReadOnlySpan<byte> piece, bool isFirst)
    {
        if (isFirst) _skimmer.Reset();
        (_afterElement, _afterComma) = (true, false);
        return _skimmer.Feed(piece);
    }

    private void EnterWrapper()
    {
        _state = isWrapped ? State.Wrapper : State.Done;
        _skimmer.ResetInsideObject();
    }

    private int CutWrapper(ReadOnlySpan<byte> data, bool atEnd, List<ElementRange> ranges, int start)
    {
        var end = _skimmer.Feed(data);
        if (end >= 0)
            _state = State.Done;
        else if (atEnd)
            ranges.Add(new ElementRange(start + data.Length, 0, "the object around the list is not closed: the input ends here"));
        return end < 0 ? data.Length : end;
    }

    private static bool IsOpen(byte first) => first is (byte)'{' or (byte)'[' or (byte)'"';

    private static int Blank(ReadOnlySpan<byte> data)
    {
        var end = Blanks.FirstOther(data);
        return end < 0 ? data.Length : end;
    }

    private static int TrimmedLength(ReadOnlySpan<byte> element) => Blanks.LastOther(element) + 1;
}
