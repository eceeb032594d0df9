"""Lines as boilerplate rules see them: their bounds, and what they say with width, spacing and traditional forms folded away."""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cached_property, lru_cache
from itertools import accumulate, chain, pairwise
from typing import Any, Final

import numpy as np
import regex
from numpy.typing import NDArray

from redactor.packaged import any_word_of
from redactor.text.disguise import disguised_addresses
from redactor.text.fold import scalars
from redactor.text.points import code_points
from redactor.text.script import SIMPLIFIED, TRADITIONAL

LONGEST_LINE: Final = 400
"""A longer line is looked at as it stands, and is never removed by itself."""

_LEAST_LEFT: Final = 6
"""What must stand outside the brackets of a sentence for it to be judged by that alone."""

SECONDS: Final = 1.0
"""What a pattern may take on a line."""

BRACKETED: Final = regex.compile(
    r"（[^（）\n]{4,120}）|\([^()\n]{4,120}\)|【[^【】\n]{4,120}】|\[[^\[\]\n]{4,120}\]|〔[^〔〕\n]{4,120}〕|〖[^〖〗\n]{4,120}〗"
    r"|［[^［］\n]{4,120}］|『[^『』\n]{4,120}』|★[^★\n]{4,120}★"
)
_QUOTED: Final = regex.compile(
    rf"(?<!{any_word_of('text-before-quotes')}|[:：])"
    r"(?:“[^“”\n]{4,60}”|「[^「」\n]{4,60}」|‘[^‘’\n]{4,60}’)"
)
"""What a sentence quotes, unless it tells where to go or what to send."""
_EXAMPLE: Final = re.compile(rf"{any_word_of('text-before-examples')}[^。！？：:]{{0,4}}[:：].*$")
"""What is given as an example of what others say."""
_ADDRESS: Final = re.compile(r"[A-Za-z0-9:/.\-_?=&#%@<>()\[\]]{6,}")
_SENTENCE: Final = re.compile(r"[^。！？!?”…　\r\n]+(?:[。！？!?”…]+|(?=　|[\r\n]|$))|　+")
_SENTENCE_STOP: Final = re.compile(r"(?:[。！？…]|[!?](?![\[(\w/=])|(?<=[a-z]{2})\.(?=\s+[A-Z]))+[”’」』）)】\]]*")
_CLAUSE_END: Final = re.compile(r"[，,；;]")
_LETTER_OF_A_WORD: Final = re.compile(r"[a-z]")
_LESS: Final = 6
_TAG: Final = re.compile(r"</?[a-zA-Z][^<>\n]{0,400}>")
_FIELD: Final = regex.compile(r"(?<=\S)(?:[ \t　]*+[|｜])?[ \t　]++(?=\p{Han}{2,6}[ 　]?[:：])")
_LONGEST_INSERT: Final = 120
ROOM, _ROOM_OF_PARTS, _ROOM_OF_PIECES = 36, 72, 140
LEAST_PARTED, MOST_PARTED = 20, 800
"""From what length on a line is looked at in sentences, and up to what length."""
_MARK: Final = "\ufeff"
_BREAK: Final = re.compile(r"\r\n?|\n")
_DECORATION: Final = regex.compile(r"[\W_]{3,}|(?:[\W_]{1,4}\s*){3,}")
_SHORT_SENTENCE: Final = 12
_SENTENCE_END: Final = "。；”’…"
_STOPS: Final = frozenset("。！？")
_CALLS: Final = "。！？!?；”’…"
_SHORTEST_SENTENCE, _LONGER_SENTENCE, _LONG_SENTENCE, _COMMAS = 25, 40, 60, 2
_NARROW_COMMA: Final = re.compile(r"(?<=[\u4e00-\u9fff]),(?=[\u4e00-\u9fff])")
_ENGLISH: Final = regex.compile(r"(?:[A-Za-z][A-Za-z'’-]*[,;:]? ){7}.*[.!?]['\"’”)]?$")

