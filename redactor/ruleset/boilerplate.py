"""`[[boilerplate]]` rules: what one says, and how a table of a rule file is read and checked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, Literal

import regex

from redactor.matching.charsets import Needs, asked_of
from redactor.matching.compiled import Expression, Memo
from redactor.matching.guard import compile_tree, read_pattern
from redactor.matching.syntax import Node
from redactor.model import LimitError, RuleError
from redactor.ruleset.known_lines import Known, read_known
from redactor.text.lines import SECONDS, Line, fold_word

Unit = Literal["block", "line", "clause", "sentence", "field", "address", "keep"]
Zone = Literal["head", "tail", "any"]
PATTERNS: Final = (
    "opens",
    "fillers",
    "leads",
    "until",
    "veto",
    "titles",
    "closes",
    "crowns",
    "shows",
    "whole",
    "inside",
)
"""The keys that hold lists of patterns."""
KEYS = frozenset(
    {"id", "description", "unit", "zone", "cue", "threshold", "max_lines", "gap", "runs", "weak", "parts", "least"}
    | {"lines_file", "repeats", "score", "examples", "cues", "hints", *PATTERNS}
)
CUE_KEYS = frozenset({"use", "any", "pattern", "weight", "most"})

_LONGEST_OPENING, _SHORT = 40, 48


@dataclass(frozen=True, slots=True)
class Cue:
    """One kind of evidence in a line: literal words or a pattern, counted once or as often as `most` says."""

    words: frozenset[str]
    pattern: Expression | None
    weight: float
    most: int = 1
    """How many of its different words, the pattern among them, count."""


@dataclass(frozen=True, slots=True)
class Examples:
    """Texts in which the rule must remove something, and texts in which it must not."""

    match: tuple[str, ...] = ()
    no_match: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BoilerplateRule:
    """One `[[boilerplate]]` rule."""

    id: str
    where: str
    description: Mapping[str, str]
    unit: Unit
    zone: Zone
    cues: tuple[Cue, ...]
    threshold: float
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
    """Whether a block goes on to the edge of the document, over lines without a cue: all but what is protected."""
    weak: bool = False
    """Of unit keep: whether it protects only lines that no cue takes."""
    least: int = 1
    """How many lines of a block must carry enough cues."""
    hints: tuple[str, ...] = ()
    """Words that make a line worth weighing though no cue lists them (for cues that are patterns)."""
    score: float = 0.9
    examples: Examples = Examples()

    def is_title(self, line: Line) -> bool:
        """Whether the line is one at which a block ends."""
        return _any(self.titles, line)

    def opens_block(self, line: Line) -> bool:
        """Whether a block that goes on to the end of the document begins here."""
        return bool(self.opens) and len(line.text) <= _LONGEST_OPENING and _any(self.opens, line)

    def is_filler(self, line: Line) -> bool:
        """Whether the line is nothing by itself and goes with a block that it stands beside."""
        return bool(self.fillers) and _any(self.fillers, line)

    def is_lead(self, line: Line) -> bool:
        """Whether the line goes with a block below it."""
        return bool(self.leads) and _any(self.leads, line)

    def closes_block(self, line: Line) -> bool:
        """Whether the navigation of a page ends here."""
        return bool(self.closes) and _any(self.closes, line)

    def is_crown(self, line: Line) -> bool:
        """Whether the line is a heading that goes with a block below it."""
        return bool(self.crowns) and _any(self.crowns, line)

    def shows_picture(self, line: Line) -> bool:
        """Whether a picture above a block goes with it, for this line of it."""
        return not self.shows or _any(self.shows, line)

    def is_whole(self, line: Line) -> bool:
        """Whether the paragraph is of one piece by its beginning."""
        return bool(self.whole) and _any(self.whole, line)

    def is_inside(self, line: Line) -> bool:
        """Whether parts of the line are weighed."""
        return not self.inside or _any(self.inside, line)

    def vetoes(self, line: Line) -> bool:
        """Whether the line always stays."""
        return bool(self.veto) and finds_any(self.veto, line.folded)

    def keeps(self, line: Line) -> bool:
        """Whether a rule that protects lines protects this one; its length doesn't matter."""
        folded = fold_word(line.text.strip())
        total = 0.0
        for cue in self.cues:
            hits = sum(word in folded for word in cue.words)
            hits += hits < cue.most and cue.pattern is not None and _found(cue.pattern, folded)
            total += cue.weight * min(hits, cue.most)
        return total >= self.threshold and not any(_found(veto, folded) for veto in self.veto)

    def begins_text(self, line: Line) -> bool:
        """Whether a text begins here, and all before it is the head."""
        return len(line.text) <= _LONGEST_OPENING and _any(self.until, line)


def _any(patterns: tuple[Expression, ...], line: Line) -> bool:
    return bool(patterns) and finds_any(patterns, line.text.strip())


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
        return any(_found(expression, text) for expression in patterns)
    return any(_found(expression, text) for expression in others)


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


def _found(expression: Expression, text: str) -> bool:
    try:
        return expression.pattern.search(text, timeout=SECONDS) is not None
    except TimeoutError:
        what = expression.source[:40]
        raise LimitError(f"boilerplate: pattern {what!r}… takes too long on this text; nothing was passed") from None


Expand = Callable[[object, str], tuple[str, Mapping[str, tuple[str, ...]]]]
"""Of a pattern as a rule file writes it, and the place: the pattern with its names filled in, and long word lists."""


