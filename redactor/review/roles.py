"""What a second person may do on the page: approve what another has decided, or send it back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, Literal

from redactor.language import say, several
from redactor.model import RedactorError
from redactor.review.approving import approve, send_back
from redactor.review.audit import Audit
from redactor.review.check import Point
from redactor.review.decisions import DecisionsFile, alike
from redactor.review.fingerprints import Fingerprints
from redactor.review.finishing import Ending
from redactor.review.session import Session

Role = Literal["review", "approve", "blind"]
"""`blind`: decides anew, without seeing what another has decided."""
BLIND: Final = ".blind"
"""Ends what the names of the files begin with that are kept of a blind review."""
SAMPLE: Final = 20
"""Masked places that an approver looks at, at least; a tenth of them where that is more."""
_READ: Final = ("find", "read", "reason", "finish")
"""What an approver may do besides sending places back."""


def check_role(role: str, action: str, body: Mapping[str, Any]) -> None:
    """RedactorError for what an approver must not do: another's decisions stay as they are, or are sent back."""
    if role == "approve" and action not in _READ and (action, body.get("action")) != ("decide", "later"):
        raise RedactorError("approving changes no decision: send it back, for later, with a reason")


def to_approve(review: Session, points: Iterable[Point]) -> list[Point]:
    """What an approver is to look at: what is kept, what else there is to see at the end of a review (`points`), and some of what is masked."""
    items = review.page.items
    kept = [id_ for id_, each in items.items() if each["state"] == "keep"]
    masked = [id_ for id_, each in items.items() if each["masked"]]
    # Which ones hangs on the document alone: who looks twice sees the same.
    drawn = sorted(masked, key=lambda id_: sha256(f"{review.examined.sha256} {id_}".encode()).digest())
    some = drawn[: max(SAMPLE, len(masked) // 10)]
    found = [
        Point("kept", several("{number} place is kept", "{number} places are kept", len(kept)), False, kept),
        *(point for point in points if not point.must),
        Point(
            "sample",
            several("{number} masked place, as a sample", "{number} masked places, as a sample", len(some)),
            False,
            some,
        ),
    ]
    return [point for point in found if point.items or point.id not in ("kept", "sample")]


def approved(
    path: Path,
    review: Session,
    ending: Ending,
    content: bytes,
    marks: Fingerprints,
    audit: Audit,
    key: Path | None = None,
) -> tuple[str, list[str]]:
    """The end of what an approver does: the decisions file is approved, or sent back where places were; a verdict, and what is to be said.

    `key`: the SSH key by which an approval is signed; None: it is not. FormatError where what was finished is not what the journal now says.
    """
    back = [each for each in review.page.items.values() if each["state"] == "later" and each["by"] == review.by]
    if back:
        send_back(path, review.by, next((each["reason"] for each in back if each["reason"]), ""), audit)
        return "returned", [several("{number} place is sent back", "{number} places are sent back", len(back))]
    if not alike(DecisionsFile.read(path), ending.told(content, review, marks)):
        raise RedactorError("something was decided since it was finished: it must be finished again")
    return "approved", [approve(path, review.by, ending, marks, audit, key)]


def waits(role: str) -> str:
    """What is said at the end of a review whose result is not written yet."""
    if role == "blind":
        return say("nothing is written: `redactor decisions compare` shows where the two reviews differ")
    return say("nothing is written yet: somebody else must approve it, by `redactor review --role approve`")
