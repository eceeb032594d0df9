"""What is encoded inside a text, redacted by the same steps, and written again in the same form."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise
from typing import Final, Protocol

import regex

from redactor.document.edits import apply
from redactor.document.residue import Residue
from redactor.document.rewritten import Rewritten, Spans
from redactor.document.state import Memory
from redactor.language import later
from redactor.model import Edit, Finding, NotChecked, Result, Span, Tier
from redactor.text.encoded import PASSAGE, Encoded, encoded_in
from redactor.text.encoded_terms import Terms
from redactor.text.invisible import INVISIBLE_CLASS
from redactor.text.separator import WALL

MAX_DEPTH: Final = 3
"""How deep texts that are encoded may lie in one another."""
MAX_SIZE: Final = 16 << 20
"""Characters that the encoded texts of one text may hold, all together."""
TOO_DEEP: Final = later("encoded text that lies too deep, or is too long")
TERM_RULE: Final = "user.mask"
TERM_ENTITY: Final = "PERSON"
_ROUNDS: Final = 3
"""How often a text is looked through: what is edited in a run bounds others."""
_RUN_LEAST: Final = 8
_RUN_BEHIND: Final = re.compile(rf"[A-Za-z0-9+/_-]{{{_RUN_LEAST}}}|[0-9A-Fa-f]{{2}}[ :-][0-9A-Fa-f]{{2}}")
_RUN_BEFORE: Final = re.compile(rf"(?:{_RUN_BEHIND.pattern})\Z")
"""What may be a run beside an edit."""
_EDGES: Final = frozenset(("", *"\t\r\n \"'<>()[]{}，。；：、“”（）《》【】　"))
"""What no value goes over, and the end of a text."""
_UNSEEN: Final = regex.compile(rf"(?:</?[A-Za-z!][^<>]{{0,300}}>|{INVISIBLE_CLASS})*")
"""What is not seen between two words."""
_AROUND: Final = 200
"""Characters of a line on either side that are looked at again once something was written anew."""


Signs = dict[Span, tuple[str, str, str]]
"""What stands in the place of stretches, with entity and rule."""


@dataclass(slots=True)
class Room:
    """How much may still be decoded within one text."""

    depth: int = MAX_DEPTH
    left: int = MAX_SIZE

    def takes(self, text: str) -> bool:
        """Whether another text may be looked into, which then counts."""
        if not self.depth or len(text) > self.left:
            return False
        self.left -= len(text)
        return True


class Steps(Protocol):
    """What is done with texts, by the rules and the policy in force."""

    def inner(self, text: str, memory: Memory, room: Room) -> Result:
        """What becomes of a text that stands inside another one."""

    def found_in(self, texts: Sequence[str]) -> list[list[Finding]]:
        """What is found, and edited, in each of several texts that are no whole documents."""

    def written(self, entity: str, value: str, memory: Memory) -> str:
        """What stands in place of a value."""


def opened(
    text: str,
    result: Result,
    standing: Sequence[Span],
    memory: Memory,
    room: Room,
    steps: Steps,
    terms: Terms | None,
) -> Result:
    """The result of a text, and of what is encoded in it: findings and edits have the place of the encoded stretch.

    What lies in an edit has gone with it; what touches a stretch that is `standing`, of some that lie apart, stays.
    """
    found = encoded_in(text, terms)
    if not found and not _cuts(text, result.edits):
        return _told(text, result, terms)
    work = Rewritten(text, result)
    seen: set[Span] = set()
    for _ in range(_ROUNDS):
        _open_all(work, found, standing, memory, room, steps)
        seen.update((each.start, each.end) for each in found)
        edits = work.edits()
        if not _cuts(text, edits):
            break
        rest = _between(text, edits)
        # What is told of a passage is told for good, whatever was edited in it.
        found = [
            e for e in encoded_in(rest, terms) if (e.start, e.end) not in seen and WALL not in rest[e.start : e.end]
        ]
        if not found:
            break
    _check_again(work, seen, standing, memory, room, steps, terms)
    return _told(text, work.result(), terms)


def _cuts(text: str, edits: Iterable[Edit]) -> bool:
    """Whether one of some edits may end a run of letters that goes on in the input, or begin one."""
    return any(
        _RUN_BEHIND.match(text, edit.end) or _RUN_BEFORE.search(text, max(0, edit.start - _RUN_LEAST), edit.start)
        for edit in edits
    )


def _between(text: str, edits: Iterable[Edit]) -> str:
    """A text of which only what lies between edits can be read, at the same places."""
    return apply(text, [Edit(e.start, e.end, WALL * (e.end - e.start), e.entity, e.rule) for e in edits])


def _open_all(
    work: Rewritten, found: Iterable[Encoded], standing: Sequence[Span], memory: Memory, room: Room, steps: Steps
) -> None:
    """Look into stretches, and redact what they hold."""
    for each in found:
        over = work.over(each)
        if any(edit.start <= each.start and each.end <= edit.end for edit in over):
            continue
        if _touch(standing, each.start, each.end):
            continue
        if each.payload:
            _open(work, each, over, memory, room, steps)
        elif each.terms:
            _take_terms(work, each, over, memory, room, steps)
        elif each.what:
            work.not_checked.append(NotChecked(each.start, each.end, each.what))


def _touch(spans: Sequence[Span], start: int, end: int) -> bool:
    """Whether one of some stretches, in order and apart, goes over a part of another one."""
    number = bisect_right(spans, start, key=lambda span: span[1])
    return number < len(spans) and spans[number][0] < end


def _told(text: str, result: Result, terms: Terms | None) -> Result:
    """A result that tells of the user's own terms that the letters of its text still spell, in whatever groups, unless they were read and stayed."""
    left = terms.spelt_in(result.text) if terms else []
    if not left:
        return result
    assert terms is not None
    read = [each for each in encoded_in(result.text, terms) if each.payload]
    starts = [each.start for each in read]
    notes = []
    for start, end, term in left:
        number = bisect_right(starts, start) - 1
        each = read[number] if number >= 0 else None
        if not (each and each.payload and end <= each.end and term in each.payload.text):
            notes.append(NotChecked(*_before(result.edits, start, end), PASSAGE))
    told = {(note.start, note.end) for note in result.not_checked}
    more = [note for note in dict.fromkeys(notes) if (note.start, note.end) not in told]
    return replace(result, not_checked=(*result.not_checked, *more)) if more else result


