"""A pair of original and output looked at: what the original becomes under some settings, and what of it is wrong in the output."""

from __future__ import annotations

import io
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, Literal

from redactor.files.failures import blaming
from redactor.files.inputs import HeldInput
from redactor.files.leading_back import Written, leads_back
from redactor.files.names import named_in, suffix_for
from redactor.formats.options import Options
from redactor.formats.plain import write_text
from redactor.formats.registry import load_format
from redactor.formats.session import DocumentSession
from redactor.formats.sniff import kind_of
from redactor.language import later
from redactor.model import Decided, Edit, RedactorError, Result
from redactor.redactor import Redactor
from redactor.vault.vault import Vault
from redactor.verify.anew import LINED, unlike
from redactor.verify.intact import Known, Told, differences, lines_of
from redactor.verify.ledger import Ledger
from redactor.verify.model import Blob, Leak, Piece
from redactor.verify.outside import by_others
from redactor.verify.reading import read
from redactor.verify.search import Search
from redactor.verify.shell import shell
from redactor.verify.unseen import unseen

Name = Literal["gone", "short", "intact", "again", "shell", "back", "bound"]
NAMES: Final[tuple[Name, ...]] = ("gone", "short", "intact", "again", "shell", "back", "bound")
"""The checks, in the order in which they are told of."""
_OLD: Final = ("ole", "ppt", "xls", "rtf")
"""Formats that another program converts first."""
_STILL: Final = later("still taken out by another run")
_BROKEN: Final = later("it can't be read as what it should be")
_NAMED: Final = later("the name of the file")
_TOO_MUCH: Final = later("too much text to be compared")
_FORMAT: Final = later("another format than what is written of the original")
Kept = Collection[tuple[str, str]]
"""Values that somebody has decided to keep, each as entity and text."""


@dataclass(frozen=True, slots=True)
class Way:
    """What an output was made with, and how it is looked at. `kind`: the format of all files; None: what the content of each says.

    `resaved`: another program has saved the output since, so that only what it says is compared. `office`: LibreOffice is asked
    what it reads. `kept`: findings that the output may have. `decisions`: what a person has decided of the original's texts, as of `Job`.
    `vault`: what its labels stand for: put back, they must give what the original says.
    """

    redactor: Redactor
    options: Options = field(default_factory=Options)
    kind: str | None = None
    resaved: bool = False
    office: bool = False
    kept: Kept = frozenset()
    decisions: Mapping[int, Decided] = field(default_factory=dict)
    vault: Vault | None = None


@dataclass(frozen=True, slots=True)
class Looked:
    """What was found wrong in an output, by check, and what could not be looked into. `sha256`: of original and output.

    `values`: how many values were looked for.
    """

    format: str
    faults: dict[Name, tuple[Leak, ...]]
    unchecked: tuple[Leak, ...]
    sha256: tuple[str, str]
    values: int


@dataclass(frozen=True, slots=True)
class _Made:
    """What a run over a file has come to."""

    kind: str
    data: bytes
    told: list[Told]
    places: list[tuple[str, Edit, str]]
    session: DocumentSession
    ledger: Ledger


def look(original: bytes, output: bytes, source: Path, target: Path, way: Way) -> Looked:
    """Everything that is wrong in an output. FormatError and its kind when one of the two can't be read."""
    with blaming(source):
        made = _made(original, source, target, way)
    again = _once_more(output, target, way)
    kind = again.kind if isinstance(again, _Made) else made.kind
    with blaming(target):
        pieces = list(read(output, kind if kind != "text" else ""))
    faults: dict[Name, tuple[Leak, ...]] = dict.fromkeys(NAMES, ())
    search = Search(made.ledger)
    search.take(pieces)
    search.take((Blob("", output),))
    search.take(by_others(output, kind, office=way.office))
    faults |= {check.name: check.leaks for check in search.verdict().checks}
    if isinstance(again, RedactorError):
        # What is left in it is told all the same; of a document that is merely broken there is nothing to tell.
        if not faults["gone"] and kind not in LINED:
            raise again
        faults["again"] = (Leak("", _BROKEN),)
    else:
        faults["again"] = tuple(_again(again, _kept(made, target, way), same=made.data == output))
    faults["intact"] = tuple(_intact(original, output, pieces, made, kind, target, way))
    unlooked: list[Leak] = []
    if way.vault:
        with blaming(target):
            written = Written(made.kind, kind, made.data, made.told)
            faults["back"] = tuple(
                leads_back(original, output, written, way.redactor.policy, way.vault, way.options, unlooked.append)
            )
    left = again.session if isinstance(again, _Made) else None
    faults["shell"] = tuple(_shell(original, output, made, kind, left, target, way))
    unchecked = dict.fromkeys(
        (
            *(Leak(where, what) for where, what in made.session.not_checked),
            *(Leak(where, what) for where, what in (left.not_checked if left else ())),
            *unlooked,
        )
    )
    more = dict.fromkeys(unseen(pieces, output))
    if len(more) > len(unchecked):  # of as many, the formats tell better where they are
        unchecked |= more
    if made.ledger.overflow:
        unchecked[Leak("", _TOO_MUCH)] = None
    digests = sha256(original).hexdigest(), sha256(output).hexdigest()
    return Looked(made.kind, faults, tuple(unchecked), digests, len(made.ledger.values))


