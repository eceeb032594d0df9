"""Content streams freed of what nobody draws: unknown operators, strange operands, property lists, comments.

The table is that of ISO 32000-2, annex A. What a stream draws stays as it was; a stream that holds nothing else stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

import pikepdf
import regex
from pikepdf import Array, Dictionary, Name, Object, Operator, Stream, String

from redactor.formats.pdf.clean import IMAGE, TABLE
from redactor.formats.pdf.content import parsed
from redactor.formats.pdf.resource_names import NewNames, is_plain
from redactor.formats.pdf.streams import decoded

_OPERANDS: Final = {
    operator: kinds
    for kinds, operators in {
        "": "b B b* B* BT BX EMC ET EX f F f* h n q Q s S T* W W*",
        "n": "G g i j J M Tc TL Tr Ts Tw Tz w",
        "nn": "d0 l m Td TD",
        "nnn": "RG rg",
        "nnnn": "K k re v y",
        "nnnnnn": "c cm d1 Tm",
        "N": "BMC CS cs Do gs ri sh",
        "Nn": "Tf",
        "Np": "BDC",
        "s": "Tj '",
        "nns": '"',
        "t": "TJ",
        "an": "d",
        "*": "SC sc SCN scn",
    }.items()
    for operator in operators.split()
}
"""What operators take: numbers, Names, strings, text with spacing, arrays of numbers, properties; *: numbers, then maybe a name."""
_IMAGE: Final = "INLINE IMAGE"
_IMAGE_KEYS: Final = IMAGE | {"/BPC", "/CS", "/D", "/DP", "/F", "/H", "/I", "/IM", "/L", "/W"}
_LANGUAGE: Final = regex.compile(rb"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}")
_SPECIAL: Final = regex.compile(rb"\\.|[()%]", regex.S)


def scrubbed(pdf: pikepdf.Pdf, data: bytes, names: NewNames) -> bytes | None:
    """What is left of a content stream; None when there is nothing in it but what is drawn. FormatError when it can't be followed."""
    steps = parsed(pdf, data)
    kept = list(drawn(steps, names))
    same = len(kept) == len(steps) and all(new is old for new, old in zip(kept, steps, strict=True))
    commented = b"%" in data and (_has_comment(data) or any(str(step.operator) == _IMAGE for step in steps))
    return None if same and not commented else pikepdf.unparse_content_stream(kept)


def scrub(pdf: pikepdf.Pdf, stream: Object, names: NewNames) -> bool:
    """Free one stream; whether there was anything in it that nobody draws."""
    new = scrubbed(pdf, decoded(stream), names)
    if new is not None:
        stream.write(new)
    return new is not None


def scrub_page(pdf: pikepdf.Pdf, page: Object, names: NewNames) -> bool:
    """Free the content of a page, which may come in several streams."""
    contents = page.get("/Contents")
    parts = [each for each in (contents if isinstance(contents, Array) else [contents]) if isinstance(each, Stream)]
    new = scrubbed(pdf, b"\n".join(map(decoded, parts)), names)
    if new is not None:
        page.Contents = pdf.make_stream(new)
    return new is not None


def drawn(steps: Sequence[Any], names: NewNames) -> Iterator[Any]:
    """The operators that draw or place something, with the operands that they take; those that are as they should be stay the same."""
    for step in steps:
        name = str(step.operator)
        if name == _IMAGE:
            yield _image(step, names)
        elif name in _OPERANDS:
            operands = list(step.operands)
            kept = _marked(operands, names) if name == "BDC" else _taken(_OPERANDS[name], operands, names)
            if kept is not None:
                yield step if _is_same(kept, operands) else (kept, step.operator)


def _is_same(kept: Sequence[Any], before: Sequence[Any]) -> bool:
    return len(kept) == len(before) and all(new is old for new, old in zip(kept, before, strict=True))


