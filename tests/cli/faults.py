"""What tests of the faults that new users have found share: their names, documents by the usual producers, a terminal."""

from __future__ import annotations

import io
import os
import pty
from pathlib import Path
from typing import Any

import pytest

from tests.build.word import new_word
from tests.command import forked_with
from tests.conftest import warm

TEXT = "请王建国同志牵头，同比增长12.5%以上\n"
MASKED = "请×同志牵头，同比增长×%以上\n"


def fault(number: str, *values: Any) -> Any:
    """A set of parameters that is called by the fault that it shows."""
    return pytest.param(*values, id=f"COMMAND-{number}")


def named(number: str, *details: str) -> Any:
    """Marks a test by the fault that it shows."""
    return pytest.mark.parametrize("fault_id", [None], ids=["-".join((f"COMMAND-{number}", *details))], indirect=True)


def word(*paragraphs: str) -> bytes:
    """A Word document, as python-docx makes it."""
    document, held = new_word(), io.BytesIO()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    document.save(held)
    return held.getvalue()


def pages(number: int = 3, text: str = TEXT.strip()) -> bytes:
    """A PDF, as reportlab makes it; without a text, of pages with a drawing alone."""
    canvas = pytest.importorskip("reportlab.pdfgen.canvas")
    metrics = pytest.importorskip("reportlab.pdfbase.pdfmetrics")
    fonts = pytest.importorskip("reportlab.pdfbase.cidfonts")
    metrics.registerFont(fonts.UnicodeCIDFont("STSong-Light"))
    held = io.BytesIO()
    made = canvas.Canvas(held)
    for _ in range(number):
        made.setFont("STSong-Light", 12)
        if text:
            made.drawString(50, 700, text)
        else:
            made.rect(50, 50, 100, 100, fill=1)
        made.showPage()
    made.save()
    return held.getvalue()


def on_a_terminal(folder: Path, *arguments: str, **settings: str) -> tuple[int, str]:
    """The exit code of the command and what it shows on a terminal."""
    warm()
    ours, theirs = pty.openpty()
    nothing = os.open(os.devnull, os.O_RDONLY)
    process = forked_with((nothing, theirs, os.dup(theirs)), arguments, folder, {"TERM": "xterm", **settings})
    shown = b""
    while True:
        try:
            piece = os.read(ours, 65_536)
        except OSError:  # the other end has gone
            break
        if not piece:
            break
        shown += piece
    os.close(ours)
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]), shown.decode(errors="replace")
