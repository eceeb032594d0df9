"""The editor's desk: the documents that are open to review, under one policy, and where their results go."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

from redactor.files.failures import failure
from redactor.formats.options import Options
from redactor.language import current, say
from redactor.model import ENTITIES, Decided, RedactorError
from redactor.policy.load import load_policy, policy_names
from redactor.redactor import Redactor
from redactor.review.audit import Audit
from redactor.review.check import Point, points_of
from redactor.review.columns import has_columns
from redactor.review.fingerprints import Fingerprints
from redactor.review.finishing import Ending, said, verdict
from redactor.review.items import Examined, examine
from redactor.review.journal import SUFFIX as JOURNAL
from redactor.review.keeping import Keeping
from redactor.review.roles import approved, to_approve, waits
from redactor.review.session import Session
from redactor.text.places import said_place
from redactor.text.show import show
from redactor.text.whole_file import open_regular


@dataclass(frozen=True, slots=True)
class Wanted:
    """A document to review, and where its result is to go."""

    source: Path
    output: Path
    base: Path | None = None
    """What the names of the files that are kept of its review begin with; None: nothing is kept."""
    decisions: Path | None = None
    """Where its decisions are kept when it is finished."""


@dataclass
class Sheet:
    """One document on the desk. `content`: its bytes, read once; `session`: its review, from when it is first opened."""

    number: int
    wanted: Wanted
    content: bytes = b""
    error: str = ""
    session: Session | None = None
    keeping: Keeping | None = None
    finished: bool = False
    opening: bool = False
    """Whether somebody is at reading it."""

    @property
    def digest(self) -> str:
        """SHA-256 of the input, in hex."""
        return sha256(self.content).hexdigest()


@dataclass
class Desk:
    """All documents under review. `made`: a Redactor for another policy.

    One thing is done at a time: `lock` is held meanwhile, but for what the engine takes its time for in a process of its own; who waits
    for that is told by it.
    """

    sheets: Sequence[Sheet]
    redactor: Redactor
    made: Callable[[str], Redactor]
    options: Options
    kind: str | None = None
    strict: bool = False
    force: bool = False
    by: str = ""
    role: str = "review"
    audit: Audit | None = None
    marks: Fingerprints | None = None
    """Fingerprints under the review key, by which decisions are kept; None: they are not."""
    anew: bool = False
    """Whether the review of a document that has changed since begins anew; else it is refused."""
    hold: bool = False
    """Whether results are not written when a review is finished: somebody else is to approve them first."""
    sign: Path | None = None
    """The SSH key by which an approver's word is signed; None: it is not."""
    lock: threading.Condition = field(default_factory=threading.Condition)
    followed: bool = False
    """Whether somebody has the engine follow what is decided, in its own time: see `redactor.review.background`."""
    _policies: dict[int, Redactor] = field(default_factory=dict)
    _by_policy: dict[str, Redactor] = field(default_factory=dict)

    def session(self) -> dict[str, Any]:
        """What the page is told of the whole."""
        return {
            "language": current(),
            "role": self.role,
            "by": self.by,
            "signs": self.sign is not None,
            "rules": self.redactor.settings.digest[:16],
            "entities": list(ENTITIES),
            "policies": list(dict.fromkeys((self.redactor.policy.name, *policy_names()))),
            "documents": [self._listed(sheet) for sheet in self.sheets],
        }

    def document(self, number: int) -> dict[str, Any]:
        """What the page is told of one document."""
        sheet = self.sheet(number)
        review = self.review(number)
        return {
            "id": number,
            "name": sheet.wanted.source.name,
            "policy": self._redactor(number).policy.name,
            "parts": review.parts,
            "lang": "zh-Hans",
            "version": review.version,
            "serial": review.page.serial,
            "behind": review.behind,
            "trouble": review.trouble,
            "counts": review.counts,
            "columns": has_columns(review.examined.flows),
            "notes": [
                {"kind": kind, "text": say("{place}: {message}", place=said_place(where), message=what)}
                for kind, where, what in review.examined.notes
            ],
        }

    def sheet(self, number: int) -> Sheet:
        """A document by its number; RedactorError when there is none."""
        if not 0 <= number < len(self.sheets):
            raise RedactorError("there is no such document")
        return self.sheets[number]

    def review(self, number: int) -> Session:
        """The review of a document, which begins when it is first asked for."""
        sheet = self.sheet(number)
        self.open(sheet)
        with self.lock:
            if sheet.session is None:
                raise RedactorError("there is no such document")
            self._keep(sheet)
            return sheet.session

    def open(self, sheet: Sheet) -> None:
        """Read a document, if it was not yet; who wants one that is being read waits. It takes its time, for which the lock is not needed."""
        with self.lock:
            while sheet.opening:
                self.lock.wait()
            if sheet.session:
                return
            sheet.opening = True
        try:
            sheet.content = sheet.content or _content(sheet.wanted.source)
            session = self._resumed(sheet)
            session.wake = self._wake
            sheet.session, sheet.error = session, ""
        except Exception as error:
            known = failure(error, show(sheet.wanted.source))
            if known is None:
                raise
            sheet.error = str(known)
            raise known from None
        finally:
            with self.lock:
                sheet.opening = False
                self.lock.notify_all()

    def choose_policy(self, number: int, name: str) -> dict[str, Any]:
        """Work by another policy from now on; what was decided holds on."""
        if name not in (*policy_names(), self.redactor.policy.name):
            raise RedactorError("there is no such policy")
        before, sheet = self.review(number), self.sheet(number)
        old = {id_: item["masked"] for id_, item in before.page.items.items()}
        after = self._begun(sheet, before, self._made(name))
        before.note("policy", {"policy": name})
        self._policies[number] = self._made(name)
        sheet.session = after
        now = {id_: item["masked"] for id_, item in sheet.session.page.items.items()}
        changed = sum(old.get(id_, False) != now.get(id_, False) for id_ in {*old, *now})
        sheet.session.version = before.version + 1
        return {"doc": self.document(number), "number": changed}

    def caught_up(self, number: int) -> Session:
        """The review of a document, once its result is what comes of what is decided. RedactorError when there can be none."""
        review = self.review(number)
        with self.lock:
            if review.unseen:
                review.ask()
            while review.behind:
                self.lock.wait()
            if review.trouble:
                raise RedactorError("there is no result under what is decided: {reason}", reason=review.trouble)
        return review

    def check(self, number: int) -> tuple[list[Point], dict[str, Any]]:
        """What stands in the way of the end, or is to be looked at before it."""
        review, sheet = self.caught_up(number), self.sheet(number)
        points = points_of(review, self._redactor(number), sheet.wanted.output)
        return to_approve(review, points) if self.role == "approve" else points, review.counts

    def finish(self, number: int, seen: Sequence[str], *, context: bool = False) -> dict[str, Any]:
        """Write the result by the way of `clean`, under what was decided, and say what has come of it."""
        points, _ = self.check(number)
        waiting = [point.text for point in points if point.must or point.id not in seen]
        if waiting:
            raise RedactorError("not finished: {reason}", reason=waiting[0])
        sheet = self.sheet(number)
        if _content(sheet.wanted.source) != sheet.content:
            raise RedactorError("{path}: has changed since it was opened: start again", path=show(sheet.wanted.source))
        review, wanted, ending = self.review(number), sheet.wanted, self.ending(number)
        if self.role == "approve" and wanted.decisions and self.marks and self.audit:
            said_of, lines = approved(
                wanted.decisions, review, ending, sheet.content, self.marks, self.audit, self.sign
            )
            return {"output": str(wanted.output), "verdict": said_of, "lines": lines}
        hold = self.hold or self._redactor(number).policy.approval
        with ending.held(hold) as tried:
            remarks = tried.written(review)
            sheet.finished = not hold
            result = tried.verified(review)
        if sheet.keeping:
            sheet.keeping.finished(result.sha256[1], len(seen), context=context)
        if wanted.decisions and self.marks:
            head = (self.audit.head.seq, self.audit.head.hash) if self.audit else None
            ending.kept(wanted.decisions, sheet.content, review, self.marks, result, head)
        lines = [*said(result), *remarks, *([waits(self.role)] if hold and not result.faults else [])]
        told = f"held-{verdict(result)}" if hold else verdict(result)
        return {"output": str(wanted.output), "verdict": told, "lines": lines}

    def ending(self, number: int) -> Ending:
        """How the result of a document is written."""
        sheet = self.sheet(number)
        ways = (self._redactor(number), self.options, self.kind, self.strict, self.force or sheet.finished)
        return Ending(sheet.wanted.source, sheet.wanted.output, *ways)

    def close(self) -> None:
        """Let others have the files that are kept."""
        for sheet in self.sheets:
            if sheet.keeping:
                sheet.keeping.close()
        if self.audit:
            self.audit.close()

    def _made(self, policy: str) -> Redactor:
        """A Redactor for a policy, made once."""
        if policy not in self._by_policy:
            own = policy == self.redactor.policy.name
            self._by_policy[policy] = self.redactor if own else self.made(policy)
        return self._by_policy[policy]

    def _resumed(self, sheet: Sheet) -> Session:
        """The review of a document where it was left off."""
        base = sheet.wanted.base
        if base and base.with_name(base.name + JOURNAL).exists():
            self._keep(sheet)
        keeping = sheet.keeping
        if keeping and keeping.policy in policy_names():
            with self.lock:
                self._policies[sheet.number] = self._made(keeping.policy)
        session = self._begun(sheet)
        if keeping:
            session.replay(keeping.records)
            session.note = keeping.note
        return session

    def _keep(self, sheet: Sheet) -> None:
        """Keep what is done to a document from now on, if that is wanted: it is somebody's work, and no longer only read ahead."""
        with self.lock:
            if sheet.wanted.base and not sheet.keeping:
                sheet.keeping = Keeping(sheet.wanted.base, sheet.digest, self.audit, anew=self.anew)
                if sheet.session:
                    if sheet.keeping.records:  # somebody else has begun since it was read ahead
                        sheet.session.replay(sheet.keeping.records)
                    sheet.session.note = sheet.keeping.note

    def _wake(self, session: Session) -> None:
        """Have the engine look again: in its own time, where somebody sees to that."""
        if self.followed:
            self.lock.notify_all()
        else:
            session.look()

    def _begun(self, sheet: Sheet, before: Session | None = None, chosen: Redactor | None = None) -> Session:
        redactor = chosen or self._redactor(sheet.number)

        def refresh(decisions: Mapping[int, Decided]) -> Examined:
            name = sheet.wanted.source.name
            return examine(
                sheet.content,
                name,
                redactor,
                self.options,
                decisions=decisions,
                kind=self.kind,
                protected=not decisions,
                apart=self.lock if self.followed else None,
            )

        def guess(text: str) -> str:
            found = redactor.pipeline.found_in([text])[0]
            whole = next((each.entity for each in found if each.end - each.start == len(text)), "")
            return whole or ("QUANTITY" if any(sign.isdigit() for sign in text) else "PERSON")

        session = Session(sheet.wanted.source.name, refresh, redactor.ruleset, guess, self.by)
        if before is None:
            return session
        if [flow.text for flow in session.examined.flows] != [flow.text for flow in before.examined.flows]:
            raise RedactorError("under that policy other texts of the document are read: start again with --policy")
        return session.taking_over(before)

    def _redactor(self, number: int) -> Redactor:
        return self._policies.get(number, self.redactor)

    def _listed(self, sheet: Sheet) -> dict[str, Any]:
        review = sheet.session
        touched = review is not None and bool(review.history.done or review.read)
        return {
            "id": sheet.number,
            "name": sheet.wanted.source.name,
            "state": "finished" if sheet.finished else "work" if touched else "new",
            "error": sheet.error,
            "counts": review.counts if review else None,
        }


def _content(path: Path) -> bytes:
    with open_regular(path) as stream:
        return stream.read()


def laid_out(wanted: Sequence[Wanted], redactor: Redactor, **more: Any) -> Desk:
    """A desk with these documents on it."""
    sheets = [Sheet(number, each) for number, each in enumerate(wanted)]
    return Desk(sheets, redactor, partial(under_policy, redactor), **more)


def under_policy(redactor: Redactor, name: str) -> Redactor:
    """A Redactor like another one, under another policy that is built in."""
    return replace(redactor.settings, policy=load_policy(name)).redactor(redactor.pipeline.key)
