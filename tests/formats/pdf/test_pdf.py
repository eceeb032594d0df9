"""PDF: text out of it, and PDFs with what was found truly gone. Ids carry the rows E9–E11, F4, F5, F11 of the list of hiding places."""

from __future__ import annotations

import io
import os
import random
import shutil
import subprocess
import unicodedata
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont as Program
from pdfminer.high_level import extract_text
from pikepdf import Array, Dictionary, Name, Pdf, String
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from redactor import Redactor
from redactor.formats.options import Options
from redactor.formats.pdf.fonts import parse_cmap
from redactor.formats.registry import load_format
from redactor.formats.session import DocumentSession
from redactor.model import FormatError, RedactorError
from tests.conftest import made
from tests.draws import some

SECRET = "欧阳建国"
SECRETS = (
    SECRET,
    "司马文静",
    "诸葛小明",
    "慕容雪",
    "上官志强",
    "端木兰",
    "令狐冲之",
    "夏侯婷",
    "南宫月",
    "尉迟恭礼",
    "Zhugeliang",
    "Duanmulan88",
)
REST = "本页的正文保持不变。"
CID = "STSong-Light"
EMBEDDED = "Blocks"

Place = Callable[[Pdf], None]


@pytest.fixture(scope="module")
def redactor() -> Redactor:
    return made(mask=SECRETS, ner="none")


@pytest.fixture(scope="module", autouse=True)
def fonts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Both kinds of Chinese fonts: one that the file only names, and one of which it holds the part that it needs."""
    path = tmp_path_factory.mktemp("fonts") / "blocks.ttf"
    build_font(
        path,
        "".join(SECRETS)
        + REST
        + "仅供内部交流勿外传墨耕文苑会员群免费关于春游的通知是一个网站请同志牵头一二三四五六七八九十，：（）第页大家都认为这件事情做得很好×"
        + "".join(map(chr, range(32, 127))),
    )
    pdfmetrics.registerFont(UnicodeCIDFont(CID))
    pdfmetrics.registerFont(TTFont(EMBEDDED, str(path)))
    return path


def build_font(path: Path, text: str) -> None:
    """A TrueType font with a block of its own for each character."""
    chars = sorted(set(text))
    names = [".notdef", *(f"uni{ord(c):04X}" for c in chars)]
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder(names)
    builder.setupCharacterMap({ord(c): f"uni{ord(c):04X}" for c in chars})
    shapes, widths = {}, {}
    for number, name in enumerate(names):
        width = 1000 if number and unicodedata.east_asian_width(chars[number - 1]) in "WF" else 500
        pen = TTGlyphPen(None)
        pen.moveTo((50, 0))
        for point in ((width - 50, 0), (width - 50, 300 + number), (50, 300 + number)):
            pen.lineTo(point)
        pen.closePath()
        shapes[name], widths[name] = pen.glyph(), (width, 50)
    builder.setupGlyf(shapes)
    builder.setupHorizontalMetrics(widths)
    builder.setupHorizontalHeader(ascent=880, descent=-120)
    builder.setupNameTable(
        {
            "familyName": EMBEDDED,
            "styleName": "Regular",
            "psName": EMBEDDED,
            "uniqueFontIdentifier": EMBEDDED,
            "fullName": EMBEDDED,
            "version": "1",
        }
    )
    builder.setupOS2(sTypoAscender=880, sTypoDescender=-120, usWinAscent=880, usWinDescent=120)
    builder.setupPost()
    builder.save(path)


def drawn(draw: Callable[[Canvas], object], *more: Callable[[Canvas], object], font: str = EMBEDDED) -> bytes:
    """A PDF by reportlab, a page for each function."""
    out = io.BytesIO()
    canvas = Canvas(out, invariant=1)
    for each in (draw, *more):
        canvas.setFont(font, 12)
        each(canvas)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def lines(*texts: str) -> Callable[[Canvas], object]:
    def draw(canvas: Canvas) -> None:
        for number, text in enumerate(texts):
            canvas.drawString(72, 760 - 20 * number, text)

    return draw


def plain(font: str = EMBEDDED) -> bytes:
    return drawn(lines(REST, "大家都认为这件事情做得很好。"), font=font)


def changed(data: bytes, place: Place) -> bytes:
    """A PDF into which something was put by pikepdf."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as pdf:
        place(pdf)
        pdf.save(out)
    return out.getvalue()


def run(data: bytes, redactor: Redactor, output: str, *, strict: bool = False) -> tuple[bytes, DocumentSession]:
    session = DocumentSession(redactor, lambda *_: None, strict)
    out = io.BytesIO()
    load_format("pdf")(io.BytesIO(data), out, session, Options(output=output))
    return out.getvalue(), session