# Letter-spacing, width forms and traditional characters hide a cue from a plain search.
_UNUSUAL: Final = regex.compile(
    rf"(?:[\p{{Han}}A-Za-zＡ-Ｚ][ 　.·,，/|]{{1,2}}){{4}}|[Ａ-Ｚａ-ｚ０-９]{{2}}|[{TRADITIONAL}]"
)
_GAP, _WIDE_LETTER, _FORM = 1, 2, 3
WIDE: Final = tuple(zip("，：；！？（）　…", (",", ":", ";", "!", "?", "(", ")", " ", "..."), strict=True))
_WIDENED: Final = str.maketrans({narrow: wide for wide, narrow in WIDE if len(narrow) == 1 and narrow != " "})
NEEDS_FOLD: Final = re.compile(
    rf"[^\x00-\x7f\u4e00-\u9fff、。“”‘’《》【】—{''.join(wide for wide, _ in WIDE)}]|[{TRADITIONAL}]"
)
"""What more than the punctuation of `WIDE` has to be folded of."""
_SPACED: Final = regex.compile(r"(?:[^\s.·。,，/|]{1,2}[\s.·,，/|]{1,2}){5,}")
_MAYBE_SPACED: Final = re.compile(r"[\s.·,，/|](?:[^\s.·。,，/|]{1,2}[\s.·,，/|]{1,2}){3}")
_BETWEEN_LETTERS: Final = regex.compile(
    r"(?<=\p{Han})[\s.·,，/|]+(?=[\p{Han}A-Za-z0-9])|(?<=[A-Za-z])[\s.·]+(?=[\p{Han}A-Za-z])"
)
_BETWEEN_QS: Final = re.compile(r"(?<=[qQ])[\s.](?=[qQ])")


class Line:
    """A line with its break, or a bracketed part of one; the rest is filled in when it is first asked for."""

    # Defaults of the class, not of each line: most lines are never asked for more than their text.
    room: int = ROOM
    """So long it may be before its length speaks against it."""
    kept: str | None = None
    """The rule that protects it; "" where none does, None where none was asked."""
    promoted: dict[str, Any] | None = None
    """What of it each rule takes, by the id of the rule, once that has been asked."""
    odd: bool = False
    """Whether it is written so that a plain search would pass a cue by."""
    warm: bool | None = None
    """Whether a cue may stand in it that counts only at head and tail; None where nobody has asked."""
    vote: float | None = None
    """How likely it is site text for who has read it with its neighbours; None where nobody has been asked."""
    lean: float | None = None
    """How far it leans towards site text for who has read it alone; None where nobody has been asked."""
    scores: dict[object, Sequence[float]] | None = None
    bounds: dict[object, Sequence[float]] | None = None
    """What the cues in it come to, and may come to, by who has weighed them."""
    _whole: bool = False

    def __init__(self, start: int, end: int, text: str) -> None:
        self.start, self.end, self.text = start, end, text
        self.blank = text.isspace()

    @classmethod
    def part(cls, start: int, end: int, text: str, folded: str | None = None, room: int = ROOM) -> Line:
        """A part of a line; `folded`: what cues are looked for in, if that is not the text alone, folded."""
        line = cls(start, end, text)
        line._whole, line.room = True, room
        if folded is not None:
            line.folded = folded
        return line

    @cached_property
    def folded(self) -> str:
        """What cues are looked for in."""
        stripped = self.text.strip()
        if self._whole:
            return fold(stripped)
        if len(self.text) > LONGEST_LINE and len(_TAG.sub("", self.text)) > LONGEST_LINE:
            return scalars(self.text)
        # Promotion in brackets inside a sentence is a clause's matter and says nothing of the sentence.
        spoken = is_sentence(stripped) or stripped[-1:] in _STOPS
        rest = _unbracketed(stripped, _LEAST_LEFT) if spoken else stripped
        rest = _unquoted(rest) if spoken else rest
        return fold_word(_TAG.sub("", rest) if "<" in rest else rest)

    @property
    def length(self) -> int:
        """How much it says: without addresses, which are long and say little; letters of a word say less than characters."""
        if len(self.folded) > MOST_PARTED:
            return len(self.folded)
        rest = _ADDRESS.sub("", self.folded)
        return len(rest) - _LESS * len(_LETTER_OF_A_WORD.findall(rest)) // 10

    @cached_property
    def bracketed(self) -> tuple[Line, ...]:
        """The parts of the line that stand in brackets."""
        at = self.start
        return tuple(Line.part(at + m.start(), at + m.end(), m.group()) for m in BRACKETED.finditer(self.text))

    @cached_property
    def sentences(self) -> tuple[Line, ...]:
        """The sentences of the line, if it has several that are not long, each with the space before it."""
        at = self.start
        parts = [m for m in _SENTENCE.finditer(self.text) if not m.group().isspace()]
        return tuple(
            Line.part(at + m.start(), at + m.end(), m.group())
            for m in (parts if len(parts) > 1 else ())
            if m.end() - m.start() <= _LONGEST_INSERT
        )

    @cached_property
    def roomy(self) -> Line:
        """The line as a paragraph of one piece, of which its length says little."""
        return Line.part(self.start, self.end, self.text, self.folded, _ROOM_OF_PIECES)

    @cached_property
    def fields(self) -> tuple[Line, ...]:
        """Its labelled fields, each with the space before it, if it has several."""
        starts = [m.start() for m in _FIELD.finditer(self.text)] if ":" in self.text or "：" in self.text else []
        first = self.text[: starts[0]].strip() if starts else ""
        if not first or first[0] in "（([【":
            return ()
        at = self.start
        stops = [*starts[1:], len(self.text.rstrip())]
        return tuple(
            Line.part(at + low, at + high, self.text[low:high], fold(self.text[low:high].strip()))
            for low, high in zip(starts, stops, strict=True)
        )

    @cached_property
    def disguised(self) -> tuple[Line, ...]:
        """Disguised addresses in it, each folded to how it reads undisguised."""
        at = self.start
        return tuple(
            Line.part(at + start, at + end, self.text[start:end], plain)
            for start, end, plain in disguised_addresses(self.text)
        )

    @cached_property
    def parts(self) -> tuple[Line, ...]:
        """The sentences that the line is made of, if it is long and has several."""
        return parts_of(self) if LEAST_PARTED <= len(self.text) <= MOST_PARTED else ()


