using System.Runtime.CompilerServices;

namespace Headcount.Streams;

/// <summary>What stands between the values of a scan: the bytes of its keys and punctuation, learnt from the scan before.</summary>
/// <remarks>Gates write all their scans alike, so that a scan is nearly always its values in these gaps; each gap is compared with two words of eight bytes.</remarks>
internal sealed unsafe class LineShape
{
    private const int MostParts = 8;
    private const int LeastBytes = 8;
    private const int MostBytes = 16;

    private readonly Part[] _parts = new Part[MostParts];
    private int _learnt;
    private byte* _gap;

    private struct Part
    {
        public ulong Head;
        public ulong Tail;
        public int Length;
        public int Field;
    }

    /// <summary>How many values a scan has; 0 where no shape is known.</summary>
    public int Parts { get; private set; }

    public int FieldOf(int part) => _parts[part].Field;

    /// <summary>Where the value of a part begins, after its opening quote; null where something else stands before it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte* After(int part, byte* at)
    {
        ref var gap = ref _parts[part];
        return Unsafe.ReadUnaligned<ulong>(at) == gap.Head && Unsafe.ReadUnaligned<ulong>(at + gap.Length - LeastBytes) == gap.Tail ? at + gap.Length : null;
    }

    /// <summary>Begins to learn from a scan.</summary>
    public void Begin(byte* scan)
    {
        Parts = 0;
        _learnt = 0;
        _gap = scan;
    }

    /// <summary>This scan is none to learn from.</summary>
    public void Forget() => _gap = null;

    /// <summary>A value, with its quotes, and the field that it is of.</summary>
    public void Add(int field, byte* value, byte* end)
    {
        var length = value + 1 - _gap;
        if (_gap is null || *value != '"' || length is < LeastBytes or > MostBytes || _learnt == MostParts)
        {
            Forget();
            return;
        }

        _parts[_learnt++] = new Part { Head = Unsafe.ReadUnaligned<ulong>(_gap), Tail = Unsafe.ReadUnaligned<ulong>(value + 1 - LeastBytes), Length = (int)length, Field = field };
        _gap = end;
    }

    /// <summary>The scan ends with a brace there; it can be learnt from if nothing stands before that.</summary>
    public void End(byte* brace, bool mayBeKnown) => Parts = mayBeKnown && _gap == brace ? _learnt : 0;
}
