"""Two persons: what one has decided and finished, another approves or sends back. Who that is, is what people say of themselves."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Final

from redactor.files.reviewed import Reviewed
from redactor.files.state import digest
from redactor.files.walk import check_output
from redactor.language import say
from redactor.model import FormatError
from redactor.review.audit import Audit
from redactor.review.decisions import Approval, DecisionsFile
from redactor.review.fingerprints import Fingerprints
from redactor.review.finishing import Ending, timestamp
from redactor.review.replay import replay_file
from redactor.review.signing import is_signed, sign
from redactor.text.show import show

_REASON: Final = 200
"""Characters of a reason."""


def approve(
    path: Path, by: str, ending: Ending, marks: Fingerprints | None, audit: Audit, key: Path | None = None
) -> str:
    """Approve the decisions of a file and what comes of them, which is written if it is not there; what is to be said of that.

    `by`: who approves; `key`: the key to sign by, if it is to be signed. FormatError where it is not finished, was not verified, is not what would come of it now, or `by` has decided
    something of it; then nothing is written.
    """
    file, output = _finished(path, by)
    if file.finish and file.finish.verify == "fail":
        raise FormatError("{path}: what comes of it did not pass its verification", path=show(path))
    found = replay_file(file, ending.source, ending.output, ending.redactor, ending.options, ending.kind, marks)
    if not found.output:
        raise FormatError("{path}: the document, the rules or the options are not those of its review", path=show(path))
    there = ending.output.exists() and digest(ending.output) == output
    if ending.output.exists() and not there and not ending.force:
        raise FormatError("{path}: exists, and is not what was reviewed", path=show(ending.output))
    check_output(ending.source, ending.output, force=ending.force or there, in_place=False)
    # Made first in a place of its own: what can't be written is not approved.
    with ending.held(not there) as tried:
        if not there:
            tried.put(found.decided, Reviewed(found.input, output))
    word = Approval(by, timestamp(), file.digest, output)
    if key:
        word = replace(word, signature=sign(word.message, key))
    audit.add("approve", file.bound.input, decisions=file.digest[:16], output=output[:16])
    _given(file, word, audit).write(path)
    if there:
        return say("{output}: approved", output=show(ending.output))
    ending.put(found.decided, Reviewed(found.input, output))
    return say("{output}: approved and written", output=show(ending.output))


def stands(file: DecisionsFile, signers: Path | None) -> bool:
    """Whether a second person has approved what a file says; `signers`: whose signatures count, where it must be signed."""
    return any(signers is None or is_signed(each.message, each.signature, each.by, signers) for each in file.standing)


def send_back(path: Path, by: str, reason: str, audit: Audit) -> None:
    """Say that the decisions of a file may not stand, and why; nobody's approval of them holds then. FormatError as of `approve`."""
    file, output = _finished(path, by)
    audit.add("return", file.bound.input, decisions=file.digest[:16], output=output[:16])
    _given(file, Approval(by, timestamp(), file.digest, output, "return", reason=reason[:_REASON]), audit).write(path)


def _finished(path: Path, by: str) -> tuple[DecisionsFile, str]:
    """A decisions file that another person may speak on, and the hash of its output."""
    file = DecisionsFile.read(path)
    if file.finish is None:
        raise FormatError("{path}: its review is not finished", path=show(path))
    if by in file.deciders:
        raise FormatError("{path}: {by} has decided of it: somebody else must approve it", path=show(path), by=show(by))
    return file, file.finish.output


def _given(file: DecisionsFile, approval: Approval, audit: Audit) -> DecisionsFile:
    return replace(file.with_approval(approval), audit=(audit.head.seq, audit.head.hash))
