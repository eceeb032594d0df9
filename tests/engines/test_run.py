"""Runs on an engine, without one: what is cut, noted, done again and set aside."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from redactor import Finding, FormatError, Redactor
from redactor.engines.run import QUARANTINE, STATE
from redactor.files.entries import entry_of
from redactor.files.manifest import Listed
from redactor.formats.options import Options
from tests.conftest import made
from tests.engines.runs import Here, alone, assert_same, collection, on, parts, rows, totals, whole

BAD = '{"text": "请王建国同志牵头"'


@pytest.fixture
def there(tmp_path: Path) -> Path:
    collection(tmp_path / "in", 48, 3)
    return tmp_path


class Counting(Here):
    """Counts what is done, and dies before it has done so many things."""

    def __init__(self, least: int = 1_000_000) -> None:
        self.left, self.written = least, 0

    def each(self, work: Any, sent: Any, units: Any, lost: Any) -> Iterator[Any]:
        for unit, done in super().each(work, sent, units, lost):
            if isinstance(done, list):
                self.left -= 1
                self.written += sum(not each.earlier for each in done)
                if self.left < 0:
                    raise KeyboardInterrupt
            yield unit, done


@pytest.mark.slow
@pytest.mark.parametrize("policy", ["publish", "label"])
def test_the_parts_are_what_one_process_writes(there: Path, policy: str) -> None:
    run, files = on(Here(), there / "in", there / "out", size=1_500, redactor=made(policy), collect=True)
    expected = alone(there / "in", there / "one", redactor=made(policy), collect=True)
    assert_same(there / "one", there / "out")
    assert len(parts(there / "out" / "rows.jsonl")) > 3
    assert len(parts(there / "out" / "rows.parquet")) == 8
    assert totals(files) == totals(expected)
    assert [file.records for file in files] == [file.records for file in expected]
    for file, other in zip(files, expected, strict=True):
        said, wanted = entry_of(file), entry_of(other)
        for each in (*said["edits"], *wanted["edits"]):
            # Offsets are those of the texts one after the other, as they were looked at: it depends on the parts which come first.
            del each["fingerprint"], each["start"], each["end"]
        assert said | {"output": ""} == wanted | {"output": ""}
    assert [each.rows for each in run.inputs[:2]] == [48, 48]
    assert sum(each.rows or 0 for each in run.outputs) == 96


@pytest.mark.slow
def test_what_is_done_is_not_done_again(there: Path) -> None:
    run, files = on(Here(), there / "in", there / "out", size=1_500)
    before = {path: path.stat().st_mtime_ns for path in (there / "out").rglob("*.*") if path.name != STATE}
    again = Counting()
    second, told = on(again, there / "in", there / "out", size=1_500)
    assert again.written == 0
    assert totals(told) == totals(files)
    assert (second.inputs, second.outputs) == (run.inputs, run.outputs)
    assert before == {path: path.stat().st_mtime_ns for path in before}


@pytest.mark.slow
@pytest.mark.parametrize("number", [0, 1, 9])
def test_a_run_that_was_broken_off_is_ended_by_the_next(there: Path, number: int) -> None:
    with pytest.raises(KeyboardInterrupt):
        on(Counting(number), there / "in", there / "out", size=1_500)
    again = Counting()
    _, files = on(again, there / "in", there / "out", size=1_500)
    alone(there / "in", there / "one")
    assert_same(there / "one", there / "out")
    assert all(file.error is None for file in files)


@pytest.mark.slow
def test_a_worker_that_dies_before_it_can_tell_is_in_nobodys_way(there: Path) -> None:
    class Retrying(Here):
        def each(self, work: Any, sent: Any, units: Any, lost: Any) -> Iterator[Any]:
            for unit in units:
                work(sent, unit)
                yield unit, work(sent, unit)

    for _ in range(2):
        _, files = on(Retrying(), there / "in", there / "out", size=1_500)
        assert [file.error for file in files] == [None] * len(files)
        source = there / "in" / "rows.jsonl"
        source.write_bytes(source.read_bytes().replace("王建国".encode(), "王晓明".encode()))


@pytest.mark.slow
def test_a_part_that_was_changed_or_lost_is_made_again(there: Path) -> None:
    run, _ = on(Here(), there / "in", there / "out", size=1_500)
    (there / "out" / run.outputs[0].name).unlink()
    source = there / "in" / "rows.jsonl"
    source.write_bytes(source.read_bytes() + b'{"text": "\xe4\xbb\x8a\xe5\xa4\xa9"}\n')
    again = Counting()
    on(again, there / "in", there / "out", size=1_500)
    assert again.written == 2  # the one that was lost, and the last one, which is longer now
    alone(there / "in", there / "one")
    assert_same(there / "one", there / "out")


@pytest.mark.slow
def test_no_row_is_there_twice_when_a_table_is_cut_in_another_way(there: Path) -> None:
    for size in (1_500, 3_000, 1_000_000, 1_500):
        on(Here(), there / "in", there / "out", size=size)
        assert len(whole(there / "out" / "rows.jsonl").splitlines()) == 48
    assert not [*(there / "out").rglob(".redactor-tmp-*")]


@pytest.mark.slow
def test_what_others_have_made_is_not_written_over(there: Path) -> None:
    (there / "out" / "rows.jsonl").mkdir(parents=True)
    stranger = there / "out" / "rows.jsonl" / "mine.txt"
    stranger.write_text("mine", "utf-8")
    with pytest.raises(FormatError, match="mine.txt: is in the way"):
        on(Here(), there / "in", there / "out", size=1_500)
    stranger.rename(stranger.with_name("part-00001.jsonl"))
    _, files = on(Here(), there / "in", there / "out", size=1_500)
    assert "part-00001.jsonl: exists" in str(files[0].error)
    assert stranger.with_name("part-00001.jsonl").read_text("utf-8") == "mine"


def test_a_record_that_cannot_be_read_is_set_aside(there: Path) -> None:
    source = there / "in" / "rows.jsonl"
    lines = source.read_text("utf-8").splitlines(keepends=True)
    lines[30] = BAD + "\n"
    source.write_text("".join(lines), "utf-8")
    run, files = on(Here(), there / "in", there / "out", size=1_500)
    expected = alone(there / "in", there / "one")
    assert_same(there / "one", there / "out")
    assert files[0].set_aside == expected[0].set_aside == ["line 31"]
    assert totals(files) == totals(expected)
    assert run.inputs[0].rows == 48
    bad, reasons = sorted((there / "out" / QUARANTINE / "rows.jsonl").iterdir())
    assert bad.read_text("utf-8") == BAD + "\n"
    assert json.loads(reasons.read_text("utf-8")) == {
        "where": "line 31",
        "reason": "line 31: not valid JSON at character 20",
    }
    assert {stat.S_IMODE(path.stat().st_mode) for path in (bad, reasons)} == {0o600}
    assert "王建国" not in (there / "out" / STATE).read_text("utf-8")
    # Mended, it is there no more.
    source.write_text("".join(rows_as_lines(48)), "utf-8")
    on(Here(), there / "in", there / "out", size=1_500)
    assert not [*(there / "out" / QUARANTINE / "rows.jsonl").iterdir()]


def rows_as_lines(number: int) -> list[str]:
    return [json.dumps(row, ensure_ascii=False) + "\n" for row in rows(number)]


def breaks(text: str) -> list[Finding]:
    """A recognizer that can't read some texts."""
    if "坏" in text:
        raise ValueError("坏")
    return []


