"""What a page may carry into the output: an allow-list. All else falls away with the document that it came in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

import regex
from pikepdf import Array, Dictionary, Name, Object, Stream, String

from redactor.formats.pdf.pictures import strip_picture
from redactor.formats.pdf.resource_names import NewNames, is_plain
from redactor.formats.pdf.streams import decoded
from redactor.model import FormatError

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
IMAGE: Final = frozenset(
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
_SHORT: Final = regex.compile(rb"[A-Za-z0-9_-]{1,32}")
"""What a collection of characters is called (`Adobe`, `GB1`)."""
_CALCULATED: Final = 4
_COMMENT: Final = regex.compile(rb"%[^\r\n]*")
TABLE: Final = 3
"""Where the table of an indexed colour space stands in its array."""
_STATE: Final = frozenset(
    [
        *("/Type", "/LW", "/LC", "/LJ", "/ML", "/D", "/RI", "/OP", "/op", "/OPM", "/Font", "/BG", "/BG2", "/UCR"),
        *("/UCR2", "/TR", "/TR2", "/HT", "/FL", "/SM", "/SA", "/BM", "/SMask", "/CA", "/ca", "/AIS", "/TK"),
        *("/UseBlackPtComp",),
    ]
)
_PATTERN: Final = frozenset(
    [
        *("/Type", "/PatternType", "/PaintType", "/TilingType", "/BBox", "/XStep", "/YStep", "/Resources", "/Matrix"),
        *("/Shading", "/ExtGState", "/Filter", "/DecodeParms", "/Length"),
    ]
)
_SOFT_MASK: Final = frozenset(["/Type", "/S", "/G", "/BC", "/TR"])
_CONTENT: Final = frozenset(["/Filter", "/DecodeParms", "/Length"])
_SYSTEM: Final = frozenset(["/Registry", "/Ordering", "/Supplement"])
_EACH: Final = "each "
"""Begins the kind of what holds objects of a kind under names of its own."""
_BELOW: Final = {
    "page": {"/Resources": "resources", "/Contents": "content"},
    "form": {"/Resources": "resources"},
    "pattern": {"/Resources": "resources", "/ExtGState": "state"},
    "resources": {
        "/Font": "each font",
        "/XObject": "each xobject",
        "/ExtGState": "each state",
        "/Pattern": "each pattern",
        "/ColorSpace": "each space",
        "/Shading": "each shading",
    },
    "font": {
        "/Resources": "resources",
        "/CharProcs": "glyphs",
        "/DescendantFonts": "each font",
        "/FontDescriptor": "descriptor",
        "/CIDSystemInfo": "system",
    },
    "image": {"/SMask": "image", "/Mask": "image"},
    "state": {"/SMask": "mask"},
    "mask": {"/G": "form"},
}
"""Of what kind is what stands under a key; what is not here is of a kind by its key alone, or of none."""
_ANYWHERE: Final = {"/CIDSystemInfo": "system", "/ColorSpace": "space", "/CS": "space"}
_KEYS: Final = {
    "page": _PAGE,
    "resources": _RESOURCES,
    "image": IMAGE,
    "form": _FORM,
    "font": _FONT,
    "descriptor": _DESCRIPTOR,
    "state": _STATE,
    "pattern": _PATTERN,
    "mask": _SOFT_MASK,
    "content": _CONTENT,
    "glyph": _CONTENT,
    "system": _SYSTEM,
}
_DRAWN: Final = frozenset(("form", "pattern", "glyph"))
"""Kinds whose streams are content."""


@dataclass(slots=True)
class Cleaner:
    """Cleans the pages of a document, one after the other.

    `scrub`: frees the content of a stream of what nobody draws, and tells whether there was any.
    """

    scrub: Callable[[Object], bool]
    names: NewNames
    _seen: set[tuple[tuple[int, int], str]] = field(default_factory=set)
    _kinds: dict[tuple[int, int], str] = field(default_factory=dict)
    """As what each object was cleaned."""

    def page(self, page: Object) -> bool:
        """Leave of a page what drawing it takes; whether its content, or one that it draws, held more than is drawn.

        FormatError where an object of it can't be told.
        """
        found = False
        waiting: list[tuple[object, str]] = [(page, "page")]
        while waiting:
            value, kind = waiting.pop()
            if not isinstance(value, Array | Dictionary | Stream) or self._was_seen(value, kind):
                continue
            if isinstance(value, Array):
                waiting.extend((each, kind.removeprefix(_EACH)) for each in self._listed(value, kind))
                continue
            if kind == "xobject":
                kind = _of_itself(value)
            self._is_one_thing(value, kind)
            if isinstance(value, Stream) and kind in _DRAWN:
                found = self.scrub(value) or found
            waiting.extend(self._cleaned(value, kind))
        return found

    def _was_seen(self, value: Object, kind: str) -> bool:
        if value.objgen == (0, 0):
            return False
        known = (value.objgen, kind) in self._seen
        self._seen.add((value.objgen, kind))
        return known

    def _is_one_thing(self, value: Object, kind: str) -> None:
        """FormatError for a stream where none belongs, and where an object is met as one thing and as another.

        What it needs as the one would go from it as the other.
        """
        if kind not in _KEYS:
            return
        if isinstance(value, Stream) and "/Length" not in _KEYS[kind]:
            raise FormatError("a stream stands in place of an object of it ({kind})", kind=kind)
        if value.objgen == (0, 0):
            return
        known = self._kinds.setdefault(value.objgen, kind)
        if _KEYS[known] != _KEYS[kind]:
            raise FormatError("an object of it is two things at once, {one} and {other}", one=known, other=kind)

    def _listed(self, array: Object, kind: str) -> list[Object]:
        """What an array holds. Strings stay in tables of colours only, names of inks where they are plain."""
        table = kind == "space" and len(array) > TABLE and array[0] in (Name.Indexed, Name.I)
        for at in reversed(range(len(array))):
            each = array[at]
            if isinstance(each, String) and not (table and at == TABLE):
                del array[at]
            elif kind == "space" and isinstance(each, Name) and not is_plain(each):
                array[at] = Name(self.names.of(each))
        return [each for each in array if isinstance(each, Object)]

    def _cleaned(self, holder: Object, kind: str) -> Iterator[tuple[object, str]]:
        """Clean one object, and give what it holds, each with its kind."""
        if kind == "glyphs":
            yield from ((value, "glyph") for value in holder.values())
            return
        if kind.startswith(_EACH):
            for name in list(holder.keys()):
                value = holder[name]
                if kind == "each xobject" and not _of_itself(value):
                    del holder[name]  # a program in PostScript, which no reader runs
                elif not is_plain(name):
                    del holder[name]
                    holder[self.names.of(name)] = value
            yield from ((value, kind.removeprefix(_EACH)) for value in holder.values())
            return
        allowed = _KEYS.get(kind)
        for key in list(holder.keys()):
            stays = key in allowed if allowed is not None else key not in _NEVER
            if not stays or (isinstance(holder[key], String) and not (kind == "system" and _is_short(holder[key]))):
                del holder[key]
        if isinstance(holder, Stream):
            strip_picture(holder)
        if isinstance(holder, Stream) and holder.get("/FunctionType") == _CALCULATED:
            _strip_comments(holder)
        below = {**_ANYWHERE, **_BELOW.get(kind, {})}
        yield from ((value, below.get(key, "")) for key, value in holder.items() if key != "/Parent")


def _is_short(text: Object) -> bool:
    return bool(_SHORT.fullmatch(bytes(text)))


def _of_itself(holder: Object) -> str:
    """Whether an object that is drawn by its name is a picture or a form."""
    subtype = holder.get("/Subtype") if isinstance(holder, Stream) else None
    return "image" if subtype == Name.Image else "form" if subtype == Name.Form else ""


def _strip_comments(function: Object) -> None:
    """Take comments out of a function that is calculated by a program; there are no strings in one (ISO 32000-2, 7.10.5)."""
    program = decoded(function)
    if b"%" in program:
        function.write(_COMMENT.sub(b"", program))
