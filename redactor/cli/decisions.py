"""`redactor decisions`: what was decided in reviews, saved, and exported as lists, rules and annotated texts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, get_args

import click

from redactor.cli.exit_codes import Exit
from redactor.cli.help import Group
from redactor.cli.notes import note
from redactor.cli.project import WithProject
from redactor.cli.reviewing import key_of, log_of, reading, reviewed_inputs, reviewed_options, user
from redactor.cli.two_persons import approve, compare, send_back, show_decisions
from redactor.cli.usage import refuse, refuse_existing
from redactor.language import say, several
from redactor.model import RedactorError
from redactor.review.audit import NAME as AUDIT
from redactor.review.decisions import SUFFIX
from redactor.review.exports import What, exported, log, said_of
from redactor.review.journal import SUFFIX as JOURNAL
from redactor.review.taken import found, from_journal, taken
from redactor.text.show import show

_PATH = click.Path(path_type=Path)


@click.group(cls=Group)
def decisions() -> None:
    """What was decided in reviews: saved from a journal; exported as lists of terms, rule drafts, annotated texts.

    Give the options that the review was given.
    """


for _each in (show_decisions, compare, approve, send_back):
    decisions.add_command(_each)


@decisions.command("save", cls=WithProject)
@reviewed_options
@click.option("-o", "--output", type=_PATH, metavar="OUT", help="Where to (FILE.decisions.json beside the journal when not given).")  # fmt: skip
@click.option("--force", is_flag=True, help="Write over a decisions file that exists.")
def save(files: tuple[Path, ...], output: Path | None, force: bool, review_key: Path | None, **given: Any) -> None:
    """Make decisions files of FILES from the journals of their reviews, as far as these have come, also while they go on.

    Nothing of the journals is changed.
    """
    wanted = [*reviewed_inputs(files, given)]
    if output and len(wanted) != 1:
        raise click.UsageError(say("--output goes with one file"))
    how, marks = reading(given), key_of(review_key)
    for source, base in wanted:
        target = output or base.with_name(base.name + SUFFIX)
        _refuse_in_the_way(target, wanted, force, own=base)
        file = from_journal(source, base.with_name(base.name + JOURNAL), how, marks)
        file.write(target)
        number = sum(entry.action in ("mask", "keep", "later") for entry in file.entries)
        note(several("{file}: {number} decision", "{file}: {number} decisions", number, file=show(target)))


@decisions.command("export", cls=WithProject, codes=True)
@reviewed_options
@click.option("--as", "what", type=click.Choice(get_args(What)), required=True, help="keep, mask: a list for --keep-file or --mask-file; rules: drafts of a rule file; gold: annotated texts for redactor eval.")  # fmt: skip
@click.option("-o", "--output", required=True, type=_PATH, metavar="OUT", help="File to write, with text of the documents, for its owner alone (mode 0600).")  # fmt: skip
@click.option("--decisions", "file", type=_PATH, metavar="FILE", help="Decisions to take (the journal of the review, or the decisions file beside it, when not given).")  # fmt: skip
@click.option("--merge", is_flag=True, help="Of a list that exists, keep the lines, and add what it lacks.")
@click.option("--force", is_flag=True, help="Write over an output that exists.")
@click.option("--unfinished", is_flag=True, help="With gold: take reviews that are not finished too.")
@click.option("--audit", type=_PATH, metavar="FILE", help="Log of the review (the one beside the journal when not given).")  # fmt: skip
@click.option("--by", metavar="NAME", help="Who exports (the user of this machine when not given).")
def export(
    files: tuple[Path, ...],
    what: What,
    output: Path,
    file: Path | None,
    merge: bool,
    force: bool,
    unfinished: bool,
    audit: Path | None,
    by: str | None,
    review_key: Path | None,
    **given: Any,
) -> None:
    """Write what was decided of FILES, or of the files of a folder, into OUT: text of the documents leaves them here, and only here.

    The lists hold values that were decided against the rules, wherever they stand, and not otherwise elsewhere. Rule drafts are tried
    on the documents; those against which a decision speaks are refused, with exit code 3. Nothing is redacted by them before
    somebody has read them. Annotated texts are whole texts of finished reviews, with what goes by rules and decisions.
    """
    wanted = [*reviewed_inputs(files, given)]
    _check(what, output, wanted, file, merge, force, unfinished)
    how, marks = reading(given), key_of(review_key)
    documents = [taken(source, found(source, base, how, marks, file), how) for source, base in wanted]
    made = exported(documents, what, unfinished=unfinished)
    for line in made.notes:
        note(line)
    made.check()
    for each, (_, base) in zip(documents, wanted, strict=True):
        with log_of(audit, base, by or user()) as kept:
            log(kept, [each], what, made.number)
    made.write(output, merge=merge)
    note(said_of(output, made))
    raise SystemExit(Exit.UNCHECKED if made.refused else Exit.DONE)


def _check(
    what: What,
    output: Path,
    wanted: Sequence[tuple[Path, Path]],
    file: Path | None,
    merge: bool,
    force: bool,
    unfinished: bool,
) -> None:
    """Refuse options that don't go together, and an output that would be written over something."""
    lists = what in ("keep", "mask")
    refuse(
        (merge and not lists, say("--merge goes with keep and mask")),
        (unfinished and what != "gold", say("--unfinished goes with gold")),
        (file and len(wanted) != 1, say("--decisions goes with one file")),
        (what == "rules" and output.suffix != ".toml", say("{file}: a rule file ends in .toml", file=show(output))),
    )
    _refuse_in_the_way(output, wanted, force or merge)


def _refuse_in_the_way(target: Path, wanted: Sequence[tuple[Path, Path]], force: bool, own: Path | None = None) -> None:
    """Refuse to write over a document or what is kept of its review, and over anything else without `force`.

    `own`: what the names of the files begin with of which the decisions file may be written anew.
    """
    refuse_existing(target, force)
    kept = [base.with_name(base.name + suffix) for _, base in wanted for suffix in (SUFFIX, JOURNAL)]
    kept += [base.with_name(AUDIT) for _, base in wanted]
    allowed = own.with_name(own.name + SUFFIX) if own else None
    taken_by = {path.resolve() for path in (*(source for source, _ in wanted), *kept) if path != allowed}
    if target.resolve() in taken_by:
        raise RedactorError("{target}: is a document, or kept of its review", target=show(target))
