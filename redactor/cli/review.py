"""`redactor review`: decide in the browser what goes and what stays, and write the result."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from pathlib import Path
from threading import Thread
from typing import Any, get_args

import click

from redactor.cli.notes import note
from redactor.cli.options import build_redactor, document_options, encoding_options, job_settings, rule_options
from redactor.cli.project import WithProject, setting
from redactor.cli.reviewing import STATE, key_of, log_of, user
from redactor.cli.selection import find_inputs, selected, selection_options
from redactor.cli.terminal import is_terminal, review_on_terminal
from redactor.cli.usage import refuse_existing
from redactor.files.inputs import STDIN
from redactor.files.names import without_names
from redactor.files.walk import Source
from redactor.language import say
from redactor.model import NO_PACKAGE, RedactorError
from redactor.redactor import Redactor
from redactor.review.background import Background
from redactor.review.decisions import SUFFIX
from redactor.review.desk import Desk, laid_out
from redactor.review.keys import moved_key, moved_keys
from redactor.review.roles import BLIND, Role
from redactor.review.sheet import Wanted
from redactor.text.show import show

_RESULT = ".redacted"
"""Ends the name of a result that stands beside its original."""
_PATIENCE = 3.0
"""Seconds that a document may take before the page is shown without it."""
_UNITS = {"s": 1, "m": 60, "h": 3600}


def duration(value: str) -> float:
    """Seconds, as 90s, 30m or 8h."""
    found = re.fullmatch(r"([1-9][0-9]{0,6})([smh])", value)
    if not found:
        raise click.BadParameter(say("{value}: want a time such as 30m or 8h", value=value))
    return float(found[1]) * _UNITS[found[2]]


@click.command(cls=WithProject, codes=True)
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="OUT", help="Where the result goes (NAME.redacted.EXT beside the file when not given, with × for what would be masked in NAME); a folder for several files.")  # fmt: skip
@click.option("--decisions", type=click.Path(path_type=Path), metavar="FILE", help="Where the decisions are kept, without text, for clean --decisions (FILE.decisions.json beside the file when not given).")  # fmt: skip
@click.option("--force", is_flag=True, help="Write over results that exist.")
@click.option("--audit", type=click.Path(path_type=Path), metavar="FILE", help="Log of who has done what, without the text (review.audit.jsonl beside the file, or in .redactor-review of the folder, when not given).")  # fmt: skip
@click.option("--anew", is_flag=True, help="Begin anew with a document that has changed since its review was begun.")
@click.option("--by", metavar="NAME", help="Who decides (the user of this machine when not given).")
@click.option("--role", type=click.Choice(get_args(Role)), default="review", show_default=True, help="approve: look at what another has decided and finished, and approve it or send it back; blind: decide anew, without seeing what another has decided.")  # fmt: skip
@click.option(
    "--require-approval", is_flag=True, help="Write no result at the end: somebody else is to approve it first."
)
@click.option("--sign", "key", type=click.Path(path_type=Path), metavar="KEY", help="With --role approve: sign the approval by this SSH key, with ssh-keygen.")  # fmt: skip
@click.option("--tty", is_flag=True, help="On this terminal, value by value, without a browser.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Port to listen at on this machine (any that is free when not given).")  # fmt: skip
@click.option("--no-browser", is_flag=True, help="Open no browser; print the address, which lets one browser in, once.")
@click.option("--idle", type=duration, default="8h", show_default=True, metavar="TIME", help="End when nothing is done for so long.")  # fmt: skip
@setting("--key", "keys", multiple=True, adds=True, metavar="DOES=KEY", example='{ mask = "v", keep = "b" }', check=moved_key, help="On the page this key does that (mask, keep, later, undo …: see its help); the usual one does nothing then.")  # fmt: skip
@selection_options
@rule_options
@document_options
@encoding_options
def review(
    files: tuple[Path, ...],
    output: Path | None,
    decisions: Path | None,
    force: bool,
    audit: Path | None,
    anew: bool,
    by: str | None,
    role: Role,
    require_approval: bool,
    key: Path | None,
    tty: bool,
    port: int,
    no_browser: bool,
    idle: float,
    keys: tuple[str, ...],
    **given: Any,
) -> None:
    """Look at FILES, or all files of a folder, in the browser or on the terminal: decide what goes and what stays, then write the result.

    Everything stays on this machine: the page is served to one browser on it, and loads nothing from elsewhere.
    """
    if STDIN in files:
        raise click.UsageError(say("review needs files, not standard input"))
    if key and role != "approve":
        raise click.UsageError(say("--sign goes with --role approve"))
    common, chosen = job_settings(given), selected(given)
    if tty and not is_terminal():
        raise click.UsageError(say("--tty needs a terminal to ask on"))
    moved = moved_keys(keys)
    page = None if tty else _loaded()
    redactor = build_redactor(**given)
    wanted = _wanted(files, chosen, output, decisions, force, role, redactor)
    desk = laid_out(
        wanted,
        redactor,
        options=common["options"],
        kind=common["kind"],
        strict=common["strict"],
        force=force,
        by=by or user(),
        role=role,
        hold=require_approval or role == "blind",
        audit=log_of(audit, wanted[0].base or wanted[0].source, by or user(), role),
        anew=anew,
        sign=key,
        keys=moved,
        marks=key_of(None),
    )
    try:
        if page is None:
            _open(desk, None)
            review_on_terminal(desk)
            return
        _serve(desk, page, port=port, no_browser=no_browser, idle=idle)
    finally:
        desk.close()


def _serve(desk: Desk, page: tuple[Any, Any], *, port: int, no_browser: bool, idle: float) -> None:
    """Serve the page until it is idle for so many seconds, or until Ctrl-C."""
    app, server = page
    with closing(Background(desk, ahead=len(desk.sheets) > 1)), suppress(KeyboardInterrupt):
        _open(desk, _PATIENCE)
        served = server.listen(app.behind(desk), port)
        with closing(server.Doorstep(served)) as step:
            served.run(idle=idle, opened=lambda: not no_browser and step.open(), told=_tell)


def _open(desk: Desk, seconds: float | None) -> None:
    """Open the document, if there is one: what can't be opened is told here, not in a browser.

    Where that takes longer than so many seconds, the page is shown meanwhile, and says so.
    """
    if len(desk.sheets) > 1:
        return
    failed: list[Exception] = []

    def work() -> None:
        try:
            desk.document(0)
        except Exception as error:
            failed.append(error)

    thread = Thread(target=work, daemon=True)
    thread.start()
    thread.join(seconds)
    if failed:
        raise failed[0]


def _wanted(
    files: Sequence[Path],
    chosen: dict[str, Any],
    output: Path | None,
    decisions: Path | None,
    force: bool,
    role: Role,
    redactor: Redactor,
) -> list[Wanted]:
    """The documents to review. RedactorError where there is none, or something is in the way of one."""
    sources = find_inputs(list(files), chosen, beside=None).sources
    many = len(files) > 1 or any(path.is_dir() for path in files)
    placed = [
        Wanted(*each, decisions or each[2].with_name(each[2].name + SUFFIX))
        for each in _placed(sources, output, many, force, role, redactor)
    ]
    if decisions and len(placed) != 1:
        raise click.UsageError(say("--decisions goes with one file"))
    if not placed:
        raise RedactorError("there is nothing to review")
    for each in placed:
        if role == "approve" and each.decisions and not each.decisions.exists():
            raise RedactorError(
                "{path}: its review is not finished: there is nothing to approve", path=show(each.source)
            )
    return placed


def _loaded() -> tuple[Any, Any]:
    """What the page is made of; RedactorError when the extra is not installed."""
    try:
        from redactor.review import app, server
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("redactor"):
            raise
        raise RedactorError(
            'review needs packages that are not installed: pip install "redactor-zh[review]"', reason=NO_PACKAGE
        ) from None
    return app, server


def _placed(
    sources: Sequence[Source], output: Path | None, many: bool, force: bool, role: Role, redactor: Redactor
) -> Iterator[tuple[Path, Path, Path]]:
    """Each file, where its result goes, and what the names of the files kept of its review begin with.

    Of a folder, what an earlier review has written there is none of the files. RedactorError when something is in the way of a result.
    """
    results = results_beside([source.path for source in sources], redactor)
    for source in sources:
        path = source.path
        if (beside := results.get(path)) is None:
            continue
        target = beside if output is None else output / source.relative if many or output.is_dir() else output
        refuse_existing(target, force or role != "review")
        folder = path.parents[len(source.relative.parts) - 1]
        base = folder / STATE / source.relative if many else path
        yield path, target, base.with_name(base.name + BLIND) if role == "blind" else base


def results_beside(paths: Sequence[Path], redactor: Redactor) -> dict[Path, Path]:
    """Where the result of each file goes if it stands beside it: no name that would be masked in a text is in its own.

    Files that are results themselves, of others among them, are left out.
    """
    found: dict[Path, Path] = {}
    taken: set[Path] = set()
    for path in sorted(paths, key=lambda path: path.stem.endswith(_RESULT)):
        if path not in taken:
            stem = without_names(redactor, path.stem)
            numbered = (stem, *(f"{stem}-{number}" for number in range(2, len(paths) + 1)))
            targets = (path.with_name(f"{each}{_RESULT}{path.suffix}") for each in numbered)
            found[path] = next(target for target in targets if target not in taken)
            taken.add(found[path])
    return found


def _tell(address: str) -> None:
    note(say("open this address in a browser on this machine, once: {address}", address=address))
    sys.stderr.flush()
