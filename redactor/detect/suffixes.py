"""Suffix rules: places and organisations by their class word (县, 有限公司), with the name grown leftwards over words.

A rule lists class words in `suffixes`; its `[rule.options]` say how a name may look before one:

- `head_max`: longest name, in characters; `grow`: "short" (the word next to the class word, and single characters before it)
  or "long" (all nouns before it up to a boundary);
- `common`: "name" when a head of ordinary words is a name (人民路), "doubt" when it is not one by itself (电商产业园);
- `generic`: heads that make no name (全, 我, 贫困); `stop`: words that end the growth; `after`: what may follow a class word
  though it makes another word with it (县委);
- `yields = true`: gives way when another class word follows at once (云岭 before 县);
- `mixed = true`: digits, Latin letters and brackets may stand in the name.

- `use`: further `[lists]` of generic heads.

The pack's `[lists]` `stop`, `stop_chars` (characters that end a name unless they open it at the very edge of the text run and stand
in `edge_chars`), `verbs` (verbs and the like that stand in names all the same: 建设路, 西部控股), `generic` and `after` apply to all rules of the pack; `files = { names = … }` is a gazetteer of
full names, which settles where a name begins.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from ahocorasick_rs import AhoCorasick, MatchKind

from redactor.chinese.lattice import Lattice, Word, Words
from redactor.detect import wrapped
from redactor.detect.kinds import is_unnamed, kind_begins
from redactor.detect.weigh import Weigher, compile_weigher
from redactor.matching.compiled import Memo
from redactor.model import Evidence, Finding, RuleError
from redactor.packaged import packaged_words
from redactor.ruleset.fields import SUFFIX_OPTIONS, read
from redactor.ruleset.schema import Rule
from redactor.text.document import Document
from redactor.text.fold import View, scalars
from redactor.text.masked import is_after_mask
from redactor.text.points import is_han

_REACH = 24
_RARE_WORD = -15.5
"""Log probability under which a dictionary word may be a name all the same (解放街)."""
_RARE = -10.5
"""Log probability under which a single character is more likely part of a name than a word."""
_LOOK_AHEAD = 4
_PROPER = frozenset({"ns", "nz", "nt", ""})
_BOUNDARY = frozenset({"f", "d", "m", "t"})
_MIXED = frozenset("（）()·•-—&.")
_VAGUE = frozenset(packaged_words("place-vague"))
_SCORE_KNOWN, _SCORE_PROPER, _SCORE_COMMON, _SCORE_DOUBT = 0.95, 0.85, 0.62, 0.35


@dataclass(frozen=True, slots=True)
class _SuffixRule:
    rule: Rule
    weigher: Weigher
    head_max: int
    long: bool
    common_is_name: bool
    mixed: bool
    generic: frozenset[str]
    stop: frozenset[str]
    stop_chars: frozenset[str]
    edge_chars: frozenset[str]
    verbs: frozenset[str]
    after: tuple[str, ...]
    names: frozenset[str]
    yields: bool


@dataclass(frozen=True, slots=True)
class SuffixDetector:
    """All suffix rules together: one pass finds the class words, each is then looked at by its own rule."""

    automaton: AhoCorasick
    owners: tuple[_SuffixRule, ...]
    words: Words

    @property
    def entity(self) -> str:
        """More than one."""
        return ""

    def find(self, document: Document) -> Iterator[Finding]:
        """Findings in the text, and across its soft line breaks."""
        return wrapped.found(document, self.find_in, least=_SCORE_PROPER)

    def find_in(self, document: Document, view: View) -> Iterator[Finding]:
        """Findings in one view, in the input's coordinates."""
        text = view.text
        floors = {False: 0, True: 0}
        hits = self.automaton.find_matches_as_indexes(scalars(text))
        lattice = document.seen(view, self.words.lattice)
        for index, (number, start, end) in enumerate(hits):
            owner = self.owners[number]
            if is_after_mask(text, start):
                floors[False] = floors[True] = end  # the class word of a name that is masked already
                continue
            if owner.yields and index + 1 < len(hits) and hits[index + 1][1] == end:
                continue
            head = self.head(owner, lattice, start, end, floors[owner.mixed])
            if head is None:
                continue
            first, start, score, why = head
            floors[owner.mixed] = end
            kind = kind_begins(text, first, end)
            if is_unnamed(text, first, end):
                continue
            if kind - first > 1:
                start = min(start, kind)
            weighed = owner.weigher.weigh(text, first, end)
            if weighed is None:
                continue
            rule = owner.rule
            delta, evidence = weighed
            yield Finding(
                *view.span(first, end),
                entity=rule.entity,
                rule=rule.id,
                score=min(1.0, max(0.0, score + delta - rule.score)),
                values=(view.span(first, start),),
                priority=rule.priority,
                evidence=(Evidence("suffix", f"{text[start:end]!r} after {why}", score), *evidence),
            )

    def head(
        self, owner: _SuffixRule, lattice: Lattice, start: int, end: int, floor: int
    ) -> tuple[int, int, float, str] | None:
        """Where the name before the class word `text[start:end]` begins and ends, its score and what speaks for it."""
        text = lattice.text
        if start == floor or not _is_inner(text[start - 1], owner.mixed):
            return None
        low = start
        while low > floor and start - low < _REACH and _is_inner(text[low - 1], owner.mixed):
            low -= 1
        if owner.names:
            for first in range(max(low, start - owner.head_max - 8), start):
                if (
                    text[first:end] not in owner.names
                    or text[first:start] in owner.generic
                    or (start - first == 1 and first > low and text[first - 1] not in owner.stop_chars)
                ):
                    continue
                if not self._cut_on_the_right(owner, lattice, low, start, end):
                    return first, start, _SCORE_KNOWN, "a name of the gazetteer"
        crossing = False
        # A class word that no word reaches into or out of stands for itself.
        free = not lattice.cut_at(start) and not lattice.cut_at(end)
        token = None if free else _token_at(lattice, low, start, end)
        if token is not None:
            first, last, kind = token
            crossing = last > end
            if crossing and not text.startswith(owner.after, end):
                return None
            if first < start and last < end:
                return None
            rare = owner.common_is_name and self.words.lexicon.weight(text[first:last]) < _RARE_WORD
            if first < start and last == end and kind not in _PROPER and not rare:
                # 师范大学, 城市: a longer class word of its own; only a proper name before it counts.
                start, crossing = first, True
                if start <= low:
                    return None
        head = self._grow(owner, lattice, low, start)
        return None if head is not None and crossing and head[2] < _SCORE_PROPER else head

    def _cut_on_the_right(self, owner: _SuffixRule, lattice: Lattice, low: int, start: int, end: int) -> bool:
        token = _token_at(lattice, low, start, end)
        return (
            token is not None and token[1] > end and token[0] >= start and not lattice.text.startswith(owner.after, end)
        )

    def _grow(self, owner: _SuffixRule, lattice: Lattice, low: int, start: int) -> tuple[int, int, float, str] | None:
        text = lattice.text
        first = start
        proper = False
        singles = 0
        for left, right, kind in reversed(lattice.segment(low, start)):
            word = text[left:right]
            allowed = word in owner.verbs
            if start - left > owner.head_max or (word in owner.stop and not (allowed and first == start)):
                break
            if len(word) == 1:
                at_edge = left == low and start - left <= 4 and word in owner.edge_chars
                if word in owner.stop_chars and not at_edge:
                    break
                if first < start and kind in ("v", "d", "f") and _all_generic(text[first:start], owner.generic):
                    break
                if not owner.long and start - first >= 2 and not singles and kind not in _PROPER and not at_edge:
                    break
                singles += 1
                proper = proper or singles >= 2 or kind in _PROPER or self.words.lexicon.weight(word) < _RARE
            else:
                verb = kind == "v" and (
                    not owner.mixed or (first < start and _all_generic(text[first:start], owner.generic))
                )
                bounds = kind in _BOUNDARY or (kind == "i" and len(word) > 2) or verb
                if bounds and not allowed:
                    break
                if not owner.long and start - first >= 2 and not text[first:start].endswith("族"):
                    break
                proper = proper or kind in _PROPER
            first = left
        first = _trim(text, first, start)
        head = text[first:start]
        if len(head) < 2 or head in owner.generic or _all_generic(head, owner.generic):
            return None
        if proper:
            return first, start, _SCORE_PROPER, "a name"
        if owner.common_is_name:
            return first, start, _SCORE_COMMON, "ordinary words"
        return first, start, _SCORE_DOUBT, "ordinary words"


