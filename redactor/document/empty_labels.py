"""Labels of which every value is deleted: `联系人：王建国` leaves no `联系人：` behind. Pure."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from typing import Final

import regex

from redactor.model import EMPTY_LABEL, Edit, Span

_GONE: Final = "\ufdd0"
_STAYS: Final = "\ufdd1"
"""Noncharacters that stand, in a line that is looked at, for what is deleted and for what is written instead or must stay."""
_BLANK: Final = r"[ \t\u00a0\u3000]"
_STOPS: Final = "。！？!?"
_POINTS: Final = ".．"
"""Full stops only where nothing follows them in their word."""
_CLAUSES: Final = "，,；;、"
_BRACKETS: Final = {"（": "）", "(": ")", "【": "】", "[": "]"}
_OPENING, _CLOSING = (regex.escape("".join(signs)) for signs in (_BRACKETS, _BRACKETS.values()))
_LINE: Final = regex.compile(r"[^\r\n]+")
_LABEL: Final = (
    r"(?:\p{Han}(?:[\p{Han}A-Za-z0-9/]|[（(]\p{Han}{1,6}[）)]|" + _BLANK + r"(?=[\p{Han}（(])){0,13}"
    r"|[A-Za-z](?:[A-Za-z0-9/\-]|[ ](?=[A-Za-z])){0,23}\p{Han}{0,6})"
)
_VALUE: Final = rf"(?:{_GONE}++|[（(]{_BLANK}*+{_GONE}++{_BLANK}*+[）)])"
_VALUES: Final = rf"{_VALUE}(?:(?:{_BLANK}|[、，,/／;；—\-]|[和及与])*+{_VALUE})*+"
_FIELD: Final = rf"{_LABEL}{_BLANK}*+[:：]{_BLANK}*+{_VALUES}"
_FIELDS: Final = regex.compile(
    rf"(?:^|(?<=[{_STOPS}{_POINTS}{_CLAUSES}{_OPENING}{_GONE}]))"
    rf"(?:{_BLANK}|{_GONE})*+(?P<run>{_FIELD}(?:(?:{_BLANK}|[{_CLAUSES}])*+{_FIELD})*+){_BLANK}*+"
    rf"(?=$|[{_STOPS}，,；;{_CLOSING}]|[{_POINTS}](?:\s|$))(?![，,；;]{_BLANK}*+{_STAYS})"
)


def empty_labels(
    text: str, edits: Sequence[Edit], standing: Sequence[Span], deletes: Callable[[str], bool]
) -> list[Edit]:
    """What goes besides the edits: labels with a colon behind which, up to the end of their field, all is deleted.

    `edits`: in order of place; `standing`: stretches that no edit is to touch; `deletes`: whether values of an entity are deleted.
    A label is a short run of letters at the beginning of a line, sentence or clause. With it goes the separator behind it, the full
    stop where nothing of the sentence is left, and brackets that hold nothing else; where a clause stood before it, the separator in
    front of a full stop.
    """
    deleted = [edit for edit in edits if not edit.replacement and edit.entity != "BOILERPLATE" and deletes(edit.entity)]
    if not deleted:
        return []
    gone, changed = ([(edit.start, edit.end) for edit in each] for each in (deleted, edits))
    found: list[Edit] = []
    for start, end in _lines(text, gone):
        line = "".join(_STAYS if sign in (_GONE, _STAYS) else sign for sign in text[start:end])
        for spans, sign in ((changed, _STAYS), (gone, _GONE), (standing, _STAYS)):
            line = _marked(line, start, spans, sign)
        for low, high in _labels(line):
            entity = deleted[bisect_right(gone, start + low, key=_end)].entity
            rest = regex.finditer(f"[^{_GONE}]++", line, pos=low, endpos=high)
            found += [Edit(start + each.start(), start + each.end(), "", entity, EMPTY_LABEL) for each in rest]
    return found


def _lines(text: str, gone: Sequence[Span]) -> Iterator[Span]:
    """The lines in which something is deleted, each once."""
    at = 0
    for low, _ in gone:
        if low < at:
            continue
        start = max(text.rfind("\n", at, low), text.rfind("\r", at, low), at - 1) + 1
        line = _LINE.match(text, start)
        if line and line.end() > low:
            yield line.span()
            at = line.end()


def _marked(line: str, start: int, spans: Sequence[Span], sign: str) -> str:
    """A line, which stands at a place of the text, with a sign in place of each character of some stretches."""
    end = start + len(line)
    first, last = bisect_right(spans, start, key=_end), bisect_left(spans, end, key=_start)
    for span in spans[first:last]:
        low, high = max(span[0] - start, 0), min(span[1], end) - start
        line = line[:low] + sign * (high - low) + line[high:]
    return line


def _start(span: Span) -> int:
    return span[0]


def _end(span: Span) -> int:
    return span[1]


def _labels(line: str) -> Iterator[Span]:
    """Runs of fields in which all is deleted, with the signs that go with them."""
    for match in _FIELDS.finditer(line):
        yield _with_signs(line, match.start("run"), match.end())


def _with_signs(line: str, start: int, end: int) -> Span:
    """A run of fields with the signs of punctuation that go with it."""
    before = line[:start].rstrip(f"{_GONE} \t\u00a0\u3000")
    sign, behind = before[-1:], line[end : end + 1]
    if behind and _BRACKETS.get(sign) == behind:
        return len(before) - 1, end + 1
    if behind and behind in _CLAUSES:
        return start, end + 1
    if behind and behind in f"{_STOPS}{_POINTS}" and (not sign or sign in f"{_STOPS}{_POINTS}"):
        return start, end + 1
    if behind and sign and sign in _CLAUSES:
        return len(before) - 1, end
    return start, end