def _taken(kinds: str, values: Sequence[Any], names: NewNames) -> list[Any] | None:
    """The operands that an operator takes, the last ones; None when they are not what it takes."""
    if kinds == "*":
        at = len(values)
        if at and isinstance(values[-1], Name):
            at -= 1
        while at and _is_number(values[at - 1]):
            at -= 1
        kept = list(values[at:])
    else:
        kept = list(values[len(values) - len(kinds) :]) if len(values) >= len(kinds) else []
        if len(kept) != len(kinds) or not all(_FITS[kind](value) for kind, value in zip(kinds, kept, strict=True)):
            return None
    return [_named(value, names) if isinstance(value, Name) else _spaced(value) for value in kept]


def _marked(values: Sequence[Any], names: NewNames) -> list[Any] | None:
    """A tag and what is said of it: numbers, plain names, a language. Programs that draw need none of it."""
    tag = values[-2] if len(values) > 1 and isinstance(values[-2], Name) else Name.Span
    tag = tag if is_plain(tag) else Name.Span
    about = values[-1] if values else None
    if isinstance(about, Dictionary):
        told = {key: value for key, value in about.items() if is_plain(key) and _says_nothing(key, value)}
        return [tag, about if len(told) == len(about) else Dictionary(told)]
    return [tag, _named(about, names) if isinstance(about, Name) else Dictionary()]


def _says_nothing(key: str, value: Any) -> bool:
    if isinstance(value, String):
        return key == "/Lang" and bool(_LANGUAGE.fullmatch(bytes(value)))
    if isinstance(value, Array):
        return all(not isinstance(each, String) and _says_nothing(key, each) for each in value)
    return _is_number(value) or isinstance(value, bool) or (isinstance(value, Name) and is_plain(value))


def _image(step: Any, names: NewNames) -> Any:
    """A picture within the content, with nothing said of it but what it takes to draw it."""
    image = step.iimage
    said = image._image_object  # its keys and values by turns; what the library shows of it is a copy
    changed = False
    for at in reversed(range(0, len(said), 2)):
        key, value = said[at], said[at + 1]
        if not isinstance(key, Name) or str(key) not in _IMAGE_KEYS or _holds_text(value):
            del said[at + 1]
            del said[at]
            changed = True
        elif isinstance(value, Name) and not is_plain(value):
            said[at + 1] = _named(value, names)
            changed = True
    if not changed:
        return step
    new = pikepdf.PdfInlineImage(image_data=image._data, image_object=said)
    return [new], Operator(_IMAGE)


def _holds_text(value: Any) -> bool:
    """Whether a string is among a value, other than the table of an indexed colour space."""
    if isinstance(value, Dictionary):
        return any(_holds_text(each) for each in value.values())
    if isinstance(value, Array):
        table = len(value) == TABLE + 1 and value[0] in (Name.I, Name.Indexed)
        return any(_holds_text(each) for at, each in enumerate(value) if not (table and at == TABLE))
    return isinstance(value, String)


def _named(name: Name, names: NewNames) -> Name:
    return name if is_plain(name) else Name(names.of(name))


def _spaced(value: Any) -> Any:
    """Text with spacing, or an array of numbers, without anything else in it."""
    if not isinstance(value, Array):
        return value
    kept = [each for each in value if isinstance(each, String) or _is_number(each)]
    return value if len(kept) == len(value) else Array(kept)


def _is_number(value: Any) -> bool:
    return not isinstance(value, bool | Object) and value is not None


_FITS: Final[dict[str, Callable[[Any], bool]]] = {
    "n": _is_number,
    "N": lambda value: isinstance(value, Name),
    "s": lambda value: isinstance(value, String),
    "t": lambda value: isinstance(value, Array),
    "a": lambda value: isinstance(value, Array) and all(map(_is_number, value)),
}


def _has_comment(data: bytes) -> bool:
    """Whether a percent sign stands outside of strings."""
    depth = 0
    for match in _SPECIAL.finditer(data):
        sign = match[0]
        if len(sign) == 2:
            if depth:
                continue
            sign = sign[1:]  # outside of strings, a backslash is a character like any other
        if sign == b"%" and not depth:
            return True
        depth = max(0, depth + {b"(": 1, b")": -1}.get(sign, 0))
    return False
