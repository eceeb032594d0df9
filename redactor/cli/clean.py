"""`redactor clean`: redact files, folders or standard input."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Literal

import click

from redactor import __version__
from redactor.cli.diff import diff_lines
from redactor.cli.options import build_redactor, encoding_options, given_paths, rule_options
from redactor.engine import Redactor
from redactor.files import AtomicWriter, Source, SteadyInput, check_output, check_output_folder, escape, show, sources
from redactor.model import RedactorError, Result
from redactor.report import FileReport, Report
from redactor.text.decode import Errors, RoundTrip, detect_encoding, encode, output_codec, read_parts

STDIN = Path("-")
_BAR_FROM = 20


@dataclass
class Job:
    """What a run was asked for, and what has come of it so far."""

    redactor: Redactor
    report: Report
    encoding: str | None
    output_encoding: str | None
    errors: Errors
    mode: Literal["write", "check", "diff"]
    residue: bool
    quiet: bool
    changed: bool = False
    left_over: bool = False
    failed: list[str] | None = None


@click.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path, allow_dash=True))
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), metavar="OUT", help="Output file, or folder for several inputs."
)
@click.option("--in-place", is_flag=True, help="Write over the inputs.")
@click.option("--force", is_flag=True, help="Write over outputs that exist.")
@rule_options
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
@click.option("-q", "--quiet", is_flag=True, help="No progress bar, no summary.")
def clean(
    files: tuple[Path, ...],
    output: Path | None,
    in_place: bool,
    force: bool,
    encoding: str | None,
    errors: Errors,
    output_encoding: str | None,
    diff: bool,
    check: bool,
    report_file: Path | None,
    include_text: bool,
    residue: bool,
    fail_on_residue: bool,
    quiet: bool,
    **rules: Any,
) -> None:
    """Redact FILES, folders or standard input (-).

    One file goes to standard output unless -o names a file; several files or a folder need -o FOLDER (mirrored) or --in-place.
    """
    paths = given_paths(files)
    if sum((in_place, diff, check)) > 1 or (in_place and output):
        raise click.UsageError("--in-place, --diff, --check and -o exclude one another")
    if in_place and STDIN in paths:
        raise click.UsageError("standard input can't be written in place")
    for name in (encoding, output_encoding):
        if name:
            output_codec(name)
    many = len(paths) > 1 or any(p.is_dir() for p in paths if p != STDIN)
    if many and not (output or in_place or diff or check):
        raise click.UsageError("several inputs need -o FOLDER or --in-place")
    if many and STDIN in paths:
        raise click.UsageError("standard input can't be mixed with files")
    if output and many:
        check_output_folder(paths, output)
    if report_file and not force and report_file.exists():
        raise RedactorError(f"{show(report_file)}: exists; use --force to write over it")
    job = Job(
        redactor=build_redactor(**rules),
        report=Report(include_text=include_text, collect=report_file is not None),
        encoding=encoding,
        output_encoding=output_encoding,
        errors=errors,
        mode="diff" if diff else "check" if check else "write",
        residue=residue or fail_on_residue or report_file is not None,
        quiet=quiet,
        failed=[],
    )
    inputs = [Source(STDIN, Path("stdin"))] if paths == [STDIN] else sources(paths)

    def place(source: Source) -> Path | None:
        if in_place:
            return source.path
        if output is None:
            return None
        return output / source.relative if many or output.is_dir() else output

    with _progress(inputs, quiet) as steps:
        for source in steps:
            _one(job, source, place(source), force=force, in_place=in_place, many=many)
    if report_file:
        _write_report(job, report_file, include_text)
    if residue and not quiet:
        _show_residue(job)
    if job.failed:
        if many:
            click.echo(f"redactor: {len(job.failed)} of {len(inputs)} files failed: {', '.join(job.failed)}", err=True)
        raise SystemExit(2)
    if (check and job.changed) or (fail_on_residue and job.left_over):
        raise SystemExit(1)


def _one(job: Job, source: Source, target: Path | None, *, force: bool, in_place: bool, many: bool) -> None:
    name = show(source.path)
    file = FileReport(name, show(target) if target else None)
    job.report.files.append(file)
    try:
        if job.mode == "write" and target is not None and source.path != STDIN:
            check_output(source.path, target, force=force, in_place=in_place)
        elif job.mode == "write" and target is not None and target.exists() and not force:
            raise RedactorError(f"{show(target)}: exists; use --force to write over it")
        with open_input(source.path) as (stream, check):
            _stream(job, stream, check, file, target)
    except RedactorError as error:
        _fail(job, file, f"{name}: {error}" if name not in str(error) else str(error))
    except OSError as error:
        if isinstance(error, BrokenPipeError) and target is None:
            raise
        _fail(job, file, f"{name}: {error.strerror or type(error).__name__}")
    except (RecursionError, MemoryError) as error:
        _fail(job, file, f"{name}: {type(error).__name__}; nothing was written")


def _fail(job: Job, file: FileReport, message: str) -> None:
    file.error = escape(message)
    assert job.failed is not None
    job.failed.append(file.name)
    click.echo(f"redactor: {escape(message)}", err=True)


def _stream(job: Job, stream: BinaryIO, check: Callable[[], None], file: FileReport, target: Path | None) -> None:
    encoding = detect_encoding(stream, wanted=job.encoding, errors=job.errors)
    file.encoding = encoding
    codec, bom = output_codec(job.output_encoding) if job.output_encoding else (encoding.name, encoding.bom)
    round_trip = RoundTrip(encoding, job.errors)
    read: list[str] = []

    def parts() -> Iterator[str]:
        for part in read_parts(stream, encoding, job.errors):
            round_trip.add(part)
            read.append(part)
            yield part

    def run(write: Callable[[bytes], object]) -> None:
        write(bom)
        offset = out_offset = 0
        for result in job.redactor.redact_parts(parts()):
            text = read.pop(0)
            _account(job, file, text, result, offset, out_offset)
            if job.mode == "write":
                write(encode(result.text, codec, job.errors))
            elif job.mode == "diff":
                for line in diff_lines(text, result.edits, file.name if offset == 0 else None):
                    click.echo(line)
            offset += len(text)
            out_offset += len(result.text)
        round_trip.check(stream)
        check()

    if job.mode != "write":
        run(lambda data: None)
    elif target is None:
        # Held back until the whole input has been read and proven sound: half a document is not passed off as one.
        held = io.BytesIO()
        run(held.write)
        sys.stdout.buffer.write(held.getbuffer())
        sys.stdout.buffer.flush()
    else:
        with AtomicWriter(target) as writer:
            run(writer.write)


def _account(job: Job, file: FileReport, text: str, result: Result, offset: int, out_offset: int) -> None:
    job.report.add_part(file, offset, text, result.edits, result.findings)
    job.changed = job.changed or bool(result.edits)
    if job.residue:
        residue = job.redactor.residue(text, result)
        job.left_over = job.left_over or bool(residue)
        job.report.add_residue(file, out_offset, result.text, residue)


@contextmanager
def open_input(path: Path) -> Iterator[tuple[BinaryIO, Callable[[], None]]]:
    """A file or standard input, seekable, with a check to be made before anything is done with what was read."""
    if path == STDIN:
        yield io.BytesIO(sys.stdin.buffer.read()), lambda: None
        return
    with SteadyInput(path) as source:
        yield source.stream, source.check


def _progress(inputs: list[Source], quiet: bool) -> AbstractContextManager[Any]:
    hidden = quiet or not sys.stderr.isatty() or len(inputs) < _BAR_FROM
    return click.progressbar(inputs, label="redacting", file=sys.stderr, hidden=hidden)


def _write_report(job: Job, path: Path, include_text: bool) -> None:
    content = job.report.as_dict(
        version=__version__,
        policy=job.redactor.policy.name,
        rule_files=job.redactor.ruleset.files,
        disabled=job.redactor.ruleset.disabled,
    )
    with AtomicWriter(path, mode=0o600 if include_text else None) as writer:
        writer.write(json.dumps(content, ensure_ascii=False, indent=1).encode("utf-8", "backslashreplace") + b"\n")


def _show_residue(job: Job) -> None:
    for file in job.report.files:
        for item in file.residue:
            rule = f" ({item['rule']})" if item["rule"] else ""
            click.echo(f"{file.name}:{item['start']}-{item['end']}: {item['kind']} {item['entity']}{rule}", err=True)