def parts_of(line: Line, *, clauses: bool = False) -> tuple[Line, ...]:
    """The sentences of a line with the signs that end them, or the clauses of a sentence; nothing where there is but one."""
    text, at = line.text, line.start
    cuts = [0, *(match.end() for match in (_CLAUSE_END if clauses else _SENTENCE_STOP).finditer(text)), len(text)]
    spans = [(low, high) for low, high in pairwise(cuts) if text[low:high].strip()]
    if len(spans) < 2:
        return ()
    return tuple(
        Line.part(
            at + low,
            at + high,
            text[low:high],
            fold(_unquoted(_unbracketed(text[low:high].strip(), 2))),
            _ROOM_OF_PARTS,
        )
        for low, high in spans
    )


def _unbracketed(text: str, least: int) -> str:
    """The text without what stands in brackets, if that is not most of it: a clause's matter, which says nothing of the sentence."""
    rest = BRACKETED.sub("", text)
    return rest if len(rest.strip()) >= least else text


def _unquoted(text: str) -> str:
    """The text with a word in place of what it quotes, and without examples: what others say, it does not say itself."""
    if "“" in text or "「" in text or "‘" in text:
        text = _QUOTED.sub("“某某”", text)
    return _EXAMPLE.sub("", text) if ("：" in text or ":" in text) else text


def without_addresses(text: str) -> str:
    """The text without what is no words."""
    return _ADDRESS.sub("", text)


def lines_of(text: str) -> Iterator[Line]:
    """The lines of a text, each with its break; a byte order mark is of none."""
    if "\r" in text:
        ends = [match.end() for match in _BREAK.finditer(text)]
    else:  # ten times as fast
        ends = list(accumulate(len(line) + 1 for line in text.split("\n")))[:-1]
    if text and (not ends or ends[-1] < len(text)):
        ends.append(len(text))
    first = int(text.startswith(_MARK))
    for start, end in pairwise(chain((first,), ends if len(text) > first else ())):
        yield Line(start, end, text[start:end])