def by_pdfium(data: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(data)
    texts = []
    for number in range(len(document)):
        page = document[number]
        text = page.get_textpage()
        texts.append(text.get_text_range())
        text.close()
        page.close()
    document.close()
    return texts


def plain_objects(data: bytes) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as pdf:
        pdf.save(out, qdf=True, stream_decode_level=pikepdf.StreamDecodeLevel.generalized)
    return out.getvalue()


def unpacked(data: bytes) -> Iterator[bytes]:
    """Everything in a file that inflates, wherever it is."""
    at = data.find(b"stream")
    while at >= 0:
        for start in range(at + 6, at + 9):
            try:
                yield zlib.decompressobj().decompress(data[start:])
            except zlib.error:
                continue
        at = data.find(b"stream", at + 6)


def places_of(data: bytes, secret: str) -> list[str]:
    """The independent readers that find a secret in a PDF: PDFium, pdfminer, pdftotext, qpdf, a scan of the streams."""
    found = []
    if secret in "".join(by_pdfium(data)).replace("\r\n", "").replace(" ", ""):
        found.append("pdfium")
    if secret in extract_text(io.BytesIO(data)).replace("\n", "").replace(" ", ""):
        found.append("pdfminer")
    if shutil.which("pdftotext"):
        done = subprocess.run(["pdftotext", "-q", "-", "-"], input=data, capture_output=True, check=False)
        if secret in done.stdout.decode("utf-8", "replace").replace("\n", "").replace(" ", ""):
            found.append("pdftotext")
    needles = [secret.encode(encoding) for encoding in ("utf-8", "utf-16-be", "utf-16-le", "gb18030")]
    needles += [needle.hex().encode() for needle in needles] + [needle.hex().upper().encode() for needle in needles]
    blobs = [data, plain_objects(data), *unpacked(data)]
    if any(needle in blob for blob in blobs for needle in needles):
        found.append("scan")
    return found


# Where a PDF can hold a text: each puts the secret there.


def over(pdf: Pdf, content: bytes, **more: object) -> None:
    """Draw something more on the first page, in its first font that is not Helvetica."""
    page = pdf.pages[0]
    for key, value in more.items():
        page.obj.Resources[f"/{key}"] = value
    page.contents_add(pdf.make_stream(content))


def shown(pdf: Pdf, before: bytes = b"", at: str = "72 600") -> bytes:
    """Operators that draw the secret in a font that every reader knows the codes of."""
    pdf.pages[0].obj.Resources.Font["/Cid"] = cid_font(pdf)
    return b"q BT /Cid 12 Tf %s %s Td <%s> Tj ET Q\n" % (before, at.encode(), SECRET.encode("utf-16-be").hex().encode())


def cid_font(pdf: Pdf) -> Dictionary:
    system = Dictionary(Registry=String("Adobe"), Ordering=String("GB1"), Supplement=2)
    descriptor = Dictionary(
        Type=Name.FontDescriptor,
        FontName=Name("/STSong-Light"),
        Flags=4,
        FontBBox=[0, -200, 1000, 900],
        ItalicAngle=0,
        Ascent=800,
        Descent=-200,
        CapHeight=700,
        StemV=90,
    )
    below = Dictionary(
        Type=Name.Font,
        Subtype=Name.CIDFontType0,
        BaseFont=Name("/STSong-Light"),
        CIDSystemInfo=system,
        DW=1000,
        FontDescriptor=descriptor,
    )
    return pdf.make_indirect(
        Dictionary(
            Type=Name.Font,
            Subtype=Name.Type0,
            BaseFont=Name("/STSong-Light"),
            Encoding=Name("/UniGB-UCS2-H"),
            DescendantFonts=Array([below]),
        )
    )


def annotation(pdf: Pdf, subtype: str, **more: object) -> None:
    note = Dictionary(Type=Name.Annot, Subtype=Name("/" + subtype), Rect=[100, 100, 200, 200], **more)
    pdf.pages[0].obj.Annots = Array([pdf.make_indirect(note)])


def box_over(pdf: Pdf) -> None:
    over(pdf, shown(pdf) + b"q 0 g 70 596 60 16 re f Q")


def box_under(pdf: Pdf) -> None:
    over(pdf, b"q 0 g 70 596 60 16 re f Q " + shown(pdf, b"0 g"))


def white(pdf: Pdf) -> None:
    over(pdf, shown(pdf, b"1 g"))


def invisible(pdf: Pdf) -> None:
    over(pdf, shown(pdf, b"3 Tr"))


def off_page(pdf: Pdf) -> None:
    over(pdf, shown(pdf, at="-900 -900"))


def outside_crop(pdf: Pdf) -> None:
    over(pdf, shown(pdf, at="72 20"))
    pdf.pages[0].obj.CropBox = Array([0, 100, 595, 842])


def redact_mark(pdf: Pdf) -> None:
    over(pdf, shown(pdf))
    annotation(pdf, "Redact", OverlayText=String(SECRET), Contents=String(SECRET))


def comment(pdf: Pdf) -> None:
    annotation(pdf, "Text", Contents=String(SECRET), T=String(SECRET), RC=String(f"<p>{SECRET}</p>"))


def bookmark(pdf: Pdf) -> None:
    with pdf.open_outline() as outline:
        outline.root.append(pikepdf.OutlineItem(SECRET, 0))


def info(pdf: Pdf) -> None:
    pdf.docinfo["/Author"] = SECRET
    pdf.docinfo["/Custom"] = SECRET


def xmp(pdf: Pdf) -> None:
    with pdf.open_metadata() as metadata:
        metadata["dc:title"] = SECRET


def page_xmp(pdf: Pdf) -> None:
    pdf.pages[0].obj.Metadata = pdf.make_stream(f"<x:xmpmeta>{SECRET}</x:xmpmeta>".encode())


def attachment(pdf: Pdf) -> None:
    pdf.attachments[f"{SECRET}.txt"] = SECRET.encode()


def attached_to_page(pdf: Pdf) -> None:
    file = pikepdf.AttachedFileSpec(pdf, SECRET.encode(), filename="a.txt")
    annotation(pdf, "FileAttachment", FS=file.obj)


def form_value(pdf: Pdf) -> None:
    appearance = pdf.make_stream(b"BT ET", Subtype=Name.Form, BBox=[0, 0, 1, 1])
    annotation(
        pdf, "Widget", FT=Name.Tx, T=String("name"), V=String(SECRET), DV=String(SECRET), AP=Dictionary(N=appearance)
    )
    pdf.Root.AcroForm = Dictionary(Fields=pdf.pages[0].obj.Annots)


def link_target(pdf: Pdf) -> None:
    annotation(pdf, "Link", A=Dictionary(S=Name.URI, URI=String(f"https://example.com/{SECRET}")))


def thumbnail(pdf: Pdf) -> None:
    pdf.pages[0].obj.Thumb = pdf.make_stream(
        SECRET.encode(), Width=2, Height=2, ColorSpace=Name.DeviceGray, BitsPerComponent=8
    )


def script(pdf: Pdf) -> None:
    action = Dictionary(S=Name.JavaScript, JS=String(f"app.alert('{SECRET}')"))
    pdf.Root.OpenAction = action
    pdf.Root.Names = Dictionary(JavaScript=Dictionary(Names=[String(SECRET), action]))


def page_label(pdf: Pdf) -> None:
    pdf.Root.PageLabels = Dictionary(Nums=[0, Dictionary(P=String(SECRET))])


def structure(pdf: Pdf) -> None:
    element = Dictionary(
        S=Name.Figure, Alt=String(SECRET), ActualText=String(SECRET), E=String(SECRET), T=String(SECRET)
    )
    pdf.Root.StructTreeRoot = pdf.make_indirect(
        Dictionary(Type=Name.StructTreeRoot, K=Array([pdf.make_indirect(element)]))
    )


def actual_text(pdf: Pdf) -> None:
    text = b"<feff" + SECRET.encode("utf-16-be").hex().encode() + b">"
    over(pdf, b"/Span << /ActualText %s /Alt %s /E %s >> BDC EMC" % (text, text, text))


def named_properties(pdf: Pdf) -> None:
    over(pdf, b"/Span /Told BDC EMC", Properties=Dictionary(Told=Dictionary(ActualText=String(SECRET))))


def layer(pdf: Pdf) -> None:
    group = pdf.make_indirect(Dictionary(Type=Name.OCG, Name=String(SECRET)))
    pdf.Root.OCProperties = Dictionary(OCGs=[group], D=Dictionary(OFF=[group], Order=[group]))
    over(pdf, b"/OC /Hidden BDC " + shown(pdf) + b" EMC", Properties=Dictionary(Hidden=group))


def form(pdf: Pdf) -> None:
    content = shown(pdf)
    resources = Dictionary(Font=pdf.pages[0].obj.Resources.Font)
    inner = pdf.make_stream(content, Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 600, 800], Resources=resources)
    outer = pdf.make_stream(
        b"/In Do",
        Type=Name.XObject,
        Subtype=Name.Form,
        BBox=[0, 0, 600, 800],
        Resources=Dictionary(XObject=Dictionary(In=inner)),
    )
    over(pdf, b"q 1 0 0 1 0 -50 cm /Out Do Q /Out Do", XObject=Dictionary(Out=outer))


