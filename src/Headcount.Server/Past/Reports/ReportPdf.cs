using System.Globalization;
using Headcount.Server.Languages;
using Headcount.Server.Past.Export;
using Headcount.Server.Problems;
using PdfSharp.Drawing;
using PdfSharp.Fonts;
using PdfSharp.Pdf;

namespace Headcount.Server.Past.Reports;

/// <summary>A report on paper, A4.</summary>
internal sealed class ReportPdf : IDisposable
{
    private const double Margin = 40;
    private const double RowHeight = 15;

    private readonly PdfDocument _document = new();
    private readonly XFont _text = new(MachineFonts.Family, 9);
    private readonly XFont _bold = new(MachineFonts.Family, 9, XFontStyleEx.Bold);
    private readonly XFont _head = new(MachineFonts.Family, 13, XFontStyleEx.Bold);
    private XGraphics? _drawn;
    private double _y;

    /// <exception cref="ProblemException">The machine has no font to write with.</exception>
    public static byte[] Write(EventReport report)
    {
        MachineFonts.Demand();
        using var pdf = new ReportPdf();
        pdf.Draw(report);
        using var file = new MemoryStream();
        pdf._document.Save(file, closeStream: false);
        return file.ToArray();
    }

    public void Dispose()
    {
        _drawn?.Dispose();
        _document.Dispose();
    }

    private XGraphics Page => _drawn!;

    private double Width => Page.PageSize.Width - 2 * Margin;

    private void Draw(EventReport report)
    {
        _document.Info.Title = Words.Of("report.title", report.Event);
        Turn();
        Say(_head, Words.Of("report.title", report.Event), 22);
        Say(_text, $"{ReportTables.RangeOf(report)} · {report.Zone.Id} · {Words.Of("report.record")} {report.Seq.ToString("N0", CultureInfo.CurrentCulture)}", 18);
        Draw(Charts.Curve(report), Words.Of("report.curve"));
        Draw(Charts.Flow(report), Words.Of("report.flow"));
        foreach (var table in ReportTables.Of(report, withIntervals: false)) Draw(table);
        Draw(Charts.Columns(Words.Of("report.dwell"), [.. report.Dwell.Buckets.Select((bucket, index) => (ReportTables.BucketName(report, index), bucket.Count))]), Words.Of("report.dwell"));
        foreach (var table in ReportTables.Of(report).Skip(5).Take(1)) Draw(table);
        Finish();
    }

    private void Turn()
    {
        var page = _document.AddPage();
        page.Size = PdfSharp.PageSize.A4;
        _drawn?.Dispose();
        _drawn = XGraphics.FromPdfPage(page);
        _y = Margin;
    }

    private void Finish()
    {
        Page.Dispose();
        _drawn = null;
        for (var i = 0; i < _document.PageCount; i++)
        {
            using var page = XGraphics.FromPdfPage(_document.Pages[i]);
            page.DrawString($"{i + 1} / {_document.PageCount}", _text, XBrushes.DimGray, new XRect(Margin, page.PageSize.Height - 28, page.PageSize.Width - 2 * Margin, 12), XStringFormats.TopRight);
        }
    }

    private void Room(double height)
    {
        if (_y + height > Page.PageSize.Height - Margin) Turn();
    }

    private void Say(XFont font, string text, double height)
    {
        Room(height);
        Page.DrawString(Fitting(text, font, Width), font, XBrushes.Black, new XRect(Margin, _y, Width, height), XStringFormats.TopLeft);
        _y += height;
    }

    private void Draw(ExportTable table)
    {
        Room(20 + 3 * RowHeight);
        _y += 8;
        Say(_bold, table.Name, 16);
        DrawRow(table.Columns, table, _bold);
        foreach (var row in table.Rows)
        {
            if (_y + RowHeight > Page.PageSize.Height - Margin)
            {
                Turn();
                DrawRow(table.Columns, table, _bold);
            }

            DrawRow([.. row.Select(Text)], table, _text);
        }
    }

    // The first column has a third of the width, and the others share the rest.
    private void DrawRow(IReadOnlyList<string> cells, ExportTable table, XFont font)
    {
        var first = cells.Count <= 2 ? Width * .45 : Width / 3.4;
        var rest = (Width - first) / Math.Max(1, cells.Count - 1);
        for (var i = 0; i < cells.Count; i++)
        {
            var (x, width) = i == 0 ? (Margin, first) : (Margin + first + (i - 1) * rest, rest);
            var isNumber = i > 0 && table.Rows.Count > 0 && table.Rows[0][i] is long;
            Page.DrawString(Fitting(cells[i], font, width - 6), font, XBrushes.Black, new XRect(x, _y, width - 6, RowHeight), isNumber ? XStringFormats.CenterRight : XStringFormats.CenterLeft);
        }

        Page.DrawLine(new XPen(XColors.LightGray, .5), Margin, _y + RowHeight, Margin + Width, _y + RowHeight);
        _y += RowHeight;
    }

