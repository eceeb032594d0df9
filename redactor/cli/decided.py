"""Options of `clean` that replay what was decided in a review."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from redactor.cli.exit_codes import Exit
from redactor.cli.notes import note
from redactor.cli.usage import refuse, together
from redactor.files.bound import Bound
from redactor.files.inputs import STDIN
from redactor.files.job import Job
from redactor.files.reviewed import Reviewed
from redactor.files.tasks import Task
from redactor.files.verifying import Way
from redactor.language import say
from redactor.model import RedactorError
from redactor.text.places import at
from redactor.text.show import show

if TYPE_CHECKING:
    from redactor.review.decisions import DecisionsFile
    from redactor.review.fingerprints import Fingerprints

_PATH = click.Path(path_type=Path)


decision_options: Final = together(
    click.option(
        "--decisions",
        type=_PATH,
        metavar="FILE",
        help="Replay what was decided of the file in a review; where that can't be done for sure, what is meant is "
        "masked, and the exit code is 3.",
    ),
    click.option(
        "--accept-new",
        is_flag=True,
        help="With --decisions: what rules mask now, and did not when the file was reviewed, needs no look.",
    ),
    click.option(
        "--signers",
        type=_PATH,
        metavar="FILE",
        help="With --decisions: refuse unless somebody else has approved and signed, whom this file of allowed signers "
        "(ssh-keygen) names with the key.",
    ),
    click.option(
        "--require-approval",
        is_flag=True,
        help="With --decisions: refuse unless somebody else has approved these decisions and this output.",
    ),
    click.option(
        "--review-key",
        type=_PATH,
        metavar="FILE",
        help="Key of the review, by which decisions are found again in a document that has changed since "
        "(redactor/review.key among the user's states when not given).",
    ),
)
"""--decisions, --accept-new, --require-approval, --signers and --review-key."""


@dataclass(frozen=True, slots=True)
class DecisionOptions:
    """What was given of them."""

    decisions: Path | None
    accept_new: bool
    require_approval: bool
    review_key: Path | None
    signers: Path | None
    unsure: list[str] = field(default_factory=list)
    """Files that a person must look at again."""

    def job(self, job: Job, tasks: Sequence[Task]) -> Job:
        """The job under the decisions. RedactorError where they can't be replayed."""
        if self.decisions is None:
            return job
        from redactor.review.approving import stands
        from redactor.review.replay import replay_file

        file, marks = _read(self.decisions, self.review_key)
        [task] = tasks
        found = replay_file(
            file,
            task.source,
            task.target,
            job.redactor,
            job.options,
            job.kind,
            marks,
            accept_new=self.accept_new,
            memory=job.memory,
        )
        required = self.require_approval or self.signers or job.redactor.policy.approval
        if required and not (found.output and stands(file, self.signers)):
            raise RedactorError(
                "{path}: nobody else has approved these decisions and what comes of them", path=show(self.decisions)
            )
        for line in found.lines:
            note(at(show(task.source), line))
        if found.unsure:
            self.unsure.append(show(task.source))
        return replace(job, decisions=found.decided, reviewed=Reviewed(found.input, found.output))

    def code(self, code: int) -> int:
        """The exit code of a run that would have ended with this one."""
        return Exit.UNCHECKED if self.unsure and code == Exit.DONE else code


def _read(path: Path, review_key: Path | None) -> tuple[DecisionsFile, Fingerprints | None]:
    """The decisions of a file, and the review key, if there is one."""
    from redactor.review.decisions import DecisionsFile
    from redactor.review.fingerprints import key_path, read_key

    place = review_key or key_path(os.environ)
    return DecisionsFile.read(path), read_key(place) if review_key or place.exists() else None


def verified_under(
    decisions: Path, review_key: Path | None, signers: Path | None, source: Path, target: Path, way: Way, memory: int
) -> tuple[Way, Bound | None]:
    """How an output is verified under the decisions of a file, and what it is then bound to: what the file says, if it is of this document.

    `signers`: whose signed approval there must be; RedactorError where there is none.
    """
    from redactor.review.approving import stands
    from redactor.review.replay import replay_file

    file, marks = _read(decisions, review_key)
    if signers and not stands(file, signers):
        raise RedactorError("{path}: no approval of it is signed by one of the signers", path=show(decisions))
    found = replay_file(
        file, source, target, way.redactor, way.options, way.kind, marks, accept_new=True, memory=memory
    )
    for line in found.lines:
        note(at(show(source), line))
    said = {"settings": file.bound.settings, "original": file.bound.input, "output": found.output}
    return replace(way, decisions=found.decided), Bound(said) if found.output else None


def decisions_given(given: dict[str, Any], paths: Sequence[Path], many: bool) -> DecisionOptions:
    """What was given of these options, taken out of all that was given."""
    options = DecisionOptions(
        *(given.pop(name) for name in ("decisions", "accept_new", "require_approval", "review_key", "signers"))
    )
    others = options.accept_new or options.require_approval or options.review_key or options.signers
    refuse(
        (
            others and not options.decisions,
            say("--accept-new, --require-approval, --review-key and --signers go with --decisions"),
        ),
        (options.decisions and (many or STDIN in paths), say("--decisions goes with one file")),
    )
    return options
