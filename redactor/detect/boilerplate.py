"""Promotional and site boilerplate, found by structure: units (block, line, clause), zones (head, tail, any), cues that add up."""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import regex
from ahocorasick_rs import AhoCorasick

from redactor.model import Evidence, Finding, LimitError, RuleError
from redactor.ruleset.pattern import check_source, compile_pattern
from redactor.text.fold import scalars

Unit = Literal["block", "line", "clause"]
Zone = Literal["head", "tail", "any"]
KEYS = frozenset(
    [
        "id",
        "description",
        "unit",
        "zone",
        "cue",
        "threshold",
        "max_lines",
        "repeats",
        "veto",
        "score",
        "examples",
        "cues",
        "titles",
        "hints",
    ]
)
CUE_KEYS = frozenset({"use", "any", "pattern", "weight"})
_SECONDS = 1.0
_LONGEST_LINE = 400
_MAX_GAP = 4
_ROUNDS = 4
_NEIGHBOUR = 0.4
_ROOM, _DILUTION = 36, 18.0

_LINE = regex.compile(r"[^\r\n]*(?:\r\n|\n|\r|$)")
_BRACKETED = regex.compile(
    r"（[^（）\n]{4,120}）|\([^()\n]{4,120}\)|【[^【】\n]{4,120}】|\[[^\[\]\n]{4,120}\]|〔[^〔〕\n]{4,120}〕|〖[^〖〗\n]{4,120}〗"
    r"|［[^［］\n]{4,120}］|『[^『』\n]{4,120}』|★[^★\n]{4,120}★"
)
_DECORATION = regex.compile(r"[\W_]{3,}|(?:[\W_]{1,4}\s*){3,}")
_FRAMED = regex.compile(r"^\s*(?:[-=*＝★☆■□◆◇●○~～_—─━#]{2,}).{1,40}?(?:[-=*＝★☆■□◆◇●○~～_—─━#]{2,})\s*$")
_SPACED = regex.compile(r"(?:[^\s.·。,，/|]{1,2}[\s.·,，/|]{1,2}){5,}")
_ADDRESS = regex.compile(r"[A-Za-z0-9:/.\-_?=&#%@<>()\[\]]{6,}")
# Letter-spacing, width forms and traditional characters hide a cue from a plain search.
_UNUSUAL = regex.compile(
    r"(?:[\p{Han}A-Za-zＡ-Ｚ][ 　.·,，/|]{1,2}){4}|[Ａ-Ｚａ-ｚ０-９]{2}|[訂閱會員權資關註號費網載傳轉發讀書請勿嚴賣買盜錄價點擊掃進裙羣庫範學習內廣體續獲領實編輯瀏覽責聲]"
)
_SENTENCE_END = "。！？；”’…"
_TRADITIONAL = str.maketrans(
    "訂閱會員權資關註號碼費網頁載傳轉發讀書籍說電郵聯係繫請勿嚴禁賣買盜錄價優惠點擊掃維進裙羣庫範學習內僅廣體續點獲領實編輯瀏覽責聲來於歡",
    "订阅会员权资关注号码费网页载传转发读书籍说电邮联系系请勿严禁卖买盗录价优惠点击扫维进群群库范学习内仅广体续点获领实编辑浏览责声来于欢",
)


@dataclass(frozen=True, slots=True)
class Cue:
    """One kind of evidence in a line: literal words or a pattern, counted once."""

    words: frozenset[str]
    pattern: regex.Pattern[str] | None
    weight: float


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
    veto: tuple[regex.Pattern[str], ...] = ()
    titles: tuple[regex.Pattern[str], ...] = ()
    hints: tuple[str, ...] = ()
    """Words that make a line worth weighing though no cue lists them (for cues that are patterns)."""
    score: float = 0.9
    examples: Examples = Examples()


class _Line:
    """A line with its break; `folded` is what cues are looked for in, made when it is first asked for."""

    __slots__ = ("_folded", "blank", "end", "seen", "start", "text", "words")

    def __init__(self, start: int, end: int, text: str, folded: str | None = None) -> None:
        self.start, self.end, self.text, self._folded = start, end, text, folded
        self.words: frozenset[str] | None = None
        self.blank = text.isspace()
        self.seen: dict[regex.Pattern[str], bool] = {}

    @property
    def folded(self) -> str:
        if self._folded is None:
            if len(self.text) > _LONGEST_LINE:
                self._folded = scalars(self.text)
            else:
                # Promotion in brackets inside a sentence is a clause's matter and says nothing of the sentence.
                self._folded = _fold(_BRACKETED.sub("", self.text) if _is_sentence(self.text.strip()) else self.text)
        return self._folded


