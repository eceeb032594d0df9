"""Old office documents (.doc, .wps, .xls, .et, .ppt, .dps, .rtf): LibreOffice makes new ones of them, which are redacted."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO, Final

from redactor.formats.limits import MAX_MEMBER
from redactor.formats.office.cfb import MAIN, kind_of_old, names_anywhere
from redactor.formats.options import Options
from redactor.formats.registry import FORMATS, load_format
from redactor.formats.unit import Session, Sink, whole
from redactor.language import say
from redactor.model import ACTIVE, ENCRYPTED, NO_PACKAGE, FormatError, UnsupportedError

_SECONDS: Final = 120
_SECTOR: Final = 512
_FIB: Final = b"\xec\xa5"
"""How the main stream of a Word document begins (MS-DOC 2.5.1)."""
_ENCRYPTED_FLAG: Final = 0x0100


@dataclass(frozen=True, slots=True)
class _Filter:
    """How LibreOffice reads a format, and how it is to write what it makes of it; `package`: the program's part that does it."""

    read: str
    write: str
    package: str


_FILTERS: Final = {
    "ole": _Filter("MS Word 97", "docx:MS Word 2007 XML", "libreoffice-writer"),
    "rtf": _Filter("Rich Text Format", "docx:MS Word 2007 XML", "libreoffice-writer"),
    "xls": _Filter("MS Excel 97", "xlsx:Calc MS Excel 2007 XML", "libreoffice-calc"),
    "ppt": _Filter("MS PowerPoint 97", "pptx:Impress MS PowerPoint 2007 XML", "libreoffice-impress"),
}
_SETTINGS: Final = {
    "org.openoffice.Office.Common/Security/Scripting": {
        "DisableMacrosExecution": "true",
        "BlockUntrustedRefererLinks": "true",
        "DisableActiveContent": "true",
    },
    "org.openoffice.Office.Writer/Content/Update": {"Link": "0"},
    "org.openoffice.Office.Calc/Content/Update": {"Link": "1"},
}
"""What the program is told: nothing runs, and nothing is fetched that a document only refers to."""


def redact(source: BinaryIO, out: Sink, session: Session, options: Options) -> None:
    """Redact an old document; what is written is a new one."""
    data = whole(source, MAX_MEMBER, "an old office document")
    kind = kind_of_old(data)
    if kind != "rtf":
        _check(data)
    form = FORMATS[kind]
    ending = f".{form.becomes}"
    if options.output != ending:
        raise FormatError(
            "{title} can only be written as {ending}: name the output so",
            title=say(form.title),
            ending=ending,
            reason="old Office",
        )
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if not program:
        raise FormatError(
            "{title} needs LibreOffice, which is not installed: install it (on Debian and Ubuntu: apt install {package}),"
            " or save the document as {ending} first",
            title=say(form.title),
            package=_FILTERS[kind].package,
            ending=ending,
            reason=NO_PACKAGE,
        )
    redact_new = load_format(form.becomes)
    with TemporaryDirectory(prefix="redactor-") as folder:
        made = _converted(program, data, Path(folder), kind)
        with made.open("rb") as stream:
            redact_new(stream, out, session, options)


def _check(data: bytes) -> None:
    """Refuse what can't or must not be opened, by the names in the file's directory (MS-CFB)."""
    if names_anywhere(data, "EncryptedPackage") or _is_encrypted(data):
        raise FormatError("is encrypted; save it without a password first", reason=ENCRYPTED)
    if names_anywhere(data, "_VBA_PROJECT"):
        raise FormatError("holds macros; save it without them first", reason=ACTIVE)
    if not any(names_anywhere(data, name) for name in MAIN):
        raise UnsupportedError(
            "an old binary file that is no Word, Excel or PowerPoint document; save it in a newer format first",
            reason="old Office",
        )


def _is_encrypted(data: bytes) -> bool:
    at = data.find(_FIB)
    while at >= 0:
        if at % _SECTOR == 0 and int.from_bytes(data[at + 10 : at + 12], "little") & _ENCRYPTED_FLAG:
            return True
        at = data.find(_FIB, at + 1)
    return False


def _converted(program: str, data: bytes, folder: Path, kind: str) -> Path:
    """The document as LibreOffice writes it, in a profile of its own, which is gone afterwards with all that it holds."""
    form, how = FORMATS[kind], _FILTERS[kind]
    old = folder / f"document{form.suffixes[0]}"
    old.write_bytes(data)
    made = folder / "made" / f"document.{form.becomes}"
    (folder / "profile" / "user").mkdir(parents=True)
    (folder / "profile" / "user" / "registrymodifications.xcu").write_text(_settings(), "utf-8")
    command = [
        program,
        f"-env:UserInstallation={(folder / 'profile').as_uri()}",
        *("--headless", "--norestore", "--nolockcheck", "--nodefault", "--nofirststartwizard"),
        f"--infilter={how.read}",
        *("--convert-to", how.write, "--outdir", str(made.parent), str(old)),
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
        raise FormatError("LibreOffice did not convert it within {seconds} seconds", seconds=_SECONDS) from None
    finally:
        _end(process)
    if process.returncode or not made.is_file():
        raise FormatError("LibreOffice can't convert it")
    return made


def _settings() -> str:
    """The settings as a profile holds them."""
    items = "".join(
        f'<item oor:path="/{path}"><prop oor:name="{name}" oor:op="fuse"><value>{value}</value></prop></item>'
        for path, values in _SETTINGS.items()
        for name, value in values.items()
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<oor:items xmlns:oor="http://openoffice.org/2001/registry"'
        f' xmlns:xs="http://www.w3.org/2001/XMLSchema">{items}</oor:items>'
    )


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the program with those that it has started."""
    if process.poll() is None:
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
        process.wait()