def _kept(made: _Made, target: Path, way: Way) -> Kept:
    """What the output may still have: what somebody has decided to keep is found again in what the program writes, too."""
    if not way.decisions:
        return way.kept
    again = _once_more(made.data, target, way)
    return {*way.kept, *((e.entity, text) for _, e, text in (again.places if isinstance(again, _Made) else ()))}


def _once_more(output: bytes, target: Path, way: Way) -> _Made | RedactorError:
    """What another run makes of the output, or why it can't read it."""
    try:
        with blaming(target):
            return _made(
                output, target, target, replace(way, kind=None, options=_plain(way.options), decisions={}, vault=None)
            )
    except RedactorError as error:
        return error


def _plain(options: Options) -> Options:
    """The options as they are for a text that has been written already: in the encoding that it was written in."""
    return replace(options, to="", encoding=options.output_encoding or options.encoding, output_encoding=None)


def made_of(data: bytes, source: Path, target: Path, way: Way) -> bytes:
    """What the program writes of a file."""
    return _made(data, source, target, way).data


def _made(data: bytes, source: Path, target: Path, way: Way) -> _Made:
    """What the program makes of a file, held in memory."""
    opened = HeldInput(data)
    kind = way.kind or kind_of(opened.stream, source.name)
    opened.stream.seek(0)
    options = replace(way.options, output=suffix_for(kind, source, target))
    if options.scrub_metadata is None:
        options = replace(options, scrub_metadata=way.redactor.policy.scrub_metadata)
    ledger, told, places = Ledger(way.redactor.settings.mask), list[Told](), list[tuple[str, Edit, str]]()

    def account(text: str, result: Result, units: Any, _: Any = None) -> None:
        ledger.enter(text, result.edits, result.text)
        told.append(Told(text, result.edits))
        places.extend((_place(units, edit.start), edit, text[edit.start : edit.end]) for edit in result.edits)

    vault = way.vault.copy() if way.vault else None
    session = DocumentSession(way.redactor, account, again=opened.again, decisions=way.decisions, vault=vault)
    out = io.BytesIO()
    if options.to:
        write_text(kind, opened.stream, out, session, options, source.name)
    else:
        load_format(kind)(opened.stream, out, session, options)
    return _Made(kind, out.getvalue(), told, places, session, ledger)


def _place(units: Iterable[Any], at: int) -> str:
    """Where an offset of joined texts is."""
    start = 0
    where = ""
    for unit in units:
        where = unit.where
        start += len(unit.text) + 1
        if at < start:
            break
    return where


def _intact(
    original: bytes, output: bytes, pieces: list[Piece | Blob], made: _Made, kind: str, target: Path, way: Way
) -> Iterator[Leak]:
    if not way.resaved:
        yield from unlike(made.data, output, kind, converted=made.kind in _OLD)
    written = kind_of(HeldInput(made.data).stream, target.name)
    if kind != written:
        yield Leak("", _FORMAT)
    if kind != made.kind or way.options.to:
        # No reader gives the same of two formats: what has been saved since is held to what the program writes.
        if way.resaved and kind == written:
            yield from differences(read(made.data, kind if kind != "text" else ""), pieces, Known(()))
        return
    hint = made.kind if made.kind != "text" else ""
    taken = frozenset(where for where, _ in made.session.taken_out)
    known = Known(
        made.told,
        taken,
        lines_of(read(made.data, hint)),
        laid=made.kind == "pdf",
        distinct=made.kind in ("parquet", "arrow"),
    )
    yield from differences(read(original, hint), pieces, known)


def _again(again: _Made, kept: Kept, *, same: bool) -> Iterator[Leak]:
    """What another run would edit. `same`: the output is what the program writes: lines that are taken for promotion only now,
    since others around them have gone, are no secret."""
    for where, edit, text in again.places:
        if (edit.entity, text) not in kept and not (same and edit.entity == "BOILERPLATE"):
            yield Leak(where, edit.entity, text)


def _shell(
    original: bytes, output: bytes, made: _Made, kind: str, left: DocumentSession | None, target: Path, way: Way
) -> Iterator[Leak]:
    scrub = way.options.scrub_metadata
    scrub = way.redactor.policy.scrub_metadata if scrub is None else scrub
    yield from shell(original, output, kind, scrub=scrub)
    yield from (Leak(where, _STILL) for where, _ in (left.taken_out if left else ()))
    for entity in named_in(way.redactor, target.stem):
        yield Leak("", _NAMED, entity)
    if any(len(value.text) > 1 and value.text in target.stem.lower() for value in made.ledger.values):
        yield Leak("", _NAMED)
