"""One rule file: its TOML read with bounds, its shared sub-patterns and word lists, and what it may include."""

from __future__ import annotations

import tomllib
from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Final

import regex

from redactor.language import later, say
from redactor.matching.guard import MAX_EXPANDED, check_source
from redactor.model import RedactorError, RuleError
from redactor.packaged import read_words
from redactor.ruleset.characters import refuse_controls
from redactor.ruleset.fields import CUE_GROUP, FILE, read
from redactor.ruleset.toml import said_fault
from redactor.text.places import at

MAX_RULE_BYTES: Final = 4 * 1024 * 1024
MAX_DATA_BYTES: Final = 32 * 1024 * 1024
MAX_TERMS: Final = 1_000_000
MAX_INLINE_LIST: Final = 1_500
"""A longer list becomes a named list of the pattern, which is looked up and not tried word by word."""
_NESTING: Final = 16
_DEFINE_DEPTH: Final = 8

_LIST_CALL = regex.compile(r"\{([a-z][a-z0-9_]*)\}")
_WORDS: Final = frozenset(
    ("terms", "suffixes", "exclude_terms", "anchors", "context", "options", "hints", "cue", "any")
)
"""The keys of a rule under which words stand, among which `"{name}"` puts in a list."""
_COMMENT = regex.compile(r"(?:^|[ \t]+)#(?:[ \t].*)?$")
_HEADER = regex.compile(r"(?m)^[ \t]*\[\[[ \t]*(rule|override|boilerplate|line)[ \t]*\]\]")
_ID_LINE = regex.compile(r"(?m)^[ \t]*id[ \t]*=")
# tomllib takes a time that grows with the square of a dotted key's length.
_LONG_KEY = regex.compile(r"""(?<![\w."'-])(?:(?:[A-Za-z0-9_-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+){24}""")
_ASCII_SIGNS: Final = {
    "“": '"',
    "”": '"',
    "‘": "'",
    "’": "'",
    "＝": "=",
    "，": ",",
    "【": "[",
    "】": "]",
    "［": "[",
    "］": "]",
    "＃": "#",
}
_CHINESE_SIGN = regex.compile(f"[{''.join(_ASCII_SIGNS)}]")
_CHINESE_KEY = regex.compile(r"[ \t]*[\p{Han}\w]*\p{Han}[\p{Han}\w]*[ \t]*=")
_PIECE = regex.compile(
    r"\\[pP]\{[^{}]*+\}|\\.|(?P<set>\[\^?\]?(?:[^\]\\]|\\.)*+\])|\{(?P<name>[a-z][a-z0-9_]*+)\}", regex.DOTALL
)


def laid_out(source: object, where: str) -> str:
    """A pattern as it is meant, from how a rule file writes it: in one text, or as a list of alternatives.

    Of a text of several lines, the line ends go, the blanks at both ends of each line, and comments: `#` at the beginning of a line
    or behind a blank, with a blank behind it. Blanks inside a line are part of the pattern; `[ ]` is one at the end of a line.
    """
    if isinstance(source, list | tuple) and source and not any(isinstance(part, list) for part in source):
        source = "|".join(laid_out(part, where) for part in source)
    elif not isinstance(source, str) or not source:
        raise RuleError("{where}: a pattern must be a text that is not empty, or a list of such texts", where=where)
    elif "\n" in source:
        source = "".join(_COMMENT.sub("", line.strip(" \t\r")).strip(" \t") for line in source.split("\n"))
    check_source(source, where)
    return source


@lru_cache(maxsize=256)
def alternation(words: tuple[str, ...]) -> str:
    """One pattern for a list of literal words: longest first, single characters as one class."""
    unique = sorted(set(words), key=lambda w: (-len(w), w))
    singles = "".join(regex.escape(w, literal_spaces=True) for w in unique if len(w) == 1)
    parts = [regex.escape(w, literal_spaces=True) for w in unique if len(w) > 1]
    if singles:
        parts.append(f"[{singles}]")
    return f"(?:{'|'.join(parts)})"


def parse_toml(text: str, where: str, refused: type[RedactorError] = RuleError) -> dict[str, Any]:
    """The table of a rule file or policy; an error of the class `refused` on bad TOML, on nesting that no rule needs, and on control characters."""
    long_key = _LONG_KEY.search(text)
    if long_key:
        line = text.count("\n", 0, long_key.start()) + 1
        raise refused(later("{where}:{line}: not valid here: a key of more than 24 parts"), where=where, line=line)
    try:
        table = tomllib.loads(text)
    except RecursionError:
        raise refused(later("{where}: not valid TOML: nested too deeply"), where=where) from None
    except ValueError as error:
        raise refused(
            later("{where}: not valid TOML: {error}{hint}"),
            where=where,
            error=said_fault(error),
            hint=_hint(text, str(error)),
        ) from None
    waiting: list[tuple[object, int]] = [(table, 0)]
    while waiting:
        value, depth = waiting.pop()
        if depth > _NESTING:
            raise refused(later("{where}: tables and lists nest deeper than {nesting}"), where=where, nesting=_NESTING)
        if isinstance(value, dict):
            refuse_controls(list(value), at(where, say("a key")), refused)
        inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        waiting.extend((v, depth + 1) for v in inner)
    for name, value in table.items():
        if name != "rule":
            refuse_controls(value, at(where, f"[{name}]"), refused)
    return table


