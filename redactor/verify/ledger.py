"""What the last check goes by: the values that were masked, and the texts that were left, as the engine has seen both."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

import regex

from redactor.model import EMPTY_LABEL, Edit, Span
from redactor.verify.folding import fold
from redactor.verify.model import CheckName

MOST_TEXT: Final = 100_000_000
"""Characters of left text that are kept; of more, no check is made, and that is told."""
MOST_VALUES: Final = 50_000
"""Different values that are looked for; of a table with more of them, the first."""
_LONGEST: Final = 200
"""Characters of a value that are looked for: of a longer one its beginning, as a long one that repeats itself takes the square of its length."""
_AROUND: Final = 5
"""Characters on either side of a short value that are looked for with it."""
_ENOUGH: Final = 4
"""Of them, letters and digits without which the place says nothing."""
_NUMBER: Final = regex.compile(r"[\d.,:%+\-/~()]+")
_CHINESE_NUMBER: Final = regex.compile("[〇零一二两三四五六七八九十百千万亿几多余]+")
_BLANK: Final = regex.compile(r"\s+")
_WORD: Final = regex.compile(r"[\p{L}\p{N}]")
_HAN: Final = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}]")


@dataclass(frozen=True, slots=True)
class Sought:
    """A value that must not be there. `text`: folded. `spelled`: as it stood in the input, for searches in bytes.

    `everywhere`: whether it is looked for beyond what people read as text, and in bytes; `bounded`: whether it counts only as a
    whole word or number.
    """

    text: str
    spelled: str
    check: CheckName = "gone"
    everywhere: bool = True
    bounded: bool = False


@dataclass(slots=True)
class Ledger:
    """Is told of each text of a document, what was edited in it and what was left of it.

    `terms`: what the user has said must go, found or not. `overflow`: more was told than is kept, so no check can be made.
    """

    terms: Sequence[str] = ()
    overflow: bool = False
    _left: list[str] = field(default_factory=list)
    _size: int = 0
    _sought: dict[str, Sought] = field(default_factory=dict)

    def enter(self, text: str, edits: Sequence[Edit], left: str) -> None:
        """Take a text of the input, its edits in order of place, and what is left of it."""
        self._size += len(left)
        if self._size > MOST_TEXT:
            self.overflow = True
            self._left.clear()
        if self.overflow:
            return
        self._left.append(left)
        for start, end in _removed(text, edits):
            self._add(sought(text[start : min(end, start + _LONGEST)]) or _placed(text, start, end))

    def _add(self, each: Sought | None) -> None:
        if each and len(self._sought) < MOST_VALUES:
            self._sought.setdefault(each.text, each)

    @property
    def values(self) -> list[Sought]:
        """All that is looked for, each once."""
        given = [each for each in map(sought, self.terms) if each]
        return list({each.text: each for each in (*given, *self._sought.values())}.values())

    @property
    def left(self) -> str:
        """All that was left, folded; a line end before and after each text."""
        return "\n" + fold("\n".join(self._left)) + "\n"


def _removed(text: str, edits: Iterable[Edit]) -> Iterator[Span]:
    """The stretches that edits take out; neighbours that only blanks part are one, and promotional lines are one each."""
    start = end = -1
    for edit in edits:
        if edit.rule == EMPTY_LABEL:
            continue
        if edit.entity == "BOILERPLATE":
            yield from _lines(text, edit.start, edit.end)
        elif start < 0 or text[end : edit.start].strip():
            if start >= 0:
                yield start, end
            start, end = edit.start, edit.end
        else:
            end = edit.end
    if start >= 0:
        yield start, end


def _lines(text: str, start: int, end: int) -> Iterator[Span]:
    for line in text[start:end].splitlines(keepends=True):
        yield start, start + len(line.rstrip())
        start += len(line)


def sought(value: str) -> Sought | None:
    """How a value is looked for; None when it is so short that it stands anywhere by chance."""
    text = fold(value).replace("\n", "").strip()
    signs = len(_WORD.findall(text))
    if _NUMBER.fullmatch(_BLANK.sub("", text)):
        digits = sum(map(str.isdigit, text))
        if digits <= 3:
            return None
        if digits < 8:
            return Sought(text, value, everywhere=False, bounded=True)
        return Sought(text, value)
    if signs < 2 or (signs <= 3 and _CHINESE_NUMBER.fullmatch(text)):
        return None
    if len(_HAN.findall(text)) >= 2:
        return Sought(text, value)
    if signs < 4:
        return None
    return Sought(text, value) if signs >= 8 else Sought(text, value, everywhere=False, bounded=True)


def _placed(text: str, start: int, end: int) -> Sought | None:
    """A short value with what stood around it on its line; None where that says too little."""
    first = max(0, start - _AROUND)
    low = max(text.rfind("\n", first, start) + 1, first)
    stop = text.find("\n", end, end + _AROUND)
    high = end + _AROUND if stop < 0 else stop
    around = text[low:start] + text[end:high]
    if not _WORD.search(text, start, end) or len(_WORD.findall(around)) < _ENOUGH:
        return None
    whole = text[low:high]
    return Sought(fold(whole).strip(), whole, "short", everywhere=bool(_HAN.search(whole)))
