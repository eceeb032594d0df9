"""The edits and findings of one text, with those of what is encoded in it and written anew."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from redactor.document.edits import apply, assert_intact, pieces
from redactor.model import Edit, Evidence, Finding, NotChecked, Result, Span, Tier
from redactor.text.encoded import Encoded

_BREAK: Final = "\r\n \t　>"
"""What stands between the lines of a value."""


class Rewritten:
    """The edits and findings of one text, to which those within encoded stretches are added."""

    def __init__(self, text: str, result: Result) -> None:
        self.text = text
        self.not_checked: list[NotChecked] = []
        self.written: list[tuple[Encoded, str, str]] = []
        """Stretches that were written anew, with entity and rule of what was found first."""
        self.signed: list[Span] = []
        """Stretches in whose place a sign was put."""
        self._result = result
        self._ends = [edit.end for edit in result.edits]
        self._asked = Spans((f.start, f.end) for f in result.findings if f.priority >= Tier.USER)
        self._gone: set[Edit] = set()
        self._cleared: list[Span] = []
        self._edits: list[Edit] = []
        self._findings: list[Finding] = []
        self._doubtful: list[Finding] = []

    def over(self, each: Encoded) -> list[Edit]:
        """The edits that touch a stretch, and what of their values stands on other lines."""
        edits = self._result.edits
        first = bisect_right(self._ends, each.start)
        last = first
        while last < len(edits) and (edits[last].start < each.end or (first < last and self._goes_on(last))):
            last += 1
        while first < last and self._goes_on(first):
            first -= 1
        return [edit for edit in edits[first:last] if edit not in self._gone]

    def _goes_on(self, number: int) -> bool:
        """Whether an edit is of the value of the one before, after a line break."""
        if not number:
            return False
        before, edit = self._result.edits[number - 1 : number + 1]
        between = self.text[before.end : edit.start]
        alike = not edit.replacement and (before.entity, before.rule) == (edit.entity, edit.rule)
        return alike and not between.strip(_BREAK) and ("\n" in between or "\r" in between)

    def taking(self, each: Encoded, over: Sequence[Edit]) -> list[Edit]:
        """Those that take a stretch whole, whatever it holds: their values reach beyond it, or are what the user asked for."""
        beyond = [edit for edit in over if edit.start < each.start or edit.end > each.end]
        if beyond:
            # What a value writes stands where it begins, on whichever line that is.
            return (
                [edit for edit in beyond if edit.replacement] or [edit for edit in over if edit.replacement] or beyond
            )
        return [edit for edit in over if self._asked.hold(edit.start, edit.end)]

    def clear(self, each: Encoded, over: Sequence[Edit]) -> None:
        """Undo what rules have done to the letters of a stretch: it is a text in another form, and they say nothing by themselves."""
        if over:
            self._gone.update(over)
            self._cleared.append((each.start, each.end))

    def take(self, each: Encoded, over: Sequence[Edit], first: Edit) -> None:
        """Let an edit take a stretch whole."""
        self._gone.update(over)
        low = min(each.start, *(edit.start for edit in over))
        high = max(each.end, *(edit.end for edit in over))
        self._write_whole(low, high, first.replacement, first.entity, first.rule)

    def write(self, each: Encoded, data: bytes, entity: str, rule: str) -> None:
        """Write other bytes in the place of a stretch."""
        self._edits += [Edit(start, end, new, entity, rule) for start, end, new in each.edits(data)]
        self.written.append((each, entity, rule))

    def sign(self, signs: Mapping[Span, tuple[str, str, str]]) -> None:
        """Put signs in the place of stretches, and of all that was edited in them: for each, what stands there, entity and rule."""
        places = Spans(signs)
        self._gone.update(edit for edit in self._result.edits if places.hold(edit.start, edit.end))
        self._edits = [edit for edit in self._edits if not places.hold(edit.start, edit.end)]
        self.written = [row for row in self.written if not places.hold(row[0].start, row[0].end)]
        for (start, end), said in signs.items():
            self._write_whole(start, end, *said)

    def mask(self, start: int, end: int, written: str, finding: Finding) -> None:
        """Put a sign in the place of a value beside a stretch that was written."""
        self._findings.append(replace(finding, start=start, end=end, values=()))
        self._write_whole(start, end, written, finding.entity, finding.rule)

    def add(self, each: Encoded, findings: Iterable[Finding], doubtful: Iterable[Finding] = ()) -> None:
        """Take what was found in what a stretch holds."""
        self._findings += _placed(each, findings)
        self._doubtful += _placed(each, doubtful)

    def edits(self) -> list[Edit]:
        """All edits so far, in order of place."""
        kept = [edit for edit in self._result.edits if edit not in self._gone]
        return sorted((*kept, *self._edits), key=lambda edit: (edit.start, edit.end))

    def result(self) -> Result:
        """What has come of the text; AssertionError when more than the edits was touched."""
        edits = tuple(self.edits())
        output = apply(self.text, edits)
        assert_intact(self.text, output, edits)
        cleared = Spans(self._cleared)
        kept = [f for f in self._result.findings if not cleared.hold(f.start, f.end)]
        return Result(
            output,
            edits,
            _ordered((*kept, *self._findings)),
            _ordered((*self._result.doubtful, *self._doubtful)),
            tuple(self.not_checked),
            self._result.kept,
        )

    def _write_whole(self, low: int, high: int, written: str, entity: str, rule: str) -> None:
        self.signed.append((low, high))
        for number, (start, end) in enumerate(pieces(self.text, low, high, entity)):
            self._edits.append(Edit(start, end, "" if number else written, entity, rule))


class Spans:
    """Some stretches that lie apart."""

    def __init__(self, spans: Iterable[Span]) -> None:
        self._spans = sorted(spans)

    def hold(self, start: int, end: int) -> bool:
        """Whether one of them covers a stretch."""
        number = bisect_right(self._spans, start, key=_start) - 1
        return number >= 0 and self._spans[number][1] >= end


def _start(span: Span) -> int:
    return span[0]


def _ordered(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(findings, key=lambda finding: finding.start))


def _placed(each: Encoded, findings: Iterable[Finding]) -> Iterator[Finding]:
    """Findings in what a stretch holds as findings of the stretch: each rule's once."""
    seen: set[tuple[str, str]] = set()
    for finding in findings:
        if (finding.entity, finding.rule) not in seen:
            seen.add((finding.entity, finding.rule))
            evidence = (*finding.evidence, Evidence("encoded", each.how))
            yield Finding(
                each.start,
                each.end,
                finding.entity,
                finding.rule,
                finding.score,
                priority=finding.priority,
                evidence=evidence,
            )
