"""`restore_file`: a document in which labels are put back, written whole or not at all, for its owner alone."""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO, Final

from redactor.files.atomic import write_whole
from redactor.files.failures import blaming
from redactor.files.inputs import Input, open_input
from redactor.files.manifest import digest_of
from redactor.files.vaults import PRIVATE
from redactor.files.walk import check_output
from redactor.formats.limits import MAX_TOTAL
from redactor.formats.options import Options
from redactor.formats.registry import check_format, load_format
from redactor.formats.restoring import RestoringSession, check_restorable
from redactor.formats.sniff import kind_of
from redactor.model import OUTPUT, FormatError
from redactor.parallel.sandbox import Limits, confined
from redactor.text.show import show
from redactor.vault.restore import by_chance
from redactor.vault.vault import Vault

_MEMORY: Final = 4096 << 20
_SECONDS: Final = 600


@dataclass(frozen=True, slots=True)
class FileRestored:
    """What was put back in a file.

    `exact`: how many labels stood as they were written; `tolerant`: how many did not. `foreign`: place and text of what reads like a
    label of the vault and is none: it stays. `missing`: labels of the vault that are not in the file.
    """

    source: Path
    output: Path | None
    format: str
    exact: int
    tolerant: int
    foreign: tuple[tuple[str, str], ...]
    missing: tuple[str, ...]

    @property
    def complete(self) -> bool:
        """Whether all that reads like a label stood as it was written."""
        return not self.tolerant and not self.foreign


def restore_file(
    source: str | Path,
    output: str | Path,
    vault: Vault,
    *,
    format: str | None = None,
    encoding: str | None = None,
    overwrite: bool = False,
) -> FileRestored:
    """Put back what the labels of a file stand for; the output, of mode 0600, is as secret as the original was.

    `format`, `encoding`: of the file; None: what its content says. FormatError for a file in which nothing can be put back (a PDF), one in
    which no label of the vault is, and all that can't be read or written safely: then nothing was written.
    """
    target = Path(output)
    if not overwrite and target.exists():
        raise FormatError("{target}: exists; use --force to write over it", target=show(target), reason=OUTPUT)
    done, data = restored(Path(source), vault, kind=format, encoding=encoding)
    check_output(Path(source), target, force=overwrite, in_place=False)
    write_whole(target, data, PRIVATE)
    return FileRestored(done.source, target, done.format, done.exact, done.tolerant, done.foreign, done.missing)


def restored(
    source: Path, vault: Vault, *, kind: str | None = None, encoding: str | None = None
) -> tuple[FileRestored, bytes]:
    """What was put back in a file, and the bytes of it, which are not written anywhere."""
    check_format(kind)
    with blaming(source):
        with open_input(source) as opened:
            kind = kind or kind_of(opened.stream, source.name)
            check_restorable(kind)
            load_format(kind)
            session, data = _confined(opened, kind, vault, encoding)
            opened.check()
            # One of its documents in which nothing was masked is as it was.
            if not session.found and any(vault.entries()) and digest_of(opened.stream)[0] not in vault.inputs:
                raise FormatError("no label of the vault is in it; it may be the vault of another document")
        foreign = len({label for _, label in session.foreign})
        if by_chance(len(session.found), foreign, vault):
            raise FormatError(
                "{found} labels fit, by chance, and {foreign} do not; it may be the vault of another document",
                found=len(session.found),
                foreign=foreign,
            )
    told = FileRestored(
        source, None, kind, session.exact, session.tolerant, tuple(session.foreign), tuple(session.missing)
    )
    return told, data


def _confined(opened: Input, kind: str, vault: Vault, encoding: str | None) -> tuple[RestoringSession, bytes]:
    """The session and the output, made in a process of its own: what comes back from a translator is a document of strangers."""

    work = partial(put_back, opened.stream, kind, vault, encoding)
    size = opened.stream.seek(0, io.SEEK_END)
    opened.stream.seek(0)
    return confined(work, Limits(_MEMORY, int(_SECONDS * (1 + size / 1e6)), 2 * MAX_TOTAL + 4 * size))


def put_back(stream: BinaryIO, kind: str, vault: Vault, encoding: str | None) -> tuple[RestoringSession, bytes]:
    """A document with its labels put back, in this process. FormatError where it can't be read."""
    session, out = RestoringSession(vault), io.BytesIO()
    load_format(kind)(stream, out, session, Options(scrub_metadata=False, encoding=encoding))
    return session, out.getvalue()
