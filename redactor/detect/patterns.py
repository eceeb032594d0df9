"""Pattern rules: run in blocks with a bound on time, then weighed by context, validator and exclusions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from time import monotonic, thread_time
from typing import Any

import regex

from redactor.detect.weigh import Weigher, compile_weigher
from redactor.matching.anchors import Need, as_json, from_json, needs_around, needs_of
from redactor.matching.compiled import Expression, Memo
from redactor.matching.cost import FEW, most_steps
from redactor.matching.guard import compile_tree
from redactor.matching.lookout import Lookout
from redactor.matching.screen import Screen, compile_screen, windows
from redactor.matching.stretches import across
from redactor.matching.syntax import Node
from redactor.model import Evidence, Finding, LimitError, RuleError, Span
from redactor.ruleset.schema import Rule
from redactor.text.document import Document
from redactor.text.fold import View
from redactor.text.separator import FENCE, WALL
from redactor.text.unwrap import is_full

BLOCK = 65_536
ANCHOR_REACH = 90
"""Where a pattern does not tell what it needs, it is tried this far around the anchors that its rule names."""
OVERHANG = 256
"""A match of no bound may reach this far past the end of its block; one that goes on there is looked at again, with room."""
BLOCK_SECONDS = 1.0
RETRY_SECONDS = 2.0
SPARE_SECONDS = 3.0
SECONDS_PER_PLACE = 8e-6
"""A rule may take the spare seconds and this much for each place where it is tried, all in all; beyond that the text fails."""
BROKEN_REACH = 40
"""What a line break breaks begins at most so many characters before it."""
_FENCE = regex.compile(rf"\n{FENCE}{WALL}*+\n")
_BREAK = regex.compile(r"\r\n|\n|\r")
_UNWATCHED = 16
"""Of what has a bound of its own, so many are done before the clock is looked at."""
_WALL = "\0"
"""Stands between stretches of an unwrapped view that are apart in the text; no folded text holds it otherwise."""


@dataclass(slots=True)
class _Allowance:
    """The seconds of a processor that a rule may still take on the text in hand.

    They are counted by the wall clock, which is cheap to read; the time that went by without a processor, on a machine that has other work,
    is given back before the text fails. (The bounds of single tries are of the processor: the package regex counts so.)
    """

    rule: Rule
    left: float = SPARE_SECONDS
    began: float = field(default_factory=monotonic)
    """By the wall clock."""
    used: float = field(default_factory=thread_time)
    """Seconds of a processor that this thread had taken by then."""

    def spend(self, seconds: float) -> None:
        """Raise LimitError when they are used up."""
        self.left -= seconds
        if self.left < 0:
            wall, used = monotonic(), thread_time()
            self.left += max(0.0, (wall - self.began) - (used - self.used))
            self.began, self.used = wall, used
            if self.left < 0:
                raise self.error()

    def error(self) -> LimitError:
        return LimitError(
            "rule {id!r} ({file}): takes too long on this text (at one place {block_seconds:g} and once more {retry_seconds:g} seconds, in all {spare_seconds:g} seconds and {seconds_per_place:g} microseconds a place); nothing was passed as clean",
            id=self.rule.id,
            file=self.rule.file,
            block_seconds=BLOCK_SECONDS,
            retry_seconds=RETRY_SECONDS,
            spare_seconds=SPARE_SECONDS,
            seconds_per_place=SECONDS_PER_PLACE * 1000000.0,
        )


@dataclass(frozen=True, slots=True)
class PatternDetector:
    """One pattern rule, compiled."""

    rule: Rule
    expression: Expression
    weigher: Weigher
    screen: Screen
    lookouts: tuple[Lookout, ...]
    """Where a match can begin; none: anywhere."""
    proof: Evidence
    past: int
    """How far past its beginning a match may look, in characters."""
    brief: bool
    """Whether a try at one place is little work on any text, so that no clock need watch it."""
    edges: bool
    """Whether the beginning or the end of the text plays a part, so that no other text may be beside it."""
    named: bool
    """Whether groups of the pattern are named as its values."""

    @property
    def entity(self) -> str:
        """What it finds."""
        return self.rule.entity

    @property
    def pattern(self) -> regex.Pattern[str]:
        """The pattern, compiled."""
        return self.expression.pattern

    def find(self, document: Document) -> list[Finding]:
        """Findings in the document's text, and across its soft line breaks."""
        view = document.view(self.rule.view)
        windows = self.windows(document, view)
        found = self.find_in(view, windows, fenced=len(document.members) > 1) if windows else []
        twin = None if self.rule.one_line else document.unwrapped_twin(self.rule.view)
        if twin:
            windows = across(self.windows(document, twin), twin.joins, min(self.past, BROKEN_REACH))
            found += [
                finding
                for finding in self.find_in(twin, windows)
                if _has_break(document.text, finding.start, finding.end)
                and (not self.rule.full_line or _goes_on(document.text, finding))
            ]
        return found

    def windows(self, document: Document, view: View) -> list[Span]:
        """Where in the view to look for the beginning of a match."""
        if not self.lookouts:
            return list(blocks(view.text))
        return windows(self.lookouts, document.seen(view, self.screen.look))

    def find_in(self, view: View, windows: list[Span], *, fenced: bool = False) -> list[Finding]:
        """Findings that begin in the windows of one view, in the input's coordinates; `fenced`: fences stand in it."""
        if not windows:
            # Most rules have none in a short text: the pattern need not even be compiled.
            return []
        text = view.text
        allowance = _Allowance(self.rule)
        plain = view.starts is None
        walled = not plain and _WALL in text
        rule, proof, proofs = self.rule, self.proof, (self.proof,)
        found: list[Finding] = []
        matches = self.matches(text, windows, allowance, fenced=fenced)
        began = monotonic()
        for match in matches:
            start, end = match.span()
            if walled and text.find(_WALL, start, end) >= 0:
                continue
            weighed = self.weigher.weigh(text, start, end)
            if self.weigher.excludes:
                now = monotonic()
                allowance.spend(now - began)
                began = now
            if weighed is None:
                continue
            score, evidence = weighed
            values = self.value_spans(match)
            if not plain:
                values = [view.span(*value) for value in values]
                start, end = view.span(start, end)
            found.append(
                Finding(
                    start,
                    end,
                    entity=rule.entity,
                    rule=rule.id,
                    score=score,
                    values=tuple(values),
                    priority=rule.priority,
                    evidence=(proof, *evidence) if evidence else proofs,
                )
            )
        return found

    def value_spans(self, match: regex.Match[str]) -> list[Span]:
        """The parts to mask: the `value` groups, or all but the `keep` groups."""
        if self.named:
            return [span for span in match.spans("value") if span[0] < span[1]]
        kept = sorted(s for name in self.rule.keep for s in match.spans(name) if 0 <= s[0] < s[1])
        if not kept:
            return []
        values: list[Span] = []
        at = match.start()
        for start, end in kept:
            if at < start:
                values.append((at, start))
            at = max(at, end)
        if at < match.end():
            values.append((at, match.end()))
        return values

    def matches(
        self, text: str, windows: list[Span], allowance: _Allowance, *, fenced: bool = False
    ) -> list[regex.Match[str]]:
        """Matches that begin in the windows, from left to right. LimitError when that can't be done in time.

        `fenced`: the text ends for a match before the next fence.
        """
        found: list[regex.Match[str]] = []
        match, past, brief = self.pattern.match, self.past, self.brief
        after = tries = 0
        most = _UNWATCHED if brief else 1
        stop = 0 if fenced else len(text)
        began = monotonic()
        for start, limit in windows:
            if start < after:
                if limit <= after:
                    continue
                start = after
            if limit - start > 1:
                allowance.spend(monotonic() - began - tries * SECONDS_PER_PLACE)
                for low, high, edge in _between_fences(text, start, limit) if fenced else ((start, limit, stop),):
                    found += self.window_matches(text, low, high, edge, allowance)
                after = found[-1].end() if found else 0
                began, tries = monotonic(), 0
                continue
            # Most windows are one character wide: this is the inner loop of the whole program.
            if start >= stop and fenced:
                fence = text.find(FENCE, start)
                stop = fence - 1 if fence >= 0 else len(text)
            end = start + past
            if end > stop:
                end = stop
            try:
                # To watch the clock takes longer than most tries.
                hit = match(text, start, end) if brief else match(text, start, end, timeout=BLOCK_SECONDS)
            except TimeoutError:
                hit = next(iter(self.line_matches(text, start, limit, stop, allowance)), None)
            if hit is not None:
                hit = self._whole(text, hit, end, stop, BLOCK_SECONDS)
                after = hit.end()
                found.append(hit)
            tries += 1
            if tries == most:
                now = monotonic()
                allowance.spend(now - began - tries * SECONDS_PER_PLACE)
                began, tries = now, 0
        allowance.spend(monotonic() - began - tries * SECONDS_PER_PLACE)
        return found

    def window_matches(
        self, text: str, start: int, limit: int, stop: int, allowance: _Allowance
    ) -> list[regex.Match[str]]:
        """The matches that begin in `[start, limit)` and end at `stop` at the latest."""
        allowance.left += SECONDS_PER_PLACE * (limit - start)
        began = monotonic()
        try:
            found = self.matches_until(text, start, limit, stop, BLOCK_SECONDS)
        except TimeoutError:
            # In small pieces: one that has nothing to do with what takes so long is soon done.
            found = self.line_matches(text, start, limit, stop, allowance)
        allowance.spend(monotonic() - began)
        return found

    def line_matches(
        self, text: str, start: int, limit: int, stop: int, allowance: _Allowance
    ) -> list[regex.Match[str]]:
        deadline = thread_time() + RETRY_SECONDS
        found: list[regex.Match[str]] = []
        while start < limit:
            line_end = text.find("\n", start, limit) + 1 or limit
            left = deadline - thread_time()
            try:
                found += self.matches_until(text, start, line_end, stop, max(left, 0.001))
            except TimeoutError:
                raise allowance.error() from None
            start = max(line_end, found[-1].end()) if found else line_end
        return found

    def matches_until(self, text: str, start: int, limit: int, stop: int, seconds: float) -> list[regex.Match[str]]:
        """The matches that begin in `[start, limit)` and end at `stop` at the latest; TimeoutError after `seconds`."""
        found: list[regex.Match[str]] = []
        end = min(stop, limit + self.past)
        for match in self.pattern.finditer(text, start, end, timeout=seconds):
            if match.start() >= limit:
                break
            found.append(match)
        if found:
            found[-1] = self._whole(text, found[-1], end, stop, seconds)
        return found

    def _whole(self, text: str, match: regex.Match[str], end: int, stop: int, seconds: float) -> regex.Match[str]:
        """The match, found in a text cut short at `end`, as it is with more room, of which there is some up to `stop`."""
        if match.end() < end or end >= stop:
            return match
        return self.pattern.match(text, match.start(), min(end + BLOCK, stop), timeout=seconds) or match