def _before(edits: Sequence[Edit], start: int, end: int) -> Span:
    """The place in the input of a stretch of the output; an edit that it touches is in it."""
    moved = 0
    first: int | None = None
    for edit in edits:
        low = edit.start + moved
        high = low + len(edit.replacement)
        if low >= end:
            break
        if first is None and high > start:
            first = min(edit.start, start - moved)
        moved += len(edit.replacement) - (edit.end - edit.start)
        if high >= end:
            return (start - moved if first is None else first), edit.end
    return (start - moved if first is None else first), end - moved


def _within(text: str, memory: Memory, room: Room, steps: Steps) -> Result | None:
    """What comes of a text that was decoded, one level deeper; None where no more may be decoded."""
    if not room.takes(text):
        return None
    room.depth -= 1
    inner = steps.inner(text, memory, room)
    room.depth += 1
    return inner


def _open(work: Rewritten, each: Encoded, over: Sequence[Edit], memory: Memory, room: Room, steps: Steps) -> None:
    """Redact the text of a stretch."""
    assert each.payload is not None
    inner = _within(each.payload.text, memory, room, steps)
    if inner is None:
        work.not_checked.append(NotChecked(each.start, each.end, TOO_DEEP))
        return
    work.not_checked += [
        NotChecked(each.start, each.end, what) for what in dict.fromkeys(note.what for note in inner.not_checked)
    ]
    work.add(each, inner.findings, inner.doubtful)
    taking = work.taking(each, over)
    if inner.text != each.payload.text:
        first = inner.edits[0]
        _rewrite(work, each, over, each.payload.pack(inner.text), first.entity, first.rule)
    elif not taking and not work.text[each.start : each.end].isdigit():
        work.clear(each, over)


