"""`redactor clean`: redact files, folders or standard input."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from time import monotonic
from typing import Any

import click

from redactor import __version__
from redactor.cli.differences import write_rows
from redactor.cli.options import (
    build_options,
    build_redactor,
    document_options,
    encoding_options,
    given_paths,
    jobs_option,
    memory_option,
    offset_option,
    quiet_option,
    rule_options,
)
from redactor.cli.summary import progress, residue_lines, statistics, summary
from redactor.files.atomic import AtomicWriter, remove_stale
from redactor.files.entries import Totals, report_of, totals_of
from redactor.files.inputs import STDIN
from redactor.files.job import LARGE, Job, Task, size_of
from redactor.files.report import FileReport, Report
from redactor.files.reports import REPORTS, rendered, style_of
from redactor.files.state import State, check_place, run_digest
from redactor.files.walk import Source, check_output_folder, sources
from redactor.model import RedactorError
from redactor.parallel.pool import processors
from redactor.redactor import Redactor
from redactor.text.offsets import Unit
from redactor.text.show import show


@click.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path, allow_dash=True))
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), metavar="OUT", help="Output file, or folder for several inputs."
)
@click.option("--in-place", is_flag=True, help="Write over the inputs.")
@click.option("--force", is_flag=True, help="Write over outputs that exist.")
@rule_options
@document_options
@encoding_options
@click.option("--output-encoding", metavar="NAME", help="Encoding of the output (that of the input when not given).")
@click.option("--diff", "diff", is_flag=True, help="Show changed lines, write nothing.")
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 when something would change.")
@click.option(
    "--report", "report_file", type=click.Path(path_type=Path), metavar="FILE", help="Write a report of what was done."
)
@click.option(
    "--report-format",
    type=click.Choice(REPORTS),
    help="Format of the report (what the ending of its name says, or else json).",
)
@click.option("--include-text", is_flag=True, help="Put the original text into the report (mode 0600).")
@click.option("--residue", is_flag=True, help="List on standard error what still deserves a look.")
@click.option("--fail-on-residue", is_flag=True, help="Exit with 1 when there is residue.")
@click.option("--statistics", "tabled", is_flag=True, help="Show on standard error how many edits each rule has made.")
@offset_option
@jobs_option
@click.option(
    "--state",
    "state_file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Remember in FILE what is finished; a run that finds it there skips it.",
)
@click.option("--max-seconds", type=click.FloatRange(0), metavar="N", help="Refuse a file that takes longer.")
@memory_option
@quiet_option
def clean(
    files: tuple[Path, ...],
    output: Path | None,
    in_place: bool,
    force: bool,
    diff: bool,
    check: bool,
    report_file: Path | None,
    report_format: str | None,
    include_text: bool,
    residue: bool,
    fail_on_residue: bool,
    tabled: bool,
    offsets: Unit,
    jobs: int | None,
    state_file: Path | None,
    max_seconds: float | None,
    max_memory: int,
    quiet: bool,
    **given: Any,
) -> None:
    """Redact FILES, folders or standard input (-).

    One file goes to standard output unless -o names a file; several files or a folder need -o FOLDER (mirrored) or --in-place.
    """
    paths = given_paths(files)
    many = len(paths) > 1 or any(p.is_dir() for p in paths if p != STDIN)
    _check_usage(paths, many, click.get_current_context().params)
    options, kind, strict = build_options(given), given.pop("kind"), given.pop("strict")
    redactor = build_redactor(**given)
    tasks = _tasks(paths, many, output, in_place)
    with _state(state_file, redactor, given, kind, strict, options) as state:
        if report_file:
            _check_report_file(report_file, tasks, force, state)
        report = Report(
            include_text=include_text,
            collect=report_file is not None,
            counts=many or tabled,
            unit=offsets,
            context=residue,
            key=state.key if state else None,
        )
        job = Job(
            redactor=redactor,
            report=report,
            state=state,
            mode="diff" if diff else "check" if check else "write",
            residue=residue or fail_on_residue or report_file is not None,
            force=force,
            in_place=in_place,
            seconds=max_seconds,
            memory=max_memory,
            jobs=1 if diff else jobs or processors(),
            kind=kind,
            options=options,
            strict=strict,
            debug=click.get_current_context().obj["debug"],
            show=_show_lines,
        )
        with _told(job, report_file, report_format, many=many and not quiet, tabled=tabled):
            _all(job, tasks, quiet, residue)
    if any(file.error is not None for file in report.files):
        raise SystemExit(2)
    if any((check and each.changed) or (fail_on_residue and each.left_over) for each in report.files):
        raise SystemExit(1)


def _check_usage(paths: Sequence[Path], many: bool, given: dict[str, Any]) -> None:
    """Refuse options that do not go together."""
    output, in_place, diff, check = (given[name] for name in ("output", "in_place", "diff", "check"))
    shown_only = diff or check
    for refused, reason in (
        (
            in_place + diff + check > 1 or (in_place and output),
            "--in-place, --diff, --check and -o exclude one another",
        ),
        (in_place and STDIN in paths, "standard input can't be written in place"),
        (diff and (given["jobs"] or 1) > 1, "--diff goes with one job only"),
        (
            given["state_file"] and (shown_only or STDIN in paths or not (output or in_place)),
            "--state goes with files and -o or --in-place",
        ),
        (many and not (output or in_place or shown_only), "several inputs need -o FOLDER or --in-place"),
        (many and STDIN in paths, "standard input can't be mixed with files"),
    ):
        if refused:
            raise click.UsageError(reason)
    if output and many:
        check_output_folder(paths, output)
    if given["state_file"]:
        check_place(given["state_file"], paths, output)


def _tasks(paths: Sequence[Path], many: bool, output: Path | None, in_place: bool) -> list[Task]:
    """Each input, and where its output goes."""

    def place(source: Source) -> Path | None:
        if in_place:
            return source.path
        if output is None:
            return None
        return output / source.relative if many or output.is_dir() else output

    inputs = [Source(STDIN, Path("stdin"))] if paths == [STDIN] else sources(paths)
    return [Task(source.path, place(source)) for source in inputs]


@contextmanager
def _told(job: Job, path: Path | None, style: str | None, *, many: bool, tabled: bool) -> Iterator[None]:
    """What is done in the block is told of at its end: in the report and the summary, also when it is broken off."""
    began, complete = monotonic(), False
    try:
        yield
        complete = True
    finally:
        totals = totals_of(job.report.files)
        if path:
            _write_report(job, totals, path, style, complete=complete)
        if tabled:
            for line in statistics(totals.edited, "edits"):
                click.echo(line, err=True)
        if many:
            acts = "written" if job.mode == "write" else "would change"
            for line in summary(totals, monotonic() - began, acts=acts):
                click.echo(f"redactor: {line}", err=True)


def _all(job: Job, tasks: Sequence[Task], quiet: bool, residue: bool) -> None:
    """Do all files, told of as they come; nothing half written is left, by this run or by one before it."""
    if job.mode != "write":
        _each(job, tasks, quiet, residue)
        return
    _remove_stale(tasks, quiet)
    try:
        _each(job, tasks, quiet, residue)
    finally:
        _remove_stale(tasks, quiet=True)  # of processes that died or were ended


def _each(job: Job, tasks: Sequence[Task], quiet: bool, residue: bool) -> None:
    large, failed = size_of(tasks[0]) if len(tasks) == 1 else 0, Counter[str]()
    with (
        progress(len(tasks), quiet=quiet, failed=failed) as bar,
        progress(large, quiet=quiet, least=LARGE) as bytes_bar,
    ):
        for file in (replace(job, advance=bytes_bar.update) if large >= LARGE else job).run(tasks):
            job.report.files.append(file)
            _show_lines(file)
            if file.error is not None:
                failed[file.reason] += 1
                click.echo(f"redactor: {file.error}", err=True)
            for line in file.notes():
                click.echo(f"redactor: {line}", err=True)
            for line in residue_lines(file, written=job.mode == "write") if residue else ():
                click.echo(line, err=True)
            bar.update(1)
        bytes_bar.update(max(0, large - bytes_bar.pos))


def _show_lines(file: FileReport) -> None:
    """Show the lines that would change, as far as they are known."""
    write_rows(file.rows, file.encoding)
    file.rows.clear()


def _state(
    path: Path | None, redactor: Redactor, given: dict[str, Any], *settings: object
) -> AbstractContextManager[State | None]:
    """What earlier runs with the same settings have finished."""
    if path is None:
        return nullcontext()
    return State(path, run_digest(_settings(redactor, *settings), _named_files(redactor, given)))


def _settings(redactor: Redactor, *others: object) -> Iterator[object]:
    """What an output depends on besides the input and the files that options name."""
    yield redactor.settings.digest
    yield from others
    if redactor.policy.needs_key:
        yield os.environ.get("REDACTOR_KEY")


def _named_files(redactor: Redactor, rules: dict[str, Any]) -> list[Path]:
    """Files that the settings hold by name only."""
    return [*([rules["key_file"]] if rules["key_file"] else []), *redactor.ner_files]


def _check_report_file(path: Path, tasks: Sequence[Task], force: bool, state: State | None) -> None:
    """Refuse a report over an input or output, or over a file that neither --force nor an earlier run of the state lets go."""
    for task in tasks:
        for other in (task.source, task.target):
            if other is not None and other.resolve() == path.resolve():
                raise RedactorError(f"{show(path)}: the report would be written over an input or an output")
    if path.exists() and not force and not (state and state.may_overwrite(path)):
        raise RedactorError(f"{show(path)}: exists; use --force to write over it")


def _remove_stale(tasks: Sequence[Task], quiet: bool) -> None:
    """What killed runs left half written beside the outputs goes before this run begins."""
    for folder in sorted({task.target.parent for task in tasks if task.target is not None}):
        number = remove_stale(folder)
        if number and not quiet:
            click.echo(f"redactor: {show(folder)}: removed {number} unfinished file(s) of an earlier run", err=True)


def _write_report(job: Job, totals: Totals, path: Path, style: str | None, *, complete: bool) -> None:
    content = report_of(
        job.report,
        totals,
        version=__version__,
        policy=job.redactor.policy.name,
        rule_files=job.redactor.ruleset.files,
        disabled=job.redactor.ruleset.disabled,
        complete=complete,
    )
    if job.state:
        job.state.begin(path)
    with AtomicWriter(path, mode=0o600 if job.report.include_text else None) as writer:
        writer.write(rendered(content, style or style_of(path)))
    if job.state:
        job.state.finish(path, "")