def compile_suffixes(rules: Sequence[Rule], words: Words, memo: Memo) -> SuffixDetector:
    """One detector for all suffix rules; a class word belongs to the last file that claims it.

    RuleError on unknown options, or when two rules of one file claim a class word.
    """
    owners: dict[str, _SuffixRule] = {}
    for rule in rules:
        compiled = _compile(rule, memo)
        for suffix in rule.suffixes:
            other = owners.get(suffix)
            if other and other.rule.file == rule.file and other.rule.id != rule.id:
                raise RuleError(
                    "{where}: class word {suffix!r} belongs to {id!r}",
                    where=rule.where,
                    suffix=suffix,
                    id=other.rule.id,
                )
            owners[suffix] = compiled
    automaton = AhoCorasick(list(owners), matchkind=MatchKind.LeftmostLongest)
    return SuffixDetector(automaton, tuple(owners.values()), words)


def _compile(rule: Rule, memo: Memo) -> _SuffixRule:
    options = read(rule.options, SUFFIX_OPTIONS, f"{rule.where}: options")
    lists = rule.word_lists
    for name in options.get("use", ()):
        if name not in lists:
            raise RuleError(
                "{where}: options: use names {name!r}, which is not in [lists]", where=rule.where, name=name
            )

    def words(name: str) -> tuple[str, ...]:
        return (*lists.get(name, ()), *options.get(name, ()))

    return _SuffixRule(
        rule=rule,
        weigher=compile_weigher(rule, memo),
        head_max=options.get("head_max", 6),
        long=options.get("grow") == "long",
        common_is_name=options.get("common") == "name",
        mixed=options.get("mixed", False),
        generic=frozenset((*words("generic"), *(w for name in options.get("use", ()) for w in lists[name]))),
        stop=frozenset(words("stop")),
        stop_chars=frozenset(words("stop_chars")),
        edge_chars=frozenset(words("edge_chars")),
        verbs=frozenset(words("verbs")),
        after=words("after"),
        yields=options.get("yields", False),
        names=_names(rule.files.get("names", "")),
    )


