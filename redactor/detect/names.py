"""Person names in running text: one best path over dictionary words and name hypotheses, with frames as evidence.

A name hypothesis (surname and given name, surname before a title, 小/老 and a surname, given name before 同志) competes with the
words of the lexicon in a unigram Viterbi over each run of Han characters, so that a name inside a word is no name and 余杰|出席
wins over 余|杰出|席. Frames (titles on either side, verbs of asking and speaking, labels, lists) raise a hypothesis.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import log

import regex

from redactor.detect.lexicon import Lexicon
from redactor.model import Evidence, Finding, RuleError, Span
from redactor.ruleset.schema import Rule
from redactor.text.document import Document
from redactor.text.fold import View

_MAX_RUN = 80
_PRIOR = -4.2
_UNSEEN_GIVEN = -9.5
_RARE_WORD = -16.0
_FUNCTION_WORD = -7.5
_KNOWN_WORD = -14.0
_STRONG, _MEDIUM, _WEAK = 8.0, 4.5, 2.5
_SCORES = ((_STRONG, 0.95), (_MEDIUM, 0.85), (_WEAK, 0.72))
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

Token = tuple[int, int, str, float]
"""start, end, kind ("name", "surname", "nick", "given" or a word class), bonus of its frames."""


@dataclass(frozen=True, slots=True)
class PersonRecognizer:
    """The compiled recognizer; all word lists come from the rule's pack."""

    rule: Rule
    lexicon: Lexicon
    surnames: Mapping[str, float]
    given: Mapping[str, tuple[float, float, float]]
    lists: Mapping[str, frozenset[str]]
    sizes: Mapping[str, tuple[int, ...]]
    label: regex.Pattern[str]
    opening: regex.Pattern[str]
    starters: frozenset[str]

    def find(self, document: Document) -> Iterator[Finding]:
        """Findings in the text, and across its soft line breaks."""
        yield from self.find_in(document.plain)
        twin = document.unwrapped_twin("plain")
        if twin:
            for finding in self.find_in(twin):
                if finding.score >= 0.7 and "\n" in document.text[finding.start : finding.end]:
                    yield finding

    def find_in(self, view: View) -> Iterator[Finding]:
        """Findings in one view, in the input's coordinates."""
        for start, end in self.runs(view.text):
            yield from self.find_in_run(view, start, end)

    def runs(self, text: str) -> Iterator[Span]:
        """The runs of Han characters in which some surname does not just open an ordinary word, or a frame speaks."""
        done = 0
        for hit in self.opening.finditer(text):
            at = hit.start()
            if at < done or not self.worth_a_look(text, at, hit):
                continue
            start = at
            while start > done and start > at - _MAX_RUN // 2 and _is_han(text[start - 1]):
                start -= 1
            end = at + 1
            while end < len(text) and end < start + _MAX_RUN and _is_han(text[end]):
                end += 1
            done = end
            if end - start > 1:
                yield start, end

    def worth_a_look(self, text: str, at: int, hit: regex.Match[str]) -> bool:
        """Whether a name that begins at `at` could win: one that loses to the words of its own span never does."""
        if hit.lastgroup == "frame":
            return True
        if at and text[at - 1] in "小老阿":
            return True
        words = self.lexicon.words
        entry = words.get(text[at : at + 2])
        if entry is not None:
            needs_frame = entry[1] not in ("ns", "nz", "nt") and entry[0] >= _KNOWN_WORD
        else:
            # 和, 于, 成 and the like are words of their own far more often than surnames.
            single = words.get(text[at])
            common = single is not None and single[0] >= _FUNCTION_WORD
            needs_frame = common and not self.ends(text, at, "titles_before")
        if needs_frame and not (self.frame_after(text, at + 2) or self.frame_after(text, at + 3)):
            return False
        return any(
            weight > self.lexicon.score(text, at, at + length)
            for length, _, weight, _ in self.hypotheses(text, at, min(len(text), at + 4), False)
        )

    def find_in_run(self, view: View, start: int, end: int) -> Iterator[Finding]:
        text = view.text
        label = self.label.search(text, max(0, start - 14), start)
        tokens, best = self.path(text, start, end, labelled=bool(label), names=True)
        if not any(t[2] in ("name", "surname", "nick", "given") for t in tokens):
            return
        plain = self.path(text, start, end, labelled=False, names=False)[1]
        margin = (best - plain) / max(1, sum(t[2] in ("name", "surname", "nick", "given") for t in tokens))
        for first, last, kind, bonus in tokens:
            if kind not in ("name", "surname", "nick", "given"):
                continue
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

    def path(self, text: str, start: int, end: int, *, labelled: bool, names: bool) -> tuple[list[Token], float]:
        """The best path over `text[start:end]` and its log probability."""
        words, longest, floor = self.lexicon.words, min(self.lexicon.max_len, 5), self.lexicon.floor
        size = end - start
        best = [float("-inf")] * (size + 1)
        best[0] = 0.0
        back: list[tuple[int, str, float]] = [(0, "", 0.0)] * (size + 1)
        for offset in range(size):
            base, at = best[offset], start + offset
            entry = words.get(text[at])
            score = base + (entry[0] if entry else floor)
            if score > best[offset + 1]:
                best[offset + 1], back[offset + 1] = score, (offset, entry[1] if entry else "", 0.0)
            for length in range(2, min(longest, size - offset) + 1):
                entry = words.get(text[at : at + length])
                if entry is not None and base + entry[0] > best[offset + length]:
                    best[offset + length], back[offset + length] = base + entry[0], (offset, entry[1], 0.0)
            if names and (text[at] in self.starters or text.startswith("同志", at + 2)):
                for length, kind, weight, bonus in self.hypotheses(text, at, end, labelled and offset == 0):
                    if base + weight > best[offset + length]:
                        best[offset + length], back[offset + length] = base + weight, (offset, kind, bonus)
        tokens: list[Token] = []
        at = size
        while at:
            first, kind, bonus = back[at]
            tokens.append((start + first, start + at, kind, bonus))
            at = first
        tokens.reverse()
        return tokens, best[size]

    def hypotheses(self, text: str, at: int, end: int, labelled: bool) -> Iterator[tuple[int, str, float, float]]:
        """Name hypotheses that begin at `at`: (length, kind, log weight, bonus)."""
        char = text[at]
        left: float | None = None
        for size in (1, 2):
            weight = self.surnames.get(text[at : at + size])
            if weight is None or at + size > end:
                continue
            if left is None:
                left = _STRONG if labelled else self.frame_before(text, at)
            for given in (1, 2):
                stop = at + size + given
                if stop > end:
                    break
                likely = self.given_weight(text, at + size, given)
                if likely is None:
                    continue
                bonus = left + self.frame_after(text, stop)
                # A name that is also a word needs a title on one side or a label.
                word = self.lexicon.words.get(text[at:stop])
                if word is not None and bonus < _STRONG and word[1] not in ("ns", "nz") and word[0] > _RARE_WORD:
                    continue
                if bonus == 2 * _WEAK:
                    bonus = _WEAK
                yield size + given, "name", weight + likely + _PRIOR + min(bonus, 12.0), bonus
            if self.starts(text, at + size, "titles_short"):
                bonus = _STRONG if self.starts(text, at + size, "titles_person") else max(_MEDIUM, left)
                yield size, "surname", weight + _PRIOR + bonus, bonus
        if char in "小老阿" and at + 2 <= end and text[at + 1] in self.surnames:
            follows = text[at + 2 : at + 3]
            if (
                follows in "都也说在去来到没未就"
                or not ("\u3400" <= follows <= "\u9fff")
                or self.starts(text, at + 2, "verbs_after")
            ):
                yield 2, "nick", self.surnames[text[at + 1]] + _PRIOR - 2.0 + _WEAK, _WEAK
        if text.startswith("同志", at + 2) and at + 2 <= end:
            likely = self.given_weight(text, at, 2)
            if likely is not None:
                yield 2, "given", likely + _PRIOR - 2.5 + _STRONG, _STRONG

    def given_weight(self, text: str, at: int, count: int) -> float | None:
        """Log probability of `count` given-name characters; None when one of them never stands in a name."""
        barred = self.lists["no_given"]
        if count == 1:
            char = text[at]
            return None if char in barred else self.given.get(char, (0.0, 0.0, _UNSEEN_GIVEN))[2]
        first, second = text[at], text[at + 1]
        if first in barred or second in barred:
            return None
        default = (_UNSEEN_GIVEN, _UNSEEN_GIVEN, _UNSEEN_GIVEN)
        ahead, behind = self.given.get(first, default), self.given.get(second, default)
        # The counts are small: a character known in one place of a name is not rare in the other.
        return max(ahead[0], ahead[1] - 1.0) + max(behind[1], behind[0] - 1.0)

    def frame_after(self, text: str, at: int) -> float:
        """What follows a name: a title, or a verb that people do."""
        if self.starts(text, at, "titles_after"):
            return _STRONG
        return _WEAK if self.starts(text, at, "verbs_after") else 0.0

    def frame_before(self, text: str, at: int) -> float:
        """What goes before a name: a post, or a verb of asking and naming."""
        if self.ends(text, at, "titles_before"):
            return _MEDIUM
        return _WEAK if self.ends(text, at, "verbs_before") else 0.0

    def starts(self, text: str, at: int, name: str) -> bool:
        """Whether a word of the list begins at `at`."""
        words = self.lists[name]
        for size in self.sizes[name]:
            if text[at : at + size] in words:
                return True
        return False

    def ends(self, text: str, at: int, name: str) -> bool:
        """Whether a word of the list ends at `at`."""
        words = self.lists[name]
        for size in self.sizes[name]:
            if at >= size and text[at - size : at] in words:
                return True
        return False


