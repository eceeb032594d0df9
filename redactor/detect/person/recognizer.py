"""Person names in running text: one best path over dictionary words and name hypotheses, with frames as evidence.

A name hypothesis (surname and given name, surname before a title, 小/老 and a surname, given name before 同志) competes with the
words of the lexicon in a unigram Viterbi over each run of Han characters, so that a name inside a word is no name and 余杰|出席
wins over 余|杰出|席. Frames (titles on either side, verbs of asking and speaking, labels, lists) raise a hypothesis.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import regex

from redactor.chinese.lattice import Guess, Lattice, Words
from redactor.chinese.names import BEFORE_SURNAMES, read_given, read_surnames
from redactor.detect import wrapped
from redactor.detect.person.frames import (
    COMRADE,
    MEDIUM,
    PREFIXES,
    PRIOR,
    RARE_WORD,
    STRONG,
    UNSEEN_GIVEN,
    WEAK,
    Frames,
    Outlook,
    compile_outlook,
)
from redactor.matching.compiled import Expression
from redactor.model import Evidence, Finding, Span
from redactor.packaged import packaged_words
from redactor.ruleset.schema import Rule
from redactor.text.document import Document
from redactor.text.fold import View
from redactor.text.points import among, is_han

_LABEL_ENDS = "：:"
_FOLLOWERS = "".join(packaged_words("person-nick-followers"))
_NAMES = frozenset(("name", "surname", "nick", "given"))
_SCORES = ((STRONG, 0.95), (MEDIUM, 0.85), (WEAK, 0.72))
_MARGINS = ((9.0, 0.7), (5.0, 0.64), (2.0, 0.56), (0.0, 0.45))
_NEEDED = (
    "titles_after",
    "titles_short",
    "titles_person",
    "titles_before",
    "verbs_after",
    "verbs_before",
    "labels",
    "no_given",
)


@dataclass(frozen=True, slots=True)
class PersonRecognizer:
    """The compiled recognizer; all word lists come from the rule's pack."""

    rule: Rule
    surnames: Mapping[str, float]
    given: Mapping[str, tuple[float, float, float]]
    lists: Mapping[str, frozenset[str]]
    sizes: Mapping[str, tuple[int, ...]]
    label: Expression
    words: Words
    outlook: Outlook
    starters: frozenset[str]

    @property
    def entity(self) -> str:
        """What it finds."""
        return self.rule.entity

    def find(self, document: Document) -> Iterator[Finding]:
        """Findings in the text, and across its soft line breaks."""
        return wrapped.found(document, self.find_in, least=0.7)

    def find_in(self, document: Document, view: View) -> Iterator[Finding]:
        """Findings in one view, in the input's coordinates."""
        text = view.text
        if len(text) < 2:
            return
        lattice = document.seen(view, self.words.lattice)
        frames = self.frames(document, view)
        for start, end in self.stretches(text, lattice, frames):
            yield from self.find_between(view, lattice, frames, start, end)

    def frames(self, document: Document, view: View) -> Frames:
        """What stands beside each place of a view."""
        return document.seen(view, self.outlook.frames, "frames")

    def labelled(self, text: str, start: int) -> bool:
        """Whether a label of a person (联系人：) goes before a place."""
        before = text[start - 1 : start]
        return (before.isspace() or before in _LABEL_ENDS) and bool(
            self.label.pattern.search(text, max(0, start - 14), start)
        )

    def is_title(self, text: str, at: int) -> bool:
        """Whether a title of two characters or more that goes with a surname (老先生) begins at a place."""
        return any(
            size > 1 and text[at : at + size] in self.lists["titles_short"] for size in self.sizes["titles_short"]
        )

    def stretches(self, text: str, lattice: Lattice, frames: Frames) -> Iterator[Span]:
        """The stretches that hold a place where a name could win, and that no word and no such name reaches out of."""
        worthy = self.outlook.worthy(lattice, frames, self.words.proper)
        comrades = [at - back for at in frames.comrade for back in (1, 2) if at >= back]
        size = len(text)
        first = np.union1d(worthy, np.array(comrades, np.intp)) if comrades else worthy
        if len(first) == 0:
            return
        crossed = lattice.crossed.copy()
        for inside in (1, 2, 3):
            crossed[np.minimum(first + inside, size)] = True
        prefixed = first[(first > 0)]
        prefixed = prefixed[among(lattice.codes[prefixed - 1], PREFIXES)]
        crossed[prefixed] = True
        crossed[0] = crossed[size] = False
        crossed[1:size] &= lattice.han[1:] & lattice.han[:-1]
        open_places = np.flatnonzero(~crossed)
        number = np.searchsorted(open_places, first, "right") - 1
        for index in np.unique(number).tolist():
            start, end = int(open_places[index]), int(open_places[index + 1])
            if end - start > 1:
                yield start, end

    def find_between(self, view: View, lattice: Lattice, frames: Frames, start: int, end: int) -> Iterator[Finding]:
        """Names on the best path over `[start, end)`, which no word and no name reaches out of."""
        text = view.text
        labelled = self.labelled(text, start)
        starters = self.starters
        guesses = [
            tuple(self.hypotheses(text, frames, at, end, labelled and at == start))
            if text[at] in starters or text.startswith(COMRADE, at + 2)
            else ()
            for at in range(start, end)
        ]
        if not any(guesses):
            return
        tokens, best = lattice.path(start, end, guesses)
        names = [token for token in tokens if token[2] in _NAMES]
        if not names:
            return
        margin = (best - lattice.weight(start, end)) / len(names)
        for first, last, kind, bonus in names:
            if kind == "nick":
                first += 1
            score = next((s for least, s in _SCORES if bonus >= least), 0.0)
            score = score or next((s for least, s in _MARGINS if margin - bonus >= least), 0.35)
            yield Finding(
                *view.span(first, last),
                entity="PERSON",
                rule=self.rule.id,
                score=score,
                priority=self.rule.priority,
                evidence=(Evidence("recognizer", f"{kind}, margin {margin:.1f}, frames {bonus:.1f}", score),),
            )

    def hypotheses(self, text: str, frames: Frames, at: int, end: int, labelled: bool) -> Iterator[Guess]:
        """Name hypotheses that begin at `at`."""
        char = text[at]
        left: float | None = None
        for size in (1, 2):
            weight = self.surnames.get(text[at : at + size])
            if weight is None or at + size > end:
                continue
            if left is None:
                left = STRONG if labelled else frames.bonus_before(at)
            for given in (1, 2):
                stop = at + size + given
                if stop > end:
                    break
                likely = self.given_weight(text, at + size, given)
                if likely is None:
                    continue
                bonus = left + frames.bonus_after(stop)
                # A name that is also a word needs a title on one side or a label.
                word = self.words.lexicon.words.get(text[at:stop])
                if word is not None and bonus < STRONG and word[1] not in ("ns", "nz") and word[0] > RARE_WORD:
                    continue
                if bonus == 2 * WEAK:
                    bonus = WEAK
                yield size + given, "name", weight + likely + PRIOR + min(bonus, 12.0), bonus
            if frames.has_short(at + size):
                bonus = STRONG if self.starts(text, at + size, "titles_person") else max(MEDIUM, left)
                yield size, "surname", weight + PRIOR + bonus, bonus
        if char in BEFORE_SURNAMES and at + 2 <= end and text[at + 1] in self.surnames:
            follows = text[at + 2 : at + 3]
            if follows in _FOLLOWERS or not is_han(follows) or self.starts(text, at + 2, "verbs_after"):
                yield 2, "nick", self.surnames[text[at + 1]] + PRIOR - 2.0 + WEAK, WEAK
        if text.startswith(COMRADE, at + 2) and at + 2 <= end:
            likely = self.given_weight(text, at, 2)
            if likely is not None:
                yield 2, "given", likely + PRIOR - 2.5 + STRONG, STRONG

    def given_weight(self, text: str, at: int, count: int) -> float | None:
        """Log probability of `count` given-name characters; None when one of them never stands in a name."""
        barred = self.lists["no_given"]
        if count == 1:
            char = text[at]
            return None if char in barred else self.given.get(char, (0.0, 0.0, UNSEEN_GIVEN))[2]
        first, second = text[at], text[at + 1]
        if first in barred or second in barred:
            return None
        default = (UNSEEN_GIVEN, UNSEEN_GIVEN, UNSEEN_GIVEN)
        ahead, behind = self.given.get(first, default), self.given.get(second, default)
        # The counts are small: a character known in one place of a name is not rare in the other.
        return max(ahead[0], ahead[1] - 1.0) + max(behind[1], behind[0] - 1.0)

    def starts(self, text: str, at: int, name: str) -> bool:
        """Whether a word of the list begins at `at`."""
        words = self.lists[name]
        for size in self.sizes[name]:
            if text[at : at + size] in words:
                return True
        return False


def compile_person_recognizer(rule: Rule, words: Words, *_: object) -> PersonRecognizer:
    """From the pack's `[lists]` and the rule's `files` (surnames, given); RuleError when one is missing."""
    rule.refuse_lacking(("surnames", "given"), _NEEDED)
    surnames, given = read_surnames(rule.files["surnames"]), read_given(rule.files["given"])
    lists = {name: frozenset(rule.word_lists[name]) for name in _NEEDED}
    labels = "|".join(
        r"[\s　]{0,4}".join(regex.escape(c) for c in word) for word in sorted(lists["labels"], key=len, reverse=True)
    )
    return PersonRecognizer(
        rule=rule,
        surnames=surnames,
        given=given,
        lists=lists,
        starters=frozenset(s[0] for s in surnames) | frozenset(BEFORE_SURNAMES),
        words=words,
        outlook=compile_outlook(surnames, given, lists),
        sizes={name: tuple(sorted({len(word) for word in words})) for name, words in lists.items()},
        label=Expression(rf"(?:{labels})(?:[（(][^（）()\n]{{0,6}}[）)])?[：:\s　]{{1,6}}$|[（(](?:{labels})[\s　]$"),
    )