@lru_cache(maxsize=4)
def _names(text: str) -> frozenset[str]:
    """The names of a gazetteer, which rules share."""
    return frozenset(line.partition("\t")[0] for line in text.splitlines() if line[:1] != "#")


def _token_at(lattice: Lattice, low: int, start: int, end: int) -> Word | None:
    """The word of the natural segmentation in which the class word begins."""
    high = end
    while high < len(lattice.text) and high - end < _LOOK_AHEAD and is_han(lattice.text[high]):
        high += 1
    return lattice.word_at(start, max(low, start - 8), high)


def _trim(text: str, first: int, start: int) -> int:
    """Drop what can't open a name: brackets that close, signs, digits before a measure."""
    while first < start and text[first] in ")）·•-—.&":
        first += 1
    opened = text.count("（", first, start) - text.count("）", first, start)
    if opened > 0:
        first = text.rfind("（", first, start) + 1
    return first


def _all_generic(head: str, generic: frozenset[str]) -> bool:
    """Whether the head is nothing but generic words in a row (重点, 大型 … )."""
    at = 0
    while at < len(head):
        for size in (4, 3, 2, 1):
            part = head[at : at + size]
            if len(part) == size and part in generic and (size > 1 or part in _VAGUE):
                at += size
                break
        else:
            return False
    return True


def _is_inner(char: str, mixed: bool) -> bool:
    return is_han(char) or (mixed and (char in _MIXED or (char.isascii() and char.isalnum())))
