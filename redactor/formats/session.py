"""A document's way through the core: its texts joined into flows, the flows' edits given back to the texts."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from copy import deepcopy
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain, islice
from typing import Any, BinaryIO, Final, Protocol

from redactor.document.batches import BATCH, batches, documents, placed
from redactor.document.residue import Residue
from redactor.document.state import Memory
from redactor.formats.decided import Given
from redactor.formats.joined import given_back, grouped_texts, joined, starts_of, wordless_in
from redactor.formats.limits import MAX_DEPTH, MAX_TOTAL
from redactor.formats.standing import without_standing
from redactor.formats.unit import Redacted, Unit
from redactor.language import say
from redactor.model import NOT_CHECKABLE, UNDECIDED, Decided, FormatError, NotChecked, Result
from redactor.redactor import Redactor
from redactor.text.decode import PART, Encoding, Part
from redactor.text.document import Document
from redactor.text.places import at, said_place
from redactor.vault.labelling import CollisionError, Origin, labelled
from redactor.vault.labels import Form
from redactor.vault.vault import Vault

Batch = tuple[Sequence[Document], Sequence[Memory]]
"""Documents that are looked at together, with what is known of each."""
Done = tuple[Result, tuple[Residue, ...] | None]
"""What has become of a document, and its residue if that is known already."""
Ahead = Mapping[str, Done]
"""What is known already of whole texts."""
NOTHING: Final[Ahead] = {}
Parts = Callable[[], Iterable[Part]]
"""Gives the parts of a text, cut at line ends, from its beginning each time it is called, in any process."""

Decide = Callable[[str], Decided]
"""Gives what was decided of the text that comes next."""


@dataclass(frozen=True, slots=True)
class PartDone:
    """What has become of one part of a text. `told`: the part, its result and its residue, where they are wanted.

    `not_checked`: what stays in it that can't be looked into.
    """

    text: str
    changed: bool
    told: tuple[str, Result, tuple[Residue, ...] | None] | None
    not_checked: tuple[NotChecked, ...] = ()


class OneProcess:
    """Does the work that a session asks for, in this process.

    `residue`: whether it is wanted too. `tells`: whether more is wanted of the parts of a text than what has become of them.
    `ahead`: is made use of.
    """

    jobs = 1

    def __init__(
        self,
        redactor: Redactor,
        *,
        residue: bool = False,
        tells: bool = True,
        ahead: Ahead = NOTHING,
    ) -> None:
        self.redactor = redactor
        self._residue, self._tells, self._ahead = residue, tells, ahead

    def batches(self, work: Sequence[Batch]) -> list[list[Done]]:
        """The results of each batch, in order; memories are added to."""
        return [self.done(*batch) for batch in work]

    def done(self, documents: Sequence[Document], memories: Sequence[Memory]) -> list[Done]:
        """The results of documents that are looked at together."""
        results = self.redactor.pipeline.redact_all(documents, memories)
        if not self._residue:
            return [(result, None) for result in results]
        texts = [document.text for document in documents]
        return list(
            zip(results, self.redactor.pipeline.account_all(list(zip(texts, results, strict=True))), strict=True)
        )

    def parts(self, parts: Parts, memory: Memory, decided: Decide | None = None) -> Iterator[PartDone]:
        """What becomes of each part of a text, in order; the memory is added to. `decided`: gives what was decided of each."""
        for part, head, tail in placed(parts()):
            document = Document(part(), head=head, tail=tail)
            document.decided = decided(document.text) if decided else UNDECIDED
            known = self._ahead.get(document.text) if head and tail and not document.decided else None
            yield self.told(document.text, *(known or (self.redactor.pipeline.redact(document, memory), None)))

    def told(self, text: str, result: Result, residue: tuple[Residue, ...] | None = None) -> PartDone:
        """What is told of a part, and its residue where that is wanted."""
        if self._tells and self._residue and residue is None:
            residue = self.redactor.account(text, result)
        told = (text, result, residue) if self._tells else None
        return PartDone(result.text, bool(result.edits), told, result.not_checked)


class Account(Protocol):
    """What keeps the books of a file."""

    def __call__(
        self, text: str, result: Result, units: Sequence[Unit], residue: tuple[Residue, ...] | None = None, /
    ) -> object:
        """Take the text of a flow (or a part of a long one), what has become of it, the units that it is made of, its residue if known."""


@dataclass
class DocumentSession:
    """The `Session` of one file. `strict`: what can't be looked into refuses the file. `work`: does what can be spread.

    `again`: gives another stream over the file, with a place of its own; None: texts are read from the one that there is.
    `decisions`: what a person has decided of texts, by their number in the order in which the account is told of them, from 0, when nothing
    is decided; where that may hang on what is decided, a `DecidedTexts`.
    """

    redactor: Redactor
    account: Account
    strict: bool = False
    work: OneProcess = None  # type: ignore[assignment]
    again: Callable[[], BinaryIO] | None = None
    decisions: Mapping[int, Decided] = field(default_factory=dict)
    encoding: Encoding | None = None
    changed: bool = False
    """Whether a text was edited that the account has not been told of."""
    emptied: bool = False
    """Whether what is visible of all texts so far has gone."""
    unread: bool = False
    """Whether bytes were passed over that are no text in their encoding."""
    not_checked: list[tuple[str, str]] = field(default_factory=list)
    taken_out: list[tuple[str, str]] = field(default_factory=list)
    aside: list[tuple[str, bytes]] = field(default_factory=list)
    """Records that can't be read, with their places."""
    aside_because: list[str] = field(default_factory=list)
    """Why, for each of them."""
    hidden_texts: Counter[tuple[str, str]] = field(default_factory=Counter)
    memory: Memory = field(default_factory=Memory)
    path: tuple[str, ...] = ()
    unpacked_size: int = 0
    vault: Vault | None = None
    codecs: Sequence[str] = ()
    """Encodings that labels must have signs in."""
    put: set[str] = field(default_factory=set)
    """Labels of the vault that have been put into the file."""
    """Takes what is replaced, so that it can be put back."""
    rows: int | None = None
    """How many records the file holds; None where it is no file of records."""

    number: int | None = None
    """Where something is decided: the number of the text that the account is told of; None: it would not come if nothing were."""

    _left: bool = False
    """Whether something visible is left of a text."""

    def __post_init__(self) -> None:
        self.work = self.work or OneProcess(self.redactor)
        self._given = Given(self.decisions)

    def _decided(self, text: str) -> Decided:
        """What was decided of the text that comes next."""
        return self._given.of(text) if self.decisions else UNDECIDED

    def _tells(self) -> None:
        """Go on to the text that the account is told of next."""
        if self.decisions:
            self.number = self._given.told()

    def _came_of(self, text: str, changed: bool) -> None:
        """Note what has become of a text, or a part of one."""
        self._left = self._left or bool(text and not text.isspace())
        self.emptied = (self.emptied or changed) and not self._left

    def flow(self, units: Sequence[Unit], *, prose: bool = True, record: Memory | None = None) -> list[Redacted]:
        """What becomes of texts that are read one after the other."""
        return list(self._stream(units, self.memory if record is None else record, prose=prose))

    def stream(self, units: Iterable[Unit], *, prose: bool = True) -> Iterator[Redacted]:
        """The same for texts too many to hold: units are taken as results are asked for, two parts ahead of them."""
        return self._stream(units, self.memory, prose=prose)

    @property
    def room(self) -> int:
        """Characters of records that are worth giving to `flows` at once."""
        return 4 * BATCH * self.work.jobs

    def flows(self, flows: Sequence[tuple[Memory, Sequence[Unit]]]) -> list[list[Redacted]]:
        """`flow` for each of many records, looked at together."""
        done: list[list[Redacted]] = []
        short: list[tuple[Memory, Sequence[Unit]]] = []
        for record, units in flows:
            if sum(len(unit.text) + 1 for unit in units) <= PART:
                short.append((record, units))
                continue
            done += [*self._together(short), self.flow(units, record=record)]
            short = []
        return done + self._together(short)

    def _together(self, flows: Sequence[tuple[Memory, Sequence[Unit]]]) -> list[list[Redacted]]:
        documents = [Document(joined(units, last=True), spared=wordless_in(units)) for _, units in flows]
        for document in documents:
            document.decided = self._decided(document.text)
        # As many batches as can be done at a time, or several times as many: none waits for a last one.
        size = sum(len(document.text) for document in documents)
        jobs = self.work.jobs
        number = jobs * max(1, round(size / (jobs * BATCH)))
        records = iter(flows)
        work: list[Batch] = [
            (batch, [record for record, _ in islice(records, len(batch))])
            for batch in batches(documents, most=size // number + 1)
        ]
        results = self.work.batches(work)
        done: list[list[Redacted]] = []
        for document, (result, residue), (_, units) in zip(documents, chain.from_iterable(results), flows, strict=True):
            result, residue = self._labelled(document.text, result, residue, units)
            self._came_of(result.text, bool(result.edits))
            self._tells()
            self.account(document.text, result, self._placed(units), residue)
            self._left_unchecked(units, result.not_checked)
            done.append(list(given_back(units, result.edits, result.kept)))
        return done

    def _stream(self, units: Iterable[Unit], memory: Memory, *, prose: bool) -> Iterator[Redacted]:
        groups: deque[Sequence[Unit]] = deque()
        texts = grouped_texts(units, groups)
        plain = (Document(text, head=False, tail=False, middle=False) for text in texts)
        for document in documents(texts) if prose else plain:
            group = groups.popleft()
            document.decided, document.spared = self._decided(document.text), wordless_in(group)
            result = without_standing(document, self.redactor.pipeline.redact(document, memory), group)
            result, _ = self._labelled(document.text, result, None, group)
            self._came_of(result.text, bool(result.edits))
            self._tells()
            self.account(document.text, result, self._placed(group))
            self._left_unchecked(group, result.not_checked)
            yield from given_back(group, result.edits, result.kept)

    def text(self, parts: Parts, where: str) -> Iterator[str]:
        """What becomes of a running text, part by part."""
        for done in self.work.parts(parts, self.memory, self._decided if self.decisions else None):
            self._tells()
            if done.told:
                text, result, residue = done.told
                unit = Unit(text, where)
                result, residue = self._labelled(text, result, residue, (unit,))
                self.account(text, result, self._placed((unit,)), residue)
                done = replace(done, text=result.text)
            self.changed = self.changed or done.changed
            self._came_of(done.text, done.changed)
            self._left_unchecked((Unit("", where),), done.not_checked)
            yield done.text

    def _labelled(
        self, text: str, result: Result, residue: tuple[Residue, ...] | None, units: Sequence[Unit]
    ) -> tuple[Result, tuple[Residue, ...] | None]:
        """The result with labels of the vault, if there is one; then nothing is known any more of residue, whose places have moved."""
        if self.vault is None:
            return result, residue
        try:
            return labelled(text, result, self.redactor.policy, self.vault, _origin(units), self.codecs, self.put), None
        except CollisionError as error:
            starts = starts_of(units)
            where = said_place(self._place(units[bisect_right(starts, error.start) - 1].where))
            raise FormatError(at(where, str(error))) from None

    def opened(self, source: BinaryIO) -> Callable[[], AbstractContextManager[Any]]:
        """Opens the file again, each time it is called; within a container, it is the stream that there is."""
        return self.again if self.again and not self.path else partial(nullcontext, source)

    def read_as(self, encoding: Encoding) -> None:
        """Tell the encoding of a text; that of the file itself is kept."""
        if not self.path:
            self.encoding = encoding

    def writes_in(self, codecs: Sequence[str]) -> None:
        """Tell the encodings that labels must have signs in."""
        self.codecs = codecs

    def value(self, unit: Unit, entity: str, record: Memory | None = None) -> Redacted:
        """What becomes of a text that is known to be a value of that entity."""
        memory = self.memory if record is None else record
        decided = self._decided(unit.text)
        plain = self.redactor.pipeline.redact_value(unit.text, entity, deepcopy(memory)) if decided else None
        result = self.redactor.pipeline.redact_value(unit.text, entity, memory, decided)
        result, _ = self._labelled(unit.text, result, None, (unit,))
        self._came_of(result.text, bool(result.edits))
        self._tells()
        self.account(unit.text, result, self._placed((unit,)))
        return Redacted(result.text, result.edits, settled=bool(decided), again=plain is not None and not plain.edits)

    def record(self) -> Memory:
        """A new document begins within the file."""
        self.memory = Memory()
        return self.memory

    def counted(self, rows: int) -> None:
        """Tell that so many records have been read and written; those of a container's members are none of the file's."""
        if not self.path:
            self.rows = (self.rows or 0) + rows

    def removed(self, where: str, what: str) -> None:
        """Tell that a part that holds no text to edit was taken out."""
        self.taken_out.append((self._place(where), say(what)))

    def unchecked(self, where: str, what: str) -> None:
        """Tell that something stays that can't be looked into."""
        if self.strict:
            place = at(said_place(where), say(what))
            raise FormatError("{place} can't be checked, and --strict was given", place=place, reason=NOT_CHECKABLE)
        self.not_checked.append((self._place(where), say(what)))

    def _left_unchecked(self, units: Sequence[Unit], stretches: Iterable[NotChecked]) -> None:
        """Tell of what a text of these units holds that can't be looked into: of each kind in a unit once."""
        starts = starts_of(units)
        for stretch in stretches:
            where = units[bisect_right(starts, stretch.start) - 1].where
            if (self._place(where), say(stretch.what)) not in self.not_checked:
                self.unchecked(where, stretch.what)

    def undecoded(self, where: str, what: str) -> None:
        """Tell of bytes that are no text in the encoding that the rest is in."""
        self.unchecked(where, what)
        self.unread = True

    def set_aside(self, where: str, record: bytes, why: str = "") -> None:
        """Take a record that can't be read, as it is, and why. FormatError within a container."""
        if self.path:
            raise FormatError("{where}: can't be read, and within a container nothing can be set aside", where=where)
        self.aside.append((where, record))
        self.aside_because.append(why)

    @contextmanager
    def told_before(self) -> Iterator[None]:
        """What is read in the block is not told of: another part of the file has told of it."""
        account, self.account = self.account, lambda *_: None
        try:
            yield
        finally:
            self.account = account

    def hidden(self, where: str, what: str, places: int = 1) -> None:
        """Tell of text that a reader can't see; it is redacted like any other."""
        self.hidden_texts[self._place(where), say(what)] += places

    @contextmanager
    def inside(self, name: str) -> Iterator[None]:
        """What is done within the block is done to a container's member of that name."""
        if len(self.path) >= MAX_DEPTH:
            raise FormatError("containers lie in one another more than {max_depth} deep", max_depth=MAX_DEPTH)
        self.path += (name,)
        try:
            yield
        finally:
            self.path = self.path[:-1]

    def unpacked(self, size: int) -> None:
        """Count bytes that came out of a container."""
        self.unpacked_size += size
        if self.unpacked_size > MAX_TOTAL:
            raise FormatError("holds more than {max_total} MiB, unpacked", max_total=MAX_TOTAL >> 20)

    def _place(self, where: str) -> str:
        return " > ".join((*self.path, where)) if where else " > ".join(self.path)

    def _placed(self, units: Sequence[Unit]) -> Sequence[Unit]:
        return [replace(unit, where=self._place(unit.where)) for unit in units] if self.path else units


def _origin(units: Sequence[Unit]) -> Origin:
    """Where what units themselves say begins in a stretch of their joined text, and in what form it stands in them."""
    starts = starts_of(units)

    def origin(start: int, end: int) -> tuple[int, Form]:
        number = bisect_right(starts, start) - 1
        unit, begin = units[number], starts[number]
        low, high = max(start - begin, unit.lent), end - begin
        spelled = unit.spelled(low - unit.lent, high - unit.lent) if unit.spelled and low < high else ""
        return begin + low, Form(unit.text[low:high], unit.number, spelled)

    return origin