@pytest.mark.slow
def test_a_part_that_fails_is_told_of_and_the_others_stay(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    lines = rows_as_lines(48)
    lines[30] = '{"text": "坏"}\n'
    (tmp_path / "in" / "rows.jsonl").write_text("".join(lines), "utf-8")
    redactor = Redactor(recognizers=[breaks])
    run, (file,) = on(Here(), tmp_path / "in", tmp_path / "out", size=1_500, redactor=redactor)
    assert file.error is not None
    assert file.error.endswith("(1 of 5 parts)")
    assert len(run.outputs) == 4
    assert run.inputs[0].rows is None


@pytest.mark.parametrize("options", [Options(fields=("txet",)), Options(columns={"nmae": "PERSON"})])
def test_a_field_that_is_nowhere_refuses_the_file(there: Path, options: Options) -> None:
    _, files = on(Here(), there / "in", there / "out", size=1_500, options=options)
    assert "nothing stands at" in str(files[0].error)
    assert "no column" in str(files[1].error)
    assert not (there / "out" / "rows.jsonl").exists()


@pytest.mark.slow
def test_a_field_that_few_records_have_refuses_no_part(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    lines = [*rows_as_lines(20), '{"more": "请王建国同志牵头"}\n', *rows_as_lines(20)]
    (tmp_path / "in" / "rows.jsonl").write_text("".join(lines), "utf-8")
    on(Here(), tmp_path / "in", tmp_path / "out", size=1_500, options=Options(fields=("more",)))
    done = whole(tmp_path / "out" / "rows.jsonl").decode().splitlines(keepends=True)
    assert done == [*rows_as_lines(20), '{"more": "请×同志牵头"}\n', *rows_as_lines(20)]


@pytest.mark.slow
@pytest.mark.parametrize("encoding", ["gb18030", "utf-8-sig", "utf-16"])
def test_all_parts_are_in_the_encoding_of_the_file(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "in").mkdir()
    # Lines without a wide character: a part of them alone would be taken for UTF-8.
    lines = [*rows_as_lines(20), *['{"text": "call 13900001111"}\n'] * 60]
    (tmp_path / "in" / "rows.jsonl").write_bytes("".join(lines).encode(encoding))
    on(Here(), tmp_path / "in", tmp_path / "out", size=1_500)
    alone(tmp_path / "in", tmp_path / "one")
    assert_same(tmp_path / "one", tmp_path / "out")
    assert (tmp_path / "out" / "rows.jsonl").is_dir() == (encoding != "utf-16")


@pytest.mark.parametrize(
    "column",
    [
        pa.array(["王建国", "李晓明"] * 400),
        pa.array(["请王建国同志牵头\n好", "李晓明\n同志"] * 400, pa.dictionary(pa.int8(), pa.string())),
    ],
    ids=["short", "dictionary"],
)
def test_a_table_whose_rows_are_not_apart_is_done_whole(tmp_path: Path, column: Any) -> None:
    (tmp_path / "in").mkdir()
    pq.write_table(pa.table({"a": column, "n": range(800)}), tmp_path / "in" / "t.parquet", row_group_size=100)
    on(Here(), tmp_path / "in", tmp_path / "out", size=1_000, redactor=made("label"))
    alone(tmp_path / "in", tmp_path / "one", redactor=made("label"))
    assert (tmp_path / "out" / "t.parquet").is_file()
    assert_same(tmp_path / "one", tmp_path / "out")


@pytest.mark.slow
def test_an_input_that_changes_between_look_and_work_is_refused(there: Path) -> None:
    class Meddling(Here):
        def each(self, work: Any, sent: Any, units: Any, lost: Any) -> Iterator[Any]:
            for unit, done in super().each(work, sent, units, lost):
                yield unit, done
                os.utime(there / "in" / "rows.jsonl", ns=(1, 1))

    _, files = on(Meddling(), there / "in", there / "out", size=1_500)
    assert "changed while it was read" in str(files[0].error)


@pytest.mark.slow
def test_the_manifest_holds_each_part(there: Path) -> None:
    run, _ = on(Here(), there / "in", there / "out", size=1_500)
    names = {each.name for each in run.outputs}
    assert names == {
        path.relative_to(there / "out").as_posix()
        for path in (there / "out").rglob("*")
        if path.is_file() and not path.name.startswith("_")
    }
    assert run.inputs[0] == Listed(
        str(there / "in" / "rows.jsonl"), run.inputs[0].sha256, (there / "in" / "rows.jsonl").stat().st_size, 48
    )


FULL = """
import subprocess
from pathlib import Path
from tests.conftest import made
from tests.engines.runs import Here, on
for room in ("36k", "10m"):
    subprocess.run(["mount", "-o", f"remount,size={room}", "disk"], check=True)
    try:
        _, files = on(Here(), Path("in"), Path("disk/out"), size=4_000, redactor=made("clean"))
    except OSError as error:  # of the state: the command says it in a line
        print(error)
    else:
        print(*(file.error for file in files))
"""
"""With a policy whose rules are made ready in no time: the disk is the same to all."""


@pytest.mark.slow
def test_a_full_disk_costs_a_line_and_the_next_run_ends_it(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "disk").mkdir()
    (tmp_path / "in" / "rows.jsonl").write_text("".join(rows_as_lines(200)), "utf-8")
    (tmp_path / "run.py").write_text(FULL, "utf-8")
    script = (
        f"mount -t tmpfs none disk || exit 77; set -e; '{sys.executable}' run.py;"
        " cat disk/out/rows.jsonl/part-* > whole.jsonl; find disk -name '.redactor-tmp-*'"
    )
    try:
        done = subprocess.run(
            ["unshare", "--map-root-user", "--mount", "bash", "-c", script],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
    except FileNotFoundError:
        pytest.skip("no unshare")
    if done.returncode == 77 or "unshare" in done.stderr:
        pytest.skip("can't mount here")
    assert done.returncode == 0, done.stderr[-2_000:]
    full, then = done.stdout.splitlines()
    assert "No space left on device" in full
    assert then == "None"
    alone(tmp_path / "in", tmp_path / "one", redactor=made("clean"))
    assert (tmp_path / "whole.jsonl").read_bytes() == (tmp_path / "one" / "rows.jsonl").read_bytes()
