using Headcount.Core;

namespace Headcount.Cli.Output;

/// <summary>Standard output, for one answer or, of a followed stream, one after another.</summary>
internal sealed class AnswerPage : IDisposable
{
    private readonly bool _isFollowed;
    private readonly JsonOut? _json;
    private readonly TextOut? _text;
    private bool _isFirst = true;

    public AnswerPage(bool asJson, Zone zone, bool isFollowed)
    {
        _isFollowed = isFollowed;
        if (asJson)
            _json = new JsonOut(Console.OpenStandardOutput(), zone);
        else
            _text = TextOut.ToStandardOutput();
    }

    public void Write(Answer answer)
    {
        if (_json is not null)
            _json.WriteDocument(answer.WriteJson);
        else
            WriteText(answer, _text!);
        _isFirst = false;
    }

    public void Dispose()
    {
        _json?.Dispose();
        _text?.Dispose();
    }

    private void WriteText(Answer answer, TextOut text)
    {
        if (_isFollowed && Terminal.OutputIsTerminal)
            text.ClearScreen();
        else if (!_isFirst)
            text.Line();
        answer.WriteText(text);
        text.Flush();
    }
}
