"""Pattern rules: run in blocks with a bound on time, then weighed by context, validator and exclusions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from time import monotonic

import regex

from redactor.detect.validators import VALIDATORS, Validator
from redactor.model import Evidence, Finding, LimitError, RuleError, Span
from redactor.ruleset.pattern import compile_pattern, compile_tree
from redactor.ruleset.schema import Context, Rule
from redactor.ruleset.syntax import Node
from redactor.text.document import Document
from redactor.text.fold import View

BLOCK = 65_536
ANCHOR_REACH = 90
"""A rule with anchors is looked for at most this far around them, less far where the pattern's own width allows no more."""
OVERHANG = 256
"""A match of no bound may reach this far past the end of its block; one that goes on there is looked at again, with room."""
BLOCK_SECONDS = 1.0
RETRY_SECONDS = 2.0
SPARE_SECONDS = 3.0
SECONDS_PER_BLOCK = 0.5
"""A rule may take the spare seconds and this much for each block of a text, all in all; beyond that the text fails."""
EXCLUDE_SECONDS = 0.5
_VETO_REACH = 40
_WALL = "\0"
"""Stands between stretches of an unwrapped view that are apart in the text; no folded text holds it otherwise."""


@dataclass(frozen=True, slots=True)
class Weigher:
    """What makes a candidate of a rule stronger, weaker or void: shared by every kind of matcher."""

    rule: Rule
    validator: Validator | None
    excludes: tuple[regex.Pattern[str], ...]

    def weigh(self, text: str, start: int, end: int) -> tuple[float, tuple[Evidence, ...]] | None:
        """Score and evidence for view span `[start, end)`; None when it is vetoed."""
        rule = self.rule
        if self.validator and not self.validator(text[start:end]):
            return None
        if self.vetoed(text, start, end):
            return None
        score = rule.score
        evidence: tuple[Evidence, ...] = ()
        if self.validator:
            evidence = (Evidence("validator", f"{rule.validate} holds"),)
        for context in rule.context:
            word = _context_word(context, text, start, end)
            if word:
                score += context.add
                evidence += (Evidence("context", f"{word!r} within {context.within}", context.add),)
        return min(max(score, 0.0), 1.0), evidence

    def vetoed(self, text: str, start: int, end: int) -> bool:
        """Whether an `exclude` pattern or term overlaps the span."""
        if not self.excludes and not self.rule.exclude_terms:
            return False
        low, high = max(0, start - _VETO_REACH), min(len(text), end + _VETO_REACH)
        window = text[low:high]
        inner_start, inner_end = start - low, end - low
        try:
            for pattern in self.excludes:
                for match in pattern.finditer(window, timeout=EXCLUDE_SECONDS):
                    if match.start() < inner_end and match.end() > inner_start:
                        return True
        except TimeoutError:
            raise LimitError(f"rule {self.rule.id!r}: an exclude pattern takes too long; nothing was passed") from None
        for term in self.rule.exclude_terms:
            at = window.find(term)
            while at >= 0:
                if at < inner_end and at + len(term) > inner_start:
                    return True
                at = window.find(term, at + 1)
        return False


def compile_weigher(rule: Rule) -> Weigher:
    """Look up the validator and compile the exclusions; RuleError when either is unknown or bad."""
    where = f"{rule.file}:{rule.line}: rule {rule.id!r}"
    validator = None
    if rule.validate is not None:
        validator = VALIDATORS.get(rule.validate)
        if validator is None:
            raise RuleError(f"{where}: unknown validator {rule.validate!r}; known are {', '.join(sorted(VALIDATORS))}")
    excludes = tuple(compile_pattern(e, f"{where}: exclude", rule.word_lists) for e in rule.exclude)
    return Weigher(rule, validator, excludes)


@dataclass(slots=True)
class _Allowance:
    """The seconds that a rule may still take on the text in hand."""

    rule: Rule
    left: float = SPARE_SECONDS

    def spend(self, seconds: float) -> None:
        """Raise LimitError when they are used up."""
        self.left -= seconds
        if self.left < 0:
            raise self.error()

    def error(self) -> LimitError:
        return LimitError(
            f"rule {self.rule.id!r} ({self.rule.file}): takes too long on this text; nothing was passed as clean"
        )


@dataclass(frozen=True, slots=True)
class Reach:
    """In characters: how far before and after an anchor a match may begin, and how far past its beginning it may look."""

    before: int
    after: int
    past: int


