"""The exit codes of the command: what each says, in one place for the code, the help and the docs."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum
from typing import TYPE_CHECKING, Final

from redactor.language import later

if TYPE_CHECKING:
    from redactor.files.report import FileReport


class Exit(IntEnum):
    """How a run ended; of several, the first that holds of ERROR, FOUND, UNCHECKED, DONE. By a signal: 128 and its number, as shells have it."""

    DONE = 0
    FOUND = 1
    ERROR = 2
    UNCHECKED = 3
    INTERRUPTED = 130
    TERMINATED = 143


MEANINGS: Final = {
    Exit.DONE: later("done"),
    Exit.FOUND: later("something was found under --check or --fail-on-residue"),
    Exit.ERROR: later("an error; unless it says so, nothing was written for that file, and nothing passed as clean"),
    Exit.UNCHECKED: later(
        "written, but bytes that could not be read were not checked (--errors replace|keep), records were set aside, or "
        "decisions of a review (--decisions) must be looked at again"
    ),
    Exit.INTERRUPTED: later("interrupted by Ctrl-C; what was finished by then stands whole"),
    Exit.TERMINATED: later("ended by the system or another program (SIGTERM), likewise"),
}
"""The table at the end of a page of help."""


def exit_code(files: Iterable[FileReport], *, found: bool) -> Exit:
    """How a run over some files ended; `found`: whether what was to be told of by the exit code was found."""
    files = tuple(files)
    if any(file.error is not None for file in files):
        return Exit.ERROR
    if found:
        return Exit.FOUND
    return Exit.UNCHECKED if any(file.unread or file.set_aside for file in files) else Exit.DONE