@dataclass(frozen=True, slots=True)
class Wordlist:
    """Every word of every cue, in one automaton."""

    words: tuple[str, ...]
    automaton: AhoCorasick

    def within(self, line: _Line) -> frozenset[str]:
        """The words that stand in the line, looked for once."""
        if line.words is None:
            hits = self.automaton.find_matches_as_indexes(line.folded, overlapping=True)
            line.words = frozenset([self.words[number] for number, _, _ in hits])
        return line.words


@dataclass(frozen=True, slots=True)
class BoilerplateDetector:
    """All boilerplate rules together."""

    rules: tuple[BoilerplateRule, ...]
    words: AhoCorasick | None = field(default=None)
    """The words that make a line worth weighing, in one automaton."""
    cue_words: Wordlist | None = field(default=None)

    def find(self, text: str, *, head: bool = True, tail: bool = True) -> list[Finding]:
        """Spans to remove; removing them leaves a text in which nothing more is found."""
        if not self.rules or not text:
            return []
        lines = list(_lines(text))
        hot = self._hot(text, lines)
        removed: dict[tuple[int, int], tuple[BoilerplateRule, float]] = {}
        for _ in range(_ROUNDS if hot else 0):
            found = self._once(text, lines, hot, removed, head=head, tail=tail)
            if not found:
                break
            removed.update(found)
        return _findings(removed)

    def _once(
        self,
        text: str,
        all_lines: Sequence[_Line],
        all_hot: frozenset[int],
        removed: Mapping[tuple[int, int], Any],
        *,
        head: bool,
        tail: bool,
    ) -> dict[tuple[int, int], tuple[BoilerplateRule, float]]:
        gone = bytearray(len(text))
        lines, hot = all_lines, all_hot
        if removed:
            for start, end in removed:
                gone[start:end] = b"\1" * (end - start)
            left = [i for i, line in enumerate(all_lines) if gone.find(1, line.start, line.end) < 0]
            lines = [all_lines[i] for i in left]
            hot = frozenset(n for n, i in enumerate(left) if i in all_hot)
        found: dict[tuple[int, int], tuple[BoilerplateRule, float]] = {}
        for rule in sorted(self.rules, key=lambda r: ("block", "clause", "line").index(r.unit)):
            if rule.unit == "block":
                spans = _blocks(rule, lines, hot, self.cue_words, head=head, tail=tail)
            elif rule.unit == "line":
                spans = _single_lines(rule, lines, hot, self.cue_words)
            else:
                spans = _clauses(rule, lines, hot, text, self.cue_words)
            for span, score in list(spans):
                if gone.find(1, *span) < 0:
                    gone[span[0] : span[1]] = b"\1" * (span[1] - span[0])
                    found[span] = (rule, score)
        return found

    def _hot(self, text: str, lines: Sequence[_Line]) -> frozenset[int]:
        """Indices of the lines in which a cue may stand: by its words, by unusual letters, or because the line repeats."""
        if self.words is None:
            return frozenset()
        starts = [line.start for line in lines]
        places = [start for _, start, _ in self.words.find_matches_as_indexes(scalars(text))]
        hot = {bisect_right(starts, at) - 1 for at in places}
        for index in {bisect_right(starts, m.start()) - 1 for m in _UNUSUAL.finditer(text)} - hot:
            line = lines[index]
            if len(line.text) <= _LONGEST_LINE and self.words.find_matches_as_indexes(_fold(line.text)):
                hot.add(index)
        counts = Counter(line.text for line in lines if 4 <= len(line.text) <= 80)
        repeated = {text for text, count in counts.items() if count > 2}
        if repeated:
            hot.update(i for i, line in enumerate(lines) if line.text in repeated)
        return frozenset(i for i in hot if not lines[i].blank)


def _lines(text: str) -> Iterator[_Line]:
    for match in _LINE.finditer(text):
        if match.end() > match.start():
            yield _Line(match.start(), match.end(), match.group())


def parse_boilerplate(table: Mapping[str, Any], where: str) -> BoilerplateRule:
    """Check one `[[boilerplate]]` table; `cues` holds the pack's shared cue groups. RuleError names what is wrong."""
    for key in table:
        if key not in KEYS:
            raise RuleError(f"{where}: unknown key {key!r}; known are {', '.join(sorted(KEYS - {'cues'}))}")
    rule_id = table.get("id")
    if not isinstance(rule_id, str) or not rule_id:
        raise RuleError(f"{where}: every boilerplate rule needs an id")
    unit, zone = table.get("unit", "line"), table.get("zone", "any")
    if unit not in ("block", "line", "clause") or zone not in ("head", "tail", "any"):
        raise RuleError(f"{where}: unit is block, line or clause; zone is head, tail or any")
    groups = table.get("cues", {})
    cues = tuple(_parse_cue(item, groups, where) for item in _list(table, "cue", dict, where))
    if not cues:
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
        veto=_patterns(table, "veto", where),
        titles=_patterns(table, "titles", where),
        hints=tuple(_list(table, "hints", str, where)),
        score=_number(table, "score", 0.9, where),
        examples=Examples(tuple(_list(examples, "match", str, where)), tuple(_list(examples, "no_match", str, where))),
    )


