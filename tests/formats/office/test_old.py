"""Old office formats and rich text: told by their content, made new by LibreOffice where it is installed, else refused with what to install."""

from __future__ import annotations

import io
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pptx
import pytest

from redactor import Redactor
from redactor.formats.options import Options
from redactor.formats.registry import FORMATS, load_format
from redactor.formats.session import DocumentSession
from redactor.formats.sniff import kind_of
from redactor.model import NO_PACKAGE, FormatError
from tests.build.word import new_word

CANARIES = ["蘷焱灪霻", "龘靐齉爩", "麤籱爨鸞"]
SOFFICE = shutil.which("soffice") or shutil.which("libreoffice")
needs_libreoffice = pytest.mark.skipif(not SOFFICE, reason="needs LibreOffice")
Clean = Callable[..., tuple[bytes, DocumentSession]]


def rich(text: str, more: str = "") -> bytes:
    """Rich text, its characters by their numbers."""
    said = "".join(f"\\u{ord(c)}?" for c in text)
    return f"{{\\rtf1\\ansi\\ansicpg936 {said}\\par {more}}}".encode()


OBJECT = (
    "{\\object\\objemb{\\*\\objclass Package}{\\*\\objdata 010500000200000008000000"
    + b"Package\0".hex()
    + "0000000000000000"
    + len(data := CANARIES[2].encode()).to_bytes(4, "little").hex()
    + data.hex()
    + "}{\\result x}}"
)


@pytest.fixture(scope="module")
def clean() -> Clean:
    redactor = Redactor(mask=CANARIES, ner="none")

    def run(data: bytes, form: str, **choices: object) -> tuple[bytes, DocumentSession]:
        session = DocumentSession(redactor, lambda *_: None)
        out = io.BytesIO()
        load_format(form)(io.BytesIO(data), out, session, Options(**choices))  # type: ignore[arg-type]
        return out.getvalue(), session

    return run


def compound(name: str) -> bytes:
    """The least that is told by the name of a stream."""
    return bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504) + name.encode("utf-16-le") + bytes(4096)


OLD = {
    "ole": compound("WordDocument"),
    "xls": compound("Workbook"),
    "ppt": compound("PowerPoint Document"),
    "rtf": rich("一"),
}


@pytest.mark.parametrize("form", OLD)
@pytest.mark.parametrize("name", ["a.doc", "a.xls", "a.wps", "a.txt", ""])
def test_old_documents_are_told_by_content(form: str, name: str) -> None:
    assert kind_of(io.BytesIO(OLD[form]), name) == form
    assert kind_of(io.BytesIO(b"\r\n " + rich("一")), name) == "rtf"


@pytest.mark.parametrize("form", OLD)
def test_without_libreoffice_it_is_said_what_to_install(
    form: str, clean: Clean, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(FormatError, match=r"LibreOffice, which is not installed: .*apt install libreoffice-") as error:
        clean(OLD[form], form, output=f".{FORMATS[form].becomes}")
    assert error.value.reason == NO_PACKAGE
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("form", OLD)
def test_the_output_has_to_be_called_as_what_it_is(form: str, clean: Clean) -> None:
    with pytest.raises(FormatError, match=rf"only be written as \.{FORMATS[form].becomes}"):
        clean(OLD[form], form, output=".doc")


@pytest.mark.parametrize("form", OLD)
def test_within_another_file_they_are_refused_or_dropped(form: str, clean: Clean) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.doc", OLD[form])
        archive.writestr("b.txt", "一")
    with pytest.raises(FormatError, match=rf"save it as \.{FORMATS[form].becomes} first"):
        clean(packed.getvalue(), "zip")
    out, session = clean(packed.getvalue(), "zip", unknown="drop")
    assert zipfile.ZipFile(io.BytesIO(out)).namelist() == ["b.txt"]
    assert len(session.taken_out) == 1


def converted(data: bytes, name: str, target: str, folder: Path) -> bytes:
    (folder / name).write_bytes(data)
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [str(SOFFICE), profile, "--headless", "--convert-to", target, "--outdir", folder, folder / name]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return (folder / f"{Path(name).stem}.{target}").read_bytes()


def saved(document: object) -> bytes:
    out = io.BytesIO()
    document.save(out)  # type: ignore[attr-defined]
    return out.getvalue()


def new(form: str) -> tuple[str, bytes]:
    """A new document with canaries, and what it is called."""
    if form == "xls":
        book = openpyxl.Workbook()
        book.worksheets[0]["A1"], book.worksheets[0]["B2"] = CANARIES[:2]
        return "a.xlsx", saved(book)
    if form == "ppt":
        slides = pptx.Presentation()
        slide = slides.slides.add_slide(slides.slide_layouts[1])
        slide.shapes.title.text, slide.placeholders[1].text = CANARIES[:2]
        return "a.pptx", saved(slides)
    text = new_word()
    for canary in CANARIES[:2]:
        text.add_paragraph(f"有{canary}在内")
    return "a.docx", saved(text)


@pytest.mark.slow
@needs_libreoffice
@pytest.mark.parametrize(("form", "old"), [("ole", "doc"), ("xls", "xls"), ("ppt", "ppt"), ("rtf", "rtf")])
def test_old_documents_become_redacted_new_ones(form: str, old: str, clean: Clean, tmp_path: Path) -> None:
    name, data = new(form)
    made = converted(data, name, old, tmp_path)
    assert kind_of(io.BytesIO(made), "") == form
    out, _ = clean(made, form, output=f".{FORMATS[form].becomes}")
    assert kind_of(io.BytesIO(out), "") == FORMATS[form].becomes
    with zipfile.ZipFile(io.BytesIO(out)) as package:
        text = "".join(package.read(each).decode("utf-8", "replace") for each in package.namelist())
    assert "×" in text
    assert not [canary for canary in CANARIES if canary in text]


@pytest.mark.slow
@needs_libreoffice
def test_what_is_embedded_in_rich_text_is_named_or_goes(clean: Clean) -> None:
    data = rich(f"有{CANARIES[0]}在内", OBJECT + "{\\*\\unknown " + CANARIES[1].encode().hex() + "}")
    out, session = clean(data, "rtf", output=".docx", unknown="drop")
    with zipfile.ZipFile(io.BytesIO(out)) as package:
        whole = b"".join(package.read(each) for each in package.namelist())
    assert not [canary for canary in CANARIES if canary.encode() in whole]
    kept, session = clean(data, "rtf", output=".docx")
    with zipfile.ZipFile(io.BytesIO(kept)) as package:
        embedded = [each for each in package.namelist() if "embeddings" in each]
    assert len(embedded) == len([where for where, _ in session.not_checked if "embeddings" in where])