def parse_boilerplate(
    table: Mapping[str, Any],
    where: str,
    expand: Expand,
    memo: Memo | None = None,
    read_file: Callable[[str, str], str] | None = None,
) -> BoilerplateRule:
    """Check one `[[boilerplate]]` table; `cues` holds the pack's shared cue groups. RuleError names what is wrong."""
    memo = memo or Memo()
    for key in table:
        if key not in KEYS:
            raise RuleError(f"{where}: unknown key {key!r}; known are {', '.join(sorted(KEYS - {'cues'}))}")
    rule_id = table.get("id")
    if not isinstance(rule_id, str) or not rule_id:
        raise RuleError(f"{where}: every boilerplate rule needs an id")
    unit, zone = table.get("unit", "line"), table.get("zone", "any")
    if unit not in ("block", "line", "clause", "sentence", "field", "address", "keep") or zone not in (
        "head",
        "tail",
        "any",
    ):
        raise RuleError(
            f"{where}: unit is block, line, clause, sentence, field, address or keep; zone is head, tail or any"
        )
    groups = table.get("cues", {})
    cues = tuple(_parse_cue(item, groups, where, expand, memo) for item in _list(table, "cue", dict, where))
    known = _known(table, where, unit, read_file)
    if not cues and known is None:
        raise RuleError(f"{where}: needs at least one cue")
    examples = table.get("examples", {})
    if not isinstance(examples, dict) or not examples.keys() <= {"match", "no_match"}:
        raise RuleError(f"{where}: examples has match and no_match")
    return BoilerplateRule(
        id=rule_id,
        where=where,
        description=table.get("description", {}),
        unit=unit,
        zone=zone,
        cues=cues,
        threshold=_number(table, "threshold", 4, where),
        max_lines=int(_number(table, "max_lines", 30, where)),
        repeats=int(_number(table, "repeats", 0, where)),
        gap=int(_number(table, "gap", 4, where)),
        known=known,
        **{key: _patterns(table, key, where, expand, memo) for key in PATTERNS},
        runs=_flag(table, "runs", where),
        weak=_flag(table, "weak", where),
        parts=_flag(table, "parts", where),
        least=int(
            _number(table, "least", 2 if (unit, zone) == ("block", "any") and "leads" not in table else 1, where)
        ),
        hints=tuple(_list(table, "hints", str, where)),
        score=_number(table, "score", 0.9, where),
        examples=Examples(tuple(_list(examples, "match", str, where)), tuple(_list(examples, "no_match", str, where))),
    )


def _known(
    table: Mapping[str, Any], where: str, unit: Unit, read_file: Callable[[str, str], str] | None
) -> Known | None:
    name = table.get("lines_file")
    if name is None:
        return None
    if not isinstance(name, str) or not name:
        raise RuleError(f"{where}: lines_file must be the name of a file")
    if unit not in ("line", "block"):
        raise RuleError(f"{where}: lines_file is for unit line or block")
    if read_file is None:
        raise RuleError(f"{where}: lines_file needs a rule folder")
    return read_known(read_file(name, where), where, blocks=unit == "block")


def _parse_cue(item: Mapping[str, Any], groups: Mapping[str, Any], where: str, expand: Expand, memo: Memo) -> Cue:
    for key in item:
        if key not in CUE_KEYS:
            raise RuleError(f"{where}: cue: unknown key {key!r}; known are {', '.join(sorted(CUE_KEYS))}")
    pattern = expand(item["pattern"], f"{where}: cue")[0] if "pattern" in item else None
    if "use" in item:
        group = groups.get(item["use"])
        if not isinstance(group, dict):
            raise RuleError(f"{where}: cue uses {item['use']!r}, which is not in [cues]")
        pattern = pattern or group.get("pattern")
        item = {**group, **{k: v for k, v in item.items() if k != "use"}}
    words = tuple(_list(item, "any", str, where))
    if not words and pattern is None:
        raise RuleError(f"{where}: a cue needs any = [words] or a pattern")
    weight = item.get("weight", 1)
    if isinstance(weight, bool) or not isinstance(weight, int | float) or not -20 <= weight <= 20:
        raise RuleError(f"{where}: cue weight must be a number from -20 to 20")
    folded = frozenset(map(fold_word, words))
    return Cue(
        folded,
        _expression(pattern, where, memo) if pattern else None,
        float(weight),
        int(_number(item, "most", 1, where)),
    )


def _patterns(table: Mapping[str, Any], key: str, where: str, expand: Expand, memo: Memo) -> tuple[Expression, ...]:
    where = f"{where}: {key}"
    return tuple(_expression(expand(source, where)[0], where, memo) for source in _list(table, key, str, where))


def _expression(source: str, where: str, memo: Memo) -> Expression:
    def check() -> tuple[regex.Pattern[str], Node]:
        pattern, _ = compile_tree(source, where, {})
        return pattern, read_pattern(pattern.pattern, where)

    return memo.expression("boilerplate", source, {}, check, _tell)


def _tell(tree: Node) -> Any:
    """What is read off the tree of a pattern: what it asks of a text, and whether it matches only at the beginning."""
    return [[sorted(one) for one in asked_of(tree)], tree.is_anchored]


def asked_by(expression: Expression) -> Needs:
    """What a cue's pattern asks of a text."""
    return tuple(map(frozenset, expression.told[0]))


def _is_anchored(expression: Expression) -> bool:
    return bool(expression.told[1])


def _list(table: Mapping[str, Any], key: str, kind: type, where: str) -> list[Any]:
    value = table.get(key, [])
    if not isinstance(value, list) or not all(isinstance(v, kind) for v in value):
        raise RuleError(f"{where}: {key} must be a list")
    return value


def _number(table: Mapping[str, Any], key: str, default: float, where: str) -> float:
    value = table.get(key, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
        raise RuleError(f"{where}: {key} must be a number")
    return float(value)


def _flag(table: Mapping[str, Any], key: str, where: str) -> bool:
    value = table.get(key, False)
    if not isinstance(value, bool):
        raise RuleError(f"{where}: {key} must be true or false")
    return value
