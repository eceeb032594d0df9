"""Tables of edits on their way to a file and back; what is none is refused; memory stays bounded."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from redactor.files.tables import originals
from redactor.files.tables.model import EditRow
from redactor.files.tables.reading import kind_of_record, read_content, read_edits
from redactor.files.tables.spool import Spooled, new_spool, spooled
from redactor.files.tables.writing import GROUP, EditsTable
from redactor.formats.unit import Unit
from redactor.model import Edit, Finding, FormatError, Result

ROWS = [
    EditRow("a.txt", None, None, "3:7", 2, 5, "PERSON", "names.tagger", 0.89, "王建国", "×"),
    EditRow("目录/b.jsonl", 4, 2, "line 4", 0, 11, "PHONE_NUMBER", "contacts.mobile", None, "1390000\ud8001111", ""),
]


@pytest.mark.parametrize("name", ["e.parquet", "e.jsonl"])
@pytest.mark.parametrize("texts", [False, True])
def test_what_was_written_is_read_back(tmp_path: Path, name: str, texts: bool) -> None:
    with EditsTable(tmp_path / name, include_text=texts) as table:
        table.add(ROWS)
    wanted = [row if texts else row._replace(text=None, replacement=None) for row in ROWS]
    sound = [r if not texts else r._replace(text=(r.text or "").replace("\ud800", "\\ud800")) for r in wanted]
    assert kind_of_record(tmp_path / name) == "edits"
    assert [
        row._replace(text=row.text and row.text.replace("\ud800", "\\ud800")) for row in read_edits(tmp_path / name)
    ] == sound


@pytest.mark.parametrize("name", ["e.parquet", "e.jsonl"])
def test_an_empty_table_is_one(tmp_path: Path, name: str) -> None:
    with EditsTable(tmp_path / name, include_text=False):
        pass
    assert [*read_edits(tmp_path / name)] == []


@pytest.mark.parametrize("name", ["e.parquet", "e.jsonl"])
def test_a_run_that_is_broken_off_leaves_what_is_known(tmp_path: Path, name: str) -> None:
    table = EditsTable(tmp_path / name, include_text=True)
    with suppress(KeyboardInterrupt), table:
        table.add(ROWS)
        raise KeyboardInterrupt
    assert len([*read_edits(tmp_path / name)]) == 2
    assert [path.name for path in tmp_path.iterdir()] == [name]


BAD = {
    "nothing.json": b"{}",
    "text.jsonl": "请王建国同志牵头".encode(),
    "cut.parquet": b"PAR1 and no more",
    "list.json": b"[1, 2]",
    "deep.json": b"[" * 100_000,
    "negative.jsonl": json.dumps(dict(ROWS[0]._asdict(), start=-1)).encode(),
    "turned.jsonl": json.dumps(dict(ROWS[0]._asdict(), start=9)).encode(),
    "kinds.jsonl": json.dumps(dict(ROWS[0]._asdict(), rule=7)).encode(),
    "lacks.jsonl": b'{"start": 1, "end": 2}',
    "later.jsonl": json.dumps(ROWS[0]._asdict()).encode() + b"\n{\n",
    "files.json": b'{"totals": {}, "files": [1]}',
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_table_is_refused_in_one_line(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(BAD[name])
    with pytest.raises(FormatError, match="neither a table of edits, nor a file of --stats, nor a report"):
        [*read_edits(path)]


def test_a_parquet_of_something_else_is_refused(tmp_path: Path) -> None:
    pq.write_table(pa.table({"start": ["a"], "file": [1]}), tmp_path / "x.parquet")
    with pytest.raises(FormatError, match="neither"):
        [*read_edits(tmp_path / "x.parquet")]
    pq.write_table(pa.table({"a": [1]}), tmp_path / "y.parquet")
    with pytest.raises(FormatError, match="neither"):
        read_content(tmp_path / "y.parquet")


def test_an_edit_is_placed_in_the_first_text_of_which_it_takes_something(tmp_path: Path) -> None:
    units = [
        Unit("电话：139", "row 2, column 1", 3, row=2, field=1),
        Unit("", ""),
        Unit("乙丙丁", "row 3, column 1", row=3, field=1),
    ]
    text = "\n".join(unit.text for unit in units)
    edits = (Edit(3, 6, "×", "PHONE_NUMBER", "p"), Edit(7, 9, "×", "PERSON", "n"), Edit(1, 4, "", "PERSON", "n"))
    findings = (Finding(3, 6, "PHONE_NUMBER", "p", 0.756), Finding(8, 9, "PERSON", "n", 0.5))
    told = Spooled(tmp_path / "x", include_text=True, unit="utf-8")
    told.enter(text, Result("", edits, findings), units, lambda at: at, None)
    place = told.close()
    assert place
    assert [row[1:9] for row in spooled(place, "f")] == [
        (2, 1, "row 2, column 1", 0, 3, "PHONE_NUMBER", "p", 0.756),
        (3, 1, "row 3, column 1", 0, 3, "PERSON", "n", None),
        (2, 1, "row 2, column 1", 0, 1, "PERSON", "n", None),
    ]


def test_what_a_killed_run_has_left_goes_and_what_lives_stays(tmp_path: Path) -> None:
    stale = tmp_path / ".redactor-tmp-edits-0123456789abcdef"
    stale.mkdir()
    (stale / "x").write_text("x")
    with new_spool(tmp_path / "e.jsonl", include_text=False, unit="code-points") as first:
        assert not stale.exists()
        with new_spool(tmp_path / "e.jsonl", include_text=False, unit="code-points"):
            assert first.folder.is_dir()
    assert [*tmp_path.iterdir()] == []


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("in/a.txt", "in/a.txt"),
        ("/else/where/in/a.txt", "in/a.txt"),
        ("a.txt", None),
        ("../in/a.txt", "in/a.txt"),
        ("in/../../secret", None),
        ("link", None),
        ("", None),
    ],
)
def test_nothing_outside_the_folder_is_read(tmp_path: Path, name: str, found: str | None) -> None:
    top = tmp_path / "top"
    (top / "in").mkdir(parents=True)
    (top / "in" / "a.txt").write_text("x")
    (tmp_path / "secret").write_text("x")
    (top / "link").symlink_to(tmp_path / "secret")
    assert originals.below(top, name) == (top / found if found else None)


PROGRAM = """
import resource, sys
from pathlib import Path
from redactor.files.tables.model import EditRow
from redactor.files.tables.writing import EditsTable
import pyarrow.parquet
def rows(many):
    for n in range(many):
        yield EditRow(f"{n // 1000}.txt", n, 1, f"line {n}", n, n + 3, "PERSON", "names.tagger", 0.89)
def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
for many in map(int, sys.argv[2:]):
    with EditsTable(Path(sys.argv[1]), include_text=False) as table:
        table.add(rows(many))
    print(peak())
"""


@pytest.mark.slow
@pytest.mark.parametrize("name", ["e.parquet", "e.jsonl"])
def test_memory_does_not_grow_with_the_table(tmp_path: Path, name: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, tmp_path / name, str(4 * GROUP), str(24 * GROUP)],
        capture_output=True,
        check=True,
        text=True,
    )
    few, many = map(int, done.stdout.split())
    assert many - few < 60  # MiB; the million rows more would take some 300 as objects
