"""What is encoded inside a text, redacted by the same steps, and written again in the same form."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Protocol

from redactor.document.edits import apply, assert_intact, pieces
from redactor.document.residue import Residue
from redactor.document.state import Memory
from redactor.language import later
from redactor.model import Edit, Evidence, Finding, NotChecked, Result, Span, Tier
from redactor.text.encoded import Encoded, encoded_in
from redactor.text.encoded_terms import Terms

MAX_DEPTH: Final = 3
"""How deep texts that are encoded may lie in one another."""
MAX_SIZE: Final = 16 << 20
"""Characters that the encoded texts of one text may hold, all together."""
TOO_DEEP: Final = later("encoded text that lies too deep, or is too long")
TERM_RULE: Final = "user.mask"
TERM_ENTITY: Final = "PERSON"
_AROUND: Final = 200
"""Characters of a line on either side that are looked at again once something was written anew."""


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


@dataclass(slots=True)
class _Work:
    """The edits and findings of one text, to which those within encoded stretches are added."""

    text: str
    edits: list[Edit]
    findings: list[Finding]
    doubtful: list[Finding]
    not_checked: list[NotChecked] = field(default_factory=list)
    written: list[tuple[Encoded, str, str]] = field(default_factory=list)
    """Stretches that were written anew, with entity and rule of what was found first."""


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

    What lies in an edit has gone with it; what touches a stretch that is `standing` stays.
    """
    found = encoded_in(text, terms)
    if not found:
        return result
    work = _Work(text, list(result.edits), list(result.findings), list(result.doubtful))
    ends = [edit.end for edit in result.edits]
    for each in found:
        over = _overlapping(result.edits, ends, each)
        if any(edit.start <= each.start and each.end <= edit.end for edit in over):
            continue
        if any(start < each.end and each.start < end for start, end in standing):
            continue
        if each.payload:
            _open(work, each, over, memory, room, steps)
        elif each.terms:
            _take_terms(work, each, over, memory, steps)
        elif each.what:
            work.not_checked.append(NotChecked(each.start, each.end, each.what))
    _check_again(work, memory, steps)
    edits = tuple(sorted(work.edits, key=lambda edit: (edit.start, edit.end)))
    output = apply(text, edits)
    assert_intact(text, output, edits)
    return Result(output, edits, _ordered(work.findings), _ordered(work.doubtful), tuple(work.not_checked))


def _ordered(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(findings, key=lambda finding: finding.start))


def _overlapping(edits: Sequence[Edit], ends: Sequence[int], each: Encoded) -> list[Edit]:
    """The edits, of some in order of place, that touch a stretch."""
    found = []
    for number in range(bisect_right(ends, each.start), len(edits)):
        if edits[number].start >= each.end:
            break
        found.append(edits[number])
    return found


def _open(work: _Work, each: Encoded, over: Sequence[Edit], memory: Memory, room: Room, steps: Steps) -> None:
    """Redact the text of a stretch."""
    assert each.payload is not None
    if not room.takes(each.payload.text):
        work.not_checked.append(NotChecked(each.start, each.end, TOO_DEEP))
        return
    room.depth -= 1
    inner = steps.inner(each.payload.text, memory, room)
    room.depth += 1
    work.not_checked += [NotChecked(each.start, each.end, what) for what in _once(n.what for n in inner.not_checked)]
    if inner.text != inner_text(each) and not _stays_apart(work, each, over):
        first = inner.edits[0]
        _write(work, each, each.payload.pack(inner.text), first.entity, first.rule)
    work.findings += _placed(each, inner.findings)
    work.doubtful += _placed(each, inner.doubtful)


def inner_text(each: Encoded) -> str:
    """The text that a stretch holds."""
    return each.payload.text if each.payload else ""


