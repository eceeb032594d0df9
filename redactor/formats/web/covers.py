"""Elements that a browser shows nothing of, as far as their own tags say so for sure."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import Final

from redactor.formats.web.htmltokens import Token
from redactor.language import later

_ZERO: Final = re.compile(r"0(?:\.0{1,9})?(?:px|pt|em|rem|ex|ch|%|vw|vh)?")
_COMMENT: Final = re.compile(r"/\*.*?(?:\*/|\Z)", re.S)
_NO_SIZE: Final = "font-size: 0"
_NOT_VISIBLE: Final = "visibility: hidden"


@dataclass(slots=True, eq=False)
class Cover:
    """What hides an element and what is in it: how, and whether that was told yet."""

    kind: str
    told: bool = False


def cover(token: Token, above: Cover | None) -> Cover | None:
    """What hides the text right in an element; `above`: what hides that around it."""
    style: dict[str, str] = {}
    hidden = False
    for attribute in reversed(token.attributes):
        # Of an attribute that is there twice, the first counts.
        name = attribute.name.lower()
        if name == "hidden":
            hidden = True
        elif name == "style":
            style = _declarations(html.unescape(attribute.value))
    shown = style.get("visibility", "hidden") != "hidden"
    if above is not None and (above.kind == _NO_SIZE or (above.kind == _NOT_VISIBLE and shown)):
        above = None  # what is in it may well have a size of its own, given by a style sheet
    if above is not None or not (style or hidden):
        return above
    ways = {
        "display: none": style.get("display") == "none",
        later("hidden attribute"): hidden,
        _NOT_VISIBLE: style.get("visibility") == "hidden",
        _NO_SIZE: bool(_ZERO.fullmatch(style.get("font-size", ""))),
    }
    return next((Cover(kind) for kind, hides in ways.items() if hides), None)


def _declarations(style: str) -> dict[str, str]:
    """The properties of a `style` attribute with their values; the last of a property counts."""
    found: dict[str, str] = {}
    for declaration in _COMMENT.sub("", style).split(";"):
        name, colon, value = declaration.partition(":")
        if colon:
            found[name.strip().lower()] = value.lower().replace("!important", "").strip()
    return found