def named_place(pdf: Pdf) -> None:
    pdf.Root.Names = Dictionary(Dests=Dictionary(Names=[String(SECRET), Array([pdf.pages[0].obj, Name.Fit])]))


def private_data(pdf: Pdf) -> None:
    pdf.pages[0].obj.PieceInfo = Dictionary(Editor=Dictionary(Private=String(SECRET)))
    pdf.pages[0].obj.Resources[Name("/Whatever")] = String(SECRET)
    pdf.pages[0].obj.Resources.Font["/F1"][Name("/Note")] = String(SECRET)


PLACES: tuple[Place, ...] = (
    box_over, box_under, white, invisible, off_page, outside_crop, redact_mark, comment, bookmark, info, xmp, page_xmp,
    attachment, attached_to_page, form_value, link_target, thumbnail, script, page_label, structure, actual_text,
    named_properties, layer, form, named_place, private_data,
)  # fmt: skip


@pytest.mark.parametrize("place", [pytest.param(p, id=f"e9-{p.__name__.replace('_', '-')}") for p in PLACES])
def test_hidden_text_is_gone_from_the_pdf(place: Place, redactor: Redactor) -> None:
    source = changed(plain(), place)
    assert places_of(source, SECRET)
    written, _ = run(source, redactor, ".pdf")
    assert places_of(written, SECRET) == []
    assert REST in by_pdfium(written)[0]
    assert len(pikepdf.open(io.BytesIO(written)).pages) == 1


