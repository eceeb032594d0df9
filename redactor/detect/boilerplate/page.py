"""A page that is looked through for boilerplate: its lines, what protects them, and what a second voice says of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from ahocorasick_rs import AhoCorasick

from redactor.detect.boilerplate.kinds import Kinds
from redactor.detect.boilerplate.sections import is_under_heading
from redactor.model import Span
from redactor.packaged import any_word_of
from redactor.ruleset.boilerplate import BoilerplateRule, Zone
from redactor.text.fold import scalars
from redactor.text.lines import MOST_PARTED, Line, fold, speaks
from redactor.text.masked import MASK

MOST_BETWEEN: Final = 4
"""So many pictures or links between two lines of a block go with it."""
_MOST_BLANK: Final = 4
MOST_AFTER, LONGEST_AFTER = 6, 40
"""What may follow a block at the tail and still be no text of its own: few lines, short ones."""
UNDECIDED, NO, YES, SURE = 0.5, 0.1, 0.7, 0.9
"""What the second voice must say for a line to stay in the middle of a block, for one to carry a block, and for a sentence to go with it."""
ADDRESS: Final = re.compile(r"https?://|www\.")
"""What stands in an entry of a list of references, and does not end the list."""
MOST_SENTENCES: Final = 1
"""Sentences that may follow the heading of a list of other pages, as teasers of them."""
SIGNS: Final[Mapping[Zone, int]] = {"head": 2, "tail": 3, "any": 4}
"""What marks characters that rules of a zone have taken in a round."""
_OF_TEXT, _OF_SITE = -1.5, 1.5
"""A line that leans so far towards text, or towards site text, is so whatever stands around it: nobody asks further."""
_SPEAKERS: Final = re.compile(any_word_of("boilerplate-site-speakers"))
"""Who speaks for a site."""
Reader: TypeAlias = Callable[[Sequence[str]], Sequence[float]]
"""Tells of each of some lines by itself how far it leans towards site text; below 0, towards text."""
Voice: TypeAlias = Callable[[Sequence[str]], Iterable[float]]
"""Tells of each line of a text, in order, how likely it is site text."""
Shown: TypeAlias = tuple[Sequence[str], bool, bool]
"""The lines of a text, and whether they hold the head and the tail of a document, which may come in parts."""
Voter: TypeAlias = Callable[[Sequence[Shown]], Sequence[Iterable[float]]]
"""The same of several texts: of each of them what it tells of it by itself."""


@dataclass(frozen=True, slots=True)
class Page:
    """Lines, the indices of those in which a cue may stand anywhere, and what protects lines."""

    lines: Sequence[Line]
    hot: Sequence[int]
    words: AhoCorasick | None
    """Finds the lines in which a cue may stand that counts only at head and tail."""
    kinds: Kinds

    voter: Voice | None = None
    """A second voice beside the rules: it extends or doubts what structure allows; by itself it opens blocks below a text, and menus above it."""
    reader: Reader | None = None
    """The second voice on a line without its neighbours."""
    gone: bytearray | None = None
    """What rules before this one have taken in the same round, by character; 0 where nothing was."""

    def is_gone(self, line: Line, edge: Zone | None = None) -> bool:
        """Whether the line is taken already, `edge`: and not with that edge: no block reaches from it over the text."""
        if self.gone is None or not self.gone[line.start] or self.gone.find(0, line.start, line.end) >= 0:
            return False
        return edge is None or self.gone.find(SIGNS[edge], line.start, line.end) < 0

    def vote(self, line: Line) -> float:
        """What the second voice says of the line; neither yes nor no where there is none."""
        if self.voter is None:
            return UNDECIDED
        if line.vote is None:
            for each, vote in zip(self.lines, self.voter([each.text for each in self.lines]), strict=True):
                # It has learned from lines in which nothing was masked.
                sure = min(float(vote), UNDECIDED) if MASK in each.text else float(vote)
                each.vote = sure if each.vote is None else each.vote
        return UNDECIDED if line.vote is None else line.vote

    def is_sure_of(self, line: Line) -> bool:
        """Whether the second voice is surer that the line is site text than it need be of a label, and so is who reads it alone."""
        if self.voter is None or (line.vote is not None and line.vote < SURE):
            return False
        return self.lean(line) >= _OF_TEXT and self.vote(line) >= SURE

    def is_of_site(self, line: Line) -> bool:
        """Whether the line by itself is surely the site's, whatever stands around it."""
        return self.lean(line) >= _OF_SITE

    def is_likely(self, line: Line) -> bool:
        """Whether the second voice is sure of the line, or leans towards it where it reads it alone."""
        return self.lean(line) >= 0 or self.vote(line) >= SURE

    def doubts(self, line: Line, least: float) -> bool:
        """Whether the second voice gives a line no more than that; never one that by itself is surely the site's."""
        return self.voter is not None and not self.is_of_site(line) and self.vote(line) <= least

    def is_text(self, line: Line) -> bool:
        """Whether a sentence speaks of such things as site text does, but reads as text, alone and among its neighbours."""
        if self.voter is None or not speaks(line) or _SPEAKERS.search(line.text):
            return False
        return self.lean(line) <= _OF_TEXT and self.vote(line) < UNDECIDED

    def is_of_prose(self, index: int, span: Span) -> bool:
        """Whether what a rule would take of a line within a text is a sentence, or sentences, that read as those around them."""
        line = self.lines[index]
        part = line if span == (line.start, line.end) else _part(line, span)
        if self.voter is None or not speaks(part) or _SPEAKERS.search(part.text):
            return False
        if (self.lean(part) < 0 and self.vote(line) < YES) or (part is line and self.vote(line) <= NO):
            return True
        return is_under_heading(self.lines, index) and self.vote(line) < SURE

    def lean(self, line: Line) -> float:
        """How far a line by itself leans towards site text; 0 where nobody tells. Many times faster than to read it among all others."""
        if line.lean is None:
            self.read([line])
        return line.lean or 0.0

    def read(self, lines: Iterable[Line]) -> None:
        """Have lines read, each by itself: what a look costs is paid once for all."""
        new = [line for line in lines if line.lean is None] if self.reader else []
        if self.reader and new:
            for line, lean in zip(new, self.reader([line.text for line in new]), strict=True):
                line.lean = lean

    def may(self, line: Line) -> bool:
        """Whether a cue may stand in the line that counts only at head and tail."""
        if line.warm is None:
            words, text = self.words, line.text
            line.warm = len(text) <= MOST_PARTED and (
                words is not None
                and bool(
                    words.find_matches_as_indexes(scalars(text))
                    or (line.odd and words.find_matches_as_indexes(fold(text)))
                )
            )
        return line.warm


def _part(line: Line, span: Span) -> Line:
    start, end = span
    return Line.part(start, end, line.text[start - line.start : end - line.start])


def is_told(line: Line) -> bool:
    """Whether the second voice was asked about the line, and said yes."""
    return line.vote is not None and line.vote >= YES


def beside(rule: BoilerplateRule, lines: Sequence[Line], index: int, step: int) -> int | None:
    """The line beside a block, blank lines between left out of account."""
    index += step
    for _ in range(_MOST_BLANK if rule.fillers else _MOST_BLANK // 2):
        if 0 <= index < len(lines) and lines[index].blank:
            index += step
    return index if 0 <= index < len(lines) else None
