"""Old Word documents (.doc, .wps): LibreOffice makes a .docx of them, which is redacted."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO, Final

from redactor.formats.limits import MAX_MEMBER
from redactor.formats.office import docx
from redactor.formats.options import Options
from redactor.formats.unit import Session, Sink, whole
from redactor.model import ACTIVE, ENCRYPTED, NO_PACKAGE, FormatError, UnsupportedError

_SECONDS: Final = 120
_SECTOR: Final = 512
_FIB: Final = b"\xec\xa5"
"""How the main stream of a Word document begins (MS-DOC 2.5.1)."""
_ENCRYPTED_FLAG: Final = 0x0100


def redact(source: BinaryIO, out: Sink, session: Session, options: Options) -> None:
    """Redact an old Word document; what is written is a .docx."""
    data = whole(source, MAX_MEMBER, "an old office document")
    _check(data)
    if options.output != ".docx":
        raise FormatError("an old Word document can only be written as .docx: name the output so", reason="old Office")
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if not program:
        raise FormatError(
            "old Word documents need LibreOffice, which is not installed; save it as .docx first", reason=NO_PACKAGE
        )
    with TemporaryDirectory(prefix="redactor-") as folder:
        made = _converted(program, data, Path(folder))
        with made.open("rb") as stream:
            docx.redact(stream, out, session, options)


def _check(data: bytes) -> None:
    """Refuse what can't or must not be opened, by the names in the file's directory (MS-CFB)."""
    if _names(data, "EncryptedPackage") or _is_encrypted(data):
        raise FormatError("is encrypted; save it without a password first", reason=ENCRYPTED)
    if _names(data, "_VBA_PROJECT"):
        raise FormatError("holds macros; save it without them first", reason=ACTIVE)
    if not _names(data, "WordDocument"):
        raise UnsupportedError(
            "an old binary file that is no Word document; save it in a newer format first", reason="old Office"
        )


def _names(data: bytes, name: str) -> bool:
    return name.encode("utf-16-le") + b"\0\0" in data


def _is_encrypted(data: bytes) -> bool:
    at = data.find(_FIB)
    while at >= 0:
        if at % _SECTOR == 0 and int.from_bytes(data[at + 10 : at + 12], "little") & _ENCRYPTED_FLAG:
            return True
        at = data.find(_FIB, at + 1)
    return False


def _converted(program: str, data: bytes, folder: Path) -> Path:
    """The document as LibreOffice writes it, in a profile of its own, which is gone afterwards with all that it holds."""
    (folder / "document.doc").write_bytes(data)
    made = folder / "made" / "document.docx"
    command = [
        program,
        f"-env:UserInstallation={(folder / 'profile').as_uri()}",
        *("--headless", "--norestore", "--nolockcheck", "--nodefault", "--nofirststartwizard"),
        "--infilter=MS Word 97",
        *("--convert-to", "docx:MS Word 2007 XML", "--outdir", str(made.parent), str(folder / "document.doc")),
    ]
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        process.wait(_SECONDS)
    except subprocess.TimeoutExpired:
        raise FormatError(f"LibreOffice did not convert it within {_SECONDS} seconds") from None
    finally:
        _end(process)
    if process.returncode or not made.is_file():
        raise FormatError("LibreOffice can't convert it")
    return made


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the program with those that it has started."""
    if process.poll() is None:
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
        process.wait()
