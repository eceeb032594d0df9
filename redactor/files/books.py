"""The books of one file: what is told of its texts as they are redacted."""

from __future__ import annotations

import io
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, Literal

from redactor.document.residue import Residue
from redactor.files.diff import Differ, Row, between, heading, moved
from redactor.files.positions import before_edits, lines_of, places_of, shown_in
from redactor.files.report import FileReport, Found, Place, Report
from redactor.files.tables.spool import Spooled
from redactor.formats.registry import TEXT
from redactor.formats.session import DocumentSession
from redactor.formats.unit import Unit
from redactor.language import say
from redactor.model import KEEP, DecodeError, Edit, Finding, Result
from redactor.redactor import Redactor
from redactor.text.decode import detect_encoding
from redactor.text.show import escape

RESIDUE: Final = "RESIDUE"
"""What a listing of digits calls those that no rule protects."""
BOM: Final = "\ufeff"
"""Begins a text that has a byte order mark, in the lines of a diff."""
Listing = Literal["", "findings", "digits"]
"""What is listed of a file, place by place: what was found, or the digits that stay."""


Show = Callable[[FileReport], object]
"""Shows what a file has brought so far, and clears it."""


@dataclass(slots=True)
class Books:
    """Is told of each text of a file, in order: the `Account` of its session."""

    redactor: Redactor
    report: Report
    file: FileReport
    residue: bool
    path: str
    """That of the file, as it is."""
    diff: bool
    listing: Listing
    show: Show | None = None
    spooled: Spooled | None = None
    """Takes the edits for a table of them."""
    _line: int = 1
    _differ: Differ | None = None
    _has_heading: bool = False

    def __call__(
        self, text: str, result: Result, units: Sequence[Unit], residue: tuple[Residue, ...] | None = None
    ) -> None:
        """Enter a text, what has become of it, the units that it is made of, and its residue if that is known."""
        file = self.file
        if file.format == TEXT:
            units = ()
        file.changed = file.changed or bool(result.edits)
        place = self._place(text, units) if self.report.collects or self.residue else None
        self.report.add_part(file, text, result.edits, result.findings, place)
        if self.spooled and result.edits:
            line_of = None if units else lines_of(text, self._line)
            self.spooled.enter(text, result, units, file.before.of, line_of)
        account: Sequence[Residue] = ()
        if self.residue or self.listing == "digits":
            known = self.redactor.account(text, result) if residue is None else residue
            account = shown_in(units, result.edits, known)
        if self.residue:
            file.left_over = file.left_over or any(each.kind != "kept-digits" for each in account)
            self.report.add_residue(file, result.text, account, place, before_edits(result.edits))
        if self.diff:
            file.rows += self._differences(text, result.edits, units)
        if self.listing:
            listed = result.findings if self.listing == "findings" else _digits(result, account)
            file.found += self._placed(text, listed, units, result.edits)
        self._line += text.count("\n")
        if self.show:
            self.show(file)

    def _place(self, text: str, units: Sequence[Unit]) -> Place:
        """Tells where an offset of a text stands, as the entries of a report have it."""
        if units:
            where = places_of(units)
            return lambda offset: {"where": where(offset)}
        line_of = lines_of(text, self._line)
        return lambda offset: dict(zip(("line", "column"), line_of(offset), strict=True))

    def close(self) -> None:
        """Enter what is known only at the end of the file."""
        if self.spooled:
            self.file.spooled = self.spooled.close()
        if self._differ:
            self.file.rows += self._headed(self._differ.feed("", (), last=True))

    def _differences(self, text: str, edits: Sequence[Edit], units: Sequence[Unit]) -> Iterator[Row]:
        if units:
            self.file.lined = False
            return self._headed(Differ(places_of(units)).feed(text, edits, last=True))
        if self._line == 1 and not self._differ and self.file.encoding and self.file.encoding.bom:
            text, edits = BOM + text, [moved(edit, len(BOM)) for edit in edits]
        self._differ = self._differ or Differ()
        return self._headed(self._differ.feed(text, edits))

    def compare(self, old: bytes, new: bytes) -> None:
        """Enter the differences between two states of the whole file, of which the lines are known only at its end."""
        codec = _codec_of(old)
        self.file.codec = codec
        self.file.rows += self._headed(between(*(data.decode(codec, "surrogateescape") for data in (old, new))))

    def _headed(self, rows: Iterable[Row]) -> Iterator[Row]:
        """Rows of a diff, with its heading before the first."""
        for row in rows:
            if not self._has_heading:
                self._has_heading = True
                yield from heading(self.path)
            yield row

    def _placed(
        self, text: str, findings: Iterable[Finding], units: Sequence[Unit], edits: Sequence[Edit]
    ) -> Iterator[Found]:
        where = places_of(units) if units else _colon(lines_of(text, self._line))
        of = self.file.before.of
        starts = [edit.start for edit in edits]
        for finding in findings:
            start, end = finding.start, finding.end
            made = edits[bisect_left(starts, start) : bisect_left(starts, end)]
            kinds = tuple((edit.entity, edit.rule) for edit in made)
            yield Found(finding, text[start:end], of(start), of(end), where(start), bool(units), kinds)


def _codec_of(data: bytes) -> str:
    """A codec in which bytes are a text and the same bytes again; any bytes are in Latin-1."""
    with suppress(DecodeError):
        name = detect_encoding(io.BytesIO(data)).name
        if data.decode(name, "surrogateescape").encode(name, "surrogateescape") == data:
            return name
    return "latin-1"


def _colon(line_of: Callable[[int], tuple[int, int]]) -> Callable[[int], str]:
    return lambda offset: ":".join(map(str, line_of(offset)))


def _digits(result: Result, account: Sequence[Residue]) -> Iterator[Finding]:
    """The digits that stay, where they stand in the input, as findings: KEEP by the rule that protects them, or RESIDUE."""
    before = before_edits(result.edits)
    for each in account:
        if any(char.isdigit() for char in result.text[each.start : each.end]):
            start, kept = before(each.start), each.kind == "kept-digits"
            yield Finding(
                start,
                start + each.end - each.start,
                KEEP if kept else RESIDUE,
                each.rule or f"residue.{each.kind}",
                score=float(kept),
            )


def take_over(file: FileReport, session: DocumentSession) -> None:
    """Record what a session knows of its document once it has been read."""
    file.encoding, file.unread = session.encoding, session.unread
    file.not_checked = [{"where": escape(where), "what": what} for where, what in session.not_checked]
    file.taken_out = [{"where": escape(where), "what": what} for where, what in session.taken_out]
    file.hidden = [{"where": escape(w), "what": what, "count": n} for (w, what), n in session.hidden_texts.items()]
    file.set_aside, file.aside_because = [where for where, _ in session.aside], session.aside_because
    file.records = session.rows
    file.text_changed = file.changed or session.changed
    file.changed = file.text_changed or bool(session.aside) or bool(session.taken_out)
    if session.emptied:
        file.remarks.append(say("nothing of its text is left"))