def test_e9_incremental_update_is_gone(redactor: Redactor) -> None:
    """An old revision holds the secret; the new one replaces the page's content."""
    old = drawn(lines(REST, SECRET), font=CID)
    with pikepdf.open(io.BytesIO(old)) as pdf:
        number, root, size = pdf.pages[0].obj.Contents.objgen[0], pdf.Root.objgen[0], int(pdf.trailer.Size)
    content = b"BT /F1 12 Tf 72 700 Td (Hello) Tj ET"
    start = len(old)
    new = old + b"%d 0 obj\n<< /Length %d >>\nstream\n%s\nendstream\nendobj\n" % (number, len(content), content)
    at = old.rindex(b"startxref")
    before = int(old[at:].split()[1])
    new += b"xref\n%d 1\n%010d 00000 n \ntrailer\n<< /Size %d /Root %d 0 R /Prev %d >>\nstartxref\n%d\n%%%%EOF\n" % (
        number, start, size, root, before, len(new),
    )  # fmt: skip
    written, session = run(new, redactor, ".pdf")
    assert "Hello" in by_pdfium(written)[0]
    assert places_of(written, SECRET) == []
    assert ("document", "earlier versions of it, and what they deleted") in session.taken_out
    assert len(written) < len(new)


@pytest.mark.parametrize("font", [CID, EMBEDDED])
def test_twelve_secrets_leave_no_trace_and_the_rest_stays(font: str, redactor: Redactor) -> None:
    texts = [f"请{secret}同志牵头。" for secret in SECRETS]
    source = drawn(lines(REST, *texts), lines(REST), font=font)
    written, _ = run(source, redactor, ".pdf")
    for secret in SECRETS:
        assert places_of(source, secret), secret
        assert places_of(written, secret) == []
    first, second, _ = extract_text(io.BytesIO(written)).split("\f")
    assert first.replace(" ", "").split() == [REST, *["请×同志牵头。"] * len(SECRETS)]
    assert second.strip() == REST


@pytest.mark.parametrize("font", [CID, EMBEDDED])
def test_text_output_has_the_pages_in_order(font: str, redactor: Redactor) -> None:
    source = drawn(lines(f"请{SECRET}同志牵头，", "大家都认为很好。"), lines(REST), font=font)
    written, _ = run(source, redactor, ".txt")
    assert written.decode() == f"请×同志牵头，\n大家都认为很好。\n\f{REST}\n"


E10 = {
    "annotation": (comment, ("page 1", "comments")),
    "redact-mark": (redact_mark, ("page 1", "redaction marks that were never applied")),
    "form-value": (form_value, ("document", "form fields with their values")),
    "widget": (form_value, ("page 1", "form fields with their values")),
    "attachment": (attachment, ("document", "attached files")),
    "page-attachment": (attached_to_page, ("page 1", "attached files")),
    "bookmark": (bookmark, ("document", "bookmarks")),
    "properties": (info, ("document", "properties (title, author, dates, programs)")),
    "link": (link_target, ("page 1", "links")),
    "script": (script, ("document", "scripts")),
    "structure": (structure, ("document", "the structure tree with its alternative texts")),
    "layer": (layer, ("document", "names of layers")),
}


@pytest.mark.parametrize(("place", "told"), [pytest.param(*case, id=f"e10-{name}") for name, case in E10.items()])
@pytest.mark.parametrize("output", [".txt", ".pdf"])
def test_what_is_left_out_is_told(place: Place, told: tuple[str, str], output: str, redactor: Redactor) -> None:
    written, session = run(changed(plain(), place), redactor, output)
    assert told in session.taken_out
    if output == ".txt":
        assert SECRET not in written.decode()
        assert written.decode().startswith(f"{REST}\n大家都认为这件事情做得很好。\n")


@pytest.mark.parametrize("output", [".txt", ".pdf"])
def test_e10_a_scanned_page_is_told(output: str, redactor: Redactor) -> None:
    def scan(pdf: Pdf) -> None:
        picture = pdf.make_stream(
            b"\0" * 4,
            Type=Name.XObject,
            Subtype=Name.Image,
            Width=2,
            Height=2,
            ColorSpace=Name.DeviceGray,
            BitsPerComponent=8,
        )
        pdf.add_blank_page()
        pdf.pages[1].obj.Resources = Dictionary(XObject=Dictionary(Im=picture))
        pdf.pages[1].obj.Contents = pdf.make_stream(b"q 600 0 0 800 0 0 cm /Im Do Q")

    source = changed(plain(), scan)
    _, session = run(source, redactor, output)
    assert ("page 2", "picture without text") in session.not_checked
    with pytest.raises(FormatError, match="page 2"):
        run(source, redactor, output, strict=True)


