"""`redactor clean`: redact files, folders or standard input."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from redactor import __version__
from redactor.cli.help import Command
from redactor.cli.options import (
    build_options,
    build_redactor,
    document_options,
    encoding_options,
    given_paths,
    jobs_option,
    memory_option,
    offset_option,
    rule_options,
)
from redactor.files.atomic import AtomicWriter, remove_stale
from redactor.files.inputs import STDIN
from redactor.files.job import LARGE, Job, Task, size_of
from redactor.files.report import FileReport, Report
from redactor.files.state import State, check_place, run_digest
from redactor.files.walk import Source, check_output_folder, sources
from redactor.model import RedactorError
from redactor.parallel.pool import processors
from redactor.redactor import Redactor
from redactor.text.offsets import Unit
from redactor.text.show import show

_BAR_FROM = 20
"""Files from which on a bar is shown."""


@click.command(cls=Command)
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
    "--report", "report_file", type=click.Path(path_type=Path), metavar="FILE.json", help="Write a JSON report."
)
@click.option("--include-text", is_flag=True, help="Put the original text into the report (mode 0600).")
@click.option("--residue", is_flag=True, help="List on standard error what still deserves a look.")
@click.option("--fail-on-residue", is_flag=True, help="Exit with 1 when there is residue.")
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
@click.option("-q", "--quiet", is_flag=True, help="No progress bar, no summary.")
def clean(
    files: tuple[Path, ...],
    output: Path | None,
    in_place: bool,
    force: bool,
    diff: bool,
    check: bool,
    report_file: Path | None,
    include_text: bool,
    residue: bool,
    fail_on_residue: bool,
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
    if report_file:
        _check_report_file(report_file, tasks)
    with _state(state_file, redactor, given, kind, strict, options) as state:
        job = Job(
            redactor=redactor,
            report=Report(include_text=include_text, collect=report_file is not None, unit=offsets),
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
        _all(job, tasks, quiet)
    if report_file:
        _write_report(job, report_file, include_text)
    if residue and not quiet:
        _show_residue(job.report)
    if many:
        _show_failed(job.report.files)
    if any(file.error is not None for file in job.report.files):
        raise SystemExit(2)
    if any((check and each.changed) or (fail_on_residue and each.left_over) for each in job.report.files):
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
    report = given["report_file"]
    if report and not given["force"] and report.exists():
        raise RedactorError(f"{show(report)}: exists; use --force to write over it")
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


def _all(job: Job, tasks: Sequence[Task], quiet: bool) -> None:
    """Do all files, told of as they come; nothing half written is left, by this run or by one before it."""
    if job.mode != "write":
        _each(job, tasks, quiet)
        return
    _remove_stale(tasks, quiet)
    try:
        _each(job, tasks, quiet)
    finally:
        _remove_stale(tasks, quiet=True)  # of processes that died or were ended


def _each(job: Job, tasks: Sequence[Task], quiet: bool) -> None:
    large = size_of(tasks[0]) if len(tasks) == 1 else 0
    with _progress(len(tasks), quiet) as bar, _progress(large, quiet, LARGE) as bytes_bar:
        for file in (replace(job, advance=bytes_bar.update) if large >= LARGE else job).run(tasks):
            job.report.files.append(file)
            _show_lines(file)
            if file.error is not None:
                click.echo(f"redactor: {file.error}", err=True)
            elif not quiet:
                for note in file.notes():
                    click.echo(f"redactor: {note}", err=True)
            bar.update(1)
        bytes_bar.update(max(0, large - bytes_bar.pos))


def _show_lines(file: FileReport) -> None:
    """Show the lines that would change, as far as they are known."""
    for row in file.rows:
        click.echo(row)
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


def _check_report_file(path: Path, tasks: Sequence[Task]) -> None:
    for task in tasks:
        for other in (task.source, task.target):
            if other is not None and other.resolve() == path.resolve():
                raise RedactorError(f"{show(path)}: the report would be written over an input or an output")


def _remove_stale(tasks: Sequence[Task], quiet: bool) -> None:
    """What killed runs left half written beside the outputs goes before this run begins."""
    for folder in sorted({task.target.parent for task in tasks if task.target is not None}):
        number = remove_stale(folder)
        if number and not quiet:
            click.echo(f"redactor: {show(folder)}: removed {number} unfinished file(s) of an earlier run", err=True)


def _progress(length: int, quiet: bool, least: int = _BAR_FROM) -> AbstractContextManager[Any]:
    hidden = quiet or not sys.stderr.isatty() or length < least
    return click.progressbar(length=length, label="redacting", file=sys.stderr, hidden=hidden)


def _write_report(job: Job, path: Path, include_text: bool) -> None:
    content = job.report.as_dict(
        version=__version__,
        policy=job.redactor.policy.name,
        rule_files=job.redactor.ruleset.files,
        disabled=job.redactor.ruleset.disabled,
    )
    with AtomicWriter(path, mode=0o600 if include_text else None) as writer:
        writer.write(json.dumps(content, ensure_ascii=False, indent=1).encode("utf-8", "backslashreplace") + b"\n")


def _show_failed(files: Sequence[FileReport]) -> None:
    failed = [file.name for file in files if file.error is not None]
    if failed:
        click.echo(f"redactor: {len(failed)} of {len(files)} files failed: {', '.join(failed)}", err=True)


def _show_residue(report: Report) -> None:
    for file in report.files:
        for item in file.residue:
            rule = f" ({item['rule']})" if item["rule"] else ""
            click.echo(f"{file.name}:{item['start']}-{item['end']}: {item['kind']} {item['entity']}{rule}", err=True)
