"""Marks of a site: what nothing but a site says on its pages. A line with one is the site's own, though no other site was compared."""

from __future__ import annotations

import re
from typing import Final

from redactor.packaged import packaged_words
from redactor.ruleset.known_lines import key


def _any_of(name: str) -> str:
    return "|".join(re.escape(key(word)) for word in packaged_words(name))


_COUNTER: Final = re.compile(rf"(?:{_any_of('learning-counters')}):(?:0|$)")
"""How often a page was read, as a field. Of a line as `key` has it: numbers are 0, and there is no space."""
_READERS: Final = re.compile(rf"0[人次位](?:{_any_of('learning-readers')})?已?(?:{_any_of('learning-reader-verbs')})")
"""The same in words."""
_REGISTERED: Final = re.compile(rf"(?:{_any_of('learning-registrations')})[^0]{{0,24}}0")
_SERVICE_NUMBER: Final = re.compile(r"(?<![\d-])[48]00[- ]?\d{3}[- ]?\d{4}(?!\d)")
"""What a business is called by."""
_BAR: Final = re.compile(r"\s*(?:[丨｜|»›>]|[·•](?=\s))\s*")
_FEWEST_ITEMS, _LONGEST_ITEM = 3, 10
_MENU_WORD: Final = re.compile(_any_of("learning-menu-words"))
_POINTING: Final = re.compile(r"^\s*[↑↓▲▼△▽⬆⬇👆👇☝].*[点戳扫按]|[点戳扫按].*[↑↓▲▼△▽⬆⬇👆👇☝]\s*$")
"""Shows with an arrow where something is to be touched."""
_END: Final = re.compile(r"\s*([-—–─=~·*_])\1*\s*(?:the )?end\s*([-—–─=~·*_])\2*\s*", re.IGNORECASE)


def is_end(text: str) -> bool:
    """Whether a line is the sign `- END -`, with which accounts end what they publish."""
    return _END.fullmatch(text) is not None


def is_of_site(text: str) -> bool:
    """Whether a line counts readers, names a registration of a site or a service number, is a row of a menu, points at what is to be touched, or says
    that a page is at its end."""
    folded = key(text)
    return bool(
        _COUNTER.search(folded)
        or _READERS.search(folded)
        or _REGISTERED.search(folded)
        or _SERVICE_NUMBER.search(text)
        or _POINTING.search(text)
        or is_end(text)
        or _is_menu(text)
    )


def _is_menu(text: str) -> bool:
    items = _BAR.split(text.strip())
    short = len(items) >= _FEWEST_ITEMS and all(0 < len(item) <= _LONGEST_ITEM for item in items)
    return short and _MENU_WORD.search(key(text)) is not None
