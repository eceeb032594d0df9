"""How text is written in HTML: character references and percent escapes resolved, and replacements escaped for where they stand."""

from __future__ import annotations

import html
import re
from html.entities import html5
from typing import Final
from urllib.parse import unquote_to_bytes

from redactor.formats.web import scripts
from redactor.formats.web.splice import Syntax, lacking

REFERENCES: Final = re.compile(r"&(?:\#(?:[0-9]+|[xX][0-9a-fA-F]+);?|[A-Za-z][A-Za-z0-9]*;?)")


def reference(text: str) -> tuple[str, int] | None:
    """What a character reference stands for, and how much of it that takes: `&ampx` is `&` and an `x`."""
    if text[1] == "#":
        hexadecimal = text[2] in "xX"
        digits = text[3 if hexadecimal else 2 :].rstrip(";").lstrip("0") or "0"
        if len(digits) > 8:
            return "\ufffd", len(text)
        point = int(digits, 16 if hexadecimal else 10)
        return html.unescape(f"&#{point};") or chr(
            point if point < 0xD800 or 0xDFFF < point < 0x110000 else 0xFFFD
        ), len(text)
    if text[1:] in html5:
        return html5[text[1:]], len(text)
    for stop in range(min(len(text), 8), 2, -1):
        if text[1:stop] in html5:
            return html5[text[1:stop]], stop
    return None


def in_text(match: re.Match[str]) -> tuple[str, int] | None:
    return reference(match.group())


def in_attribute(match: re.Match[str]) -> tuple[str, int] | None:
    """In attributes, a reference without semicolon is none before a letter, a digit or `=`, so that addresses stay."""
    found = reference(match.group())
    if found and not match.group()[: found[1]].endswith(";") and match.group()[1] != "#":
        after = match.string[match.start() + found[1] : match.start() + found[1] + 1]
        if after == "=" or (after.isascii() and after.isalnum()):
            return None
    return found


def percent(match: re.Match[str]) -> tuple[str, int] | None:
    """The first character that a run of percent escapes stands for: UTF-8, or else GB 18030."""
    data = unquote_to_bytes(match.group())
    for codec in ("utf-8", "gb18030"):
        for size in range(1, 5):
            try:
                return data[:size].decode(codec), 3 * size
            except UnicodeDecodeError:
                continue
    return None


def percent_u(match: re.Match[str]) -> tuple[str, int]:
    """What a code of `escape` stands for, or two of them that are a surrogate pair."""
    units = bytes.fromhex(match.group().replace("%u", ""))
    return units.decode("utf-16-be", "surrogatepass"), len(match.group())


def _charrefs(text: str, codec: str) -> str:
    return lacking(text, codec, lambda c: f"&#{ord(c)};")


def _text_escape(text: str, codec: str) -> str:
    return _charrefs(text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"), codec)


def _attribute_escape(text: str, codec: str) -> str:
    return _charrefs(html.escape(text, quote=True), codec)


def _bare_escape(text: str, codec: str) -> str:
    return re.sub(r"[\s`=]", lambda m: f"&#{ord(m.group())};", _attribute_escape(text, codec))


def _percent_escape(text: str, codec: str) -> str:
    return "".join(
        c if c.isascii() and c.isalnum() else "".join(f"%{b:02X}" for b in c.encode("utf-8", "replace")) for c in text
    )


def _percent_u_escape(text: str, codec: str) -> str:
    units = text.encode("utf-16-be", "surrogatepass")
    return "".join(f"%u{units[n] << 8 | units[n + 1]:04X}" for n in range(0, len(units), 2))


def _plain_escape(text: str, codec: str) -> str:
    return lacking(text.replace("<", "‹"), codec, lambda c: "_")


def _name_escape(text: str, codec: str) -> str:
    return lacking(re.sub(r"[\s/>=\"'<]", "_", text) or "_", codec, lambda c: "_")


def _tag_escape(text: str, codec: str) -> str:
    """What begins with no letter begins no tag."""
    written = _name_escape(text, codec)
    return written if written[0].isascii() and written[0].isalpha() else f"x{written}"


NOTHING = re.compile(r"(?!)")
_REFERENCE_BEFORE = re.compile(r"(?:&[#0-9A-Za-z]{0,40}|<)$")
_REFERENCE_AFTER = re.compile(r"[#0-9A-Za-z/!?;]")
TEXT: Final = Syntax(_text_escape, _REFERENCE_BEFORE, _REFERENCE_AFTER)
PLAIN: Final = Syntax(_plain_escape, re.compile(r"(?:<[/!?]?|\]{1,2})$"), re.compile(r"[A-Za-z/!?\]>]"))
ATTRIBUTE: Final = Syntax(_attribute_escape, _REFERENCE_BEFORE, _REFERENCE_AFTER)
BARE: Final = Syntax(
    _bare_escape, re.compile(r"(?:&[#0-9A-Za-z]{0,40}|=[\t\n\f\r ]*)$"), re.compile(r"[\t\n\f\r >\"'#0-9A-Za-z]")
)
NAME: Final = Syntax(_name_escape, NOTHING, NOTHING)
TAG: Final = Syntax(_tag_escape, NOTHING, NOTHING)
"""The beginning of a tag's name: what is written there must leave a tag, or what the tag holds would be read as text, and as other tags."""
PERCENT: Final = Syntax(_percent_escape, NOTHING, NOTHING)
PERCENT_U: Final = Syntax(_percent_u_escape, NOTHING, NOTHING)
NUMBER: Final = Syntax(lambda text, codec: f'"{scripts.JS_STRING.escape(text, codec)}"', NOTHING, NOTHING)
