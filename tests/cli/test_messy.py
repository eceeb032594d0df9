"""A messy collection from beginning to end: counts, the list of failures, doing these again, and being killed ten times."""

from __future__ import annotations

import json
import random
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests import draws
from tests.build import messy
from tests.command import Started
from tests.conftest import Run, warm

SIZES = [pytest.param(36, marks=pytest.mark.slow), pytest.param(500, marks=pytest.mark.huge)]


def arguments(place: str) -> list[str]:
    """The job; what it writes beside the outputs lies in a folder of its own."""
    beside = f"{place}-beside"
    return [
        *("clean", "in", "-o", place, "--skip-unsupported", "--jobs", "2", "--state", f"{beside}/state"),
        *("--report", f"{beside}/report.json", "--failed-list", f"{beside}/failed.txt"),
    ]


def outputs(folder: Path) -> dict[str, tuple[bytes, int]]:
    """What stands below a folder, hidden files too, and when each was written."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return {path.relative_to(folder).as_posix(): (path.read_bytes(), path.stat().st_mtime_ns) for path in files}


def contents(folder: Path) -> dict[str, bytes]:
    return {name: content for name, (content, _) in outputs(folder).items()}


def told(folder: Path, place: str) -> tuple[dict[str, Any], str]:
    """The totals of the report, and the list of failures."""
    beside = folder / f"{place}-beside"
    report = json.loads((beside / "report.json").read_text(encoding="utf-8"))
    assert report["complete"]
    return report["totals"], (beside / "failed.txt").read_text(encoding="utf-8")


def until_free(run: Run, *words: str) -> Any:
    """Run when what is left of a killed run has ended."""
    while True:
        done = run(*words, seconds=3000)
        if b"another run" not in done.stderr and b"killed run" not in done.stderr:
            return done
        time.sleep(0.2)


@pytest.mark.parametrize("number", SIZES)
def test_a_messy_collection(run: Run, tmp_path: Path, number: int) -> None:
    fates = messy.make(tmp_path / "in", number)
    by_fate = Counter(fates.values())
    for place in ("quiet", "killed"):
        (tmp_path / f"{place}-beside").mkdir()

    done = run(*arguments("quiet"), seconds=3000)
    assert done.returncode == 2
    quiet, (totals, failed) = outputs(tmp_path / "quiet"), told(tmp_path, "quiet")
    assert set(quiet) == {name for name, fate in fates.items() if fate == "done"}
    assert (totals["files"], totals["failed"]) == (by_fate["done"] + by_fate["failed"], by_fate["failed"])
    left_out = Counter({why: n for why, n in totals["skipped_by_reason"].items() if not why.startswith("unsupported")})
    assert left_out == messy.reasons()
    assert sum(totals["skipped_by_reason"].values()) - left_out.total() == by_fate["skipped"]
    assert len(failed.splitlines()) == by_fate["failed"]
    pages = [data.decode() for name, (data, _) in quiet.items() if name.endswith((".php", ".html"))]
    assert pages
    assert all("请×同志牵头，×同志配合" in page for page in pages)

    again = run(*arguments("quiet"), seconds=3000)
    assert again.returncode == 2
    assert outputs(tmp_path / "quiet") == quiet
    assert told(tmp_path, "quiet") == (totals, failed)

    killed_at_random(tmp_path, number)
    assert until_free(run, *arguments("killed")).returncode == 2
    assert contents(tmp_path / "killed") == contents(tmp_path / "quiet")
    assert told(tmp_path, "killed") == (totals, failed.replace("quiet", "killed"))

    for name, fate in fates.items():
        if fate == "failed":
            text = "大家好，请王建国同志发言。"
            (tmp_path / "in" / name).write_text(
                f'{{"text": "{text}"}}\n' if name.endswith("l") else text, encoding="utf-8"
            )
    retry = [*arguments("quiet"), "--files-from", "quiet-beside/failed.txt"]
    assert run(*retry, seconds=3000).returncode == 0
    mended = outputs(tmp_path / "quiet")
    assert {name: mended[name] for name in quiet} == quiet
    assert set(mended) - set(quiet) == {name for name, fate in fates.items() if fate == "failed"}
    assert (tmp_path / "quiet-beside" / "failed.txt").read_bytes() == b""


def killed_at_random(folder: Path, number: int) -> None:
    """Begin the job ten times (three, without --slow), and kill it at moments of which nobody knows how far it is."""
    warm()
    draw = random.Random(number)
    for _ in range(10 if draws.everything else 3):
        process = Started(arguments("killed"), folder)
        time.sleep(draw.uniform(0.02, number / 100))
        process.kill()
        while process.poll() is None:
            time.sleep(0.01)
