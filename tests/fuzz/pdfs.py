"""Mutations of PDFs: their objects and content streams, written anew with a right table of places."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Sequence
from random import Random
from typing import Any, Final

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, Stream, String

from tests.fuzz.texts import blind
from tests.fuzz.words import COMMON

_NAMES: Final = (
    *[
        "Type",
        "Subtype",
        "Pages",
        "Page",
        "Kids",
        "Parent",
        "Contents",
        "Resources",
        "Font",
        "XObject",
        "Form",
        "Image",
        "Annots",
        "Widget",
        "FreeText",
        "Link",
        "Redact",
        "Popup",
        "AcroForm",
    ],
    *[
        "Fields",
        "V",
        "DV",
        "TU",
        "RC",
        "AP",
        "N",
        "D",
        "MediaBox",
        "CropBox",
        "Rotate",
        "UserUnit",
        "ToUnicode",
        "Encoding",
        "Differences",
        "BaseFont",
        "DescendantFonts",
        "W",
        "DW",
        "FirstChar",
    ],
    *[
        "Widths",
        "FontDescriptor",
        "FontFile2",
        "FontFile3",
        "CIDToGIDMap",
        "Identity-H",
        "Identity-V",
        "GBK-EUC-H",
        "UniGB-UCS2-H",
        "Type0",
        "Type1",
        "Type3",
        "TrueType",
    ],
    *[
        "CharProcs",
        "FontMatrix",
        "Names",
        "Dests",
        "EmbeddedFiles",
        "JavaScript",
        "OpenAction",
        "AA",
        "Outlines",
        "Title",
        "First",
        "Next",
        "Metadata",
        "PieceInfo",
        "StructTreeRoot",
    ],
    *[
        "OCProperties",
        "OCGs",
        "ActualText",
        "Alt",
        "E",
        "MarkInfo",
        "ExtGState",
        "ColorSpace",
        "Pattern",
        "Shading",
        "SMask",
        "Filter",
        "DecodeParms",
        "FlateDecode",
        "ASCIIHexDecode",
    ],
    *[
        "ASCII85Decode",
        "LZWDecode",
        "RunLengthDecode",
        "DCTDecode",
        "JPXDecode",
        "Crypt",
        "Predictor",
        "Columns",
        "Length",
        "Group",
        "Properties",
        "Matrix",
        "BBox",
        "Count",
        "Perms",
    ],
)
_OPERATORS: Final = (
    *(
        b"BT",
        b"ET",
        b"q",
        b"Q",
        b"(\xd5\xc5) Tj",
        b"<5F204E09> Tj",
        b"[(a) -300 (b) 1e9 <4E> ] TJ",
        b"/F1 12 Tf",
        b"/F1 0 Tf",
        b"/F9 -1 Tf",
        b"1 0 0 1 72 700 Tm",
    ),
    *(
        b"0 0 0 0 0 0 cm",
        b"1 0 0 -1 0 800 cm",
        b"1e30 0 0 1e30 0 0 cm",
        b"10 20 Td",
        b"0 -14 TD",
        b"14 TL",
        b"T*",
        b"3 Tr",
        b"7 Tr",
        b"0 Tz",
        b"5 Ts",
        b"(x) '",
        b'1 2 (y) "',
    ),
    *(
        b"0 0 100 100 re f",
        b"0 0 m 5 5 l S",
        b"W n",
        b"1 g",
        b"1 1 1 rg",
        b"/Cs cs",
        b"/P scn",
        b"/Fm0 Do",
        b"/Im0 Do",
        b"/GS0 gs",
        b"/Span <</ActualText <FEFF5F20>>> BDC",
    ),
    *(
        b"/Y <</K (13800138000)>> DP",
        b"/OC /oc1 BDC",
        b"EMC",
        b"BMC",
        b"BX",
        b"EX",
        b"%c\n",
        b"BI /W 1 /H 1 /BPC 8 /CS /G ID \x00 EI",
        b"BI ID",
        b"d0",
        b"1 0 0 0 1 1 d1",
        b"sh",
        b"<<",
        b">>",
        b"]",
        b"[",
    ),
)
_NUMBERS: Final = (0, 1, -1, 2, 90, 255, 65536, 2**31 - 1, -(2**31), 10**9)


def mutate(data: bytes, rng: Random) -> bytes:
    """A PDF, changed in one to four places."""
    if rng.random() < 0.05:
        return blind(data, rng)
    try:
        with warnings.catch_warnings(), pikepdf.open(io.BytesIO(data), suppress_warnings=True) as pdf:
            warnings.simplefilter("ignore")  # of pages that are copied without what belongs to them
            for _ in range(rng.choice((1, 1, 2, 4))):
                _change(pdf, rng)
            return _saved(pdf, _ways(rng))
    except Exception:  # qpdf refuses some of what is asked for: the bytes are changed instead
        return blind(data, rng)


def _saved(pdf: Pdf, ways: dict[str, Any]) -> bytes:
    """A PDF as bytes. What is deflated is made no smaller: each zlib would write other bytes, and each machine draw other mutants."""
    out = io.BytesIO()
    pikepdf.settings.set_flate_compression_level(0)
    try:
        pdf.save(out, **ways)
    finally:
        pikepdf.settings.set_flate_compression_level(-1)
    return out.getvalue()


def _ways(rng: Random) -> dict[str, Any]:
    ways: dict[str, Any] = {
        "static_id": True,
        "object_stream_mode": rng.choice(list(pikepdf.ObjectStreamMode.__members__.values())),
    }
    if rng.random() < 0.05:
        # The older ways: AES draws numbers of its own.
        ways["encryption"] = pikepdf.Encryption(owner="", user="", R=rng.choice((2, 3, 4)), aes=False, metadata=False)
    if rng.random() < 0.2:
        ways["linearize" if rng.random() < 0.2 else "compress_streams"] = rng.random() < 0.5
    return ways


def _change(pdf: Pdf, rng: Random) -> None:
    objects = [each for each in pdf.objects if isinstance(each, pikepdf.Object)]
    target = rng.choice([*objects, pdf.Root, *(page.obj for page in pdf.pages[:2])])
    streams = [each for each in objects if isinstance(each, Stream)]
    match rng.randrange(10):
        case 0 | 1 | 2 if streams:
            _change_stream(rng.choice(streams), rng)
        case 3 if streams and pdf.pages:
            _new_content(pdf, rng)
        case 4 if pdf.pages:
            note = Dictionary(
                Type=Name.Annot,
                Subtype=Name("/" + rng.choice(("FreeText", "Widget", "Link", "Text", "Redact"))),
                Rect=[0, 0, 9, 9],
            )
            note.Contents = String(_said(rng))
            page = rng.choice(list(pdf.pages)).obj
            page.Annots = Array([*(page.get("/Annots") or []), pdf.make_indirect(note)])
        case 5:
            pdf.docinfo[Name("/" + rng.choice(("Title", "Author", "X")))] = _said(rng)
        case 6 if len(pdf.pages) < 4:
            pdf.pages.append(pdf.pages[0])
        case _:
            _change_object(target, objects, rng)


def _said(rng: Random) -> str:
    return rng.choice(COMMON).encode("utf-8", "replace").decode()


def _value(objects: Sequence[Any], rng: Random, depth: int = 0) -> Any:
    match rng.randrange(9):
        case 0:
            return rng.choice(_NUMBERS)
        case 1:
            return String(_said(rng))
        case 2:
            return Name("/" + rng.choice(_NAMES))
        case 3 if depth < 3:
            return Array([_value(objects, rng, depth + 1) for _ in range(rng.randrange(5))])
        case 4 if depth < 3:
            return Dictionary(
                {"/" + rng.choice(_NAMES): _value(objects, rng, depth + 1) for _ in range(rng.randrange(4))}
            )
        case 5:
            return rng.choice((None, True, False))
        case 6:
            return rng.random() * rng.choice(_NUMBERS)
        case _:
            return rng.choice(objects)


def _change_object(target: Any, objects: Sequence[Any], rng: Random) -> None:
    for _ in range(rng.randrange(4)):  # go down, so that inner dictionaries and arrays are met too
        inner = _inner(target)
        if not inner:
            break
        target = rng.choice(inner)
    if isinstance(target, Array):
        at = rng.randrange(len(target) + 1)
        items: list[Any] = list(target)
        items[at : at + rng.randrange(2)] = [_value(objects, rng)] * rng.choice((0, 1, 1, 3))
        while len(target):
            del target[-1]
        for each in items[:200]:
            target.append(each)
    elif isinstance(target, Dictionary | Stream):
        keys = sorted(target.keys())  # a set
        key = rng.choice(keys) if keys and rng.random() < 0.6 else "/" + rng.choice(_NAMES)
        value = _value(objects, rng)
        if (value is None or rng.random() < 0.25) and key in keys:
            del target[key]
        elif value is not None:
            target[key] = value


def _inner(target: Any) -> list[Any]:
    if isinstance(target, Dictionary | Stream):
        found = [target[key] for key in sorted(target.keys())]
    else:
        found = list(target) if isinstance(target, Array) else []
    return [each for each in found if isinstance(each, Dictionary | Stream | Array)]


def _change_stream(stream: Any, rng: Random) -> None:
    try:
        data = stream.read_bytes()
    except pikepdf.PdfError:
        data = b""
    if re.search(rb"\b(?:BT|Tf|Do|re|cm)\b", data):
        tokens = re.split(rb"(?<=[\s\])>])", data)
        for _ in range(rng.choice((1, 2, 5))):
            at = rng.randrange(len(tokens) + 1)
            tokens[at : at + rng.randrange(3)] = [rng.choice((rng.choice(_OPERATORS), rng.choice(tokens), b"")) + b"\n"]
        data = b"".join(tokens)
    else:
        data = blind(data, rng)
    stream.write(data[:20_000] * rng.choice((1,) * 20 + (30,)))


def _new_content(pdf: Pdf, rng: Random) -> None:
    lines = [rng.choice(_OPERATORS) for _ in range(rng.randrange(1, 25))]
    page = rng.choice(list(pdf.pages))
    page.contents_add(pdf.make_stream(b"\n".join(lines)), prepend=rng.random() < 0.3)