def _between_fences(text: str, start: int, limit: int) -> Iterator[tuple[int, int, int]]:
    """What of `[start, limit)` lies between fences, and where the text before the next one ends."""
    while start < limit:
        fence = _FENCE.search(text, start)
        stop = fence.start() if fence else len(text)
        if start < min(limit, stop):
            yield start, min(limit, stop), stop
        start = fence.end() if fence else limit


def compile_pattern_rules(rules: Sequence[Rule], memo: Memo | None = None) -> list[PatternDetector]:
    """Compile pattern rules, those of one view behind one screen; RuleError names file, rule and reason."""
    memo = memo or Memo()
    detectors: list[PatternDetector] = []
    for name in dict.fromkeys(rule.view for rule in rules):
        members = [rule for rule in rules if rule.view == name]
        compiled = [_compile(rule, memo) for rule in members]
        screen, lookouts = compile_screen([needs for _, needs, *_ in compiled])
        for rule, (expression, _, past, brief, edges), own in zip(members, compiled, lookouts, strict=True):
            proof = Evidence("pattern", rule.id, rule.score)
            named = "value" in expression.groups
            weigher = compile_weigher(rule, memo)
            detectors.append(PatternDetector(rule, expression, weigher, screen, own, proof, past, brief, edges, named))
    return detectors


