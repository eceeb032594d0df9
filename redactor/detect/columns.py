"""Tables in text: the header names what a column holds, so its cells need no other evidence (tab, comma and bar separated)."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import regex
from ahocorasick_rs import AhoCorasick

from redactor.detect.headers import is_no_value, known_names, plain_name
from redactor.model import ENTITIES, Evidence, Finding, RuleError, Tier
from redactor.ruleset.schema import Rule
from redactor.text.document import Document
from redactor.text.fold import scalars
from redactor.text.masked import is_masked_at, masked_spans

_LINE = regex.compile(r"[^\r\n]+")
_SEPARATORS = ("\t", ",", "|", "｜", "，")
_BRACKETS = regex.compile(r"[（(][^（）()]*[）)]|[\s　\"'“”]")
_CELL = regex.compile(r"[^\s　\"'“”](?:.*[^\s　\"'“”])?")
_NO_NAME = regex.compile(r"\d{5}|[。！？；：:]$")
"""Of what heads no column: a long number, the end of a sentence, a label of a form."""
_LONGEST_NAME = 36
"""Bytes of UTF-8, so that a name may have 12 Han characters, or more letters."""
_LINK = regex.compile(r"!?\[([^\[\]]*)\]\([^()]*\)")
"""In Markdown: what a cell says, and an address behind it."""
_WRITTEN_APART = regex.compile(r"[a-z]_[a-z]")
"""In a name such as id_card, which stands in the lists in one piece."""
_LETTERS = regex.compile(r"(?<![一二三四五六七八九十])(?:(?![一二三四五六七八九十]+[组社队号])\p{Han}){2,}")
"""What may be a name in an address; the third group of a village is none."""
_LEFT = 0.6
"""What is left of an address proves nothing elsewhere in the document."""
_MAX_ROWS = 100_000
_NO_HEADER: tuple[str, dict[int, str], int] = ("", {}, 0)


@dataclass(frozen=True, slots=True)
class TableDetector:
    """Names of columns, as `plain_name` has them, to entities; `words` finds them in text of small letters."""

    rule: Rule
    columns: Mapping[str, str]
    words: AhoCorasick

    @property
    def entity(self) -> str:
        """More than one."""
        return ""

    def find(self, document: Document) -> Iterator[Finding]:
        """Cells below a header that is known."""
        text = document.plain.text
        small = text.lower()
        words = self.places(small if len(small) == len(text) else text)
        if not words:
            return
        separator, width, rows, last_end = "", 0, 0, 0
        wanted: dict[int, str] = {}
        for line in _LINE.finditer(text):
            gap = text.count("\n", last_end, line.start())
            last_end = line.end()
            if (
                wanted
                and gap <= 1
                and rows < _MAX_ROWS
                and line.group().count(separator) + 1 >= width
                and not self.is_labels(line.group().split(separator), wanted)
            ):
                rows += 1
                yield from self.cells(document, line.group(), line.start(), separator, wanted)
                continue
            named = bisect_left(words, line.end()) > bisect_left(words, line.start())
            separator, wanted, width = self.read_header(line.group()) if named else _NO_HEADER
            rows = 0

    def places(self, text: str) -> list[int]:
        """Where a word of a header may stand."""
        found = [start for _, start, _ in self.words.find_matches_as_indexes(scalars(text))]
        if "_" in text:
            found = sorted((*found, *(match.start() for match in _WRITTEN_APART.finditer(text))))
        return found

    def is_labels(self, cells: Sequence[str], wanted: Mapping[int, str]) -> bool:
        """Whether a row has labels where values should be: then it is a form, of labels and values side by side."""
        return any(plain_name(cells[index]) in self.columns for index in wanted)

    def read_header(self, line: str) -> tuple[str, dict[int, str], int]:
        """The separator, the columns that are known, and the number of columns of a header line; empty for another line."""
        for separator in _SEPARATORS:
            names = [_BRACKETS.sub("", cell) for cell in line.split(separator)]
            if len(names) >= 2 and not any(_is_value(name) for name in names):
                plain = [plain_name(name) for name in names]
                wanted = {i: self.columns[name] for i, name in enumerate(plain) if name in self.columns}
                if wanted:
                    return separator, wanted, len(names)
        return _NO_HEADER

    def cells(
        self, document: Document, line: str, offset: int, separator: str, wanted: Mapping[int, str]
    ) -> Iterator[Finding]:
        at = 0
        for index, cell in enumerate(line.split(separator)):
            match = _CELL.search(cell)
            link = _LINK.fullmatch(match.group()) if match else None
            if match and link:
                match = _CELL.search(cell, match.start() + link.start(1), match.start() + link.end(1))
            if index in wanted and match and not is_no_value(match.group()) and not is_masked_at(cell, match.start()):
                start = offset + at + match.start()
                found = Finding(
                    *document.plain.span(start, start + len(match.group())),
                    entity=wanted[index],
                    rule=self.rule.id,
                    score=self.rule.score,
                    priority=self.rule.priority,
                    evidence=(Evidence("recognizer", "a cell under a header that is known", self.rule.score),),
                )
                yield from [found] if found.entity != "LOCATION" else _address(document, found, start, match.group())
            at += len(cell) + len(separator)


def _address(document: Document, cell: Finding, start: int, text: str) -> Iterator[Finding]:
    """An address goes whole only where no place is found in it, whose class word would stay; else what is left beside the places goes."""
    yield replace(cell, priority=Tier.REMAINDER)
    if not masked_spans(text):
        for run in _LETTERS.finditer(text):
            first, end = document.plain.span(start + run.start(), start + run.end())
            yield replace(cell, start=first, end=end, score=_LEFT, priority=Tier.LEFT)


def _is_value(cell: str) -> bool:
    """Whether a cell holds what heads no column: a long text or number, a clause, a label of a form, something masked."""
    return len(scalars(cell).encode()) > _LONGEST_NAME or bool(_NO_NAME.search(cell)) or bool(masked_spans(cell))


def compile_table_columns(rule: Rule, *_: object) -> TableDetector:
    """With the headers of `options.columns`, header word → entity, or those that are well known; RuleError on an unknown entity."""
    columns = rule.options.get("columns", known_names())
    if not isinstance(columns, Mapping) or not columns:
        raise RuleError("{where}: options.columns must be a table of headers with entities", where=rule.where)
    for name, entity in columns.items():
        if not plain_name(name):
            raise RuleError("{where}: options.columns: a column without a name", where=rule.where)
        if entity not in ENTITIES:
            raise RuleError(
                "{where}: column {name!r}: unknown entity {entity!r}", where=rule.where, name=name, entity=entity
            )
    plain = {plain_name(name): entity for name, entity in columns.items()}
    return TableDetector(rule, plain, AhoCorasick([scalars(name) for name in plain]))
