"""What the words of a candidate and its neighbours in a list say of it: evidence for the judge of names."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from redactor.chinese.lattice import Lattice
from redactor.detect.kinds import kind_begins
from redactor.model import Span

_PARTICLES: Final = frozenset("着了们吗呢吧您")
"""What stands behind words and in no name."""
_COUNTED: Final = ("一家", "一个", "一名", "一所", "一座", "一位", "一处", "两家", "几家", "这家", "那家", "某")
"""What begins something that is counted and not named (东平镇|一家木器厂)."""
_STOP: Final = "、"
_BACK: Final = 4
"""From a sign of lists back to the name before it, with the title that may stand between them."""
_CUT: Final = 8.0
"""Log probability that a cut word loses, which is as bad as any more."""
_SHORTEST: Final = 3
_UNLIKELY: Final = 9.0
"""Minus the log probability a character of what the words of the language hardly ever make up."""
_VERB: Final = "v"


def of_list(text: str, own: Span, entity: str, found: Callable[[int, int], Iterable[tuple[int, int, str]]]) -> str:
    """What kind of names stands beside a candidate in a list; "" where it stands in none. `found`: entities of a stretch."""
    start, end = own
    kinds: set[str] = set()
    listed = False
    if text[start - 1 : start] == _STOP:
        listed = True
        kinds |= {kind for _, _, kind in found(max(0, start - _BACK), start - 1)}
    if text[end : end + 1] == _STOP:
        listed = True
        kinds |= {kind for _, _, kind in found(end + 1, end + 2)}
    if not listed:
        return ""
    if entity in kinds:
        return "in a list of its kind"
    return "in a list of another kind" if kinds else "in a list of words"


def of_words(lattice: Lattice, own: Span, value: Span, entity: str) -> Mapping[str, float]:
    """What the words that a candidate is made of say. `value`: what of it is masked, without its class word."""
    start, end = own
    text = lattice.text
    found = {}
    if not _PARTICLES.isdisjoint(text[start:end]):
        found["holds a particle"] = 1.0
    if entity == "PERSON":
        return found
    if any(word in text[start + 1 : end] for word in _COUNTED):
        found["holds what is counted"] = 1.0
    if value[1] - value[0] > 1:
        found["as words"] = round(max(0.0, lattice.likely(*value) / (value[1] - value[0]) + _UNLIKELY), 1)
    if end - start < _SHORTEST:
        return found
    first, last, kind = lattice.segment(start, end)[0]
    if entity == "ORGANIZATION" and kind == _VERB and last - first > 1 and last < end:
        found["begins with a verb"] = 1.0
    if value[1] < end:
        lost = lattice.lost_by_cuts(*value)
        if lost:
            found["its class word is part of a word"] = round(min(lost, _CUT) / _CUT, 1)
    if kind_begins(text, start, end) == start:
        found["nothing but a kind"] = 1.0
    return found
