"""`redactor learn`: lines that repeat over a collection, as a rule file to be reviewed."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

import click

from redactor.cli.help import Command
from redactor.cli.notes import note
from redactor.cli.values import Share
from redactor.files.atomic import write_whole
from redactor.files.walk import check_output, sources
from redactor.language import say, several
from redactor.learning.documents import Collection
from redactor.learning.learn import Learned
from redactor.learning.learn import learn as learn_lines
from redactor.learning.write import NO_FILE, Earlier, differences, read_learned, rule_file
from redactor.ruleset.cache import cache_folder
from redactor.text.show import show

_PATH: Final = click.Path(path_type=Path)
_TOLD: Final = 5


@click.command(cls=Command)
@click.argument("inputs", nargs=-1, required=True, type=_PATH, metavar="INPUT...")
@click.option("-o", "--output", required=True, type=_PATH, metavar="FILE", help="Rule file to write (ends in .toml).")
@click.option(
    "--group-by",
    default="",
    metavar="PATH|folder",
    help="What tells the sites of the collection apart: a field of rows (of an address, its host), or `folder`, the first below the input.",
)
@click.option(
    "--least",
    type=Share(part=True),
    default="2%",
    show_default=True,
    metavar="SHARE",
    help="Share of a group's documents that have a line.",
)
@click.option(
    "--field",
    "fields",
    multiple=True,
    metavar="PATH",
    help="Of tables, the text to read (JSON path or column); the long texts of each row when not given.",
)
@click.option("--encoding", metavar="NAME", help="Encoding of the input (found out when not given).")
@click.option(
    "--diff",
    "old",
    type=_PATH,
    metavar="OLD",
    help="Take over what was decided in an earlier file that has been reviewed, and print what is new (+), gone (-) or changed (~).",
)
@click.option("--force", is_flag=True, help="Write over an output that exists.")
def learn(
    inputs: tuple[Path, ...],
    output: Path,
    group_by: str,
    least: float,
    fields: tuple[str, ...],
    encoding: str | None,
    old: Path | None,
    force: bool,
) -> None:
    """Find lines that repeat over the documents of INPUT, and write them as rules to be reviewed.

    INPUT: folders of texts, and tables (JSON Lines, CSV, Parquet) of which each row is a document. Nothing is redacted by the file until
    somebody has read it and set `reviewed = true` in it. It holds text of the collection, for its owner alone (mode 0600).
    """
    if output.suffix != ".toml":
        raise click.UsageError(say("{file}: a rule file ends in .toml", file=show(output)))
    before = read_learned(old) if old else NO_FILE
    check_output(inputs[0], output, force=force, in_place=False)
    found = sources(inputs)
    collection = Collection(
        [each for each in found.sources if each.path.resolve() != output.resolve()], fields, group_by, encoding
    )
    learned = learn_lines(collection, least, cache_folder(os.environ))
    write_whole(output, rule_file(learned, output.stem, before).encode("utf-8", "backslashreplace"), 0o600)
    for line in differences(before, learned.proposals) if old else ():
        click.echo(line)
    if old:
        note(_taken_over(old, before, learned))
    _tell(collection, learned, output)


def _taken_over(old: Path, before: Earlier, learned: Learned) -> str:
    """What of an earlier file holds on."""
    if not before.reviewed:
        return say("{file}: nobody has reviewed it, so nothing is taken over", file=show(old))
    number = sum(before.decided(each) is not None for each in learned.proposals)
    return several(
        "{file}: {number} decision is taken over", "{file}: {number} decisions are taken over", number, file=show(old)
    )


def _tell(collection: Collection, learned: Learned, output: Path) -> None:
    for path, reason in list(collection.passed_over.items())[:_TOLD]:
        note(say("{path}: passed over: {reason}", path=show(path), reason=reason))
    if len(collection.passed_over) > _TOLD:
        more = len(collection.passed_over) - _TOLD
        note(several("and {number} more input was passed over", "and {number} more inputs were passed over", more))
    doubtful = sum(bool(each.doubts) for each in learned.proposals)
    note(
        say(
            "{documents} documents of {groups} groups (and {copies} copies); {lines} lines, {doubtful} of them doubtful",
            documents=learned.documents,
            groups=len(learned.groups),
            copies=learned.copies,
            lines=len(learned.proposals),
            doubtful=doubtful,
        )
    )
    if learned.left_out:
        note(say("{left_out} more lines were left out: raise --least", left_out=learned.left_out))
    note(say("{file}: read it, then write reviewed = true under its [pack]", file=show(output)))
