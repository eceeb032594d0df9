"""Tables in text: the header names what a column holds, so its cells need no other evidence (tab, comma and bar separated)."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import regex
from ahocorasick_rs import AhoCorasick

from redactor.model import ENTITIES, Evidence, Finding, RuleError
from redactor.ruleset.schema import Rule
from redactor.text.document import Document
from redactor.text.fold import scalars
from redactor.text.masked import masked_spans

_LINE = regex.compile(r"[^\r\n]+")
_SEPARATORS = ("\t", ",", "|", "｜", "，")
_BRACKETS = regex.compile(r"[（(][^（）()]*[）)]|[\s　\"'“”]")
_CELL = regex.compile(r"[^\s　\"'“”](?:.*[^\s　\"'“”])?")
_NUMBER = regex.compile(r"\d{5}")
_EMPTY = frozenset(("", "/", "-", "—", "——", "无", "同上", "×", "0"))
_MAX_ROWS = 100_000
_NO_HEADER: tuple[str, dict[int, str], int] = ("", {}, 0)


@dataclass(frozen=True, slots=True)
class TableDetector:
    """Header words to entities, from the rule's options."""

    rule: Rule
    columns: Mapping[str, str]
    words: AhoCorasick
    """Finds the header words."""
    header: regex.Pattern[str]

    @property
    def entity(self) -> str:
        """More than one."""
        return ""

    def find(self, document: Document) -> Iterator[Finding]:
        """Cells below a header that is known."""
        text = document.plain.text
        words = [start for _, start, _ in self.words.find_matches_as_indexes(scalars(text))]
        if not words or not self.header.search(text):
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

    def is_labels(self, cells: Sequence[str], wanted: Mapping[int, str]) -> bool:
        """Whether a row has labels where values should be: then it is a form, of labels and values side by side."""
        return any(_BRACKETS.sub("", cells[index]) in self.columns for index in wanted)

    def read_header(self, line: str) -> tuple[str, dict[int, str], int]:
        """The separator, the columns that are known, and the number of columns of a header line; empty for another line."""
        if self.header.search(line):
            for separator in _SEPARATORS:
                names = [_BRACKETS.sub("", cell) for cell in line.split(separator)]
                if len(names) >= 2 and all(len(n) <= 12 and not _is_value(n) for n in names):
                    wanted = {i: self.columns[n] for i, n in enumerate(names) if n in self.columns}
                    if wanted:
                        return separator, wanted, len(names)
        return _NO_HEADER

    def cells(
        self, document: Document, line: str, offset: int, separator: str, wanted: Mapping[int, str]
    ) -> Iterator[Finding]:
        at = 0
        for index, cell in enumerate(line.split(separator)):
            match = _CELL.search(cell)
            if index in wanted and match and match.group() not in _EMPTY:
                start = offset + at + match.start()
                yield Finding(
                    *document.plain.span(start, start + len(match.group())),
                    entity=wanted[index],
                    rule=self.rule.id,
                    score=self.rule.score,
                    priority=self.rule.priority,
                    evidence=(Evidence("recognizer", "a cell under a header that is known", self.rule.score),),
                )
            at += len(cell) + len(separator)


def _is_value(cell: str) -> bool:
    """Whether a cell holds what no header does: a long number, or something masked."""
    return _NUMBER.search(cell) is not None or bool(masked_spans(cell))


def compile_table_columns(rule: Rule, *_: object) -> TableDetector:
    """From `options.columns`: header word → entity; RuleError on an unknown entity."""
    columns = rule.options.get("columns")
    if not isinstance(columns, dict) or not columns:
        raise RuleError(f"{rule.file}:{rule.line}: rule {rule.id!r}: needs options.columns = {{ header = entity, … }}")
    for name, entity in columns.items():
        if not name:
            raise RuleError(f"{rule.file}:{rule.line}: rule {rule.id!r}: options.columns: a column without a name")
        if entity not in ENTITIES:
            raise RuleError(f"{rule.file}:{rule.line}: rule {rule.id!r}: column {name!r}: unknown entity {entity!r}")
    headers = "|".join(regex.escape(name) for name in sorted(columns, key=len, reverse=True))
    return TableDetector(
        rule,
        columns,
        AhoCorasick([scalars(name) for name in columns]),
        regex.compile(
            rf"(?m)(?:^|[\t,|｜，])[ 　\"“]*(?:{headers})[^\t,|｜，\n]{{0,10}}[\t,|｜，]|[\t,|｜，][ 　\"“]*(?:{headers})"
        ),
    )