def operators(data: bytes, page: int = 0) -> bytes:
    with pikepdf.open(io.BytesIO(data)) as pdf:
        contents = pdf.pages[page].obj.Contents
        parts = list(contents) if isinstance(contents, Array) else [contents]
        return b"\n".join(bytes(part.read_bytes()) for part in parts)


def left(text: str) -> Callable[[Canvas], object]:
    return lines(REST, text, "大家都认为这件事情做得很好。")


def centred(text: str) -> Callable[[Canvas], object]:
    def draw(canvas: Canvas) -> None:
        canvas.drawString(72, 760, "一二三四五六七八九十" * 3 + "一二三四五六七")
        canvas.drawCentredString(72 + 37 * 6, 740, text)

    return draw


def right(text: str) -> Callable[[Canvas], object]:
    def draw(canvas: Canvas) -> None:
        canvas.drawRightString(400, 760, REST)
        canvas.drawRightString(400, 740, "（大家）")
        canvas.drawRightString(400, 720, text)

    return draw


def justified(text: str) -> Callable[[Canvas], object]:
    """Set to one width by spacing between its characters."""

    def draw(canvas: Canvas) -> None:
        canvas.drawString(72, 760, REST)
        writing = canvas.beginText(72, 740)
        writing.setCharSpace((300 - 12 * len(text)) / (len(text) - 1))
        writing.textLine(text)
        canvas.drawText(writing)

    return draw


def in_pieces(text: str) -> Callable[[Canvas], object]:
    """Each piece drawn where the one before it ends, as word processors do; the name underlined."""

    def draw(canvas: Canvas) -> None:
        canvas.drawString(72, 760, REST)
        at = 72.0
        for piece in (text[:1], text[1:-5], text[-5:]):
            canvas.drawString(at, 740, piece)
            width = canvas.stringWidth(piece, EMBEDDED, 12)
            canvas.line(at, 738, at + width, 738)
            at += width

    return draw


def single(text: str) -> Callable[[Canvas], object]:
    def draw(canvas: Canvas) -> None:
        canvas.drawCentredString(300, 740, text)

    return draw


@pytest.mark.parametrize(
    "draw", [pytest.param(d, id=f"e11-{d.__name__}") for d in (left, centred, right, justified, in_pieces, single)]
)
def test_a_page_does_not_tell_how_long_the_value_was(draw: Callable[[str], Callable[[Canvas], object]]) -> None:
    """Pages that differ only by what is removed become the same page to the byte, but for the codes of a subset font."""
    redactor = made(mask=SECRETS, ner="none")
    pages = []
    for secret in (SECRET, "慕容雪", "诸葛小明"):
        source = drawn(draw(f"请{secret}同志牵头。"))
        written, _ = run(source, redactor, ".pdf")
        assert places_of(written, secret) == []
        pages.append(positions(written))
    assert pages[0] == pages[1] == pages[2]


def positions(data: bytes) -> list[tuple[str, float, float]]:
    """Each character that PDFium sees, with its place; and how many paths there are."""
    document = pypdfium2.PdfDocument(data)
    page = document[0]
    text = page.get_textpage()
    found = []
    for number in range(text.count_chars()):
        char = text.get_text_range(number, 1)
        if char.strip():
            x, y, *_ = text.get_charbox(number, loose=True)
            found.append((char, round(x, 2), round(y, 2)))
    found.append(("paths", sum(1 for each in page.get_objects() if each.type == 2), 0))
    text.close()
    page.close()
    document.close()
    return found


def test_pages_without_edits_keep_their_content(redactor: Redactor) -> None:
    source = drawn(lines(REST), lines(f"请{SECRET}同志"), lines("大家都认为很好。"))
    written, _ = run(source, redactor, ".pdf")
    assert operators(written, 0) == operators(source, 0)
    assert operators(written, 2) == operators(source, 2)
    assert operators(written, 1) != operators(source, 1)


def test_a_document_without_findings_keeps_all_its_content(redactor: Redactor) -> None:
    source = plain()
    written, session = run(source, redactor, ".pdf")
    assert operators(written) == operators(source)
    assert session.not_checked == []


def test_characters_that_only_the_value_needed_leave_the_font(redactor: Redactor) -> None:
    source = drawn(lines(REST, f"请{SECRET}同志"))
    written, _ = run(source, redactor, ".pdf")
    with pikepdf.open(io.BytesIO(written)) as pdf:
        maps = [
            bytes(o.ToUnicode.read_bytes()).lower()
            for o in pdf.objects
            if isinstance(o, Dictionary) and "/ToUnicode" in o
        ]
        programs = [
            bytes(o.FontFile2.read_bytes()) for o in pdf.objects if isinstance(o, Dictionary) and "/FontFile2" in o
        ]
    for char in "欧阳":
        assert not any(char.encode("utf-16-be").hex().encode() in each for each in maps)
    (program,) = programs
    outlines = Program(io.BytesIO(program))["glyf"]
    filled = [name for name in outlines if outlines[name].numberOfContours > 0]
    assert len(filled) <= len(set(REST + "请同志")) + 1


