"""What was decided of a document, with the document: from a decisions file, or from the journal of a review that may still go on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Final

import regex

from redactor.formats.decided import DecidedTexts
from redactor.formats.options import Options
from redactor.model import FormatError
from redactor.policy.load import policy_names
from redactor.redactor import Redactor
from redactor.review.decisions import SUFFIX, DecisionsFile, Place, alike
from redactor.review.desk import laid_out, under_policy
from redactor.review.fingerprints import Fingerprints
from redactor.review.finishing import Ending
from redactor.review.items import Examined, content_of, examine
from redactor.review.journal import SUFFIX as JOURNAL
from redactor.review.journal import read_journal
from redactor.review.keeping import policy_of, steps_of
from redactor.review.placing import at_their_places
from redactor.review.replay import bound_to, said_where
from redactor.review.session import Session
from redactor.review.sheet import Wanted
from redactor.text.show import show

HAN: Final = regex.compile(r"\p{Han}")
"""What a text has that is worth showing to who teaches rules of Chinese."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How documents are read and redacted: as their reviews were begun. `kind`: their format; None: what their content says."""

    redactor: Redactor
    options: Options
    kind: str | None = None

    def under(self, policy: str) -> Reading:
        """The same under a policy that is built in; under its own for another name."""
        if policy == self.redactor.policy.name or policy not in policy_names():
            return self
        return replace(self, redactor=under_policy(self.redactor, policy))


@dataclass(frozen=True, slots=True)
class Taken:
    """A document and what was decided of it. `how`: how it was read, under the policy that it was decided under.

    `plain`, `seen`: what the engine makes of it where nothing is decided, and under the decisions; the texts are the same.
    """

    source: Path
    file: DecisionsFile
    how: Reading
    plain: Examined
    seen: Examined

    @property
    def texts(self) -> Sequence[str]:
        """The texts of the document, by flow."""
        return [flow.text for flow in self.plain.flows]

    def text(self, place: Place) -> str:
        """What stands at a place."""
        flow, start, end = place
        return self.plain.flows[flow].text[start:end]

    def where(self, place: Place) -> str:
        """A place as people read it."""
        return said_where(place, self.plain)


def from_journal(source: Path, journal: Path, how: Reading, marks: Fingerprints) -> DecisionsFile:
    """What a journal says was decided of a document, as far as its review has come; nothing of the journal is changed.

    FormatError where it is the journal of something else, or none; OSError where it can't be read.
    """
    content = content_of(source)
    review, how = _replayed(source, content, journal, how)
    return Ending(source, source, how.redactor, how.options, how.kind).told(content, review, marks)


def _replayed(source: Path, content: bytes, journal: Path, how: Reading) -> tuple[Session, Reading]:
    """The review that a journal tells of, and how its document is read."""
    steps = steps_of(read_journal(journal, sha256(content).hexdigest()))
    how = how.under(policy_of(steps))
    desk = laid_out([Wanted(source, source)], how.redactor, options=how.options, kind=how.kind)
    review = desk.review(0)
    review.replay(steps)
    return review, how


def found(source: Path, base: Path, how: Reading, marks: Fingerprints, decisions: Path | None = None) -> DecisionsFile:
    """What was decided of a document: by a decisions file, where one is named; else by its journal, or by the decisions file beside it.

    `base`: what the names of the files that are kept of its review begin with. How the review was finished is told where nothing was
    decided since. FormatError where nothing is kept of it.
    """
    if decisions:
        return DecisionsFile.read(decisions)
    beside, journal = base.with_name(base.name + SUFFIX), base.with_name(base.name + JOURNAL)
    finished = DecisionsFile.read(beside) if beside.exists() else None
    if not journal.exists():
        if finished is None:
            raise FormatError("{path}: nothing was decided of it yet", path=show(source))
        return finished
    now = from_journal(source, journal, how, marks)
    return finished if finished and alike(finished, now) else now


def taken(source: Path, file: DecisionsFile, how: Reading) -> Taken:
    """A document with what a file says was decided of it. FormatError where it is not the one that it was decided of."""
    how = how.under(file.bound.policy)
    content = content_of(source)
    look = partial(examine, content, source.name, how.redactor, how.options, kind=how.kind)
    plain = look()
    now = bound_to(content, source.name, plain.format, how.redactor, how.options, None)
    if (now.input, now.reading) != (file.bound.input, file.bound.reading):
        raise FormatError("{path}: has changed since, or was read by other options", path=show(source))
    texts = [flow.text for flow in plain.flows]
    places = (place for entry in file.entries for place in entry.places)
    if not all(flow < len(texts) and end <= len(texts[flow]) for flow, _, end in places):
        raise FormatError("{path}: the decisions name places that it does not have", path=show(source))
    decided = DecidedTexts(at_their_places(file.entries).decided, texts)
    return Taken(source, file, how, plain, look(decisions=decided, protected=False))
