"""Fonts that are embedded as CFF, as word processors and PyMuPDF embed them: what only a masked value needed leaves them."""

from __future__ import annotations

import io

import pikepdf
import pytest
from fontTools.cffLib import CFFFontSet
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.t2CharStringPen import T2CharStringPen
from pikepdf import Array, Dictionary, Name, String

from redactor.formats.options import Options
from tests.build import collection
from tests.build.packages import redacted
from tests.conftest import made

SECRET = "欧阳建国"
TEXT = f"请{SECRET}同志牵头"


def program(*, by_cid: bool) -> bytes:
    """A CFF font with a block of its own for each character, numbered from 1 in the order of the text."""
    names = [
        ".notdef",
        *(f"cid{number:05}" if by_cid else f"uni{ord(char):04X}" for number, char in enumerate(TEXT, 1)),
    ]
    shapes = {}
    for number, name in enumerate(names):
        pen = T2CharStringPen(1000, None)
        pen.moveTo((50, 0))
        for point in ((950, 0), (950, 300 + number), (50, 300 + number)):
            pen.lineTo(point)
        pen.closePath()
        shapes[name] = pen.getCharString()
    builder = FontBuilder(1000, isTTF=False)
    builder.setupGlyphOrder(names)
    builder.setupCFF("Blocks", {"ROS": ("Adobe", "Identity", 0)} if by_cid else {}, shapes, {})
    builder.font.recalcBBoxes = False
    out = io.BytesIO()
    builder.font["CFF "].cff.compile(out, builder.font)
    return out.getvalue()


def page(cff: bytes) -> bytes:
    """A page that says the text in that font."""
    codes = range(1, len(TEXT) + 1)
    table = "".join(f"<{code:04x}> <{ord(char):04x}>\n" for code, char in zip(codes, TEXT, strict=True))
    words = "".join(f"{code:04x}" for code in codes)
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(collection.pages())) as pdf:
        del pdf.pages[1:]
        about = Dictionary(
            Type=Name.FontDescriptor,
            FontName=Name.Blocks,
            Flags=4,
            FontBBox=[0, 0, 1000, 900],
            ItalicAngle=0,
            Ascent=800,
            Descent=-200,
            CapHeight=700,
            StemV=90,
            FontFile3=pdf.make_stream(cff, Subtype=Name.CIDFontType0C),
        )
        below = Dictionary(
            Type=Name.Font,
            Subtype=Name.CIDFontType0,
            BaseFont=Name.Blocks,
            CIDSystemInfo=Dictionary(Registry=String("Adobe"), Ordering=String("Identity"), Supplement=0),
            DW=1000,
            FontDescriptor=about,
        )
        font = Dictionary(
            Type=Name.Font,
            Subtype=Name.Type0,
            BaseFont=Name.Blocks,
            Encoding=Name("/Identity-H"),
            DescendantFonts=Array([below]),
        )
        font.ToUnicode = pdf.make_stream(
            b"begincmap 1 begincodespacerange <0000> <ffff> endcodespacerange\n"
            + f"{len(TEXT)} beginbfchar\n{table}endbfchar endcmap".encode()
        )
        pdf.pages[0].obj.Resources.Font["/Blocks"] = pdf.make_indirect(font)
        pdf.pages[0].contents_add(f"q BT /Blocks 12 Tf 72 600 Td <{words}> Tj ET Q".encode())
        pdf.save(out)
    return out.getvalue()


@pytest.mark.parametrize("by_cid", [False, True])
def test_outlines_that_only_the_value_needed_are_emptied(by_cid: bool) -> None:
    redactor = made(builtin=False, ner="none", mask=(SECRET,))
    written, session = redacted("pdf", page(program(by_cid=by_cid)), redactor, Options(output=".pdf"))
    with pikepdf.open(io.BytesIO(written)) as pdf:
        (cff,) = (o.read_bytes() for o in pdf.objects if o.get("/Subtype") == Name.CIDFontType0C)
    fonts = CFFFontSet()
    fonts.decompile(io.BytesIO(cff), None)
    shapes = [fonts[0].CharStrings[name] for name in fonts[0].charset]
    for shape in shapes:
        shape.decompile()
    drawn = "".join(char for char, shape in zip(TEXT, shapes[1:], strict=True) if len(shape.program) > 1)
    assert drawn == "请同志牵头"
    assert not any("font" in what for _, what in session.not_checked)
