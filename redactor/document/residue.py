"""Residue: what a redacted text still shows that deserves an editor's look; the account of its digits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import regex

from redactor.model import Finding, Result, Span
from redactor.packaged import packaged_words
from redactor.text.marks import marked, unmarked

ResidueKind = Literal["same-type", "doubtful", "digits", "kept-digits", "partial-mask"]

_DIGITS = regex.compile(r"\d++(?:[.,]\d++)*+")
# A name stands at the start of a clause or after a word that leads to a place; more would be noise.
_LEFT_EDGE = rf"(?<=^|[\n，。；：、“（《 　{''.join(packaged_words('residue-leads'))}])"
_GENERIC_HEAD = rf"(?![{''.join(packaged_words('residue-generic'))}])"


@dataclass(frozen=True, slots=True)
class Residue:
    """One stretch of the redacted text to look at.

    `kind`: `same-type` (ends like something that was masked: 如意湖 beside ×湖), `doubtful` (a finding under the threshold),
    `digits` (figures that no rule masked and no keep rule covers). `kept-digits` are no residue but the other half of the
    account: figures that the KEEP rule `rule` protects. `partial-mask`: a number of which a mask, somebody else's perhaps, has left
    digits: 138****8000 is one of ten thousand. Offsets are those of the redacted text.
    """

    start: int
    end: int
    kind: ResidueKind
    rule: str
    entity: str


def find_residue(
    text: str, result: Result, doubtful: Iterable[Finding], kept: Sequence[Finding], masked: Iterable[Span]
) -> tuple[Residue, ...]:
    """Residue and account of the digits of `result`, made from `text`: each digit of it is in one or the other, but those of masks.

    `doubtful`, `kept` and `masked` are in the coordinates of `result.text`.
    """
    output = result.text
    covered = marked(len(output), (*((k.start, k.end) for k in kept), *masked))
    found = _kept_digits(output, kept)
    for finding in doubtful:
        _claim(found, covered, Residue(finding.start, finding.end, "doubtful", finding.rule, finding.entity))
    for suffix, example in _masked_suffixes(text, result).items():
        for match in _names_before(suffix).finditer(output):
            _claim(found, covered, Residue(*match.span(), "same-type", example.rule, example.entity))
    for match in _DIGITS.finditer(output):
        for start, end in _uncovered(output, covered, *match.span()):
            found.append(Residue(start, end, "digits", "", "QUANTITY"))
    return tuple(sorted(found, key=lambda r: r.start))


def _kept_digits(output: str, kept: Sequence[Finding]) -> list[Residue]:
    """The figures, or parts of figures, that KEEP findings cover: each once, under the first rule that covers it."""
    claimed = bytearray(len(output))
    found: list[Residue] = []
    for finding in sorted(kept, key=lambda k: (k.start, -k.end, k.rule)):
        for match in _DIGITS.finditer(output, finding.start, finding.end):
            for start, end in _uncovered(output, claimed, *match.span()):
                claimed[start:end] = b"\1" * (end - start)
                found.append(Residue(start, end, "kept-digits", finding.rule, "KEEP"))
    return found


def _uncovered(output: str, covered: bytearray, start: int, end: int) -> Iterator[Span]:
    """What of a figure is not covered, from digit to digit."""
    for low, high in unmarked(covered, start, end):
        while low < high and not output[low].isdigit():
            low += 1
        while low < high and not output[high - 1].isdigit():
            high -= 1
        if low < high:
            yield low, high


@lru_cache(maxsize=1_000)
def _names_before(suffix: str) -> regex.Pattern[str]:
    return regex.compile(rf"{_LEFT_EDGE}{_GENERIC_HEAD}\p{{Han}}{{2,4}}?{regex.escape(suffix)}(?!\p{{Han}}?{suffix})")


def _claim(found: list[Residue], covered: bytearray, residue: Residue) -> None:
    if covered.find(1, residue.start, residue.end) < 0:
        covered[residue.start : residue.end] = b"\1" * (residue.end - residue.start)
        found.append(residue)


def _masked_suffixes(text: str, result: Result) -> dict[str, Finding]:
    """The class words that masking left standing (湖, 工业园), each with a finding that shows it."""
    suffixes: dict[str, Finding] = {}
    for finding in result.findings:
        if finding.entity in ("LOCATION", "ORGANIZATION") and finding.values:
            suffix = text[finding.values[-1][1] : finding.end]
            if regex.fullmatch(r"\p{Han}{1,8}", suffix):
                suffixes.setdefault(suffix, finding)
    return suffixes
