"""Where the files that are kept of reviews lie, and what of the options the commands on them share."""

from __future__ import annotations

import getpass
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import click

from redactor.cli.options import build_redactor, document_options, encoding_options, job_settings, rule_options
from redactor.cli.selection import find_inputs, selected, selection_options
from redactor.cli.usage import together
from redactor.files.inputs import STDIN
from redactor.language import say
from redactor.review.audit import NAME as AUDIT
from redactor.review.audit import Audit
from redactor.review.decisions import SUFFIX
from redactor.review.fingerprints import Fingerprints, key_path, own_key, read_key
from redactor.review.journal import SUFFIX as JOURNAL
from redactor.review.taken import Reading

_PATH: Final = click.Path(path_type=Path)
STATE: Final = ".redactor-review"
"""The folder, in one that is under review, for what is kept of the reviews of its files."""


def base_of(source: Path) -> Path:
    """What the names of the files begin with that are kept of a document's review: beside it, or in the folder of a review of many."""
    inside = (parent / STATE / source.absolute().relative_to(parent) for parent in source.absolute().parents)
    for base in (source, *inside):
        if any(base.with_name(base.name + suffix).exists() for suffix in (SUFFIX, JOURNAL)):
            return base
    return source


reviewed_options: Final = together(
    click.argument("files", nargs=-1, required=True, type=_PATH),
    click.option("--review-key", type=_PATH, metavar="FILE", help="Key of the review (the user's own when not given)."),
    selection_options,
    rule_options,
    document_options,
    encoding_options,
)
"""FILES and what a review is told of how they are read, with the review key."""


def reviewed_inputs(files: Sequence[Path], given: dict[str, Any]) -> Iterator[tuple[Path, Path]]:
    """The documents, and what the names of the files begin with that are kept of their reviews; of a folder, those that were reviewed."""
    if STDIN in files:
        raise click.UsageError(say("decisions are on files, not on standard input"))
    named = {path.resolve() for path in files}
    for source in find_inputs(list(files), selected(given)).sources:
        base = base_of(source.path)
        kept = any(base.with_name(base.name + suffix).exists() for suffix in (SUFFIX, JOURNAL))
        if kept or source.path.resolve() in named:
            yield source.path, base


def reading(given: dict[str, Any]) -> Reading:
    """How documents are read, by the options that were given; these are taken out of what was given."""
    common = job_settings(given)
    return Reading(build_redactor(**given), common["options"], common["kind"])


def log_of(path: Path | None, base: Path, by: str, role: str = "review") -> Audit:
    """The audit log, where it was asked for, or beside what else is kept: of a review of many, that of the folder."""
    path = path or _log_beside(base)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    return Audit(path, by=by, role=role)


def _log_beside(base: Path) -> Path:
    places = [base.with_name(AUDIT)]
    if STATE in base.parts:
        places += [parent / AUDIT for parent in base.parents if STATE in parent.parts]
    return next((place for place in places if place.exists()), places[0])


def key_of(path: Path | None) -> Fingerprints:
    """The review key: that of a file, or the user's own."""
    return read_key(path) if path else own_key(key_path(os.environ))


def user() -> str:
    """Who works here, by the name that the system has."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a user without a name
        return "?"