def compile_boilerplate(rules: Sequence[BoilerplateRule]) -> BoilerplateDetector:
    """One detector for all rules, in their order."""
    words = list(
        dict.fromkeys(
            _fold(w)
            for rule in rules
            for w in (*rule.hints, *(w for cue in rule.cues if cue.weight > 1 for w in cue.words))
        )
    )
    every = tuple(sorted({word for rule in rules for cue in rule.cues for word in cue.words}))
    return BoilerplateDetector(
        tuple(rules), AhoCorasick(words) if words else None, Wordlist(every, AhoCorasick(every)) if every else None
    )


def _blocks(
    rule: BoilerplateRule,
    lines: Sequence[_Line],
    hot: frozenset[int],
    known: Wordlist | None,
    *,
    head: bool,
    tail: bool,
) -> Iterator[tuple[tuple[int, int], float]]:
    if (rule.zone == "head" and not head) or (rule.zone == "tail" and not tail) or not hot:
        return
    order = range(len(lines) - 1, -1, -1) if rule.zone == "tail" else range(len(lines))
    anchors: dict[int, float] = {}
    seen = 0
    for index in order if rule.zone != "any" else sorted(hot):
        line = lines[index]
        if line.blank:
            continue
        score = _score(rule, line, known) if index in hot else 0.0
        if score >= rule.threshold and not _is_title(rule, line):
            anchors[index] = score
        elif rule.zone != "any" and _is_body(line) and (rule.zone == "tail" or seen > 0 or len(line.text) > 60):
            break
        seen += 1
        if seen >= rule.max_lines and rule.zone != "any":
            break
    if not anchors:
        return
    for group in _groups(rule, lines, sorted(anchors)):
        first, last = group[0], group[-1]
        if rule.zone == "any" and len(group) < 2:
            continue
        while first > 0 and _joins(rule, lines[first - 1], known):
            first -= 1
        while last + 1 < len(lines) and _joins(rule, lines[last + 1], known):
            last += 1
        # What the block leaves blank at the very head or tail of the document goes with it.
        if rule.zone == "head" and all(line.blank for line in lines[:first]):
            first = 0
            while last + 1 < len(lines) and lines[last + 1].blank:
                last += 1
        if rule.zone == "tail" and all(line.blank for line in lines[last + 1 :]):
            last = len(lines) - 1
            while first > 0 and lines[first - 1].blank:
                first -= 1
        yield (lines[first].start, lines[last].end), max(anchors[i] for i in group)


def _groups(rule: BoilerplateRule, lines: Sequence[_Line], anchors: Sequence[int]) -> Iterator[list[int]]:
    """Anchors that belong together: nothing but a few short lines, none a title or body text, stands between them."""
    group = [anchors[0]]
    for index in anchors[1:]:
        between = [line for line in lines[group[-1] + 1 : index] if not line.blank]
        if len(between) <= _MAX_GAP and not any(_is_title(rule, line) or _is_body(line) for line in between):
            group.append(index)
        else:
            yield group
            group = [index]
    yield group


def _joins(rule: BoilerplateRule, line: _Line, known: Wordlist | None) -> bool:
    """Whether a line beside a block goes with it: decoration, or a weak cue in a short line that is no title."""
    if line.blank or _is_title(rule, line) or len(line.text) > 60:
        return False
    return bool(_DECORATION.fullmatch(line.text.strip())) or _score(rule, line, known) >= _NEIGHBOUR * rule.threshold


def _single_lines(
    rule: BoilerplateRule, lines: Sequence[_Line], hot: frozenset[int], known: Wordlist | None
) -> Iterator[tuple[tuple[int, int], float]]:
    counts = Counter(lines[i].text.strip() for i in hot) if rule.repeats else Counter()
    for index in sorted(hot):
        line = lines[index]
        if len(line.text) > _LONGEST_LINE or (rule.repeats and counts[line.text.strip()] < rule.repeats):
            continue
        score = _score(rule, line, known)
        if score >= rule.threshold and not _is_title(rule, line):
            yield (line.start, line.end), score