@pytest.mark.parametrize(
    "content",
    [
        pytest.param("BT /Cid 12 Tf 72 600 Td <{0}> Tj <{1}> Tj ET", id="two-operators"),
        pytest.param("BT /Cid 12 Tf 72 600 Td [<{0}> -120 <{1}>] TJ ET", id="kerned"),
        pytest.param("BT /Cid 12 Tf 96 600 Td <{1}> Tj -24 0 Td <{0}> Tj ET", id="drawn-backwards"),
        pytest.param(
            "BT /Cid 12 Tf 72 600 Td <{0}> Tj ET q 1 0 0 1 24 0 cm BT /Cid 12 Tf 72 600 Td <{1}> Tj ET Q",
            id="two-matrices",
        ),
        pytest.param("BT /Cid 6 Tf 2 0 0 2 72 600 Tm <{0}> Tj 14 TL 0 0 Td <{0}{1}> Tj ET", id="overprinted"),
        pytest.param("BT /Cid 12 Tf 72 600 Td <{0}{1}> Tj .3 0 Td <{0}{1}> Tj ET", id="bold-by-two"),
        pytest.param("q 0 1 -1 0 300 100 cm BT /Cid 12 Tf <{0}{1}> Tj ET Q", id="turned"),
        pytest.param("BT /Cid 12 Tf 50 Tz 72 600 Td 3 Tc <{0}{1}> Tj T* (AB) ' ET", id="narrow-and-spaced"),
        pytest.param("BT /Cid 12 Tf 72 600 Td <{0}> Tj ET BT /CidV 12 Tf 300 500 Td <{0}{1}> Tj ET", id="vertical"),
    ],
)
def test_names_in_pieces_go_whole(content: str, redactor: Redactor) -> None:
    half = [part.encode("utf-16-be").hex() for part in (SECRET[:2], SECRET[2:])]

    def place(pdf: Pdf) -> None:
        shown(pdf)
        vertical = cid_font(pdf)
        vertical.Encoding = Name("/UniGB-UCS2-V")
        pdf.pages[0].obj.Resources.Font["/CidV"] = vertical
        over(pdf, content.format(*half).encode())

    source = changed(plain(), place)
    written, _ = run(source, redactor, ".pdf")
    assert places_of(written, SECRET) == []
    assert REST in by_pdfium(written)[0]
    assert "×" in by_pdfium(written)[0]
    text, _ = run(source, redactor, ".txt")
    assert SECRET not in text.decode()


def test_character_maps_name_every_code() -> None:
    """Codes that are brackets are codes."""
    data = b"2 beginbfchar <5b> <5f20> <5D> <4e09> endbfchar 2 beginbfrange <5c> <5c> <4e00> <60> <61> [<4e8c> <4e8e>] endbfrange"
    assert parse_cmap(data).texts == {0x5B: "张", 0x5D: "三", 0x5C: "一", 0x60: "二", 0x61: "于"}


def test_a_form_is_rewritten_for_each_use(redactor: Redactor) -> None:
    source = changed(plain(), form)
    written, _ = run(source, redactor, ".pdf")
    assert by_pdfium(written)[0].count("×") == 2


@pytest.mark.parametrize("output", [".txt", ".pdf"])
def test_font_names_in_gbk_are_no_obstacle(output: str, redactor: Redactor) -> None:
    with pikepdf.open(io.BytesIO(drawn(lines(REST, f"请{SECRET}同志")))) as pdf:
        out = io.BytesIO()
        pdf.save(out, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    source = out.getvalue().replace(b"+Blocks", b"+#CB#CE")
    assert source != out.getvalue()
    written, _ = run(source, redactor, output)
    if output == ".txt":
        assert written.decode() == f"{REST}\n请×同志\n"
    else:
        assert places_of(written, SECRET) == []


@pytest.mark.slow
def test_a_libreoffice_export(tmp_path: Path, fonts: Path, redactor: Redactor) -> None:
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice is not installed")
    shutil.copy(fonts, tmp_path / "blocks.ttf")
    config = f"<fontconfig><dir>{tmp_path}</dir><cachedir>{tmp_path}/cache</cachedir></fontconfig>"
    (tmp_path / "fonts.conf").write_text(f'<?xml version="1.0"?>{config}', "utf-8")
    # The export leaves the first paragraph out, whatever it is.
    page = f"<meta charset=utf-8><body style='font-family:{EMBEDDED}'><p>一<p>{REST}<p>请<b>欧阳</b>建国同志牵头。<table border=1><tr><td>大家<td><u>{SECRET}</u><tr><td>一<td>二"
    (tmp_path / "page.html").write_text(page, "utf-8")
    subprocess.run(
        [office, "--headless", f"-env:UserInstallation=file://{tmp_path}/profile", "--convert-to", "pdf:writer_web_pdf_Export", "page.html"],
        cwd=tmp_path, env={**os.environ, "FONTCONFIG_FILE": str(tmp_path / "fonts.conf")}, capture_output=True, timeout=120, check=True,
    )  # fmt: skip
    source = (tmp_path / "page.pdf").read_bytes()
    assert places_of(source, SECRET)
    written, _ = run(source, redactor, ".pdf")
    assert places_of(written, SECRET) == []
    text = "".join(by_pdfium(written)).replace(" ", "")
    assert REST in text
    assert "请×同志牵头。" in text
    assert text.count("×") == 2


# What is refused


def encrypted(user: str) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(plain())) as pdf:
        pdf.save(out, encryption=pikepdf.Encryption(user=user, owner="owner"))
    return out.getvalue()


