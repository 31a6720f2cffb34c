using System.Buffers;
using System.Collections;

namespace Headcount.Streams;

/// <summary>Finds the end of a JSON value by its brackets and quotes alone, in as many pieces as it comes in.</summary>
/// <remarks>
/// A value that is broken (brackets that do not match, a line end inside a text) ends where a line begins with a bracket again, so that what follows it
/// is not lost with it.
/// </remarks>
internal sealed class ValueSkimmer
{
    /// <summary>Values nested deeper than this are taken for broken.</summary>
    public const int MaxDepth = 1 << 20;

    private static readonly SearchValues<byte> Structure = SearchValues.Create("\"{}[]"u8);
    private static readonly SearchValues<byte> TextEnds = SearchValues.Create("\"\\\n"u8);
    private static readonly SearchValues<byte> ScalarEnds = SearchValues.Create(",]} \t\r\n"u8);

    private readonly BitArray _isList = new(64);
    private State _state;
    private int _depth;

    private enum State : byte
    {
        Start,
        Scalar,
        Nested,
        Text,
        Escape,
        Broken,
        BrokenLineStart,
    }

    public bool IsBroken => _state >= State.Broken;

    public void Reset()
    {
        _state = State.Start;
        _depth = 0;
    }

    /// <summary>Begins inside an object that was opened before.</summary>
    public void ResetInsideObject()
    {
        _state = State.Nested;
        _isList[0] = false;
        _depth = 1;
    }

    /// <summary>Takes the next piece of the value.</summary>
    /// <returns>How many bytes of the piece belong to it, or -1 where it goes on after them all.</returns>
    public int Feed(ReadOnlySpan<byte> piece)
    {
        var at = 0;
        while (at < piece.Length)
        {
            int end;
            switch (_state)
            {
                case State.Start:
                    _state = piece[at] is (byte)'{' or (byte)'[' ? State.Nested : piece[at] == '"' ? State.Nested : State.Scalar;
                    break;

                case State.Scalar:
                    end = piece[at..].IndexOfAny(ScalarEnds);
                    return end < 0 ? -1 : at + end;

                case State.Text:
                    end = piece[at..].IndexOfAny(TextEnds);
                    if (end < 0) return -1;
                    at += end + 1;
                    switch (piece[at - 1])
                    {
                        case (byte)'\\':
                            _state = State.Escape;
                            break;
                        case (byte)'"':
                            _state = State.Nested;
                            if (_depth == 0) return at;
                            break;
                        default:
                            _state = State.BrokenLineStart;
                            break;
                    }

                    break;

                case State.Escape:
                    _state = State.Text;
                    if (piece[at] == '\n') break;
                    at++;
                    break;

                case State.Nested:
                    end = piece[at..].IndexOfAny(Structure);
                    if (end < 0) return -1;
                    at += end;
                    if (TakeBracket(piece[at++])) return at;
                    break;

                case State.Broken:
                    end = piece[at..].IndexOf((byte)'\n');
                    if (end < 0) return -1;
                    at += end + 1;
                    _state = State.BrokenLineStart;
                    break;

                case State.BrokenLineStart:
                    end = Blanks.FirstOther(piece[at..]);
                    if (end < 0) return -1;
                    at += end;
                    if (piece[at] is (byte)'{' or (byte)']') return at;
                    _state = State.Broken;
                    break;
            }
        }

        return -1;
    }

    // Whether the value ends here.
    private bool TakeBracket(byte bracket)
    {
        switch (bracket)
        {
            case (byte)'"':
                _state = State.Text;
                return false;
            case (byte)'{' or (byte)'[':
                if (_depth == MaxDepth)
                {
                    _state = State.Broken;
                    return false;
                }

                if (_depth == _isList.Length) _isList.Length *= 2;
                _isList[_depth++] = bracket == '[';
                return false;
            default:
                if (_isList[_depth - 1] != (bracket == ']'))
                {
                    _state = State.Broken;
                    return false;
                }

                return --_depth == 0;
        }
    }
}