def compile_person_recognizer(rule: Rule, lexicon: Lexicon | None) -> PersonRecognizer:
    """From the pack's `[lists]` and the rule's `files` (surnames, given); RuleError when one is missing."""
    where = f"{rule.file}:{rule.line}: rule {rule.id!r}"
    for name in _NEEDED:
        if name not in rule.word_lists:
            raise RuleError(f"{where}: needs a list {name!r} in [lists]")
    for name in ("surnames", "given"):
        if name not in rule.files:
            raise RuleError(f"{where}: needs files = {{ {name} = … }}")
    lists = {name: frozenset(rule.word_lists[name]) for name in _NEEDED}
    labels = "|".join(
        r"[\s　]{0,4}".join(regex.escape(c) for c in word) for word in sorted(lists["labels"], key=len, reverse=True)
    )
    return PersonRecognizer(
        rule=rule,
        lexicon=lexicon or Lexicon.parse(""),
        surnames=_read_surnames(rule.files["surnames"]),
        given=_read_given(rule.files["given"]),
        lists=lists,
        starters=frozenset(s[0] for s in _read_surnames(rule.files["surnames"])) | frozenset("小老阿"),
        opening=_opening(_read_surnames(rule.files["surnames"])),
        sizes={name: tuple(sorted({len(word) for word in words})) for name, words in lists.items()},
        label=regex.compile(
            rf"(?:{labels})(?:[（(][^（）()\n]{{0,6}}[）)])?[：:\s　]{{1,6}}$|[（(](?:{labels})[\s　]$"
        ),
    )


def _read_surnames(text: str) -> Mapping[str, float]:
    counts = {}
    for line in text.splitlines():
        if line and line[0] != "#":
            surname, _, count = line.partition("\t")
            counts[surname] = int(count or 1)
    total = float(sum(counts.values()))
    return {surname: log(count / total) for surname, count in counts.items()}


def _read_given(text: str) -> Mapping[str, tuple[float, float, float]]:
    rows = (line.split("\t") for line in text.splitlines() if line and line[0] != "#")
    return {row[0]: (float(row[1]), float(row[2]), float(row[3])) for row in rows}


def _opening(surnames: Mapping[str, float]) -> regex.Pattern[str]:
    singles = "".join(regex.escape(s) for s in surnames if len(s) == 1)
    return regex.compile(rf"(?P<frame>[\u3400-\u9fff](?=[\u3400-\u9fff]?同志)|(?<=[：:　])[\u3400-\u9fff])|[{singles}]")


def _is_han(char: str) -> bool:
    return "\u3400" <= char <= "\u9fff"
