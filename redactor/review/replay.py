"""Decisions replayed on a document: on the very one that they were made on, under the same rules or others, or on another state of it."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Final

from redactor.files.names import suffix_for
from redactor.formats.decided import DecidedTexts
from redactor.formats.options import Options
from redactor.formats.registry import TEXT
from redactor.formats.sniff import kind_of
from redactor.language import say, several
from redactor.model import Decided, FormatError
from redactor.redactor import Redactor
from redactor.review.decisions import Bound, DecisionsFile, Place
from redactor.review.drawing import Marks
from redactor.review.fingerprints import Fingerprints
from redactor.review.items import Examined, as_clean, content_of, examine
from redactor.review.line_file import canonical
from redactor.review.placing import Placed, at_their_places, found_again
from redactor.text.places import said_place
from redactor.text.show import show

_SHOWN: Final = 10
"""Places that are named."""


@dataclass(frozen=True, slots=True)
class Replay:
    """What decisions come to in a document. `decided`: of each flow; `lines`: what is to be said.

    `input`: SHA-256 of the document; `output`: that of what must come of it, where it is known; else empty.
    `unsure`: whether a person must look again.
    """

    decided: Mapping[int, Decided]
    input: str
    output: str = ""
    lines: tuple[str, ...] = ()
    unsure: bool = False


def bound_to(
    source: bytes, name: str, kind: str, redactor: Redactor, options: Options, marks: Fingerprints | None
) -> Bound:
    """What decisions on a document are bound to. `name`: that of its file; `kind`: its format; `marks`: for the key of hashes, of which a
    fingerprint is taken.
    """
    read = as_clean(options, redactor, name)
    reading = {
        "format": kind,
        "scrub": read.scrub_metadata,
        "unknown": read.unknown,
        "fields": read.fields,
        "columns": dict(read.columns),
        "encoding": read.encoding,
        "errors": read.errors,
        "bad_lines": read.bad_lines,
    }
    key = redactor.pipeline.key if redactor.policy.uses_key else None
    writing = {
        "output_encoding": read.output_encoding,
        "to": read.to,
        "output": read.output,
        "key": marks.of("key", key.hex()) if key and marks else "",
    }
    return Bound(
        input=_sha(source),
        bytes=len(source),
        format=kind,
        policy=redactor.policy.name,
        reading=_sha(canonical(reading)),
        settings=redactor.settings.digest,
        ner=_sha(b"".join(hashlib.sha256(file.read_bytes()).digest() for file in redactor.ner_files)),
        writing=_sha(canonical(writing)),
    )


def replay_file(
    file: DecisionsFile,
    source: Path,
    target: Path | None,
    redactor: Redactor,
    options: Options,
    kind: str | None,
    marks: Fingerprints | None,
    *,
    accept_new: bool = False,
    memory: int = 4096,
) -> Replay:
    """`replay` for a document and what is made of it; `kind`: its format; None: what its content says. OSError where it can't be read."""
    content = content_of(source)
    kind = kind or kind_of(io.BytesIO(content), source.name)
    options = replace(options, output=suffix_for(kind, source, target))
    return replay(file, content, source.name, redactor, options, kind, marks, accept_new=accept_new, memory=memory)


def replay(
    file: DecisionsFile,
    source: bytes,
    name: str,
    redactor: Redactor,
    options: Options,
    kind: str,
    marks: Fingerprints | None,
    *,
    accept_new: bool = False,
    memory: int = 4096,
) -> Replay:
    """What the decisions of a file come to in a document.

    `marks`: under the review key; None: it is not there, and FormatError where it is needed: for another state of the document.
    `accept_new`: what rules have found since needs no look.
    """
    now = bound_to(source, name, kind, redactor, options, marks)
    then, output = file.bound, file.finish.output if file.finish else ""
    same = (now.input, now.reading) == (then.input, then.reading)
    unchanged = same and (now.settings, now.ner, now.writing) == (then.settings, then.ner, then.writing)
    if unchanged and kind == TEXT and not any(entry.same for entry in file.entries):
        return Replay(at_their_places(file.entries).decided, now.input, output)
    if not same and (marks is None or marks.key_id != file.key_id):
        raise FormatError(
            "{name}: is not what the decisions were made on, and the review key is not theirs: name it with --review-key",
            name=show(Path(name)),
        )
    look = partial(examine, source, name, redactor, options, kind=kind, memory=memory)
    plain = look(protected=not same)
    texts = [flow.text for flow in plain.flows]
    if same or marks is None:
        placed = at_their_places(file.entries, texts)
    else:
        items = [(each.flow, each.start, each.end) for each in plain.found]
        placed = found_again(file.entries, texts, items, marks)
    decided = DecidedTexts(placed.decided, texts)
    if unchanged:
        return Replay(decided, now.input, output)
    seen = look(decisions=decided, protected=False)
    masked = [(each.flow, each.start, each.end) for each in seen.found if each.kind in ("finding", "block")]
    new = _untouched(masked, placed.met, seen)
    opened = [place for entry in file.entries if entry.action == "open" for place in entry.places]
    bared = _untouched(opened, masked, seen) if same else 0
    return Replay(
        decided,
        now.input,
        lines=(*_lines(new, bared, placed), *_asked(placed.asked, seen)),
        unsure=bool(placed.asked) or (bool(new or bared) and not accept_new),
    )


def _untouched(places: Iterable[Place], others: Iterable[Place], seen: Examined) -> int:
    """How many places touch none of some others."""
    marks = Marks.at(others, (flow.text for flow in seen.flows))
    return sum(not marks[flow].touches(start, end) for flow, start, end in places)


def _lines(new: int, bared: int, placed: Placed) -> Iterator[str]:
    if new:
        yield several(
            "{number} place is masked that was not there, or not found, when it was reviewed",
            "{number} places are masked that were not there, or not found, when it was reviewed",
            new,
        )
    if bared:
        yield several(
            "{number} place that the rules masked when it was reviewed is found no more, and stays",
            "{number} places that the rules masked when it was reviewed are found no more, and stay",
            bared,
        )
    if placed.gone:
        yield several(
            "{number} decision has lost its place: what it was on is gone",
            "{number} decisions have lost their places: what they were on is gone",
            placed.gone,
        )


def _asked(asked: Sequence[Place], seen: Examined) -> Iterator[str]:
    if not asked:
        return
    shown = list(dict.fromkeys(said_where(place, seen) for place in asked[: 4 * _SHOWN]))
    places = say(", ").join([*shown[:_SHOWN], *(["…"] if len(shown) > _SHOWN or len(asked) > 4 * _SHOWN else [])])
    yield several(
        "{number} place is masked where a decision may be meant or not; look again: {places}",
        "{number} places are masked where decisions may be meant or not; look again: {places}",
        len(asked),
        places=places,
    )


def said_where(place: Place, seen: Examined) -> str:
    """A place of a document as people read it."""
    number, start, _ = place
    if seen.format != TEXT:
        return said_place(seen.flows[number].where(start))
    lines = sum(flow.text.count("\n") for flow in seen.flows[:number])
    return say("line {number}", number=lines + seen.flows[number].text.count("\n", 0, start) + 1)


def _sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
