"""What a page may carry into the output: an allow-list. All else falls away with the document that it came in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Stream

from redactor.formats.pdf.streams import filters

_PAGE: Final = frozenset(
    [
        "/Type",
        "/Parent",
        "/MediaBox",
        "/CropBox",
        "/BleedBox",
        "/TrimBox",
        "/ArtBox",
        "/Rotate",
        "/UserUnit",
        "/Resources",
        "/Contents",
        "/Group",
    ]
)
_RESOURCES: Final = frozenset(["/Font", "/XObject", "/ExtGState", "/ColorSpace", "/Pattern", "/Shading", "/ProcSet"])
_IMAGE: Final = frozenset(
    [
        "/Type",
        "/Subtype",
        "/Width",
        "/Height",
        "/ColorSpace",
        "/BitsPerComponent",
        "/Decode",
        "/Interpolate",
        "/Mask",
        "/SMask",
        "/ImageMask",
        "/Intent",
        "/SMaskInData",
        "/Matte",
        "/Filter",
        "/DecodeParms",
        "/Length",
    ]
)
_FORM: Final = frozenset(
    ["/Type", "/Subtype", "/FormType", "/BBox", "/Matrix", "/Resources", "/Group", "/Filter", "/DecodeParms", "/Length"]
)
_FONT: Final = frozenset(
    [
        "/Type",
        "/Subtype",
        "/BaseFont",
        "/FirstChar",
        "/LastChar",
        "/Widths",
        "/FontDescriptor",
        "/Encoding",
        "/ToUnicode",
        "/DescendantFonts",
        "/CIDSystemInfo",
        "/W",
        "/DW",
        "/W2",
        "/DW2",
        "/CIDToGIDMap",
        "/FontBBox",
        "/FontMatrix",
        "/CharProcs",
        "/Resources",
    ]
)
_DESCRIPTOR: Final = frozenset(
    [
        "/Type",
        "/FontName",
        "/FontFamily",
        "/FontStretch",
        "/FontWeight",
        "/Flags",
        "/FontBBox",
        "/ItalicAngle",
        "/Ascent",
        "/Descent",
        "/Leading",
        "/CapHeight",
        "/XHeight",
        "/StemV",
        "/StemH",
        "/AvgWidth",
        "/MaxWidth",
        "/MissingWidth",
        "/FontFile",
        "/FontFile2",
        "/FontFile3",
        "/Style",
        "/Lang",
    ]
)
_NEVER: Final = frozenset(
    [
        "/Metadata",
        "/PieceInfo",
        "/LastModified",
        "/StructParent",
        "/StructParents",
        "/OC",
        "/OPI",
        "/AF",
        "/Ref",
        "/Measure",
        "/PtData",
        "/Alternates",
        "/Thumb",
        "/Names",
        "/AA",
        "/A",
        "/JS",
        "/URI",
        "/EF",
        "/F",
        "/FFilter",
        "/FDecodeParms",
        "/Properties",
        "/CIDSet",
        "/CharSet",
    ]
)
_DROPPED_SEGMENTS: Final = frozenset((0xE1, 0xED, 0xFE))
"""Of JPEG: EXIF and XMP, Photoshop's, comments (ITU-T T.81, B.1)."""


def clean_pages(pdf: pikepdf.Pdf) -> pikepdf.Pdf:
    """A new document with the pages of this one, and nothing but what drawing them takes."""
    seen: set[tuple[int, int]] = set()
    new = pikepdf.new()
    for page in pdf.pages:
        _keep(page.obj, _PAGE)
        waiting = [value for key, value in page.obj.items() if key != "/Parent"]
        while waiting:
            waiting.extend(_cleaned(waiting.pop(), seen))
        new.pages.append(page)
    return new


def _keep(holder: Object, keys: frozenset[str]) -> None:
    for key in list(holder.keys()):
        if key not in keys:
            del holder[key]


def _cleaned(value: object, seen: set[tuple[int, int]]) -> Iterator[Object]:
    """Clean one object, and give what it holds."""
    if not isinstance(value, Array | Dictionary | Stream):
        return
    if value.objgen != (0, 0):
        if value.objgen in seen:
            return
        seen.add(value.objgen)
    if isinstance(value, Array):
        yield from (item for item in value if isinstance(item, Object))
        return
    allowed = _allowed(value)
    for key in list(value.keys()):
        if (key in _NEVER and key not in (allowed or ())) or (allowed is not None and key not in allowed):
            del value[key]
    if isinstance(value, Stream) and filters(value) == ["/DCTDecode"] and "/DecodeParms" not in value:
        _strip_jpeg(value)
    yield from (item for item in value.values() if isinstance(item, Object))


def _allowed(holder: Object) -> frozenset[str] | None:
    kind, subtype = holder.get("/Type"), holder.get("/Subtype")
    if isinstance(holder, Stream):
        return {Name.Image: _IMAGE, Name.Form: _FORM}.get(subtype) if isinstance(subtype, Name) else None
    if kind == Name.Font:
        return _FONT
    if kind == Name.FontDescriptor:
        return _DESCRIPTOR
    return (
        _RESOURCES if kind is None and ("/XObject" in holder or "/Font" in holder) and "/Type" not in holder else None
    )


def _strip_jpeg(image: Object) -> None:
    raw = bytes(image.read_raw_bytes())
    stripped = without_segments(raw)
    if stripped != raw:
        image.write(stripped, filter=Name.DCTDecode)


def without_segments(data: bytes) -> bytes:
    """A JPEG file without the segments that say where it comes from."""
    if not data.startswith(b"\xff\xd8"):
        return data
    out, at = [data[:2]], 2
    while at + 4 <= len(data) and data[at] == 0xFF and data[at + 1] != 0xDA:
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        if data[at + 1] not in _DROPPED_SEGMENTS:
            out.append(data[at:end])
        at = end
    return b"".join((*out, data[at:]))
