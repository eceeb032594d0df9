"""What of that which repeats is proposed, and what of it is doubtful, and why."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import regex

from redactor.language import say
from redactor.learning.counts import LEAST_DOCUMENTS, Repeated
from redactor.learning.lines import BEGINNING
from redactor.learning.marks import is_end
from redactor.packaged import packaged_words
from redactor.ruleset.known_lines import key
from redactor.text.lines import LONGEST_LINE, Line, is_picture

_LETTERS, _SHORT, _BEGINNING = 8, 4, 2
"""So many letters a line has; with fewer, but so many, it is doubtful; and so many a beginning has."""
_AT_HEAD: Final = 0.1
"""What stands in the second half of no larger share of its documents is of their heads."""
_RARER: Final = 4
"""A line of a site is so many times as rare in all other groups but few."""
_SHARED: Final = 0.1
"""The share of the groups that may have a line as often before it is taken for a formula; one other group may not."""
_NEAR: Final = 1.25
"""What is not so many times as frequent as is asked for is near the threshold."""
_WHOLLY: Final = 0.6
"""From this share on of what begins alike and goes on alike, the whole line is meant and not its beginning."""
_HEADING: Final = regex.compile(
    r"\s*(?:#{1,6}\s|第[一二三四五六七八九十百零〇\d]{1,6}[章节回卷部篇条]|[一二三四五六七八九十]{1,3}[、.．]|[（(][一二三四五六七八九十\d]{1,3}[)）]"
    r"|\d{1,2}(?:\.\d{1,2})*[、.．\s](?!\d))"
)
_CODE: Final = re.compile(
    r"^\s*(?:[{}\[\]();]+\s*$|(?:import|from|return|def|class|public|private|if|for|var|let|const)\b.*[\s;:{(]$|#include\b|//|/\*|\*/|<\?|```)"
)
_SPACES: Final = re.compile(r"[\t\u00a0\u2000-\u200a\u3000]")
_LETTER: Final = re.compile(r"[^\W\d_]")
_ENDS: Final = ("。", "！", "？", "!", "?", "；")


@dataclass(frozen=True, slots=True)
class Seen:
    """A line that repeats, as it stands in some documents. `texts`: of up to three of them, with the places; `removed`: how many of
    them the built-in rules take it out of; `of_site`: whether each says what nothing but a site says, beginnings in what follows them."""

    repeated: Repeated
    texts: tuple[tuple[str, str], ...]
    in_code: bool
    removed: int
    of_site: bool


@dataclass(frozen=True, slots=True)
class Proposal:
    """A line of the rule file. `doubts`: why it is not in force; `known`: whether the built-in rules take it out by themselves."""

    text: str
    key: str
    group: str
    documents: int
    share: float
    late: float
    elsewhere: int
    doubts: tuple[str, ...]
    known: bool
    places: tuple[tuple[str, str], ...]

    @property
    def zone(self) -> str:
        """The part of the document in which most of it stands."""
        return "head" if self.late <= _AT_HEAD else "tail" if self.late >= 1 - _AT_HEAD else "any"

    @property
    def weight(self) -> int:
        """How many characters it takes out of the collection, about."""
        return self.documents * max(len(text) for _, text in self.places)


def judged(found: Sequence[Seen], sizes: Mapping[int, int], names: Mapping[int, str], least: float) -> list[Proposal]:
    """What is proposed, what takes most out first; of several groups that have a line, the one in which it is most frequent tells."""
    formulas = {key(word) for word in packaged_words("learning-formulas")}
    wholly = _beginnings_that_are_lines(found)
    best: dict[tuple[str, bool], Proposal] = {}
    for each in found:
        proposal = _proposal(each, sizes, names, least, formulas) if not _is_left_out(each, wholly) else None
        if proposal is None:
            continue
        known = best.get((proposal.key, proposal.group == ""))
        if known is None or (len(proposal.doubts), -proposal.share) < (len(known.doubts), -known.share):
            best[proposal.key, proposal.group == ""] = proposal
    begun = {p.key for p in best.values() if p.key.endswith(":") and not p.doubts}
    kept = [p for p in best.values() if p.key in begun or p.key.partition(":")[0] + ":" not in begun]
    return sorted(kept, key=lambda p: (-p.weight, p.key))


def _beginnings_that_are_lines(found: Sequence[Seen]) -> set[tuple[int, str]]:
    """By group, beginnings of which most go on alike, or that begin with a number."""
    most: dict[tuple[int, str], int] = {}
    for each in found:
        if each.repeated.kind != BEGINNING:
            begun = key(each.texts[0][1]).partition(":")[0] + ":"
            place = each.repeated.group, begun
            most[place] = max(most.get(place, 0), each.repeated.documents)
    return {
        (each.repeated.group, begun)
        for each in found
        if each.repeated.kind == BEGINNING
        for begun in [key(each.texts[0][1])]
        if most.get((each.repeated.group, begun), 0) >= _WHOLLY * each.repeated.documents
    }


def _is_left_out(each: Seen, wholly: set[tuple[int, str]]) -> bool:
    """Whether it is nothing that a site puts around a text: a heading, code, a few signs, a number."""
    text = each.texts[0][1]
    letters = len(_LETTER.findall(text))
    if each.in_code or _HEADING.match(text) or _CODE.match(text) or len(text) > LONGEST_LINE:
        return True
    if not _SPACES.sub("", text).isprintable():
        return True
    if each.repeated.kind == BEGINNING:
        return letters < _BEGINNING or text[0].isdigit() or "!" in text or (each.repeated.group, key(text)) in wholly
    return letters < _SHORT and not (is_picture(Line(0, len(text), text)) or is_end(text))


def _proposal(
    each: Seen, sizes: Mapping[int, int], names: Mapping[int, str], least: float, formulas: set[str]
) -> Proposal:
    repeated, text = each.repeated, each.texts[0][1]
    share = repeated.documents / sizes[repeated.group]
    folded = key(text)
    others = [sizes[group] for group in sizes if group != repeated.group]
    alike = sum(count / sizes[group] * _RARER >= share for group, count in repeated.elsewhere.items())
    known = 2 * each.removed > len(each.texts)
    doubts: list[str] = []
    if folded in formulas or (not known and folded.partition(":")[0] + ":" in formulas):
        doubts.append(say("a formula of honest texts"))
    if not known:
        if alike > max(1, _SHARED * len(sizes)) or (alike and len(sizes) <= 1 / _SHARED):
            doubts.append(say("as frequent in other groups"))
        if not others and not each.of_site:
            doubts.append(say("only one group was compared"))
        if share < _NEAR * least or repeated.documents < _NEAR * LEAST_DOCUMENTS:
            doubts.append(say("near the threshold"))
        if repeated.kind == BEGINNING and repeated.late <= _AT_HEAD and not each.of_site:
            doubts.append(say("may begin titles"))
        if repeated.kind != BEGINNING and text.endswith((*_ENDS, "：", ":")):
            doubts.append(say("reads like a line of the text"))
        if repeated.kind != BEGINNING and _is_short(text):
            doubts.append(say("short"))
    return Proposal(
        text,
        folded,
        names[repeated.group],
        repeated.documents,
        share,
        repeated.late,
        alike,
        tuple(doubts),
        known,
        each.texts,
    )


def _is_short(text: str) -> bool:
    return len(_LETTER.findall(text)) < _LETTERS and not (is_picture(Line(0, len(text), text)) or is_end(text))
