"""One program file, for computers without Python: `python tools/build_binary.py [FOLDER]` writes `redactor` there (dist).

Needs `pip install ".[binary]"`, which brings the program itself with Word, Excel, PowerPoint and PDF, and PyInstaller. PyInstaller
packs for the system that it runs on: the program for Windows is built on Windows, by the same command.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

NAME: Final = "redactor"

ENTRY: Final = """\
import multiprocessing

from redactor.cli import main

if __name__ == "__main__":
    multiprocessing.freeze_support()  # on Windows, the processes of --jobs are this program, started once more
    main()
"""

WHOLE: Final = ("redactor", "lxml", "pdfminer", "pypdfium2", "pypdfium2_raw")
"""Packages of which all goes in: modules that are imported by name, and data (rules, word lists, character maps, PDFium)."""

LEFT_OUT: Final = ("tkinter", "PIL", "cryptography", "setuptools")
"""What the libraries would take along for work that this program never asks of them."""


def main() -> None:
    """Build the program."""
    out = Path(sys.argv[1] if len(sys.argv) > 1 else "dist").resolve()
    with tempfile.TemporaryDirectory() as work:
        entry = Path(work, "start.py")  # by the name of the package, it would stand in its way
        entry.write_text(ENTRY, encoding="utf-8")
        subprocess.run(
            [sys.executable, "-m", "PyInstaller", *_options(out, Path(work)), str(entry)], check=True, cwd=work
        )
    print(f"{(out / NAME).with_suffix('.exe' if sys.platform == 'win32' else '')}")


def _options(out: Path, work: Path) -> list[str]:
    options = ["--onefile", "--noconfirm", "--log-level=WARN", f"--name={NAME}", f"--distpath={out}"]
    options += [f"--workpath={work / 'build'}", f"--specpath={work}"]
    options += [f"--collect-all={package}" for package in WHOLE]
    options += [f"--exclude-module={module}" for module in LEFT_OUT]
    return options


if __name__ == "__main__":
    main()