def _clauses(
    rule: BoilerplateRule, lines: Sequence[_Line], hot: frozenset[int], text: str, known: Wordlist | None
) -> Iterator[tuple[tuple[int, int], float]]:
    for index in sorted(hot):
        line = lines[index]
        for match in _BRACKETED.finditer(text, line.start, line.end):
            part = _Line(match.start(), match.end(), match.group(), _fold(match.group()))
            score = _score(rule, part, known)
            if score >= rule.threshold:
                whole = match.group() == line.text.strip()
                yield ((line.start, line.end) if whole else match.span()), score


def _score(rule: BoilerplateRule, line: _Line, known: Wordlist | None) -> float:
    folded = line.folded
    total = 0.0
    try:
        for cue in rule.cues:
            if (cue.words and known is not None and not cue.words.isdisjoint(known.within(line))) or (
                cue.pattern is not None and _seen(line, cue.pattern)
            ):
                total += cue.weight
        # The longer the line, the more of it must speak for promotion: a mention in running text is not enough.
        total -= max(0.0, (len(_ADDRESS.sub("", folded)) - _ROOM) / _DILUTION)
        if total >= rule.threshold and any(_seen(line, veto) for veto in rule.veto):
            return 0.0
    except TimeoutError:
        raise LimitError(f"rule {rule.id!r}: a pattern takes too long on this text; nothing was passed") from None
    return total


def _seen(line: _Line, pattern: regex.Pattern[str]) -> bool:
    """Whether a pattern stands in the line; rules share cues, so the answer is kept."""
    answer = line.seen.get(pattern)
    if answer is None:
        answer = line.seen[pattern] = pattern.search(line.folded, timeout=_SECONDS) is not None
    return answer


def _is_title(rule: BoilerplateRule, line: _Line) -> bool:
    stripped = line.text.strip()
    return any(t.search(stripped, timeout=_SECONDS) for t in rule.titles)


def _is_body(line: _Line) -> bool:
    """A sentence of running text: long enough, and ended as sentences are."""
    return _is_sentence(line.text.strip())


def _is_sentence(stripped: str) -> bool:
    return (len(stripped) >= 25 and stripped[-1] in _SENTENCE_END) or (
        len(stripped) >= 40 and stripped.count("，") >= 2
    )


def _fold(text: str) -> str:
    """Width, traditional forms and letter-spacing folded away, for cues only; lengths are not kept."""
    folded = unicodedata.normalize("NFKC", scalars(text)).translate(_TRADITIONAL)
    if _SPACED.search(folded):
        folded = regex.sub(
            r"(?<=\p{Han})[\s.·,，/|]+(?=[\p{Han}A-Za-z0-9])|(?<=[A-Za-z])[\s.·]+(?=[\p{Han}A-Za-z])", "", folded
        )
    return regex.sub(r"(?<=[qQ])[\s.](?=[qQ])", "", folded)


def _findings(removed: Mapping[tuple[int, int], tuple[BoilerplateRule, float]]) -> list[Finding]:
    return [
        Finding(
            start,
            end,
            entity="BOILERPLATE",
            rule=rule.id,
            score=rule.score,
            priority=100,
            evidence=(Evidence("boilerplate", f"{rule.unit}, cues add up to {score:g} of {rule.threshold:g}", score),),
        )
        for (start, end), (rule, score) in sorted(removed.items(), key=lambda item: item[0])
    ]


def _parse_cue(item: Mapping[str, Any], groups: Mapping[str, Any], where: str) -> Cue:
    for key in item:
        if key not in CUE_KEYS:
            raise RuleError(f"{where}: cue: unknown key {key!r}; known are {', '.join(sorted(CUE_KEYS))}")
    if "use" in item:
        group = groups.get(item["use"])
        if not isinstance(group, dict):
            raise RuleError(f"{where}: cue uses {item['use']!r}, which is not in [cues]")
        item = {**group, **{k: v for k, v in item.items() if k != "use"}}
    words = tuple(_list(item, "any", str, where))
    pattern = item.get("pattern")
    if pattern is not None:
        if not isinstance(pattern, str):
            raise RuleError(f"{where}: cue pattern must be a text")
        check_source(pattern, where)
    if not words and pattern is None:
        raise RuleError(f"{where}: a cue needs any = [words] or a pattern")
    weight = item.get("weight", 1)
    if isinstance(weight, bool) or not isinstance(weight, int | float) or not -20 <= weight <= 20:
        raise RuleError(f"{where}: cue weight must be a number from -20 to 20")
    folded = frozenset(_fold(w) for w in words)
    return Cue(
        folded,
        compile_pattern(pattern, where) if pattern else None,
        float(weight),
    )


def _patterns(table: Mapping[str, Any], key: str, where: str) -> tuple[regex.Pattern[str], ...]:
    sources = _list(table, key, str, where)
    for source in sources:
        check_source(source, where)
    return tuple(compile_pattern(source, f"{where}: {key}") for source in sources)


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
