"""How many harmless documents of real producers `redactor clean` takes by default: `python benchmarks/producers.py FOLDER`.

Each producer that is installed makes some of each kind that it writes (producers_kinds.py) in FOLDER/KIND, or they are taken from what packages
of the system brought; then the command is run on each folder, and told is how many it has taken of which producer, and why it refused the
others. `--only KIND`, repeatable. Producers: LibreOffice, pandoc (as `pandoc`, or what `--pandoc PATH` names), Chromium, groff, the libraries
of Python that write documents, zip, tar, gzip, bzip2, xz, jar, git; in Chinese and English, with tables, pictures, notes, links, charts.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from producers_kinds import PRODUCERS
from producers_made import Tools

RENEWED: Final = {"rtf": ".docx", "ole": ".docx", "xls": ".xlsx", "ppt": ".pptx"}
"""Kinds that are written in another format, which the output's name must say."""


def make(folder: Path, kinds: list[str], pandoc: str) -> None:
    """The documents of some kinds, in a folder a kind, each named after its producer."""
    with TemporaryDirectory() as work:
        tools = Tools(Path(work), pandoc)
        for kind in kinds:
            target = folder / kind
            if target.exists():
                continue  # made before
            target.mkdir(parents=True)
            for producer in PRODUCERS[kind]:
                try:
                    producer(target, tools)
                except (OSError, ImportError, subprocess.CalledProcessError) as error:
                    print(f"{kind}: {producer.__name__} can't be run: {error}", file=sys.stderr)


def refused(folder: Path) -> dict[str, str]:
    """The documents of a folder that the command refuses, each with the line that says why."""
    if folder.name in RENEWED:
        return _refused_alone(folder, RENEWED[folder.name])
    with TemporaryDirectory() as work:
        out, listed = Path(work, "out"), Path(work, "failed.txt")
        command = [sys.executable, "-m", "redactor", "clean", str(folder), "-o", str(out), "-q", "--no-config"]
        done = subprocess.run([*command, "--failed-list", str(listed)], capture_output=True, text=True)
        names = listed.read_text("utf-8").splitlines() if listed.exists() else []
        lines = [line for line in done.stderr.splitlines() if ": " in line]
    found = {}
    for name in map(Path, names):
        about = [line for line in lines if f"{name.name}: " in line]
        found[name.name] = about[-1].partition(f"{name.name}: ")[2] if about else "?"
    return found


def _refused_alone(folder: Path, suffix: str) -> dict[str, str]:
    """The same where each output must be named: a file is not written as what it was, but in the format that has followed it."""
    found = {}
    with TemporaryDirectory() as work:
        for path in sorted(folder.iterdir()):
            out = Path(work, path.stem + suffix)
            command = [sys.executable, "-m", "redactor", "clean", str(path), "-o", str(out), "-q", "--no-config"]
            done = subprocess.run(command, capture_output=True, text=True)
            if not out.exists():
                found[path.name] = done.stderr.strip().splitlines()[-1].partition(f"{path.name}: ")[2]
    return found


def producer_of(name: str) -> str:
    """Who has made a document: what stands before the number in its name."""
    return name.partition("~")[0]


def tell(folder: Path, kinds: list[str]) -> int:
    """Print the table and the reasons; 1 when less than 95 % of a kind are taken."""
    below = 0
    reasons = []
    print("| kind | accepted | by producer |\n|---|---|---|")
    for kind in kinds:
        names = sorted(path.name for path in (folder / kind).iterdir())
        failed = refused(folder / kind)
        total, bad = Counter(map(producer_of, names)), Counter(map(producer_of, failed))
        by = ", ".join(f"{name} {number - bad[name]}/{number}" for name, number in sorted(total.items()))
        print(f"| {kind} | {len(names) - len(failed)}/{len(names)} | {by} |", flush=True)
        reasons += [f"{kind} {name}: {why}" for name, why in sorted(failed.items())]
        below += len(failed) > 0.05 * len(names)
    print("\n".join(["", *reasons]))
    return 1 if below else 0


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", action="append", choices=list(PRODUCERS), help="this kind alone (repeatable)")
    parser.add_argument("--pandoc", default=shutil.which("pandoc") or "pandoc")
    given = parser.parse_args()
    kinds = given.only or list(PRODUCERS)
    make(given.folder, kinds, given.pandoc)
    return tell(given.folder, kinds)


if __name__ == "__main__":
    sys.exit(main())