def _take_terms(work: _Work, each: Encoded, over: Sequence[Edit], memory: Memory, steps: Steps) -> None:
    """Take the user's own terms out of data that is no text; where there is room for what stands in their place, nothing else moves."""
    data = each.data
    for term, name in each.terms:
        code = term.encode(name, "replace")
        new = steps.written(TERM_ENTITY, term, memory).encode(name, "replace")
        blank = " ".encode(name)
        data = data.replace(code, new + blank * ((len(code) - len(new)) // len(blank)))
    if data != each.data:
        work.findings += _placed(each, [Finding(0, 1, TERM_ENTITY, TERM_RULE, 1.0, priority=Tier.USER)])
        if not _stays_apart(work, each, over):
            _write(work, each, data, TERM_ENTITY, TERM_RULE)


def _stays_apart(work: _Work, each: Encoded, over: Sequence[Edit]) -> bool:
    """Clear a stretch of edits made in its letters, so that it can be written anew; or else, and then true, let one of them take it whole.

    It does when it reaches beyond the stretch, or is what the user asked for.
    """
    own = [f for f in work.findings if f.priority >= Tier.USER and f.start < each.end and each.start < f.end]
    taking = [e for e in over if e.start < each.start or e.end > each.end]
    taking = taking or [e for e in over if any(f.start <= e.start and e.end <= f.end for f in own)]
    if not taking:
        gone = frozenset(over)
        work.edits = [edit for edit in work.edits if edit not in gone]
        if gone:
            work.findings = [f for f in work.findings if not (each.start <= f.start and f.end <= each.end)]
        return False
    low = min(each.start, *(edit.start for edit in over))
    high = max(each.end, *(edit.end for edit in over))
    first = taking[0]
    work.edits = [edit for edit in work.edits if edit not in over]
    for number, (start, end) in enumerate(pieces(work.text, low, high, first.entity)):
        work.edits.append(replace(first, start=start, end=end, replacement="" if number else first.replacement))
    return True


def _write(work: _Work, each: Encoded, data: bytes, entity: str, rule: str) -> None:
    work.edits += [Edit(start, end, new, entity, rule) for start, end, new in each.edits(data)]
    work.written.append((each, entity, rule))


def _check_again(work: _Work, memory: Memory, steps: Steps) -> None:
    """Where rules would find something in the letters that were written, a sign takes their place: redacting twice equals redacting once."""
    if not work.written:
        return
    edits = sorted(work.edits, key=lambda edit: (edit.start, edit.end))
    output = apply(work.text, edits)
    looks = [_surroundings(output, *_place(edits, each)) for each, _, _ in work.written]
    found = steps.found_in([output[low:high] for low, high, _, _ in looks])
    for (each, entity, rule), (low, _, start, end), findings in zip(work.written, looks, found, strict=True):
        if any(f.start + low < end and start < f.end + low for f in findings):
            work.edits = [edit for edit in work.edits if not (each.start <= edit.start and edit.end <= each.end)]
            written = steps.written(entity, work.text[each.start : each.end], memory)
            for number, (first, last) in enumerate(pieces(work.text, each.start, each.end, entity)):
                work.edits.append(Edit(first, last, "" if number else written, entity, rule))


def _place(edits: Sequence[Edit], each: Encoded) -> Span:
    """Where a stretch stands once edits are made."""
    before = sum(len(e.replacement) - (e.end - e.start) for e in edits if e.end <= each.start and e.start < each.start)
    within = sum(len(e.replacement) - (e.end - e.start) for e in edits if each.start <= e.start and e.end <= each.end)
    return each.start + before, each.end + before + within


def _surroundings(text: str, start: int, end: int) -> tuple[int, int, int, int]:
    """The line that a stretch stands in, or what of it is near; and the stretch."""
    low = max(text.rfind("\n", 0, start) + 1, start - _AROUND)
    high = text.find("\n", end)
    return low, min(len(text) if high < 0 else high, end + _AROUND), start, end


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


def _once(words: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(words))


def residue_within(text: str, account: Callable[[str], Iterable[Residue]], depth: int) -> Iterator[Residue]:
    """What deserves a look in the texts that are encoded in a redacted one, at the place of the stretch: each kind of each rule once."""
    for each in encoded_in(text) if depth else ():
        seen: set[tuple[str, str]] = set()
        for residue in account(each.payload.text) if each.payload else ():
            if residue.kind != "kept-digits" and (residue.kind, residue.rule) not in seen:
                seen.add((residue.kind, residue.rule))
                yield replace(residue, start=each.start, end=each.end)
