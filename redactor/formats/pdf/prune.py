"""Fonts freed of what is no longer drawn: a subset's characters would tell which ones were removed."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Any, Final

import pikepdf
from fontTools.cffLib import CFFFontSet
from fontTools.misc.psCharStrings import T2CharString
from fontTools.ttLib import TTFont
from fontTools.ttLib.tables._g_l_y_f import Glyph as Outline
from pikepdf import Array, Dictionary, Name, Object, Stream

from redactor.formats.pdf.fonts import Font, glyphs_of_cids, name_text
from redactor.formats.pdf.rewrite import to_unicode
from redactor.formats.pdf.streams import decoded

_PROGRAMS: Final = ("/FontFile", "/FontFile2", "/FontFile3")


def program_of(font: Font) -> tuple[int, int]:
    """The object that holds a font's program, or its glyphs' widths, which several fonts may share; (0, 0) for none."""
    holder = font.source
    if holder.get("/Subtype") == Name.Type0:
        holder = holder.DescendantFonts[0]
    descriptor = holder.get("/FontDescriptor")
    programs = [descriptor.get(key) for key in _PROGRAMS] if isinstance(descriptor, Dictionary) else []
    return next((each.objgen for each in (*programs, holder) if isinstance(each, Object)), (0, 0))


def prune_font(pdf: pikepdf.Pdf, font: Font, used: set[bytes], *, alone: bool) -> bool:
    """Leave of a font what the codes in `used` need; False when the outlines of its embedded program had to stay.

    `alone`: no other font has its program.
    """
    source = font.source
    _write_map(pdf, font, used)
    if not alone:
        return False
    if source.get("/Subtype") == Name.Type0:
        below = source.DescendantFonts[0]
        cids = {font.cid(code) for code in used}
        if "/W" in below and not font.vertical:
            below.W = Array(
                [item for cid in sorted(cids & font.widths.keys()) for item in (cid, Array([font.widths[cid]]))]
            )
        return _prune_program(pdf, below, _glyphs(below, cids), cids)
    codes = {code[0] for code in used}
    _prune_simple(pdf, source, codes)
    return "/FontDescriptor" not in source or _prune_simple_program(pdf, source, codes)


def tidy_map(pdf: pikepdf.Pdf, font: Font, used: set[bytes]) -> None:
    """Write a font's map anew where it says more than what the characters that are drawn mean: comments, words for others."""
    stream = font.source.get("/ToUnicode")
    if not isinstance(stream, Stream):
        return
    drawn = {int.from_bytes(code, "big") for code in used}
    words = any(len(text) > 1 and not text.isascii() for code, text in font.texts.items() if code not in drawn)
    if words or not decoded(stream).isascii():
        _write_map(pdf, font, used)


def _write_map(pdf: pikepdf.Pdf, font: Font, used: set[bytes]) -> None:
    if "/ToUnicode" in font.source:
        texts = {code: font.texts[n] for code in used if (n := int.from_bytes(code, "big")) in font.texts}
        font.source.ToUnicode = pdf.make_stream(to_unicode(texts))


def _glyphs(below: Object, cids: set[int]) -> set[int]:
    mapping = glyphs_of_cids(below)
    return cids if mapping is None else {mapping[cid] for cid in cids if cid < len(mapping)}


def _prune_simple(pdf: pikepdf.Pdf, source: Object, codes: set[int]) -> None:
    if "/Widths" in source:
        first = int(source.get("/FirstChar", 0))
        source.Widths = Array([w if first + n in codes else 0 for n, w in enumerate(list(source.Widths))])
    encoding = source.get("/Encoding")
    names: set[str] = set()
    if isinstance(encoding, Dictionary) and "/Differences" in encoding:
        own = Dictionary(dict(encoding.items()))
        kept: list[Any] = []
        at = 0
        for item in list(encoding.Differences):
            if isinstance(item, Name):
                if at in codes:
                    kept += [at, item]
                    names.add("/" + name_text(item))
                at += 1
            else:
                at = int(item)
        own.Differences = Array(kept)
        source.Encoding = own
    shapes = source.get("/CharProcs")
    if isinstance(shapes, Dictionary):
        source.CharProcs = Dictionary({name: shape for name, shape in shapes.items() if name in names})