def _speaks_of_edges(tree: Node) -> bool:
    """Whether the beginning or the end of the whole text plays a part; `$` does not: what is looked at ends for it with its own text."""
    by_line = any(node.kind == "edge" and node.source.startswith("(?") and "m" in node.source for node in tree.walk())
    edges = {r"\A", r"\Z", r"\z"} | (set() if by_line else {"^"})
    return any(node.kind == "edge" and node.source in edges for node in tree.walk())


def _compile(rule: Rule, memo: Memo) -> tuple[Expression, tuple[Need, ...], int, bool, bool]:
    source = rule.pattern
    assert source is not None

    def tell(tree: Node) -> list[Any]:
        ahead = max(
            (n.parts[0].most for n in tree.walk() if n.kind == "look" and n.source in ("(?=", "(?!")), default=0
        )
        # One character more: for edges of words and lines.
        past = min(tree.most + ahead + 1, OVERHANG)
        return [
            past,
            as_json(needs_of(tree, rule.word_lists)),
            as_json(needs_around(tree, rule.word_lists, rule.anchors, ANCHOR_REACH)) if rule.anchors else [],
            most_steps(tree, past, rule.word_lists) <= FEW,
            _speaks_of_edges(tree),
        ]

    expression = memo.expression(
        "\0".join(("pattern", *rule.anchors)),
        source,
        rule.word_lists,
        lambda: compile_tree(source, rule.where, rule.word_lists),
        tell,
    )
    for name in rule.keep:
        if name not in expression.groups:
            raise RuleError(
                "{where}: keep names group {name!r}, which the pattern does not have", where=rule.where, name=name
            )
    past, needed, around, brief, edges = expression.told
    return expression, from_json(needed) or from_json(around), past, brief, edges


def blocks(text: str) -> Iterator[Span]:
    """Cut the text at line ends into blocks of at most BLOCK characters (a longer line is cut anywhere)."""
    start = 0
    while start < len(text):
        limit = min(len(text), start + BLOCK)
        if limit < len(text):
            cut = text.rfind("\n", start + BLOCK // 2, limit)
            limit = cut + 1 if cut >= 0 else limit
        yield start, limit
        start = limit


def _has_break(text: str, start: int, end: int) -> bool:
    return text.find("\n", start, end) >= 0 or text.find("\r", start, end) >= 0


def _goes_on(text: str, finding: Finding) -> bool:
    """Whether no value of it goes over the end of a line that is not full."""
    spans = finding.values or ((finding.start, finding.end),)
    return all(is_full(text, match.start()) for span in spans for match in _BREAK.finditer(text, *span))
