"""`redactor clean`: redact files, folders or standard input."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from redactor.cli.checks import show_checked, show_unused
from redactor.cli.decided import decision_options, decisions_given
from redactor.cli.differences import write_rows
from redactor.cli.engine import Reports, check_engine, engine_of, engine_options, on_engine, settings_on, state_in
from redactor.cli.exit_codes import exit_code
from redactor.cli.notes import note
from redactor.cli.options import (
    build_redactor,
    document_options,
    encoding_options,
    given_paths,
    job_settings,
    jobs_option,
    memory_option,
    offset_option,
    output_encoding_option,
    rule_options,
)
from redactor.cli.project import WithProject, is_given, setting
from redactor.cli.records import (
    Recording,
    check_records,
    record_options,
    recorded,
    recording,
    set_apart,
)
from redactor.cli.reporting import Reporting, check_report, new_report, report_options, reporting, tell, told
from redactor.cli.selection import (
    baseline_options,
    check_list,
    failures_listed,
    find_inputs,
    fits,
    fitting,
    selected,
    selection_options,
)
from redactor.cli.summary import progress
from redactor.cli.usage import refuse
from redactor.cli.values import FilePath, Number, OutputPath, says_folder
from redactor.cli.vaulting import kept_vault, vault_asked, vault_options
from redactor.files.atomic import remove_stale
from redactor.files.baseline import Accepted, accepted
from redactor.files.beside import check_suffix, place_aside
from redactor.files.inputs import STDIN
from redactor.files.job import LARGE, Job
from redactor.files.names import said_by_folders
from redactor.files.quarantine import check_quarantine, places
from redactor.files.register import register_of
from redactor.files.report import FileReport
from redactor.files.state import State, check_place, run_digest
from redactor.files.tasks import Task, size_of
from redactor.files.walk import Source, check_output_folder, refuse_shared
from redactor.formats.options import Options
from redactor.language import say, several
from redactor.parallel.pool import processors
from redactor.redactor import Redactor
from redactor.text.offsets import Unit
from redactor.text.show import show


@click.command(cls=WithProject, codes=True)
@click.argument("files", nargs=-1, type=click.Path(path_type=Path, allow_dash=True, readable=False))
@click.option(
    "-o",
    "--output",
    type=OutputPath(),
    metavar="OUT",
    help="Output file (-: standard output), or folder for several inputs.",
)
@click.option("--in-place", is_flag=True, help="Write over the inputs; what is a link is refused.")
@click.option("--force", is_flag=True, help="Write over outputs that exist.")
@setting(
    "--backup",
    metavar="SUFFIX",
    example='".bak"',
    check=check_suffix,
    help="With --in-place, keep the original of what changes beside it (--backup=SUFFIX; --backup alone: .bak).",
)
@click.option(
    "--failed-list",
    type=FilePath(),
    metavar="FILE",
    help="Write the inputs that failed, or that a run broken off has not done, to FILE, one a line: the same command with "
    "--files-from FILE does these alone.",
)
@decision_options
@baseline_options
@selection_options
@rule_options
@vault_options
@document_options
@encoding_options
@click.option(
    "--to",
    type=click.Choice(["text", "jsonl"]),
    help="Write the text of each document, redacted: UTF-8 text (.txt added to the name) or a record of JSON Lines (.jsonl).",
)
@output_encoding_option
@click.option("--diff", "diff", is_flag=True, help="Show changed lines, write nothing.")
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 when something would change.")
@report_options
@record_options
@setting("--fail-on-residue", is_flag=True, help="Exit with 1 when there is residue.")
@offset_option
@jobs_option
@engine_options
@click.option(
    "--state",
    "state_file",
    type=FilePath(),
    metavar="FILE",
    help="Remember in FILE what is finished; a run that finds it there skips it.",
)
@setting("--max-seconds", type=Number(0), metavar="N", help="Refuse a file that takes longer.")
@memory_option
def clean(
    files: tuple[Path, ...],
    output: Path | None,
    in_place: bool,
    backup: str | None,
    failed_list: Path | None,
    force: bool,
    diff: bool,
    check: bool,
    fail_on_residue: bool,
    offsets: Unit,
    jobs: int | None,
    state_file: Path | None,
    **given: Any,
) -> None:
    """Redact FILES, folders or standard input (-).

    One file goes to standard output unless -o names a file; several files or a folder need -o FOLDER (mirrored) or --in-place.
    """
    paths, listed = given_paths(files, given["files_from"]), given["files_from"]
    many = bool(listed or given["engine"]) or len(paths) > 1 or any(p.is_dir() for p in paths if p != STDIN)
    output = _check_usage(paths, many, click.get_current_context().params)
    engine, known = engine_of(given), accepted(given.pop("baseline"), given.pop("write_baseline"), paths)
    common = settings_on(engine, job_settings(given))
    common |= {"seconds": given.pop("max_seconds"), "memory": given.pop("max_memory"), "force": force}
    asked, chosen, keeping = reporting(given), selected(given), vault_asked(given)
    review = decisions_given(given, paths, many)
    records = recorded(given, include_text=asked.include_text, written=bool(output or in_place))
    redactor = build_redactor(**given)
    found = find_inputs(paths, chosen, beside=(backup or "") if in_place else None)
    tasks = _tasks(found.sources, many, output, in_place, common["options"], records.quarantine)
    others = [asked.path, failed_list, *records.paths]
    common["kept"] = kept_vault(keeping, redactor.policy, tasks, others, writes=not (diff or check))
    check_list(failed_list, listed, tasks, [*paths, output, asked.path])
    further = [common[name] for name in ("kind", "strict", "options")]
    with _state(state_file or state_in(engine, output), redactor, given, *further) as state:
        check_report(asked, tasks, force, state)
        check_records(records, tasks, force, state, [asked.path, failed_list, state_file])
        job = Job(
            redactor=redactor,
            report=new_report(asked, many or bool(records.paths), offsets, state, found.skipped),
            state=state,
            listing="findings" if known != Accepted() else "",
            mode="diff" if diff else "check" if check else "write",
            backup=(backup or "") if in_place else "",
            residue=asked.residue or fail_on_residue or asked.path is not None or records.counts,
            in_place=in_place,
            jobs=1 if diff else jobs or processors(),
            show=_show_lines,
            fielded=len(tasks) == 1 and any(is_given(name) for name in ("fields", "columns")),
            **common,
        )
        with (
            told(job, asked, many),
            failures_listed(failed_list, tasks, job.report.files),
            recording(review.job(job, tasks), records, offsets, state_file, further) as run,
            on_engine(engine, run.job, output, jobs, given["key_file"]) as elsewhere,
        ):
            _all(run, tasks, asked, known, elsewhere)
    raise SystemExit(review.code(_end(job, found.sources, asked, check, fail_on_residue)))


def _end(job: Job, inputs: Sequence[Source], asked: Reporting, check: bool, fail_on_residue: bool) -> int:
    """Say what is to be said of all files together; the exit code."""
    files = job.report.files
    for told_of in said_by_folders(job.redactor, (s.relative for s in inputs)) if job.mode == "write" else ():
        note(told_of)
    if check and not asked.quiet:
        show_checked(files)
    show_unused(job)
    if job.kept and job.kept.written and not asked.quiet:
        said = say(
            "reversible (去标识化): {vault} leads back to the originals; keep it apart from the outputs",
            vault=show(job.kept.path),
        )
        note(said)
    found = any((check and each.changed) or (fail_on_residue and each.left_over) for each in files)
    return exit_code(files, found=found)


def _check_usage(paths: Sequence[Path], many: bool, given: dict[str, Any]) -> Path | None:
    """Refuse options that do not go together; where the output goes, as `_place` has it."""
    check_engine(paths, given)
    in_place, diff, check = (given[name] for name in ("in_place", "diff", "check"))
    output = _place(given["output"])
    shown_only = diff or check
    refuse(
        (
            in_place + diff + check + (given["output"] is not None) > 1,
            say("--in-place, --diff, --check and -o exclude one another"),
        ),
        (in_place and STDIN in paths, say("standard input can't be written in place")),
        (diff and (given["jobs"] or 1) > 1 and is_given("jobs"), say("--diff goes with one job only")),
        (
            given["state_file"] and (shown_only or STDIN in paths or not (output or in_place)),
            say("--state goes with files and -o or --in-place"),
        ),
        (many and not (output or in_place or shown_only), say("several inputs need -o FOLDER or --in-place")),
        (given["backup"] and not in_place and is_given("backup"), say("--backup goes with --in-place")),
        (
            given["bad_lines"] == "quarantine" and is_given("bad_lines") and not (output or in_place or shown_only),
            say("--bad-lines quarantine needs -o or --in-place: what is set aside goes beside the output"),
        ),
        (
            (given["baseline"] or given["write_baseline"]) and not check,
            say("--baseline and --write-baseline go with --check"),
        ),
        (given["vault"] and in_place, say("--vault and --in-place exclude one another: name an output with -o")),
        (given["vault"] and given["state_file"], say("--vault and --state exclude one another")),
        (
            given["vault"] and given["bad_lines"] == "quarantine",
            say("--vault and --bad-lines quarantine exclude one another"),
        ),
        (given["to"] and in_place, say("--to and --in-place exclude one another")),
        (
            given["to"] and output and not many and not fits(output, given["to"]),
            say("-o {output}: --to {to} writes no such file", output=show(output or STDIN), to=given["to"]),
        ),
        (
            given["quarantine"] and is_given("quarantine") and (STDIN in paths or not (output or in_place)),
            say("--quarantine goes with files and -o or --in-place"),
        ),
        (many and STDIN in paths, say("standard input can't be mixed with files")),
    )
    if given["backup"] is not None:
        check_suffix(given["backup"])
    if output and many:
        if output.exists() and not output.is_dir():
            raise click.UsageError(say("-o {output}: is a file; several inputs need a folder", output=show(output)))
        check_output_folder(paths, output)
    if given["state_file"]:
        check_place(given["state_file"], paths, output)
    if given["quarantine"] and (output or in_place):
        check_quarantine(given["quarantine"], paths, output)
    return output


def _place(output: Path | None) -> Path | None:
    """Where the output goes; None: standard output, which `-` says too."""
    return None if output == STDIN else output


def _tasks(
    inputs: Sequence[Source],
    many: bool,
    output: Path | None,
    in_place: bool,
    options: Options,
    quarantine: Path | None,
) -> list[Task]:
    """Each input, where its output goes, and where it is copied to in the folder of the quarantine if it fails."""

    def place(source: Source) -> Path | None:
        if in_place:
            return source.path
        if output is None:
            return None
        return output / fitting(source.relative, options.to) if many or says_folder() or output.is_dir() else output

    def set_aside(source: Source) -> Path | None:
        return quarantine / source.relative if quarantine and source.path != STDIN else None

    tasks = [Task(source.path, place(source), source.closed, set_aside(source)) for source in inputs]
    # Names that are fitted may meet, and what is set aside goes beside an output.
    targets = [(task.source, task.target) for task in tasks if task.target]
    aside = options.bad_lines == "quarantine" and not quarantine
    beside = [(source, place_aside(target, None)) for source, target in targets if aside]
    refuse_shared([*targets, *beside, *((task.source, each) for task in tasks for each in places(task))])
    return tasks


def _all(
    run: Recording, tasks: Sequence[Task], asked: Reporting, known: Accepted, elsewhere: Reports | None = None
) -> None:
    """Do all files, told of as they come; nothing half written is left, by this run or by one before it.

    `elsewhere`: does them elsewhere than in this process and its own.
    """
    if run.job.mode != "write":
        _each(run, tasks, asked, known)
        known.finish()
        return
    _remove_stale(tasks, asked.quiet)
    try:
        _each(run, tasks, asked, known, elsewhere)
    finally:
        _remove_stale(tasks, quiet=True)  # of processes that died or were ended


def _each(
    run: Recording, tasks: Sequence[Task], asked: Reporting, known: Accepted, elsewhere: Reports | None = None
) -> None:
    job = run.job
    large, failed = size_of(tasks[0]) if len(tasks) == 1 else 0, Counter[str]()
    with (
        register_of(job.redactor, len(tasks)) as register,
        progress(len(tasks), quiet=asked.quiet, failed=failed) as bar,
        progress(large, quiet=asked.quiet, least=LARGE) as bytes_bar,
    ):
        own = replace(job, register=register, advance=bytes_bar.update if large >= LARGE else None)
        for task, file in zip(tasks, (elsewhere or own.run)(tasks), strict=True):
            known.end(file)
            job.report.files.append(file)
            run.take(file)
            set_apart(task, file)
            _show_lines(file, alone=len(tasks) == 1)
            if file.error is not None:
                failed[file.reason] += 1
            tell(file, asked, written=job.mode == "write")
            bar.update(1)
        bytes_bar.update(max(0, large - bytes_bar.pos))


def _show_lines(file: FileReport, *, alone: bool = True) -> None:
    """Show the lines that would change, as far as they are known."""
    write_rows(file, alone=alone)
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
    if redactor.policy.uses_key:
        yield os.environ.get("REDACTOR_KEY")


def _named_files(redactor: Redactor, rules: dict[str, Any]) -> list[Path]:
    """Files that the settings hold by name only."""
    return [*([rules["key_file"]] if rules["key_file"] else []), *redactor.ner_files]


def _remove_stale(tasks: Sequence[Task], quiet: bool) -> None:
    """What killed runs left half written beside the outputs goes before this run begins."""
    for folder in sorted({task.target.parent for task in tasks if task.target is not None}):
        number = remove_stale(folder)
        if number and not quiet:
            removed = several(
                "{folder}: removed {number} unfinished file of an earlier run",
                "{folder}: removed {number} unfinished files of an earlier run",
                number,
                folder=show(folder),
            )
            note(removed)
