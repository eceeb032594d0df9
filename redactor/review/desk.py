"""The editor's desk: the documents that are open to review, under one policy, and where their results go."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from redactor.files.failures import failure, unexpected
from redactor.formats.options import Options
from redactor.language import current
from redactor.model import ENTITIES, Decided, RedactorError
from redactor.policy.load import load_policy, policy_names
from redactor.redactor import Redactor
from redactor.review.audit import Audit
from redactor.review.check import Point, points_of
from redactor.review.columns import has_columns
from redactor.review.fingerprints import Fingerprints
from redactor.review.finishing import Ending, said, verdict
from redactor.review.items import Examined, content_of, examine
from redactor.review.journal import SUFFIX as JOURNAL
from redactor.review.keeping import Keeping
from redactor.review.keys import for_page
from redactor.review.progress import FIRST, Shares
from redactor.review.roles import approved, to_approve, waits
from redactor.review.session import Session
from redactor.review.sheet import Sheet, Wanted
from redactor.text.places import at, said_place
from redactor.text.show import show


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
    keys: Mapping[str, str] = field(default_factory=dict)
    """Keys of the page that were moved, by what they do."""
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
            "keys": for_page(self.keys),
            "rules": self.redactor.settings.digest[:16],
            "entities": list(ENTITIES),
            "policies": [{"name": name, "title": title} for name, title in self._titles().items()],
            "documents": [self._listed(sheet) for sheet in self.sheets],
        }

    def _titles(self) -> dict[str, str]:
        """The policies that can be chosen, each with what it says of itself."""
        own = self.redactor.policy
        others = [load_policy(name) for name in policy_names() if name != own.name]
        policies = [own, *(each for each in others if not each.needs_vault)]  # there is no vault here
        return {policy.name: policy.description.get(current(), "") for policy in policies}

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
            "share": review.share,
            "counts": review.counts,
            "columns": has_columns(review.examined.flows),
            "notes": [
                {"kind": kind, "text": at(said_place(where), what)} for kind, where, what in review.examined.notes
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
        """Read a document, if it was not yet; who wants one that is being read waits. It takes its time, for which the lock is not needed.

        Where somebody has the engine follow what is decided, it is enough to have read the beginning of a long one: the rest is read meanwhile.
        """
        with self.lock:
            while sheet.opening:
                self.lock.wait()
            if sheet.session:
                return
            sheet.opening = True
        try:
            sheet.content = sheet.content or content_of(sheet.wanted.source)
            session = self._resumed(sheet)
            session.wake = self._wake
            sheet.session, sheet.error = session, ""
            if session.share < 1:
                threading.Thread(target=self._read_rest, args=(sheet,), daemon=True).start()
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

    def whole(self, sheet: Sheet) -> Session | None:
        """The review of a document that is open, once all of the document was looked at; None where it is not open, or that has failed."""
        with self.lock:
            while sheet.session and sheet.session.share < 1 and not sheet.error:
                self.lock.wait()
            return sheet.session if sheet.session and sheet.session.share == 1 else None

    def _read_rest(self, sheet: Sheet) -> None:
        """Look at all of a document that is open at its beginning; then its review is of all of it."""
        beginning = sheet.session
        assert beginning is not None

        def told(share: float) -> None:
            with self.lock:
                sheet.share = beginning.share = max(share, beginning.share)
                beginning.page.redraw(())

        try:
            redactor = self._redactor(sheet.number)
            whole = self._session(sheet, redactor, self._examined(sheet, redactor, {}, told=told))
            with self.lock:
                sheet.session = whole.taking_over(beginning)
                sheet.share = 1.0
                if whole.history.done:
                    whole.ask()
        except Exception as error:
            with self.lock:
                sheet.error = beginning.trouble = str(failure(error, sheet.wanted.source.name) or unexpected(error))
                beginning.page.redraw(())
        with self.lock:
            self.lock.notify_all()

    def choose_policy(self, number: int, name: str) -> dict[str, Any]:
        """Work by another policy from now on; what was decided holds on."""
        if name not in (*policy_names(), self.redactor.policy.name):
            raise RedactorError("there is no such policy")
        if self.review(number).share < 1:
            raise RedactorError("the rest of the document is still being looked at: choose the policy after that")
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
        self.review(number)
        sheet = self.sheet(number)
        if (review := self.whole(sheet)) is None:
            raise RedactorError("there is no result under what is decided: {reason}", reason=sheet.error)
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
        if content_of(sheet.wanted.source) != sheet.content:
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
        begins = self.followed and not (keeping and keeping.records)
        session = self._begun(sheet, most=FIRST if begins else None)
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

    def _begun(
        self, sheet: Sheet, before: Session | None = None, chosen: Redactor | None = None, *, most: int | None = None
    ) -> Session:
        """The review of a document, as of `before`. `most`: how many code points of it are enough to begin with; None: all are looked at."""
        redactor = chosen or self._redactor(sheet.number)

        def told(share: float) -> None:
            sheet.share = share

        first = self._examined(sheet, redactor, {}, most=most, told=told)
        session = self._session(sheet, redactor, first, most=None if first.whole else most)
        sheet.share = session.share
        if before is None:
            return session
        if [flow.text for flow in session.examined.flows] != [flow.text for flow in before.examined.flows]:
            raise RedactorError("under that policy other texts of the document are read: start again with --policy")
        return session.taking_over(before)

    def _session(self, sheet: Sheet, redactor: Redactor, first: Examined, *, most: int | None = None) -> Session:
        """A review of what was looked at of a document. `most`: how many code points of it that were; None: all."""

        def refresh(decisions: Mapping[int, Decided]) -> Examined:
            return self._examined(sheet, redactor, decisions, most=most)

        def guess(text: str) -> str:
            found = redactor.pipeline.found_in([text])[0]
            whole = next((each.entity for each in found if each.end - each.start == len(text)), "")
            return whole or ("QUANTITY" if any(sign.isdigit() for sign in text) else "PERSON")

        share = 1.0 if most is None else 0.0
        name = sheet.wanted.source.name
        return Session(name, refresh, redactor.ruleset, guess, self.by, first=first, share=share)

    def _examined(
        self,
        sheet: Sheet,
        redactor: Redactor,
        decisions: Mapping[int, Decided],
        *,
        most: int | None = None,
        told: Shares | None = None,
    ) -> Examined:
        return examine(
            sheet.content,
            sheet.wanted.source.name,
            redactor,
            self.options,
            decisions=decisions,
            kind=self.kind,
            protected=not decisions,
            apart=self.lock if self.followed else None,
            most=most,
            told=told,
        )

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
            "share": sheet.share,
            "counts": review.counts if review else None,
        }


def laid_out(wanted: Sequence[Wanted], redactor: Redactor, **more: Any) -> Desk:
    """A desk with these documents on it."""
    sheets = [Sheet(number, each) for number, each in enumerate(wanted)]
    return Desk(sheets, redactor, partial(under_policy, redactor), **more)


def under_policy(redactor: Redactor, name: str) -> Redactor:
    """A Redactor like another one, under another policy that is built in."""
    return replace(redactor.settings, policy=load_policy(name)).redactor(redactor.pipeline.key)
