"""`[[boilerplate]]` rules: what one says, and how a table of a rule file is read and checked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial
from typing import Any, Final, Literal

import regex

from redactor.matching.charsets import Needs, asked_of
from redactor.matching.compiled import Expression, Memo
from redactor.matching.guard import compile_tree, read_pattern
from redactor.matching.syntax import Node, alternatives, parse
from redactor.matching.trie import with_tries
from redactor.model import LimitError, RuleError, Span
from redactor.ruleset.characters import shown_description
from redactor.ruleset.examples import Examples, examples_of
from redactor.ruleset.fields import BOILERPLATE, PATTERNS, LineKey, read
from redactor.ruleset.known_lines import Known, read_known
from redactor.text.lines import SECONDS, Line, fold_word
from redactor.text.places import at

Unit = Literal["block", "line", "clause", "sentence", "field", "address", "keep"]
Zone = Literal["head", "tail", "any"]

_LONGEST_OPENING: Final = 40
_SHORT: Final = 200
"""What patterns find in lines of no more characters is remembered, as long as it is among the last that were asked for."""


@dataclass(frozen=True, slots=True)
class Cue:
    """One kind of evidence in a line: literal words or a pattern, counted once or as often as `most` says."""

    words: frozenset[str]
    pattern: Expression | None
    weight: float
    most: int = 1
    """How many of its different words, the pattern among them, count."""


@dataclass(frozen=True, slots=True)
class BoilerplateRule:
    """One `[[boilerplate]]` rule."""

    id: str
    where: str
    description: Mapping[str, str]
    unit: Unit = "line"
    zone: Zone = "any"
    cues: tuple[Cue, ...] = ()
    threshold: float = 4
    max_lines: int = 30
    repeats: int = 0
    veto: tuple[Expression, ...] = ()
    titles: tuple[Expression, ...] = ()
    gap: int = 4
    """How many lines without enough cues may stand between two that have enough."""
    opens: tuple[Expression, ...] = ()
    """Lines from which a block at the tail goes on to the end of the document."""
    fillers: tuple[Expression, ...] = ()
    """Lines beside a block that go with it: pictures, links."""
    leads: tuple[Expression, ...] = ()
    """Lines under which a block must be all there is, and which go with it: number and time of a subtitle."""
    until: tuple[Expression, ...] = ()
    """Lines up to which a head reaches over sentences: the first chapter of a book."""
    closes: tuple[Expression, ...] = ()
    """Lines with which the navigation of a page ends: all that is short above one, to the beginning, goes with it."""
    crowns: tuple[Expression, ...] = ()
    """Headings that go with a block right below them."""
    shows: tuple[Expression, ...] = ()
    """What a line says that a picture above it goes with; without any, a picture goes with each."""
    whole: tuple[Expression, ...] = ()
    """Beginnings of paragraphs that are of one piece: their sentences are not judged apart."""
    inside: tuple[Expression, ...] = ()
    """Lines of which alone parts are weighed: titles of chapters."""
    known: Known | None = None
    """Lines that go wherever they stand, named whole in a file."""
    parts: bool = False
    """Whether sentences and clauses of a paragraph may go by themselves, its body text left."""
    runs: bool = False
    """Whether a block goes on to the edge of the document, over lines without a cue: all but what is protected; of zone any, whether a
    line with some cues goes where the second voice is sure."""
    weak: bool = False
    """Of unit keep: whether it protects only lines that no cue takes."""
    least: int = 1
    """How many lines of a block must carry enough cues."""
    hints: tuple[str, ...] = ()
    """Words that make a line worth weighing though no cue lists them (for cues that are patterns)."""
    score: float = 0.9
    examples: Examples = field(default_factory=Examples)

    def has(self, key: LineKey, line: Line) -> bool:
        """Whether the line is one of those that the key has patterns of: `titles`, `fillers` …; where something opens, the line is short."""
        patterns: tuple[Expression, ...] = getattr(self, key)
        if not patterns or (key in ("opens", "until") and len(line.text) > _LONGEST_OPENING):
            return False
        return finds_any(patterns, line.folded if key == "veto" else line.text.strip())

    def prepare(self) -> None:
        """Compile what is compiled when a line first needs it."""
        for key in PATTERNS:
            patterns: tuple[Expression, ...] = getattr(self, key)
            if patterns:
                _joined(patterns)

    def keeps(self, line: Line) -> bool:
        """Whether a rule that protects lines protects this one; its length doesn't matter."""
        folded = fold_word(line.text.strip())
        total = 0.0
        for cue in self.cues:
            hits = sum(word in folded for word in cue.words)
            hits += hits < cue.most and cue.pattern is not None and found_in(cue.pattern, folded)
            total += cue.weight * min(hits, cue.most)
        return total >= self.threshold and not any(found_in(veto, folded) for veto in self.veto)


def finds_any(patterns: tuple[Expression, ...], text: str) -> bool:
    """Whether one of the patterns is found in the text."""
    return _remembered(patterns, text) if len(text) <= _SHORT else _finds_any(patterns, text)


def _finds_any(patterns: tuple[Expression, ...], text: str) -> bool:
    anchored, floating, others = _joined(patterns)
    try:
        # A search would try what is anchored at each place anew.
        if anchored is not None and anchored.match(text, timeout=SECONDS):
            return True
        if floating is not None and floating.search(text, timeout=SECONDS):
            return True
    except TimeoutError:
        return any(found_in(expression, text) for expression in patterns)
    return any(found_in(expression, text) for expression in others)


