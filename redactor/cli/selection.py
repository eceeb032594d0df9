"""Which files a command reads: options that choose among them, and the lists that they come from and go to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import click

from redactor.cli.notes import note
from redactor.cli.project import config_options, setting
from redactor.cli.usage import is_taken, together
from redactor.cli.values import FilePath
from redactor.files.beside import BAD
from redactor.files.inputs import STDIN
from redactor.files.lists import read_list, write_list
from redactor.files.marks import USUAL
from redactor.files.report import FileReport
from redactor.files.state import check_place
from redactor.files.tasks import Task
from redactor.files.walk import Found, Selection, Source, check_pattern, sources
from redactor.formats.registry import FORMATS, TEXT, all_formats
from redactor.language import say
from redactor.model import FormatError
from redactor.text.show import show

_ENDINGS: Final = {"text": FORMATS[TEXT].suffixes, "jsonl": FORMATS["jsonl"].suffixes}


selection_options: Final = together(
    config_options,
    setting(
        "--include",
        multiple=True,
        metavar="GLOB",
        example='["*.docx", "*.txt"]',
        check=lambda line: check_pattern(line, "--include"),
        help="Of folders, read these files alone: a pattern as in .gitignore, from the folder down (repeatable).",
    ),
    setting(
        "--exclude",
        adds=True,
        multiple=True,
        metavar="GLOB",
        example='["drafts/", "*.tmp"]',
        check=lambda line: check_pattern(line, "--exclude"),
        help="Of folders, leave these files and folders out; so do the lines of .redactorignore beside redactor.toml.",
    ),
    click.option(
        "--files-from",
        type=click.Path(path_type=Path, allow_dash=True),
        metavar="FILE",
        help="Do only the files that FILE lists, one a line or each ended by NUL; without FILES, they are the inputs.",
    ),
    setting(
        "--skip-unsupported",
        is_flag=True,
        help="Skip files of kinds that hold no text to look for (pictures, sounds), which else are errors.",
    ),
)
"""--include, --exclude, --files-from, --skip-unsupported, --config, --no-config."""


baseline_options: Final = together(
    click.option(
        "--baseline",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Findings that are known: only others are told of and count.",
    ),
    click.option(
        "--write-baseline",
        type=FilePath(),
        metavar="FILE",
        help="Write what was found to FILE, as keyed fingerprints: no text.",
    ),
)
"""--baseline and --write-baseline."""


def fitting(name: Path, to: str) -> Path:
    """The name of what is written of an input: with the ending of what `--to` asks for, behind its own."""
    ending = _ENDINGS.get(to, ("",))[0]
    return (
        name if name.suffix.lower() in _ENDINGS.get(to, (name.suffix.lower(),)) else name.with_name(name.name + ending)
    )


def fits(name: Path, to: str) -> bool:
    """Whether a name says that a file is what `--to` writes, or nothing of the kind."""
    suffix = name.suffix.lower()
    return suffix in _ENDINGS[to] or not any(suffix in form.suffixes for form in all_formats())


def selected(given: dict[str, Any]) -> dict[str, Any]:
    """What was given of the choice of files, taken out of all that was given."""
    return {name: given.pop(name) for name in ("files_from", "include", "exclude")}


def find_inputs(paths: Sequence[Path], chosen: Mapping[str, Any], beside: str | None = None) -> Found:
    """The files that the command is to read, as `selected` has it.

    `beside`: in place, what the names of originals end in that the run keeps beside its outputs, or ""; else None.
    """
    only = chosen["files_from"]
    own = click.get_current_context().obj["own_files"]
    copies = dict.fromkeys((beside, USUAL)) if beside else (USUAL,)
    suffixes = () if beside is None else (*((suffix, "backup") for suffix in copies), (BAD, "set aside"))
    selection = Selection(chosen["include"], chosen["exclude"], own, suffixes)
    if only is not None and STDIN in paths:
        raise click.UsageError(say("--files-from goes with files and folders, not with standard input"))
    if list(paths) == [STDIN]:
        return Found((Source(STDIN, Path("stdin")),))
    found = sources(paths, selection, None if only is None else read_list(only))
    if empty := found.empty if found.sources else (paths or [only]):
        note(say("no files found in {paths}", paths=say(", ").join(map(show, empty))))
    return found


def check_list(path: Path | None, listed: Path | None, tasks: Sequence[Task], others: Sequence[Path | None]) -> None:
    """Refuse a list of failures that would be written over an input or an output, or inside or over one of these others.

    It must not take the place of a file that is none of this job either, unless it is `listed`, from which the inputs come.
    """
    if path is None:
        return
    if is_taken(path, tasks, others):
        raise FormatError(
            "{path}: the list of failures would be written over an input, an output or the report", path=show(path)
        )
    check_place(path, [folder for folder in others if folder and folder != STDIN], None)
    if path.exists() and path != listed and not _names_only(path, tasks):
        raise FormatError("{path}: exists, and is no list of these inputs; choose another name", path=show(path))


def _names_only(path: Path, tasks: Sequence[Task]) -> bool:
    """Whether a file is a list of inputs of this run."""
    try:
        return {each.absolute() for each in read_list(path)} <= {task.source.absolute() for task in tasks}
    except FormatError:
        return False


@contextmanager
def failures_listed(path: Path | None, tasks: Sequence[Task], files: Sequence[FileReport]) -> Iterator[None]:
    """Write the list of inputs that failed in the block, also when none did: then it is empty.

    `files`: the reports of the first of the tasks, as far as the run has come; what it has not come to is in the list too.
    """
    try:
        yield
    finally:
        if path:
            failed = [task.source for task, file in zip(tasks, files, strict=False) if file.error is not None]
            write_list(path, (*failed, *(task.source for task in tasks[len(files) :])))