def xfa(pdf: Pdf) -> None:
    pdf.Root.AcroForm = Dictionary(Fields=[], XFA=pdf.make_stream(b"<xdp/>"))


def bomb(pdf: Pdf) -> None:
    packed = zlib.compress(b"\0" * (300 << 20), 9)
    pdf.pages[0].obj.Contents = pikepdf.Stream(pdf, packed, Filter=Name.FlateDecode)


def double_bomb(pdf: Pdf) -> None:
    packed = zlib.compress(zlib.compress(b"\0" * (300 << 20), 9), 9)
    pdf.pages[0].obj.Contents = pikepdf.Stream(pdf, packed, Filter=[Name.FlateDecode, Name.FlateDecode])


def endless_form(pdf: Pdf) -> None:
    own = pdf.make_stream(b"/Me Do /Me Do", Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 1, 1])
    own.Resources = Dictionary(XObject=Dictionary(Me=own))
    over(pdf, b"/Me Do", XObject=Dictionary(Me=own))


def many_forms(pdf: Pdf) -> None:
    below = pdf.make_stream(b"q Q " * 1000, Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 1, 1])
    for _ in range(8):
        resources = Dictionary(XObject=Dictionary(Me=below))
        below = pdf.make_stream(
            b"/Me Do " * 20, Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 1, 1], Resources=resources
        )
    over(pdf, b"/Me Do", XObject=Dictionary(Me=below))


def many_states(pdf: Pdf) -> None:
    over(pdf, b"q " * 100_000)


def deep_arrays(pdf: Pdf) -> None:
    over(pdf, b"[" * 100_000 + b"]" * 100_000 + b" TJ")


def unreadable_start(pdf: Pdf) -> None:
    """Other readers pass over these errors and show what comes after them."""
    over(pdf, b"] ) > >> } { " * 50 + shown(pdf))


def wide_map(pdf: Pdf) -> None:
    font = cid_font(pdf)
    font.ToUnicode = pdf.make_stream(b"1 beginbfrange <00000000> <ffffffff> <0041> endbfrange")
    pdf.pages[0].obj.Resources.Font["/Cid"] = font
    over(pdf, b"BT /Cid 12 Tf <4e00> Tj ET")


@pytest.mark.sampled(3)
@pytest.mark.parametrize(
    ("place", "reason"),
    [
        pytest.param(xfa, "XFA", id="xfa"),
        pytest.param(bomb, "unpacks to far more", id="f5-bomb"),
        pytest.param(double_bomb, "unpacks to far more", id="f5-bomb-in-a-bomb"),
        pytest.param(endless_form, "too deep", id="f4-form-within-itself"),
        pytest.param(many_forms, "more than can be followed", id="f4-forms-by-the-million", marks=pytest.mark.slow),
        pytest.param(many_states, "too deep", id="f4-states"),
        pytest.param(deep_arrays, "to the end", id="f4-arrays"),
        pytest.param(unreadable_start, "to the end", id="f11-content-with-errors"),
        pytest.param(wide_map, "too many codes", id="f2-character-map"),
    ],
)
def test_hostile_files_are_refused(place: Place, reason: str, redactor: Redactor) -> None:
    with pytest.raises(FormatError, match=reason):
        run(changed(plain(), place), redactor, ".pdf")


def test_a_password_is_asked_for_in_vain(redactor: Redactor) -> None:
    with pytest.raises(FormatError, match="is encrypted"):
        run(encrypted("user"), redactor, ".txt")


def test_a_file_that_opens_without_a_password_is_read(redactor: Redactor) -> None:
    written, session = run(encrypted(""), redactor, ".pdf")
    assert REST in by_pdfium(written)[0]
    assert ("document", "its encryption, which took no password to open") in session.taken_out


def recognised_over_a_scan(pdf: Pdf) -> None:
    picture = pdf.make_stream(
        b"\0" * 4,
        Type=Name.XObject,
        Subtype=Name.Image,
        Width=2,
        Height=2,
        ColorSpace=Name.DeviceGray,
        BitsPerComponent=8,
    )
    over(pdf, b"q 600 0 0 800 0 0 cm /Im Do Q " + shown(pdf, b"3 Tr"), XObject=Dictionary(Im=picture))


def clipping(pdf: Pdf) -> None:
    over(pdf, shown(pdf, b"7 Tr"))


def untold(pdf: Pdf) -> None:
    font = cid_font(pdf)
    font.Encoding = Name("/Identity-H")
    font.DescendantFonts[0].CIDSystemInfo.Ordering = String("Identity")
    pdf.pages[0].obj.Resources.Font["/Cid"] = font
    over(pdf, b"BT /Cid 12 Tf <00010002> Tj ET")