_remembered = lru_cache(maxsize=16_384)(_finds_any)
"""What was found in short lines, several times in one page and on all pages of a site."""


@lru_cache(maxsize=512)
def _joined(
    patterns: tuple[Expression, ...],
) -> tuple[regex.Pattern[str] | None, regex.Pattern[str] | None, tuple[Expression, ...]]:
    """Two patterns in place of many, of those that match only at the beginning and of the rest; and those that have flags of their own."""
    plain = [e for e in patterns if "(?i" not in e.pattern.pattern and e.pattern.flags == patterns[0].pattern.flags]
    plain = [e for e in plain if not e.pattern.flags & regex.MULTILINE]
    anchored, floating = [e for e in plain if _is_anchored(e)], [e for e in plain if not _is_anchored(e)]
    return _either(anchored), _either(floating), tuple(e for e in patterns if e not in plain)


def _either(patterns: Sequence[Expression]) -> regex.Pattern[str] | None:
    if not patterns:
        return None
    return regex.compile("|".join(f"(?:{e.pattern.pattern})" for e in patterns), patterns[0].pattern.flags)


def found_in(expression: Expression, text: str) -> bool:
    """Whether the pattern is found in the text; LimitError when that can't be told in time."""
    try:
        return expression.pattern.search(text, timeout=SECONDS) is not None
    except TimeoutError:
        what = expression.source[:40]
        raise LimitError(
            "boilerplate: pattern {what!r}… takes too long on this text; nothing was passed", what=what
        ) from None


Expand = Callable[[object, str], tuple[str, Mapping[str, tuple[str, ...]]]]
"""Of a pattern as a rule file writes it, and the place: the pattern with its names filled in, and long word lists."""


def parse_boilerplate(
    table: Mapping[str, Any],
    where: str,
    expand: Expand,
    read_file: Callable[[str, str], str],
    groups: Mapping[str, Mapping[str, Any]],
    memo: Memo | None = None,
) -> BoilerplateRule:
    """Check one `[[boilerplate]]` table; `groups`: the pack's shared cues. RuleError names what is wrong."""
    memo = memo or Memo()
    given = read(table, BOILERPLATE, where)
    made: dict[str, Any] = {key: _patterns(given, key, where, expand, memo) for key in PATTERNS if key in given}
    cues = tuple(_parse_cue(item, groups, where, expand, memo) for item in given.pop("cue", ()))
    known = None
    if "lines_file" in given:
        if given.get("unit", "line") not in ("line", "block"):
            raise RuleError("{where}: lines_file is for unit line or block", where=where)
        text = read_file(given.pop("lines_file"), where)
        known = read_known(text, where, blocks=given.get("unit") == "block")
    if not cues and known is None:
        raise RuleError("{where}: needs at least one cue", where=where)
    alone = (given.get("unit"), given.get("zone", "any")) == ("block", "any") and "leads" not in given
    made |= {"description": shown_description(given, where), "examples": examples_of(given)}
    return BoilerplateRule(where=where, cues=cues, known=known, **{"least": 2 if alone else 1} | given | made)


def _parse_cue(item: Mapping[str, Any], groups: Mapping[str, Any], where: str, expand: Expand, memo: Memo) -> Cue:
    pattern = expand(item["pattern"], at(where, "cue"))[0] if "pattern" in item else None
    if "use" in item:
        if item["use"] not in groups:
            raise RuleError("{where}: cue uses {item!r}, which is not in [cues]", where=where, item=item["use"])
        item = {**groups[item["use"]], **item}
        pattern = pattern or item.get("pattern")
    words = frozenset(map(fold_word, item.get("any", ())))
    if not words and pattern is None:
        raise RuleError("{where}: a cue needs any = [words] or a pattern", where=where)
    expression = _expression(pattern, where, memo) if pattern else None
    return Cue(words, expression, item.get("weight", 1.0), item.get("most", 1))


def _patterns(given: Mapping[str, Any], key: str, where: str, expand: Expand, memo: Memo) -> tuple[Expression, ...]:
    where = at(where, key)
    return tuple(_expression(expand(source, where)[0], where, memo) for source in given[key])


def _expression(source: str, where: str, memo: Memo) -> Expression:
    def check() -> tuple[regex.Pattern[str], Node]:
        pattern, _ = compile_tree(source, where, {})
        return pattern, read_pattern(pattern.pattern, where)

    return memo.expression("boilerplate", source, {}, check, partial(_tell, source))


def _tell(source: str, tree: Node) -> Any:
    """What is read off a pattern: whether it matches only at the beginning, and its alternatives, each with what it asks of a text."""
    return [tree.is_anchored, [_alternative(each) for each in alternatives(source)]]


def _alternative(source: str) -> Any:
    runs: list[Span] = []
    asked = asked_of(parse(source, runs=runs))
    return [with_tries(source, runs), [sorted(one) for one in asked]]


def alternatives_of(expression: Expression) -> Iterator[tuple[Expression, Needs]]:
    """The patterns of which one is found where a cue's pattern is, with what each asks of a text.

    To look for the few that a text may hold takes a fraction of the time that it takes to try them all at each place.
    """
    for source, asked in expression.told[1]:
        yield Expression(source), tuple(map(frozenset, asked))


def _is_anchored(expression: Expression) -> bool:
    return bool(expression.told[0])