def unusual_places(text: str) -> list[int]:
    """Places in whose lines a cue may be hidden; `is_unusual` tells more of the line."""
    kinds = _kinds().take(code_points(text))
    gap = kinds == _GAP
    places = kinds == _FORM
    places[:-1] |= (kinds[:-1] == _WIDE_LETTER) & (kinds[1:] == _WIDE_LETTER)
    # Letters between gaps: three gaps, each within two of the one before, stand in all that is spaced.
    places[:-5] |= gap[:-5] & gap[2:-3] & (gap[4:-1] | gap[5:])
    found: list[int] = np.flatnonzero(places).tolist()
    return found


@lru_cache(maxsize=1)
def _kinds() -> NDArray[np.uint8]:
    """By code point: what of `_UNUSUAL` it could be a part of."""
    kinds = np.zeros(sys.maxunicode + 1, np.uint8)
    for chars, kind in ((" 　.·,，/|", _GAP), (TRADITIONAL, _FORM)):
        kinds[[ord(char) for char in chars]] = kind
    for low, high in (("Ａ", "Ｚ"), ("ａ", "ｚ"), ("０", "９")):
        kinds[ord(low) : ord(high) + 1] = _WIDE_LETTER
    return kinds


def is_unusual(line: Line) -> bool:
    """Whether the line is short and written so that a plain search would pass a cue by."""
    return len(line.text) <= LONGEST_LINE and _UNUSUAL.search(line.text) is not None


def is_decoration(line: Line) -> bool:
    """Whether the line is nothing but signs, and not those that open a piece of code or a quotation."""
    if any(quote in line.text for quote in ("'''", '"""', "```")):
        return False
    return _DECORATION.fullmatch(line.text.strip()) is not None


def is_picture(line: Line) -> bool:
    """Whether the line shows a picture, in Markdown or HTML."""
    return "![" in line.text or "<img" in line.text


def is_body(line: Line) -> bool:
    """A sentence of running text: long enough, and ended as sentences are."""
    return is_sentence(line.text.strip())


def ends_sentence(line: Line) -> bool:
    """Whether the line ends as a sentence of a text does, be it short, and not as a heading or a label."""
    stripped = line.text.strip()
    return len(stripped) >= _SHORT_SENTENCE and stripped[-1] == "。"


def speaks(line: Line) -> bool:
    """Whether the line is a sentence, long enough not to be a label, be it one that calls or asks."""
    stripped = line.text.strip()
    return len(stripped) >= _SHORT_SENTENCE and (is_sentence(stripped) or stripped[-1] in _CALLS)


def is_sentence(stripped: str) -> bool:
    """Whether what is said is running text: by its length and its stops."""
    length = len(stripped)
    if length < _SHORTEST_SENTENCE:
        return False
    if stripped[-1] in _SENTENCE_END:
        return True
    if length < _LONGER_SENTENCE:
        return False
    commas = stripped.count("，")
    if commas < _COMMAS and "," in stripped:
        commas += len(_NARROW_COMMA.findall(stripped))
    if commas >= _COMMAS:
        return True
    return length >= _LONG_SENTENCE and ("。" in stripped[:-1] or _ENGLISH.search(stripped) is not None)


@lru_cache(maxsize=8_192)
def fold_word(word: str) -> str:
    """A word of a cue, folded; rules share most of them. A line too: it is asked for more than once, and sites say the same on all pages."""
    return fold(word)


def fold(text: str) -> str:
    """Width, traditional forms and letter-spacing folded away, for cues only; lengths are not kept."""
    if NEEDS_FOLD.search(text):
        folded = unicodedata.normalize("NFKC", scalars(text)).translate(SIMPLIFIED)
    else:
        folded = text
        for wide, narrow in WIDE:
            folded = folded.replace(wide, narrow)
    if _MAYBE_SPACED.search(folded) and _SPACED.search(folded):
        folded = _BETWEEN_LETTERS.sub("", folded)
    return _BETWEEN_QS.sub("", folded) if "q" in folded or "Q" in folded else folded


def widened(folded: str) -> str:
    """The folded text with its punctuation wide again."""
    return folded.translate(_WIDENED)