def in_pattern(pdf: Pdf) -> None:
    content = shown(pdf)
    pattern = pdf.make_stream(
        content,
        Type=Name.Pattern,
        PatternType=1,
        PaintType=1,
        TilingType=1,
        BBox=[0, 0, 600, 800],
        XStep=600,
        YStep=800,
        Resources=Dictionary(Font=pdf.pages[0].obj.Resources.Font),
    )
    over(pdf, b"/Pattern cs /P scn 0 0 600 800 re f", Pattern=Dictionary(P=pattern))


@pytest.mark.parametrize("place", [recognised_over_a_scan, clipping, untold, in_pattern])
def test_no_pdf_is_written_where_it_might_still_tell(place: Place, redactor: Redactor) -> None:
    source = changed(plain(), place)
    with pytest.raises(FormatError, match=r"^page 1: no PDF is written: .*text output \(\.txt\) is possible$"):
        run(source, redactor, ".pdf")
    text, _ = run(source, redactor, ".txt")
    assert SECRET not in text.decode()


def test_a_reader_that_finds_the_value_stops_the_output(redactor: Redactor, monkeypatch: pytest.MonkeyPatch) -> None:
    """Were the rewriting at fault, the readers would still find it out."""
    monkeypatch.setattr("redactor.formats.pdf.edit.rewrite_page", lambda *_: None)
    monkeypatch.setattr("redactor.formats.pdf.edit.prune_font", lambda *_, **__: True)
    with pytest.raises(FormatError, match="still finds what was removed"):
        run(drawn(lines(REST, f"请{SECRET}同志")), redactor, ".pdf")


def form_and_comment(pdf: Pdf) -> None:
    form(pdf)
    comment(pdf)


@pytest.mark.parametrize("output", [".txt", ".pdf"])
def test_f11_mutations_are_redacted_or_refused(output: str, redactor: Redactor) -> None:
    """Bytes changed, taken out, cut off: what can be read is redacted, all else is one error of ours."""
    good = changed(drawn(lines(REST, f"请{SECRET}同志牵头。"), lines(SECRET)), form_and_comment)
    chance = random.Random(20240611)
    refusals: list[str] = []
    tries = some(100)
    for _ in range(tries):
        data = bytearray(good)
        kind = chance.randrange(3)
        if kind == 0:
            for _ in range(chance.randint(1, 20)):
                data[chance.randrange(len(data))] = chance.randrange(256)
        elif kind == 1:
            at = chance.randrange(len(data))
            del data[at : at + chance.randint(1, 400)]
        else:
            del data[chance.randrange(len(data)) :]
        try:
            written, _ = run(bytes(data), redactor, output)
        except RedactorError as error:
            refusals.append(str(error))
            continue
        if output == ".pdf":
            assert places_of(written, SECRET) == []
        else:
            assert SECRET not in written.decode()
    assert not any(SECRET in refusal or "\n" in refusal for refusal in refusals)
    assert tries // 10 < len(refusals) < tries - tries // 10


@pytest.mark.parametrize("font", [CID, EMBEDDED])
def test_what_is_promotion_in_one_line_may_stand_in_another(font: str) -> None:
    head = ("仅供内部交流 请勿外传", "墨耕文苑", "会员群：      免费QQ群：", "")
    out, _ = run(drawn(lines(*head, "关于春游的通知", "墨耕文苑是一个网站。"), font=font), made(policy="clean"), ".pdf")
    (text,) = by_pdfium(out)
    assert text.count("墨耕文苑") == 1
    assert "会员群" not in text


def in_mode(mode: int, *texts: str) -> Callable[[Canvas], object]:
    """Lines in a render mode, after one that is shown."""

    def draw(canvas: Canvas) -> None:
        lines(REST)(canvas)
        for number, text in enumerate(texts):
            written = canvas.beginText(72, 700 - 20 * number)
            written.setTextRenderMode(mode)
            written.textOut(text)
            canvas.drawText(written)

    return draw


def twice(canvas: Canvas) -> None:
    """A text that is shown, and once more invisibly, as some programs do to have it found."""
    canvas.drawString(72, 700, f"请{SECRET}同志牵头")
    in_mode(3, f"请{SECRET}同志牵头")(canvas)


@pytest.mark.parametrize("output", [".pdf", ".txt"])
@pytest.mark.parametrize(
    ("draw", "told"),
    [
        pytest.param(in_mode(3, f"请{SECRET}同志牵头", "春游"), 2, id="invisible"),
        pytest.param(in_mode(0, f"请{SECRET}同志牵头"), 0, id="shown"),
        pytest.param(in_mode(3, " "), 0, id="blank"),
        pytest.param(twice, 0, id="shown-too"),
    ],
)
def test_hidden_text_is_told_and_redacted(
    draw: Callable[[Canvas], object], told: int, output: str, redactor: Redactor
) -> None:
    out, session = run(drawn(lines(REST), draw), redactor, output)
    what = "drawn invisibly, as text that was recognised on a scan is"
    assert session.hidden_texts == ({("page 2", what): told} if told else {})
    said = extract_text(io.BytesIO(out)) if output == ".pdf" else out.decode()
    assert SECRET not in said
    assert REST in said
