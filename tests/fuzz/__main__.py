"""`python -m tests.fuzz [TARGET…] [--minutes N] [--corpus FOLDER] [--jobs N]`: run targets, and tell what was done so far.

Each target has the minutes, or its share of them where there are several: all are run in turn, `--jobs` at a time. What was done adds
up over a corpus folder: run it again, and it goes on. The exit code is 1 where something broke; the inputs that did lie in
`FOLDER/TARGET/faults`, each with the traceback. Rates are executions a second of processor time.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from tests.fuzz.loop import Current, Sums, keep_fault
from tests.fuzz.targets import TARGETS, Target

STUCK: Final = 60.0
"""Seconds of processor time after which an input is taken for one that never ends, in code where no clock of Python's reaches."""
SLEEPS: Final = 3600.0
"""Seconds after which one is that takes none."""
GUIDED: Final = 0.2
"""Share of the time that is guided by coverage, which makes an execution several times as dear. In the rest what it has kept is mutated."""


def main(arguments: Sequence[str] | None = None) -> int:
    """The command."""
    parser = argparse.ArgumentParser(
        "python -m tests.fuzz", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=f"of {', '.join(TARGETS)}; all when none is named")
    parser.add_argument(
        "--minutes", type=float, default=10.0, help="for all targets together; 0: tell what was done so far"
    )
    parser.add_argument(
        "--corpus", type=Path, default=Path(".fuzz"), help="where inputs, sums and faults are kept (.fuzz)"
    )
    parser.add_argument("--jobs", type=int, default=1, help="targets that are run at a time")
    parser.add_argument("--plain", action="store_true", help="without atheris, though it is installed")
    parser.add_argument(
        "--to-floor", action="store_true", help="leave out targets that have reached their floor, end those that do"
    )
    given = parser.parse_args(arguments)
    unknown = [name for name in given.targets if name not in TARGETS]
    if unknown:
        parser.error(f"unknown target {unknown[0]}; known are {', '.join(TARGETS)}")
    chosen = [TARGETS[name] for name in given.targets or TARGETS]
    wanted = [each for each in chosen if not (given.to_floor and _reached(each, given.corpus))]
    way = "outcome" if given.plain or not find_spec("atheris") else "coverage"
    seconds = given.minutes * 60 * given.jobs / (len(wanted) or 1)
    if seconds:
        with ThreadPoolExecutor(given.jobs) as pool:
            list(pool.map(lambda each: fuzz(each, given.corpus, seconds, way, to_floor=given.to_floor), wanted))
    return tell(chosen, given.corpus)


def fuzz(target: Target, corpus: Path, seconds: float, way: str, *, to_floor: bool = False) -> None:
    """Run a target for some time; a process that dies of an input, or hangs in it, is followed by another one."""
    folder = corpus / target.name
    folder.mkdir(parents=True, exist_ok=True)
    current = Current(folder / "current")
    begun = time.monotonic()
    phases = ((way, begun + seconds * GUIDED), ("outcome", begun + seconds))
    while phases and not (to_floor and _reached(target, corpus)):
        way, end = phases[0]
        left = end - time.monotonic()
        if left < 1:
            phases = phases[1:]
            continue
        current.put(b"")
        most = target.floor if to_floor else sys.maxsize
        command = [sys.executable, "-m", "tests.fuzz.loop", target.name, str(folder), str(left), str(most), way]
        with (folder / "log.txt").open("ab") as log, subprocess.Popen(command, stdout=log, stderr=log) as process:
            stuck = _watch(process, current)
        if stuck or process.returncode:
            _, data = current.get()
            log_end = (folder / "log.txt").read_text("utf-8", "replace")[-4000:]
            if not stuck and not data:  # it is not an input that it dies of
                print(f"{target.name}: can't be run\n{log_end}", file=sys.stderr)
                return
            why = "never ends" if stuck else f"the process ended with {process.returncode}"
            keep_fault(folder, why, log_end, data)


def _watch(process: subprocess.Popen[bytes], current: Current) -> bool:
    """Wait for a process; whether it had to be ended because an input never ends."""
    while True:
        try:
            process.wait(2)
            return False
        except subprocess.TimeoutExpired:
            since, data = current.get()
            if data and (_taken(process.pid) - since > STUCK or time.monotonic() - current.changed() > SLEEPS):
                os.kill(process.pid, signal.SIGKILL)
                process.wait()
                return True


def _taken(process: int) -> float:
    """Seconds of processor time that a process has taken; 0 where there is no /proc to tell."""
    told = Path(f"/proc/{process}/stat")
    if not told.is_file():
        return 0.0
    fields = told.read_text().rpartition(")")[2].split()  # proc(5): fields 14 and 15, counted from the name on
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _reached(target: Target, corpus: Path) -> bool:
    return Sums.read(corpus / target.name / "sums.json").executions >= target.floor


def tell(targets: Sequence[Target], corpus: Path) -> int:
    """Print what was done on each target so far; 1 when something broke."""
    print("| target | executions | floor | a second | inputs kept | passed first checks | lines reached | faults |")
    print("|---|---|---|---|---|---|---|---|")
    broken = 0
    for target in targets:
        folder = corpus / target.name
        sums = Sums.read(folder / "sums.json")
        faults = len(list(folder.glob("faults/*/input")))
        broken += faults
        rate = sums.executions / sums.seconds if sums.seconds else 0
        kept = len(list(folder.glob("inputs/*")))
        print(
            f"| {target.name} | {sums.executions:,} | {target.floor:,} | {rate:.0f} | {kept} | {sums.passed:.0%} |"
            f" {_covered(target, folder)} | {faults} |"
        )
    return 1 if broken else 0


def _covered(target: Target, folder: Path) -> str:
    """The share of the target's lines that its corpus reaches, where coverage is installed."""
    if not find_spec("coverage"):
        return "–"
    command = [sys.executable, "-m", "tests.fuzz.covered", target.name, str(folder), "60"]
    done = subprocess.run(command, capture_output=True, text=True, env=os.environ | {"PATH": ""})
    return f"{done.stdout.strip()}%" if done.returncode == 0 else "–"


if __name__ == "__main__":
    sys.exit(main())
