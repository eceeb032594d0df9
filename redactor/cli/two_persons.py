"""Commands by which a second person looks at what was decided: show, compare, approve, return."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import click

from redactor.cli.exit_codes import Exit
from redactor.cli.help import Command
from redactor.cli.notes import note
from redactor.cli.project import WithProject
from redactor.cli.reviewing import base_of, key_of, log_of, reading, reviewed_inputs, reviewed_options, user
from redactor.language import say, several
from redactor.model import RedactorError
from redactor.review.approving import approve as approved
from redactor.review.approving import send_back as sent_back
from redactor.review.decisions import SUFFIX, DecisionsFile, Entry
from redactor.review.differing import differences
from redactor.review.finishing import Ending
from redactor.review.roles import BLIND
from redactor.review.taken import Taken, found, taken
from redactor.text.show import escape, show

_PATH: Final = click.Path(path_type=Path)
_TEXT: Final = click.option("--include-text", is_flag=True, help="Show what stands there too.")
_BY: Final = click.option("--by", metavar="NAME", help="Who you are (the user of this machine when not given).")
_AUDIT: Final = click.option("--audit", type=_PATH, metavar="FILE", help="Log of the review (the one beside the decisions file when not given).")  # fmt: skip
_DECISIONS: Final = click.option("--decisions", "file", type=_PATH, metavar="FILE", help="The decisions (those beside the file when not given).")  # fmt: skip
_AROUND: Final = 12
"""Characters that are shown on either side of a value."""


@click.command("show", cls=WithProject)
@reviewed_options
@_DECISIONS
@_TEXT
def show_decisions(
    files: tuple[Path, ...], file: Path | None, include_text: bool, review_key: Path | None, **given: Any
) -> None:
    """Show what was decided of FILES, in the order in which a second person looks at it: what is kept first, then what waits, then what goes.

    Nothing of the text is shown, unless --include-text asks for it.
    """
    for document in _documents(files, file, review_key, given):
        for approval in document.file.approvals:
            click.echo(_word(approval.role, escape(approval.by), approval.at, escape(approval.reason)))
        for entry in sorted(document.file.entries, key=_first_looked_at):
            if entry.places and entry.action != "open":
                click.echo(_line(document, entry, include_text))


@click.command("compare", cls=WithProject)
@reviewed_options
@_DECISIONS
@click.option("--with", "other", type=_PATH, metavar="FILE", help="Other decisions on the same file (those of the blind review when not given).")  # fmt: skip
@_TEXT
def compare(
    files: tuple[Path, ...],
    file: Path | None,
    other: Path | None,
    include_text: bool,
    review_key: Path | None,
    **given: Any,
) -> None:
    """Show where two reviews of FILES differ: what goes by one and stays by the other.

    Nothing of the text is shown, unless --include-text asks for it. Exit code 0: they do not differ; 1: they do.
    """
    number = 0
    wanted = [*reviewed_inputs(files, given)]
    _one_file(file or other, wanted)
    how, marks = reading(given), key_of(review_key)
    for source, base in wanted:
        second = other or base.with_name(base.name + BLIND + SUFFIX)
        one = taken(source, found(source, base, how, marks, file), how)
        two = taken(source, DecisionsFile.read(second), how)
        if one.texts != two.texts:
            raise RedactorError("{path}: was read otherwise in the two reviews", path=show(source))
        for each in differences(one, two):
            number += 1
            stays = say("stays")
            text = f"  {_shown(one, each.place)}" if include_text else ""
            click.echo(f"{show(source)}\t{one.where(each.place)}\t{each.one or stays}\t{each.other or stays}{text}")
    note(several("{number} difference", "{number} differences", number))
    raise SystemExit(Exit.FOUND if number else Exit.DONE)


@click.command("approve", cls=WithProject)
@reviewed_options
@_DECISIONS
@click.option("-o", "--output", type=_PATH, required=True, metavar="OUT", help="The result: what was reviewed, or, where it waits for the approval, where it goes.")  # fmt: skip
@click.option("--force", is_flag=True, help="Write over an output that is not what was reviewed.")
@click.option("--sign", "key", type=_PATH, metavar="KEY", help="Sign the approval by this SSH key, with ssh-keygen.")
@_AUDIT
@_BY
def approve(
    files: tuple[Path, ...],
    file: Path | None,
    output: Path,
    force: bool,
    key: Path | None,
    audit: Path | None,
    by: str | None,
    review_key: Path | None,
    **given: Any,
) -> None:
    """Approve what another has decided of FILES, one file, and what comes of it, which is then written.

    Refused where it is not finished, has changed since, or you have decided something of it yourself.
    """
    wanted = [*reviewed_inputs(files, given)]
    _one_file(True, wanted)
    how, marks = reading(given), key_of(review_key)
    [(source, base)] = wanted
    path = file or base.with_name(base.name + SUFFIX)
    how = how.under(DecisionsFile.read(path).bound.policy)
    ending = Ending(source, output, how.redactor, how.options, how.kind, force=force)
    with log_of(audit, base, by or user(), "approve") as log:
        note(approved(path, by or user(), ending, marks, log, key))


@click.command("return", cls=Command)
@click.argument("source", type=_PATH, metavar="FILE")
@click.option("--reason", default="", metavar="TEXT", help="Why; it is kept with the decisions.")
@_DECISIONS
@_AUDIT
@_BY
def send_back(source: Path, reason: str, file: Path | None, audit: Path | None, by: str | None) -> None:
    """Send back what another has decided of FILE: nobody's approval of it holds then."""
    base = base_of(source)
    path = file or base.with_name(base.name + SUFFIX)
    with log_of(audit, base, by or user(), "approve") as log:
        sent_back(path, by or user(), reason, log)
    note(say("{path}: sent back", path=show(path)))


def _documents(files: Sequence[Path], file: Path | None, review_key: Path | None, given: dict[str, Any]) -> list[Taken]:
    wanted = [*reviewed_inputs(files, given)]
    _one_file(file, wanted)
    how, marks = reading(given), key_of(review_key)
    return [taken(source, found(source, base, how, marks, file), how) for source, base in wanted]


def _one_file(asked: object, wanted: Sequence[object]) -> None:
    if asked and len(wanted) != 1:
        raise click.UsageError(say("--decisions, --with and approve go with one file"))


def _first_looked_at(entry: Entry) -> tuple[int, object]:
    return ("keep", "later", "mask", "open", "seen").index(entry.action), entry.places


def _line(document: Taken, entry: Entry, include_text: bool) -> str:
    where = document.where(entry.places[0])
    more = f" +{len(entry.places) - 1}" if len(entry.places) > 1 else ""
    text = f"  {_shown(document, entry.places[0])}" if include_text else ""
    reason = f"  ({escape(entry.reason)})" if entry.reason else ""
    return f"{entry.action}\t{entry.entity}\t{where}{more}\t{escape(entry.by)}{text}{reason}"


def _shown(document: Taken, place: tuple[int, int, int]) -> str:
    """A value with what stands around it."""
    flow, start, end = place
    text = document.texts[flow]
    line = f"{text[max(0, start - _AROUND) : start]}[{text[start:end]}]{text[end : end + _AROUND]}"
    return escape(" ".join(line.split()))


def _word(role: str, by: str, at: str, reason: str) -> str:
    said = (
        say("approved by {by}, {at}", by=by, at=at)
        if role == "approve"
        else say("sent back by {by}, {at}", by=by, at=at)
    )
    return f"{said}: {reason}" if reason else said