def _hint(text: str, message: str) -> str:
    """What a line of bad TOML may have been meant to be, by signs that Chinese keyboards write."""
    place = regex.search(r"\(at line (\d+)", message)
    line = text.splitlines()[int(place[1]) - 1] if place else ""
    sign = _CHINESE_SIGN.search(line)
    if sign:
        return say("; {sign} is a Chinese sign: write {ascii}", sign=sign.group(), ascii=_ASCII_SIGNS[sign.group()])
    return say('; a name that is not in Latin letters stands in " "') if _CHINESE_KEY.match(line) else ""


@dataclass
class Pack:
    """A rule file being read; `name` is its path from `root`, the folder that its includes may not leave, links followed."""

    name: str
    root: Path
    text: str
    table: Mapping[str, Any]
    read_data: Callable[[Path, str], str]
    used: tuple[Pack, ...] = ()
    """Packs of the same folder whose sub-patterns and word lists are known here too; its own go first."""
    filled: dict[str, tuple[str, Mapping[str, tuple[str, ...]]]] = field(default_factory=dict)
    """Names with what they stand for."""
    shared: dict[str, tuple[str, Mapping[str, tuple[str, ...]]]] | None = None
    """The same of the names of `used`, for all packs that use just these and give none of the names another meaning."""

    @cached_property
    def defines(self) -> Mapping[str, str]:
        """The shared sub-patterns, as written; those of the packs that it uses among them."""
        own = {name: laid_out(value, f"{self.name}: [define] {name}") for name, value in self._table("define").items()}
        return {**{name: value for pack in self.used for name, value in pack.defines.items()}, **own}

    @cached_property
    def lists(self) -> Mapping[str, tuple[str, ...]]:
        """The word lists, files read."""
        own = {name: self._words(value, f"{self.name}: [lists] {name}") for name, value in self._table("lists").items()}
        return {**{name: words for pack in self.used for name, words in pack.lists.items()}, **own}

    @cached_property
    def _own(self) -> frozenset[str]:
        """The names that this file itself gives."""
        own = frozenset((*self._table("define"), *self._table("lists")))
        if any(name in own for pack in self.used for name in (*pack.defines, *pack.lists)):
            self.shared = None
        return own

    @cached_property
    def cues(self) -> Mapping[str, Mapping[str, Any]]:
        """The shared groups of cues, with the words of lists filled in."""
        own: dict[str, Mapping[str, Any]] = {}
        for name, group in self._table("cues").items():
            where = f"{self.name}: [cues.{name}]"
            own[name] = read(self.with_words(group, where) if isinstance(group, dict) else group, CUE_GROUP, where)
            if "pattern" in group:  # of this file's names, not of those of the file that uses the group
                own[name] = {**own[name], "pattern": self.expand(group["pattern"], where)[0]}
        return {**{name: group for pack in self.used for name, group in pack.cues.items()}, **own}

    def with_words(self, table: Mapping[str, Any], where: str) -> Mapping[str, Any]:
        """The table with the words of a list in place of each `"{name}"` that stands among words."""
        return {key: self._filled(value, where) if key in _WORDS else value for key, value in table.items()}

    def _filled(self, value: Any, where: str) -> Any:
        if isinstance(value, dict):
            return {key: inner if key == "pattern" else self._filled(inner, where) for key, inner in value.items()}
        if isinstance(value, list):
            words: list[Any] = []
            for part in value:
                filled = part if isinstance(part, list) else self._filled(part, where)
                words += filled if isinstance(part, str) and isinstance(filled, list) else [filled]
            return words
        named = _LIST_CALL.fullmatch(value) if isinstance(value, str) else None
        if named and named[1] not in self.lists:
            raise RuleError("{where}: {value} is not in [lists] of {name}", where=where, value=value, name=self.name)
        return list(self.lists[named[1]]) if named else value

    def tables(self, key: str) -> list[tuple[int, Mapping[str, Any]]]:
        """The `[[key]]` tables, each with the line of its id (of its head, if it has none)."""
        value = self.table.get(key, [])
        if not isinstance(value, list) or not all(isinstance(v, dict) for v in value):
            raise RuleError("{name}: write [[{key}]] with two brackets, one for each", name=self.name, key=key)
        heads = self._heads.get(key, [])
        if len(heads) != len(value):
            # Written inline, or a head inside a text: no line can be told for sure.
            return [(1, v) for v in value]
        return list(zip(heads, value, strict=True))

    @cached_property
    def _heads(self) -> Mapping[str, list[int]]:
        starts = [m.end() for m in regex.finditer(r"\n", self.text)]
        found = list(_HEADER.finditer(self.text))
        lines: dict[str, list[int]] = {}
        for number, head in enumerate(found):
            end = found[number + 1].start() if number + 1 < len(found) else len(self.text)
            named = _ID_LINE.search(self.text, head.end(), end)
            lines.setdefault(head[1], []).append(bisect_right(starts, (named or head).start()) + 1)
        return lines

    def _table(self, key: str) -> Mapping[str, Any]:
        """The `[key]` table; of one whose words are to be filled in, nothing is checked yet but that it is one."""
        value: Mapping[str, Any] = self.table.get(key, {})
        schema = FILE["properties"][key] if key != "cues" else {"type": "object"}
        read(value, schema, f"{self.name}: [{key}]")
        return value

    def _words(self, value: str | list[str], where: str) -> tuple[str, ...]:
        words = self.read_terms(value, where) if isinstance(value, str) else tuple(value)
        if not words:
            raise RuleError("{where}: is empty", where=where)
        return words

    def read_terms(self, name: str, where: str) -> tuple[str, ...]:
        """The terms in an included file."""
        terms = read_words(self.read_file(name, where))
        if len(terms) > MAX_TERMS:
            raise RuleError(
                "{where}: {name!r} has {terms} terms; at most {max_terms}",
                where=where,
                name=name,
                terms=len(terms),
                max_terms=MAX_TERMS,
            )
        return terms

    def read_file(self, name: str, where: str) -> str:
        """The text of an included file, which must lie in the rule folder, links followed."""
        try:
            target = (self.root / name).resolve()
            inside = target.is_relative_to(self.root) and not Path(name).is_absolute() and "://" not in name
            found = inside and target.is_file()
        except (OSError, ValueError, RuntimeError):
            raise RuleError("{where}: {name!r} is no usable file name", where=where, name=name) from None
        if not inside:
            raise RuleError("{where}: {name!r} is outside the rule folder", where=where, name=name)
        if not found:
            raise RuleError("{where}: no such file {name!r}", where=where, name=name)
        return self.read_data(target, at(where, repr(name)))

    def expand(self, source: object, where: str) -> tuple[str, Mapping[str, tuple[str, ...]]]:
        """Fill in `{names}`; lists too long for an alternation come back as named lists for `\\L<name>`."""
        used: dict[str, tuple[str, ...]] = {}
        return self._fill(laid_out(source, where), where, used, ()), used

    def _fill(self, source: str, where: str, used: dict[str, tuple[str, ...]], chain: tuple[str, ...]) -> str:
        if "{" not in source:
            return source
        out: list[str] = []
        at = size = 0
        for match in _PIECE.finditer(source):
            if match["set"] is not None and "{" in match["set"]:
                self._refuse_name_in_set(match["set"], where)
            if match["name"] is None:
                continue
            value = self._value(match["name"], where, used, chain)
            out += (source[at : match.start()], value)
            at = match.end()
            size += len(value)
            # Sizes multiply from level to level: stop before the text is built.
            if size > MAX_EXPANDED:
                raise RuleError(
                    "{where}: pattern is longer than {max_expanded} characters when its names are filled in",
                    where=where,
                    max_expanded=MAX_EXPANDED,
                )
        out.append(source[at:])
        return "".join(out)

    def _value(self, name: str, where: str, used: dict[str, tuple[str, ...]], chain: tuple[str, ...]) -> str:
        filled = self.filled if name in self._own or self.shared is None else self.shared
        if name in filled:
            text, lists = filled[name]
            used.update(lists)
            return text
        if name in self.defines:
            if name in chain:
                raise RuleError(
                    "{where}: [define] {value}: refers to itself", where=where, value=" → ".join((*chain, name))
                )
            if len(chain) >= _DEFINE_DEPTH:
                raise RuleError(
                    "{where}: [define] names nest deeper than {define_depth}",
                    where=where,
                    define_depth=_DEFINE_DEPTH,
                )
            own: dict[str, tuple[str, ...]] = {}
            text = f"(?:{self._fill(self.defines[name], f'{self.name}: [define] {name}', own, (*chain, name))})"
        elif name in self.lists:
            words = self.lists[name]
            own = {name: words} if len(words) > MAX_INLINE_LIST else {}
            text = rf"\L<{name}>" if own else alternation(words)
        else:
            raise RuleError(
                "{where}: {{{name}}} is not in [define] or [lists] of {name2}",
                where=where,
                name=name,
                name2=self.name,
            )
        filled[name] = (text, own)
        used.update(own)
        return text

    def _refuse_name_in_set(self, source: str, where: str) -> None:
        for match in _LIST_CALL.finditer(source):
            if match[1] in self.defines or match[1] in self.lists:
                raise RuleError("{where}: {group} can't stand inside [ ]", where=where, group=match.group())