def _prune_simple_program(pdf: pikepdf.Pdf, source: Object, codes: set[int]) -> bool:
    """Of a simple font's program, the glyphs that its own tables give the codes."""
    program = source.FontDescriptor.get("/FontFile2")
    if not isinstance(program, Stream):
        return not any(key in source.FontDescriptor for key in ("/FontFile", "/FontFile3"))
    with TTFont(io.BytesIO(decoded(program))) as font:
        if "cmap" not in font or ("/Encoding" in source and not _is_plain(source)):
            return False
        kept: set[int] = set()
        for table in font["cmap"].tables:
            table.cmap = {
                n: name for n, name in table.cmap.items() if n & 0xFF in codes and (n < 256 or n >> 8 == 0xF0)
            }
            kept.update(font.getGlyphID(name) for name in table.cmap.values())
        _blank(font, kept)
        source.FontDescriptor.FontFile2 = _saved(pdf, font)
    return True


def _is_plain(source: Object) -> bool:
    """Whether codes are those of the program's own table: a symbolic font."""
    return bool(int(source.FontDescriptor.get("/Flags", 0)) & 4)


def _prune_program(pdf: pikepdf.Pdf, below: Object, glyphs: set[int], cids: set[int]) -> bool:
    descriptor = below.get("/FontDescriptor")
    if not isinstance(descriptor, Dictionary):
        return True
    if isinstance(descriptor.get("/FontFile2"), Stream):
        with TTFont(io.BytesIO(decoded(descriptor.FontFile2))) as font:
            for table in ("cmap", "GSUB", "GPOS", "GDEF", "kern", "name", "post", "morx", "DSIG"):
                if table in font and table != "post":
                    del font[table]
            _blank(font, glyphs)
            descriptor.FontFile2 = _saved(pdf, font)
        return True
    program = descriptor.get("/FontFile3")
    if not isinstance(program, Stream) or program.get("/Subtype") != Name.CIDFontType0C:
        return program is None and "/FontFile" not in descriptor
    descriptor.FontFile3 = pdf.make_stream(_blank_cff(decoded(program), cids), Subtype=Name.CIDFontType0C)
    return True


def _saved(pdf: pikepdf.Pdf, font: TTFont) -> Stream:
    out = io.BytesIO()
    font.save(out, reorderTables=False)
    return pdf.make_stream(out.getvalue(), Length1=len(out.getvalue()))


def _blank(font: TTFont, glyphs: Iterable[int]) -> None:
    """Empty the outlines of all other glyphs of a TrueType program, and forget how wide they were."""
    font.recalcBBoxes = False
    font.recalcTimestamp = False
    order, outlines, widths = font.getGlyphOrder(), font["glyf"], font["hmtx"].metrics
    waiting = [order[gid] for gid in {0, *glyphs} if gid < len(order)]
    kept: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name in kept:
            continue
        kept.add(name)
        outline = outlines[name]
        if outline.isComposite():
            waiting.extend(part.glyphName for part in outline.components)
    for name in order:
        if name not in kept:
            outlines[name] = Outline()
            widths[name] = (0, 0)


def _blank_cff(data: bytes, cids: set[int]) -> bytes:
    """A CFF program in which the outlines of all other glyphs are empty."""
    fonts = CFFFontSet()
    fonts.decompile(io.BytesIO(data), None)
    top = fonts[0]
    by_cid = hasattr(top, "ROS")
    for gid, name in enumerate(top.charset):
        number = int(name[3:]) if by_cid and name.startswith("cid") else gid
        if gid and number not in cids:
            shapes = top.CharStrings
            old, _select = shapes.getItemAndSelector(name)
            private = getattr(old, "private", None)
            empty = T2CharString(program=["endchar"], private=private, globalSubrs=top.GlobalSubrs)
            if shapes.charStringsAreIndexed:
                shapes.charStringsIndex.items[shapes.charStrings[name]] = empty
            else:
                shapes.charStrings[name] = empty
    out = io.BytesIO()
    # Of the font that they would be in nothing else is asked.
    fonts.compile(out, TTFont(recalcBBoxes=False), isCFF2=False)
    return out.getvalue()