def _take_terms(work: Rewritten, each: Encoded, over: Sequence[Edit], memory: Memory, room: Room, steps: Steps) -> None:
    """Take the user's own terms out of data that is no text; where there is room for what stands in their place, nothing else moves.

    Where what is left of it reads as text, in which more would be found, a sign takes its place.
    """
    data = each.data
    for term, name in each.terms:
        code = term.encode(name, "replace")
        new = steps.written(TERM_ENTITY, term, memory).encode(name, "replace")
        blank = " ".encode(name)
        data = data.replace(code, new + blank * ((len(code) - len(new)) // len(blank)))
    if data != each.data:
        work.add(each, [Finding(0, 1, TERM_ENTITY, TERM_RULE, 1.0, priority=Tier.USER)])
        left = [again.payload.text for again in encoded_in(_spelt(work.text, each, data)) if again.payload]
        if any(not room.takes(text) or steps.inner(text, memory, room).text != text for text in left):
            work.clear(each, over)
            written = steps.written(TERM_ENTITY, work.text[each.start : each.end], memory)
            work.sign({(each.start, each.end): (written, TERM_ENTITY, TERM_RULE)})
        else:
            _rewrite(work, each, over, data, TERM_ENTITY, TERM_RULE)


def _spelt(text: str, each: Encoded, data: bytes) -> str:
    """The letters of a stretch when they spell other bytes."""
    low = each.start
    edits = [Edit(start - low, end - low, new, TERM_ENTITY, TERM_RULE) for start, end, new in each.edits(data)]
    return apply(text[low : each.end], edits)


def _rewrite(work: Rewritten, each: Encoded, over: Sequence[Edit], data: bytes, entity: str, rule: str) -> None:
    """Write a stretch anew, or let an edit take it whole that must stay."""
    taking = work.taking(each, over)
    if taking:
        work.take(each, over, taking[0])
    else:
        work.clear(each, over)
        work.write(each, data, entity, rule)


class _Output:
    """The text that has come of the edits so far, and what stands where in it."""

    def __init__(self, work: Rewritten, terms: Terms | None) -> None:
        self.edits = work.edits()
        self.text = apply(work.text, self.edits)
        self.read = [each for each in encoded_in(self.text, terms) if each.payload]
        self._ends = [edit.end for edit in self.edits]
        self._moved = list(accumulate((len(e.replacement) - (e.end - e.start) for e in self.edits), initial=0))

    def span(self, start: int, end: int) -> Span:
        """Where a stretch of the input, in which edits lie whole, stands in the output."""
        first, last = (bisect_right(self._ends, place) for place in (start, end))
        return start + self._moved[first], end + self._moved[last]

    def before(self, start: int, end: int) -> Span:
        """Where a stretch of the output stands in the input, with the edits that it touches."""
        return _before(self.edits, start, end)


def _check_again(
    work: Rewritten,
    seen: Collection[Span],
    standing: Sequence[Span],
    memory: Memory,
    room: Room,
    steps: Steps,
    terms: Terms | None,
) -> None:
    """Look at the output as a second run would, so that redacting twice equals redacting once. `seen`: the stretches that were looked into."""
    for _ in range(_ROUNDS):
        output = _Output(work, terms)
        if not output.edits:
            break
        signs = _read_anew(work, output, seen, standing, memory, room, steps)
        more, values = _check_letters(work, output, memory, steps)
        anew = [*signs]
        signs |= {place: sign for place, sign in more.items() if not _touch(anew, *place)}
        work.sign(signs)
        taken = sorted(signs)
        for place, (written, finding) in values.items():
            if not _touch(taken, *place):
                work.mask(*place, written, finding)
        if not signs and not values:
            break


def _read_anew(
    work: Rewritten,
    output: _Output,
    seen: Collection[Span],
    standing: Sequence[Span],
    memory: Memory,
    room: Room,
    steps: Steps,
) -> Signs:
    """Signs for what only the output reads as one text (lines whose width has become one of lines that go on), and in which something is found."""
    known = {output.span(*place) for place in seen}
    signs: Signs = {}
    done = 0
    for each in output.read:
        assert each.payload is not None
        start, end = output.before(each.start, each.end)
        if (each.start, each.end) in known or _touch(standing, start, end) or start < done:
            continue
        inner = _within(each.payload.text, memory, room, steps)
        if inner and inner.text == each.payload.text:
            continue
        entity, rule = (inner.edits[0].entity, inner.edits[0].rule) if inner else (TERM_ENTITY, TERM_RULE)
        signs[start, end] = (steps.written(entity, work.text[start:end], memory), entity, rule)
        done = end
    return signs


def _check_letters(
    work: Rewritten, output: _Output, memory: Memory, steps: Steps
) -> tuple[Signs, dict[Span, tuple[str, Finding]]]:
    """Signs for letters that were written in which rules find something, and that are no longer told as text or go on beside them.

    And what is to stand in the place of a value that shows beside them, or beside a sign, only now that these stand there.
    """
    texts = Spans((each.start, each.end) for each in output.read)
    looks: list[tuple[Span, tuple[str, str] | None, Span, bool, Span]] = []
    written = [((each.start, each.end), (entity, rule)) for each, entity, rule in work.written]
    for place, said in (*written, *((place, None) for place in work.signed)):
        start, end = output.span(*place)
        is_text = texts.hold(start, end)
        if start < end and not ((is_text or not said) and _stands_alone(output.text, start, end)):
            looks.append((place, said, (start, end), is_text, _line_of(output.text, start, end)))
    signs: Signs = {}
    values: dict[Span, tuple[str, Finding]] = {}
    found = steps.found_in([output.text[low:high] for *_, (low, high) in looks]) if looks else []
    for (place, said, (start, end), is_text, (low, _)), findings in zip(looks, found, strict=True):
        for finding, (first, last) in ((f, (low + part[0], low + part[1])) for f in findings for part in f.parts):
            if first < end and start < last:
                if said and not (is_text and start <= first and last <= end):
                    signs[place] = (steps.written(said[0], work.text[slice(*place)], memory), *said)
            elif _UNSEEN.fullmatch(output.text, last, start) or _UNSEEN.fullmatch(output.text, end, first):
                value = output.text[first:last]
                sign = steps.written(finding.entity, value, memory)
                beside = output.before(first, last)
                if work.text[slice(*beside)] == value != sign:
                    values[beside] = (sign, finding)
    for before, after in pairwise(sorted(values)):
        if after[0] < before[1]:
            del values[after]
    return signs, values


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Whether nothing goes on beside a stretch that could be one value with its end, or is none only for what stands there."""
    if text[start - 1 : start] == ">" or text[end : end + 1] == "<":
        return False
    return text[start - 1 : start] in _EDGES and text[end : end + 1] in _EDGES


def _line_of(text: str, start: int, end: int) -> Span:
    """The line that a stretch stands in, or what of it is near."""
    low = max(text.rfind("\n", 0, start) + 1, start - _AROUND)
    high = text.find("\n", end)
    return low, min(len(text) if high < 0 else high, end + _AROUND)


def residue_within(text: str, account: Callable[[str], Iterable[Residue]], depth: int) -> Iterator[Residue]:
    """What deserves a look in the texts that are encoded in a redacted one, at the place of the stretch: each kind of each rule once."""
    for each in encoded_in(text) if depth else ():
        seen: set[tuple[str, str]] = set()
        for residue in account(each.payload.text) if each.payload else ():
            if residue.kind != "kept-digits" and (residue.kind, residue.rule) not in seen:
                seen.add((residue.kind, residue.rule))
                yield replace(residue, start=each.start, end=each.end)
