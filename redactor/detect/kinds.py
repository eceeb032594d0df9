"""Bodies and facilities that are told by their kind: in 青溪县民族中学 only 青溪县 is a name, in 县农业农村局 nothing is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import regex

from redactor.packaged import packaged_words

_HEADS: Final = frozenset((*packaged_words("body-heads"), *packaged_words("organization-institution-classes")))
_WORDS: Final = frozenset((*packaged_words("body-kinds"), *packaged_words("chinese-peoples"), *_HEADS))
_LONGEST: Final = max(map(len, _WORDS))
_NUMBERED: Final = regex.compile("第?[一二三四五六七八九十]{1,3}")
_COMPANIES: Final = ("集团公司", "公司", "集团")
_SHORTEST: Final = 3
"""Of fewer characters what begins as a division does is more often a place's name (旗山)."""
_DIVISIONS: Final = frozenset(packaged_words("ner-divisions"))
"""What the body of a division begins with where the division is not named."""


def kind_begins(text: str, start: int, end: int, whole: bool = True) -> int:
    """From where on `text[start:end]` is nothing but words for a kind of body; `end`: nowhere.

    `whole`: the last of them must be a class word.
    """
    first = end
    reached = {end}
    for at in range(end - 1, start - 1, -1):
        if not reached.isdisjoint(_ends(text, at, end, _HEADS if whole else _WORDS)):
            reached.add(at)
            first = at
    # A class word of one character is more often the end of a longer word (广场, 控股).
    return first if end - first > 1 else end


def name_ends(text: str, start: int, end: int) -> int:
    """Where the name of a body ends and its kind begins: behind a division even where the class word is not in what was found."""
    kind = kind_begins(text, start, end)
    loose = kind_begins(text, start, end, whole=False) if kind == end else end
    return loose if loose < end and loose - start >= _SHORTEST and text[loose - 1] in _DIVISIONS else kind


def is_unnamed(text: str, start: int, end: int) -> bool:
    """Whether the body is one of a division that is not named (县农业农村局); 第三中学 is a name of its own."""
    if text[start] not in _DIVISIONS or end - start < _SHORTEST:
        return False
    company = next((word for word in _COMPANIES if text.endswith(word, start, end)), "")
    return kind_begins(text, start + 1, end - len(company), whole=not company) == start + 1


def _ends(text: str, at: int, end: int, last: frozenset[str]) -> Iterator[int]:
    """Where the words that begin at a place end; at the end of the body, those of `last` only."""
    for stop in range(at + 1, min(end, at + _LONGEST) + 1):
        if text[at:stop] in (last if stop == end else _WORDS):
            yield stop
    numbered = _NUMBERED.match(text, at, end)
    if numbered and numbered.end() < end:
        yield numbered.end()