@dataclass(frozen=True, slots=True)
class PatternDetector:
    """One pattern rule, compiled."""

    rule: Rule
    pattern: regex.Pattern[str]
    weigher: Weigher
    anchors: regex.Pattern[str] | None = None
    reach: Reach = Reach(ANCHOR_REACH, ANCHOR_REACH, OVERHANG)

    def find(self, document: Document) -> Iterator[Finding]:
        """Findings in the document's text, and across its soft line breaks."""
        yield from self.find_in(document.view(self.rule.view))
        twin = document.unwrapped_twin(self.rule.view)
        if twin:
            for finding in self.find_in(twin):
                if _has_break(document.text, finding.start, finding.end):
                    yield finding

    def find_in(self, view: View) -> Iterator[Finding]:
        """Findings in one view, in the input's coordinates."""
        text = view.text
        allowance = _Allowance(self.rule)
        walled = view.starts is not None and _WALL in text
        for match in self.matches(text, allowance):
            start, end = match.span()
            if walled and text.find(_WALL, start, end) >= 0:
                continue
            if self.weigher.excludes:
                began = monotonic()
                weighed = self.weigher.weigh(text, start, end)
                allowance.spend(monotonic() - began)
            else:
                weighed = self.weigher.weigh(text, start, end)
            if weighed is None:
                continue
            score, evidence = weighed
            yield Finding(
                *view.span(start, end),
                entity=self.rule.entity,
                rule=self.rule.id,
                score=score,
                values=tuple(view.span(*v) for v in self.value_spans(match)),
                priority=self.rule.priority,
                evidence=(Evidence("pattern", self.rule.id, self.rule.score), *evidence),
            )

    def value_spans(self, match: regex.Match[str]) -> list[Span]:
        """The parts to mask: the `value` groups, or all but the `keep` groups."""
        if "value" in self.pattern.groupindex:
            return [s for s in match.spans("value") if s[0] < s[1]]
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

    def matches(self, text: str, allowance: _Allowance) -> Iterator[regex.Match[str]]:
        """Matches from left to right; with anchors, only near one. LimitError when that can't be done in time."""
        after = 0
        for start, limit in self.stretches(text):
            allowance.left += SECONDS_PER_BLOCK * (limit - start) / BLOCK
            for match in self.block_matches(text, max(start, after), limit, allowance):
                after = match.end()
                yield match

    def stretches(self, text: str) -> Iterator[Span]:
        """Where to look: the whole text in blocks, or the surroundings of the anchors."""
        if self.anchors is None:
            yield from blocks(text)
            return
        start = limit = 0
        for hit in self.anchors.finditer(text):
            low, high = max(limit, hit.start() - self.reach.before), min(len(text), hit.end() + self.reach.after)
            if low > limit or high - start > BLOCK:
                if limit > start:
                    yield start, limit
                start = low
            limit = max(limit, high)
        if limit > start:
            yield start, limit

    def block_matches(self, text: str, start: int, limit: int, allowance: _Allowance) -> list[regex.Match[str]]:
        """The matches that begin in `[start, limit)`."""
        began = monotonic()
        try:
            found = self.matches_until(text, start, limit, BLOCK_SECONDS)
        except TimeoutError:
            # Wall time: the machine may be busy, so the block gets a second try in small pieces.
            found = self.line_matches(text, start, limit, allowance)
        allowance.spend(monotonic() - began)
        return found

    def line_matches(self, text: str, start: int, limit: int, allowance: _Allowance) -> list[regex.Match[str]]:
        deadline = monotonic() + RETRY_SECONDS
        found: list[regex.Match[str]] = []
        while start < limit:
            line_end = text.find("\n", start, limit) + 1 or limit
            left = deadline - monotonic()
            try:
                found += self.matches_until(text, start, line_end, max(left, 0.001))
            except TimeoutError:
                raise allowance.error() from None
            start = max(line_end, found[-1].end()) if found else line_end
        return found

    def matches_until(self, text: str, start: int, limit: int, seconds: float) -> list[regex.Match[str]]:
        """The matches that begin in `[start, limit)`; TimeoutError after `seconds`."""
        end = min(len(text), limit + self.reach.past)
        found: list[regex.Match[str]] = []
        for match in self.pattern.finditer(text, start, end, timeout=seconds):
            if match.start() >= limit:
                break
            found.append(match)
        if found and found[-1].end() == end < len(text):
            longer = self.pattern.match(text, found[-1].start(), min(len(text), end + BLOCK), timeout=seconds)
            found[-1:] = [longer or found[-1]]
        return found


def compile_pattern_rule(rule: Rule) -> PatternDetector:
    """Compile one pattern rule; RuleError names file, rule and reason."""
    where = f"{rule.file}:{rule.line}: rule {rule.id!r}"
    assert rule.pattern is not None
    pattern, tree = compile_tree(rule.pattern, where, rule.word_lists)
    for name in rule.keep:
        if name not in pattern.groupindex:
            raise RuleError(f"{where}: keep names group {name!r}, which the pattern does not have")
    anchors = regex.compile("|".join(regex.escape(a) for a in rule.anchors)) if rule.anchors else None
    return PatternDetector(rule, pattern, compile_weigher(rule), anchors, reach_of(rule, tree))


def reach_of(rule: Rule, tree: Node) -> Reach:
    """How far apart a match of the pattern and one of its anchors can stand, by the widths of its parts."""
    looks = [node for node in tree.walk() if node.kind == "look"]
    ahead = max((n.parts[0].most for n in looks if n.source in ("(?=", "(?!")), default=0)
    behind = max((n.parts[0].most for n in looks if n.source in ("(?<=", "(?<!")), default=0)
    # One character more: for edges of words and lines.
    past = min(tree.most + ahead + 1, OVERHANG)
    words = "".join(word for context in rule.context for word in context.words)
    if not all(a in (rule.pattern or "") or a in words for a in rule.anchors):
        return Reach(ANCHOR_REACH, ANCHOR_REACH, past)
    near = max((c.within + max(map(len, c.words)) for c in rule.context), default=0)
    return Reach(
        before=min(ANCHOR_REACH, tree.most + max(ahead, near)), after=min(ANCHOR_REACH, max(behind, near)), past=past
    )


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


def _context_word(context: Context, text: str, start: int, end: int) -> str | None:
    before = text[max(0, start - context.within) : start] if context.side != "after" else ""
    after = text[end : end + context.within] if context.side != "before" else ""
    return next((w for w in context.words if w in before or w in after), None)


def _has_break(text: str, start: int, end: int) -> bool:
    return text.find("\n", start, end) >= 0 or text.find("\r", start, end) >= 0
