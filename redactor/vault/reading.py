"""Labels read in a text that people and programs have worked on: with other spaces, brackets, widths, cases and words of kinds."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

import regex

from redactor.model import DecodeError
from redactor.packaged import packaged_rules
from redactor.text.decode import encodes
from redactor.vault.labels import SIGNS

# Compatibility characters are folded before: wide signs are narrow ones here, and letters are capitals.
_OPEN: Final = r"\\?[〔【\[⟦〖({「『<《〈]"
_CLOSE: Final = r"\\?[〕】\]⟧〗)}」』>》〉]"
_OWN: Final = frozenset("〔【[⟦〖")
"""Brackets that labels are written with, or that are put in their place: a number in one needs no leading zeros."""
_GAP: Final = r"[\s\u00ad\u200b-\u200f\u2060\ufeff_*`]{0,4}+"
_BETWEEN: Final = r"(?:NO[.:]?|[·・•‧∙⋅.,:;#/|~\-–—]{1,2})?"
_LOOKBEHIND: Final = r"(?<![A-Z])"


@dataclass(frozen=True, slots=True)
class Reading:
    """What reads like a label. `kinds`: those that its word may mean; `signs`: its check signs, "" where it has none.

    `bracketed`: whether it stands between brackets of labels: what does is told of also when it is no label of the vault.
    """

    start: int
    end: int
    kinds: tuple[str, ...]
    number: int
    form: int
    signs: str
    bracketed: bool


@cache
def kind_words() -> dict[str, tuple[str, ...]]:
    """Words for kinds, in capitals, and the kinds that each may mean."""
    text = (packaged_rules() / "lists" / "label-kinds.txt").read_text(encoding="utf-8")
    words: dict[str, tuple[str, ...]] = {}
    for line in text.splitlines():
        word, _, kind = line.partition("\t")
        if kind and word[:1] != "#":
            words[word] = (*words.get(word, ()), kind)
    return words


@cache
def _other_signs() -> dict[str, str]:
    """What stands in a label for a sign that an encoding lacks: the traditional sign of a kind (電), another dot."""
    return {"·": "・"} | {
        kinds[0]: word
        for word, kinds in kind_words().items()
        if len(word) == 1 and not word.isascii() and word != kinds[0]
    }


def written(label: str, codecs: Sequence[str]) -> str:
    """The label in signs that all of these encodings have. DecodeError when there are none for it."""
    for sign in set(label):
        for codec in codecs:
            if not encodes(sign, codec):
                other = _other_signs().get(sign, sign)
                if not encodes(other, codec):
                    raise DecodeError(
                        "{encoding} has no signs for labels such as {label}; make it UTF-8 first, or a text with --output-encoding utf-8",
                        label=label,
                        encoding=codec,
                    )
                label = label.replace(sign, other)
    return label


def is_written(text: str, label: str) -> bool:
    """Whether a text is the label as `written` writes it in some encoding."""
    return text == label or text.translate({ord(other): sign for sign, other in _other_signs().items()}) == label


@cache
def _pattern(signs: int, kinds: tuple[str, ...]) -> regex.Pattern[str]:
    words = sorted({*kind_words(), *kinds}, key=lambda word: (-len(word), word))
    kind = "|".join(
        rf"{_LOOKBEHIND}{_GAP.join(map(regex.escape, word))}" if word.isascii() else regex.escape(word)
        for word in words
    )
    check = _GAP.join([rf"[{SIGNS}]"] * signs)
    return regex.compile(
        rf"(?P<open>{_OPEN})?{_GAP}(?P<kind>{kind}){_GAP}{_BETWEEN}{_GAP}"
        rf"(?P<number>[0-9]{{1,7}})(?:{_GAP}-{_GAP}(?P<form>[1-9][0-9]{{0,3}}))??{_GAP}"
        rf"(?:{_BETWEEN}{_GAP}(?P<signs>{check})(?![A-Z0-9])(?P<last>)|\({_GAP}(?P<signs>{check}){_GAP}\)(?P<last>)"
        rf"|(?:{_BETWEEN}{_GAP}[A-Z0-9]{{0,8}}{_GAP})(?=\\?[〕】\]⟧〗])){_GAP}(?P<close>{_CLOSE})?"
    )


def readings(text: str, signs: int, kinds: tuple[str, ...]) -> Iterator[Reading]:
    """All that reads like a label with so many check signs, wherever it begins; `kinds`: signs that labels of a vault have."""
    words = kind_words()
    for match in _pattern(signs, kinds).finditer(folded(text), overlapped=True):
        opening, closing, check = match["open"] or "", match["close"] or "", match["signs"] or ""
        own = opening[-1:] in _OWN and bool(closing)
        if not own and (len(match["number"]) < 3 or not check):
            continue
        word = regex.sub(_GAP, "", match["kind"])
        start = match.start("open") if opening else match.start("kind")
        end = match.end("close") if opening and closing else _end(match)
        yield Reading(
            start,
            end,
            tuple(dict.fromkeys((*words.get(word, ()), *((word,) if word in kinds else ())))),
            int(match["number"]),
            int(match["form"] or 1),
            regex.sub(_GAP, "", check),
            own,
        )


def _end(match: regex.Match[str]) -> int:
    """Where a label ends that has lost a bracket: one that closes without having been opened is none of it, unless it is a label's own."""
    if match["close"] and match["close"][-1] in "〕⟧〗】":
        return match.end("close")
    return match.end("last") if match["signs"] else match.end("number")


def folded(text: str) -> str:
    """The text with narrow signs for wide ones and capitals for small letters, each character in its place."""
    return text.translate({ord(sign): other for sign in set(text) if (other := _folded(sign)) != sign})


@cache
def _folded(sign: str) -> str:
    other = unicodedata.normalize("NFKC", sign).upper()
    return other if len(other) == 1 else sign
