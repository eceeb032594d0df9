"""The program that follows the links of the docs' site, which CI runs on all of it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = Path(__file__).parent.parent / "tools" / "check_links.py"


@pytest.mark.parametrize(
    ("page", "lost"),
    [
        ('<a href="#here">a</a><h2 id="here">b</h2>', []),
        ('<a href="sub/b.html#there">a</a>', []),
        ('<a href="sub/b.html?q=1">a</a><img src="sub/">', []),
        ('<a href="https://example.com/x">a</a><a href="tel:110">b</a>', []),
        ('<a href="#nowhere">a</a>', ["a.html: #nowhere"]),
        ('<a href="c.html">a</a><img src="c.png">', ["a.html: c.html", "a.html: c.png"]),
        ('<a href="sub/b.html#here">a</a><h2 id="here">b</h2>', ["a.html: sub/b.html#here"]),
        ('<a href="%E9%A1%B5.html">a</a>', ["a.html: %E9%A1%B5.html"]),
    ],
)
def test_links(page: str, lost: list[str], tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "a.html").write_text(page, "utf-8")
    (tmp_path / "404.html").write_text('<a href="/gone.html">a</a>', "utf-8")
    (tmp_path / "sub" / "b.html").write_text('<a href="../a.html">a</a><h2 id="there">b</h2>', "utf-8")
    done = subprocess.run([sys.executable, PROGRAM, tmp_path], capture_output=True, check=False)
    assert done.returncode == bool(lost)
    assert done.stdout.decode().splitlines() == (lost or ["3 pages, all links lead somewhere"])
