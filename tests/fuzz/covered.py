"""How much of a target's code a corpus reaches: `python -m tests.fuzz.covered TARGET FOLDER SECONDS` prints a share of lines."""

from __future__ import annotations

import io
import sys
import time
from pathlib import Path

import coverage

from tests.fuzz.code import CODE, ROOT


def main(name: str, folder: str, seconds: str) -> None:
    """Run the inputs of a corpus, small ones first, as long as there is time, with coverage of lines on."""
    measured = coverage.Coverage(data_file=None, include=[f"{ROOT}/redactor/*"], config_file=False)
    measured.start()
    from tests.fuzz.outcome import attempt
    from tests.fuzz.targets import TARGETS

    target = TARGETS[name]
    end = time.monotonic() + float(seconds)
    paths = sorted(Path(folder).glob("inputs/*"), key=lambda path: path.stat().st_size)
    for data in (*target.seeds(), *(path.read_bytes() for path in paths)):
        if time.monotonic() < end:
            attempt(target.run, data)
    measured.stop()
    code = [str(ROOT / "redactor" / place) + ("" if place.endswith(".py") else "/*") for place in CODE[name]]
    print(f"{measured.report(include=code, file=io.StringIO()):.1f}")


if __name__ == "__main__":
    main(*sys.argv[1:])
