"""The installed command on generated files: how its time and memory grow with the size, and what a second process brings."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from text import paragraphs

COMMAND = Path(sys.executable).with_name("redactor")
FILE_MB = 0.005
"""Size of each of many files: a page or two."""
WATCH = """
import resource, subprocess, sys, time
began = time.perf_counter()
code = subprocess.call(sys.argv[1:])
print(code, time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""
"""Runs a command. It is small: what the system tells of a child's peak begins with the size of the process that started it."""
Row = dict[str, float | str | bool]


@dataclass(frozen=True, slots=True)
class Measured:
    """One run of the command: wall time, and the resident memory of the largest of its processes."""

    seconds: float
    peak_mib: int


def measure(policy: str, jobs: int | None, source: Path, target: Path, repeat: int) -> Measured:
    """`redactor clean`, the quickest of so many runs; `jobs`: None for what the command takes by itself."""
    command = [COMMAND, "clean", source, "-o", target, "--policy", policy, "--quiet", "--force"]
    command += ["--jobs", str(jobs)] if jobs else []
    runs = []
    for _ in range(repeat):
        done = subprocess.run([sys.executable, "-c", WATCH, *command], stdout=subprocess.PIPE, check=True)
        code, seconds, peak = done.stdout.split()
        if int(code):
            raise SystemExit(f"{policy}, {source.name}: exit code {int(code)}")
        runs.append(Measured(float(seconds), mib(int(peak))))
    return min(runs, key=lambda run: run.seconds)


def one_file(megabytes: float, policy: str, seed: int, repeat: int) -> Row:
    """Speed and peak memory on one file."""
    with tempfile.TemporaryDirectory() as folder:
        source = written(Path(folder, "in.txt"), megabytes, seed)
        size = source.stat().st_size / 1e6
        run = measure(policy, None, source, Path(folder, "out.txt"), repeat)
    return {
        "file_mb": round(size, 1),
        "seconds": round(run.seconds, 1),
        "file_mb_per_s": round(size / run.seconds, 2),
        "file_peak_mib": run.peak_mib,
    }


def linear(sizes: Sequence[float], policy: str, seed: int, repeat: int) -> list[Row]:
    """A row for each size: time, memory, how far the time is off the line, whether two jobs write the same.

    The line goes from the time of an empty file, in which rules are loaded and no more, to that of the largest.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "empty.txt").touch()
        start = measure(policy, 1, folder / "empty.txt", folder / "1.txt", max(repeat, 3)).seconds
        runs: list[tuple[float, Measured, bool]] = []
        for megabytes in sorted(sizes):
            source = written(folder / "in.txt", megabytes, seed)
            run = measure(policy, 1, source, folder / "1.txt", repeat)
            measure(policy, 2, source, folder / "2.txt", 1)
            same = digest(folder / "1.txt") == digest(folder / "2.txt")
            runs.append((source.stat().st_size / 1e6, run, same))
    largest, longest, _ = runs[-1]
    slope = (longest.seconds - start) / largest
    return [
        {
            "mb": round(size, 2),
            "seconds": round(run.seconds, 2),
            "mb_per_s": round(size / run.seconds, 2),
            "peak_mib": run.peak_mib,
            "off_the_line": f"{run.seconds / (start + slope * size) - 1:+.1%}",
            "two_jobs_write_the_same": same,
        }
        for size, run, same in runs
    ]


def spread(megabytes: float, files: int, jobs: int, policy: str, seed: int, repeat: int) -> list[Row]:
    """A folder of many files and one large file, by one process and by several."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "many").mkdir()
        for number in range(files):
            written(folder / "many" / f"{number:05}.txt", FILE_MB, seed + number)
        written(folder / "large.txt", megabytes, seed)
        rows: list[Row] = []
        for what, source in ((f"{files} files", folder / "many"), ("one file", folder / "large.txt")):
            alone = measure(policy, 1, source, folder / f"{source.name}.1", repeat)
            several = measure(policy, jobs, source, folder / f"{source.name}.{jobs}", repeat)
            rows.append(
                {
                    "what": what,
                    "mb": round(sum(path.stat().st_size for path in within(source)) / 1e6, 2),
                    "seconds_1": round(alone.seconds, 2),
                    f"seconds_{jobs}": round(several.seconds, 2),
                    "times_as_fast": round(alone.seconds / several.seconds, 2),
                    "peak_mib": max(alone.peak_mib, several.peak_mib),
                    "same": digest(folder / f"{source.name}.1") == digest(folder / f"{source.name}.{jobs}"),
                }
            )
    return rows


def written(file: Path, megabytes: float, seed: int) -> Path:
    """The file, filled with generated text."""
    with file.open("w", encoding="utf-8") as stream:
        stream.writelines(paragraphs(megabytes, seed))
    return file


def within(path: Path) -> Iterable[Path]:
    """A file, or all files of a folder in the order of their names."""
    return sorted(path.iterdir()) if path.is_dir() else [path]


def digest(path: Path) -> str:
    """SHA-256 of a file, or of all files of a folder one after another."""
    whole = hashlib.sha256()
    for file in within(path):
        with file.open("rb") as stream:
            whole.update(hashlib.file_digest(stream, "sha256").digest())
    return whole.hexdigest()


def mib(peak: int) -> int:
    """What the system gives as `ru_maxrss`, in mebibytes."""
    return round(peak / (1024 * 1024 if sys.platform == "darwin" else 1024))