    private void Draw(Chart chart, string title)
    {
        var scale = Width / chart.Width;
        Room(chart.Height * scale + 30);
        _y += 6;
        Say(_bold, title, 16);
        var state = Page.Save();
        Page.TranslateTransform(Margin, _y);
        Page.ScaleTransform(scale);
        foreach (var shape in chart.Shapes) PdfInk.Draw(Page, shape);
        Page.Restore(state);
        _y += chart.Height * scale + 4;
    }

    private static string Text(object? value) => value switch { null => "", long number => number.ToString("N0", CultureInfo.CurrentCulture), _ => value.ToString() ?? "" };

    private string Fitting(string text, XFont font, double width)
    {
        if (Page.MeasureString(text, font).Width <= width) return text;
        var end = text.Length;
        while (end > 1 && Page.MeasureString(string.Concat(text.AsSpan(0, end), "…"), font).Width > width) end--;
        return string.Concat(text.AsSpan(0, end), "…");
    }
}

/// <summary>How shapes look on paper.</summary>
internal static class PdfInk
{
    private static readonly XColor Blue = XColor.FromArgb(11, 92, 173);
    private static readonly XColor Orange = XColor.FromArgb(154, 90, 0);
    private static readonly XColor Red = XColor.FromArgb(164, 22, 26);
    private static readonly XColor Gray = XColor.FromArgb(74, 87, 100);

    public static void Draw(XGraphics page, Shape shape)
    {
        switch (shape)
        {
            case LineShape line:
                page.DrawLine(Pen(line.Class), line.X1, line.Y1, line.X2, line.Y2);
                break;
            case RectShape rect:
                page.DrawRectangle(new XSolidBrush(rect.Class == "bar2" ? Orange : Blue), rect.X, rect.Y, rect.Width, rect.Height);
                break;
            case DotShape dot:
                page.DrawEllipse(new XSolidBrush(Red), dot.X - dot.Radius, dot.Y - dot.Radius, 2 * dot.Radius, 2 * dot.Radius);
                break;
            case PathShape { IsClosed: true } area:
                page.DrawPolygon(new XSolidBrush(XColor.FromArgb(220, 231, 243)), [.. area.Points.Select(point => new XPoint(point.X, point.Y))], XFillMode.Winding);
                break;
            case PathShape { Points.Count: > 1 } path:
                page.DrawLines(Pen(path.Class), [.. path.Points.Select(point => new XPoint(point.X, point.Y))]);
                break;
            case TextShape text:
                page.DrawString(text.Text, new XFont(MachineFonts.Family, 13), new XSolidBrush(text.Class == "limit-text" ? Red : Gray), new XPoint(text.X, text.Y), text.Anchor switch { "middle" => XStringFormats.BaseLineCenter, "end" => XStringFormats.BaseLineRight, _ => XStringFormats.BaseLineLeft });
                break;
        }
    }

    private static XPen Pen(string name) => name switch
    {
        "line" => new XPen(Blue, 2),
        "line2" => new XPen(Orange, 2) { DashStyle = XDashStyle.Dash },
        "limit" => new XPen(Red, 1.2) { DashStyle = XDashStyle.Dash },
        "axis" => new XPen(Gray, .8),
        _ => new XPen(XColors.LightGray, .6),
    };
}

/// <summary>The fonts of the machine: DejaVu or Liberation on Debian, Arial elsewhere. They know the letters of Europe.</summary>
internal sealed class MachineFonts : IFontResolver
{
    public const string Family = "headcount";

    private static readonly string[] Folders = ["/usr/share/fonts", "/usr/local/share/fonts", "/Library/Fonts", "/System/Library/Fonts/Supplemental", "C:\\Windows\\Fonts"];
    private static readonly (string Plain, string Bold)[] Names = [("DejaVuSans.ttf", "DejaVuSans-Bold.ttf"), ("LiberationSans-Regular.ttf", "LiberationSans-Bold.ttf"), ("NotoSans-Regular.ttf", "NotoSans-Bold.ttf"), ("Arial.ttf", "Arial Bold.ttf"), ("arial.ttf", "arialbd.ttf")];
    private static readonly Lock Finding = new();
    private static (string Plain, string Bold)? _found;

    /// <exception cref="ProblemException">There is none.</exception>
    public static void Demand()
    {
        lock (Finding)
        {
            _found ??= Find() ?? throw new ProblemException(503, ProblemCodes.Unavailable, "This machine has no font to write a PDF with. Install one (Debian: apt-get install fonts-dejavu-core), or print the page.");
            GlobalFontSettings.FontResolver ??= new MachineFonts();
        }
    }

    public byte[]? GetFont(string faceName) => File.ReadAllBytes(faceName == "bold" ? _found!.Value.Bold : _found!.Value.Plain);

    public FontResolverInfo? ResolveTypeface(string familyName, bool isBold, bool isItalic) => new(isBold ? "bold" : "plain");

    private static (string, string)? Find()
    {
        foreach (var (plain, bold) in Names)
        {
            foreach (var folder in Folders.Where(Directory.Exists))
            {
                if (Directory.EnumerateFiles(folder, plain, SearchOption.AllDirectories).FirstOrDefault() is not { } found) continue;
                var beside = Path.Combine(Path.GetDirectoryName(found)!, bold);
                return (found, File.Exists(beside) ? beside : found);
            }
        }

        return null;
    }
}
