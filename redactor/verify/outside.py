"""What programs of others read in an output, where they are installed: pdftotext, qpdf's plain form (by pikepdf), LibreOffice."""

from __future__ import annotations

import io
import subprocess
from contextlib import suppress
from pathlib import Path
from shutil import which
from tempfile import TemporaryDirectory
from typing import Final

from redactor.language import later
from redactor.verify.model import Blob, Found, Piece

_SECONDS: Final = 120
_SHOWN: Final = later("text, as another program reads it")
_OFFICE: Final = {"docx": "txt:Text (encoded):UTF8", "xlsx": "html", "pptx": "html", "ofd": ""}


def by_others(data: bytes, kind: str, *, office: bool = False) -> Found:
    """What they read. `office`: whether LibreOffice is asked too, which takes seconds; what fails reads nothing."""
    if kind == "pdf":
        yield from _pdf(data)
    if office and (way := _OFFICE.get(kind)) and (program := which("soffice")):
        yield from _converted(data, kind, way, program)


def _pdf(data: bytes) -> Found:
    import pikepdf

    with suppress(pikepdf.PdfError, ValueError, RuntimeError):
        plain = io.BytesIO()
        with pikepdf.open(io.BytesIO(data)) as document:
            document.save(plain, qdf=True, object_stream_mode=pikepdf.ObjectStreamMode.disable)
        yield Blob("", plain.getvalue())
    if program := which("pdftotext"):
        with TemporaryDirectory(prefix="redactor-") as folder:
            text = _run([program, "-enc", "UTF-8", "-q", "in.pdf", "-"], Path(folder), "in.pdf", data)
        yield Piece("", _SHOWN, text.decode("utf-8", "replace"), again=True)


def _converted(data: bytes, kind: str, way: str, program: str) -> Found:
    with TemporaryDirectory(prefix="redactor-") as folder:
        place = Path(folder)
        profile = f"-env:UserInstallation={(place / 'profile').as_uri()}"
        _run([program, profile, "--headless", "--convert-to", way, f"in.{kind}"], place, f"in.{kind}", data)
        for path in sorted(place.glob("in.*")):
            if path.suffix != f".{kind}" and path.is_file():
                yield Piece("", _SHOWN, path.read_text("utf-8", "replace"), again=True)


def _run(command: list[str], folder: Path, name: str, data: bytes) -> bytes:
    """What a program prints about a file in a folder of its own; nothing where it fails or takes too long."""
    (folder / name).write_bytes(data)
    with suppress(OSError, subprocess.SubprocessError):
        return subprocess.run(command, cwd=folder, capture_output=True, timeout=_SECONDS, check=False).stdout
    return b""
