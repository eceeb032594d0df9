"""Elements that show their text from right to left, whatever it is (HTML standard 4.5.25 `bdo`; CSS Writing Modes 2.2)."""

from __future__ import annotations

import html
from typing import Final, NamedTuple

from redactor.formats.web.covers import declarations
from redactor.formats.web.htmltokens import Token

_OVERRIDES: Final = frozenset(("bidi-override", "isolate-override"))

_OF_DRAWINGS: Final = ("direction", "unicode-bidi")
"""Attributes of SVG that say what a style would."""
_TELLING: Final = frozenset(("dir", "style", *_OF_DRAWINGS))


class Order(NamedTuple):
    """How the text right in an element is shown: with a base direction from right to left, and all characters in it."""

    from_right: bool = False
    overrides: bool = False

    @property
    def turned(self) -> bool:
        """Whether characters are shown in the opposite order."""
        return self.from_right and self.overrides


NATURAL: Final = Order()


def order(token: Token, around: Order) -> Order:
    """How the text right in an element is shown, as far as its own tag and those around it say so."""
    given = {each.name.lower(): each.value for each in reversed(token.attributes)}
    if token.name != "bdi" and _TELLING.isdisjoint(given):
        return around
    own = {name: given[name].strip().lower() for name in _OF_DRAWINGS if name in given}
    style = own | declarations(html.unescape(given.get("style", "")))
    direction = style.get("direction") or html.unescape(given.get("dir", "")).strip().lower()
    from_right = {"rtl": True, "ltr": False}.get(direction, around.from_right)
    if token.name == "bdo" and direction in ("rtl", "ltr"):
        return Order(from_right, overrides=True)
    bidi = style.get("unicode-bidi", "")
    if bidi in _OVERRIDES:
        return Order(from_right, overrides=True)
    if bidi in ("isolate", "plaintext") or token.name == "bdi":
        return Order(from_right)
    return Order(from_right, around.overrides)
