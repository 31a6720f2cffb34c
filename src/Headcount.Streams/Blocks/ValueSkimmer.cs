using System.Buffers;
using System.Collections;

namespace Headcount.Streams;

/// <summary>Finds the end of a JSON value by its brackets, quotes and what stands before them, in as many pieces as it comes in.</summary>
/// <remarks>
/// A value that is broken (brackets that do not match, a text where none can be, a line end inside a text) ends where another one seems to begin, at
/// <c>}, {</c> or a line that begins with a bracket, so that what follows it is not lost with it.
/// </remarks>
internal sealed class ValueSkimmer
{
    /// <summary>Values nested deeper than this are taken for broken.</summary>
    public const int MaxDepth = 1 << 20;

    private static readonly SearchValues<byte> Structure = SearchValues.Create("\"{}[]"u8);
    private static readonly SearchValues<byte> TextEnds = SearchValues.Create("\"\\\n"u8);
    private static readonly SearchValues<byte> ScalarEnds = SearchValues.Create(",{[]} \t\r\n"u8);
    private static readonly SearchValues<byte> BrokenEnds = SearchValues.Create("}\n"u8);

    private readonly BitArray _isList = new(64);
    private State _state;
    private int _depth;

    // The last byte before the next bracket or quote that is not blank.
    private byte _previous;

    // Where the latest text of this piece begins: in a broken value it may be the one that was never closed.
    private int _textAt;

    private enum State : byte
    {
        Start,
        Scalar,
        Nested,
        Text,
        Escape,
        Broken,
        BrokenLineStart,
        BrokenBrace,
        BrokenComma,
    }

    public bool IsBroken => _state >= State.Broken;

    public void Reset()
    {
        _state = State.Start;
        _depth = 0;
    }

    /// <summary>Begins inside an object that was opened before, after one of its values.</summary>
    public void ResetInsideObject()
    {
        _state = State.Nested;
        _isList[0] = false;
        _depth = 1;
        _previous = (byte)']';
    }

    /// <summary>Takes the next piece of the value.</summary>
    /// <returns>How many bytes of the piece belong to it, or -1 where it goes on after them all.</returns>
    public int Feed(ReadOnlySpan<byte> piece)
    {
        _textAt = 0;
        var at = 0;
        while (at < piece.Length)
        {
            switch (_state)
            {
                case State.Start:
                    _state = piece[at] is (byte)'{' or (byte)'[' or (byte)'"' ? State.Nested : State.Scalar;
                    _previous = (byte)',';
                    break;

                case State.Scalar:
                    var end = piece[at..].IndexOfAny(ScalarEnds);
                    return end < 0 ? -1 : at + end;

                case State.Nested:
                    if (TakeNested(piece, ref at)) return at;
                    break;

                case State.Text:
                    if (TakeText(piece, ref at)) return at;
                    break;

                case State.Escape:
                    _state = State.Text;
                    if (piece[at] != '\n') at++;
                    break;

                default:
                    if (TakeBroken(piece, ref at)) return at;
                    break;
            }
        }

        return -1;
    }

    // Goes on to the next bracket or quote. True where the value ends.
    private bool TakeNested(ReadOnlySpan<byte> piece, ref int at)
    {
        var end = piece[at..].IndexOfAny(Structure);
        var between = end < 0 ? piece[at..] : piece.Slice(at, end);
        if (Blanks.LastOther(between) is >= 0 and var last) _previous = between[last];
        at += between.Length;
        if (end < 0) return false;

        var mark = piece[at];
        switch (mark)
        {
            case (byte)'"':
                if (!MayBegin(mark)) return Break(ref at);
                _state = State.Text;
                _textAt = at;
                break;

            case (byte)'{' or (byte)'[':
                // An object that begins where a name is due: the one before it was not closed.
                if (!MayBegin(mark))
                {
                    if (mark != '{' || _previous != ',') return Break(ref at);
                    _state = State.Broken;
                    return true;
                }

                if (_depth == MaxDepth) return Break(ref at);
                if (_depth == _isList.Length) _isList.Length *= 2;
                _isList[_depth++] = mark == '[';
                break;

            default:
                if (_isList[_depth - 1] != (mark == ']')) return Break(ref at);
                if (--_depth == 0)
                {
                    at++;
                    return true;
                }

                break;
        }

        at++;
        _previous = mark;
        return false;
    }

    // Whether a text, an object or a list can stand after what stands before it.
    private bool MayBegin(byte mark) =>
        _depth == 0 || (_isList[_depth - 1] ? _previous is (byte)',' or (byte)'[' : _previous == ':' || (mark == '"' && _previous is (byte)',' or (byte)'{'));

    private bool Break(ref int at)
    {
        _state = State.Broken;
        at = _textAt;
        return false;
    }

    // Goes on to the end of a text. True where the value was that text alone.
    private bool TakeText(ReadOnlySpan<byte> piece, ref int at)
    {
        var end = piece[at..].IndexOfAny(TextEnds);
        if (end < 0)
        {
            at = piece.Length;
            return false;
        }

        at += end + 1;
        switch (piece[at - 1])
        {
            case (byte)'\\':
                _state = State.Escape;
                return false;
            case (byte)'"':
                _state = State.Nested;
                _previous = (byte)'"';
                return _depth == 0;
            default:
                _state = State.BrokenLineStart;
                return false;
        }
    }

    // Goes on to where another value seems to begin. True where it does.
    private bool TakeBroken(ReadOnlySpan<byte> piece, ref int at)
    {
        var end = _state == State.Broken ? piece[at..].IndexOfAny(BrokenEnds) : Blanks.FirstOther(piece[at..]);
        if (end < 0)
        {
            at = piece.Length;
            return false;
        }

        at += end;
        var found = piece[at];
        switch (_state)
        {
            case State.Broken:
                _state = found == '\n' ? State.BrokenLineStart : State.BrokenBrace;
                at++;
                return false;

            case State.BrokenLineStart when found is (byte)'{' or (byte)']':
            case State.BrokenBrace or State.BrokenComma when found == '{':
                return true;

            case State.BrokenBrace when found == ',':
                _state = State.BrokenComma;
                at++;
                return false;

            default:
                _state = State.Broken;
                return false;
        }
    }
}
