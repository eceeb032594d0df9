"""What a run records of itself: numbers, edits, manifest and quarantine agree with the report and with one another, however the run went."""

from __future__ import annotations

import hashlib
import io
import json
import signal
import stat
import time
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.build import collection
from tests.command import Run, Started
from tests.conftest import warm

LINES = (
    "请王建国同志牵头，郑晓岚同志配合，同比增长12.5%以上。",
    "暗语 7788990 在此。",
    "值班电话：0999-6210088，手机13900001111。",
)
SECRETS = ("王建国", "郑晓岚", "12.5", "7788990", "6210088", "13900001111", "青石镇")
RECORDS = ("--stats", "s.json", "--edits", "e.jsonl", "--manifest", "m.json", "--report", "r.json")


def make(folder: Path, *, documents: bool = False) -> None:
    """Text, JSONL, CSV, Parquet, and of documents Word and an archive; one that fails, one without edits."""
    place = folder / "in"
    (place / "sub").mkdir(parents=True)
    (place / "a.txt").write_text("\n".join(LINES) + "\n", "utf-8")
    (place / "none.txt").write_text("今天天气好。\n", "utf-8")
    rows = [{"id": n, "text": line, "meta": {"note": "到青石镇调研"}} for n, line in enumerate(LINES)]
    (place / "b.jsonl").write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    (place / "c.csv").write_text("姓名,电话,备注\n王建国,13900001111,好\n郑晓岚,13900001112,到青石镇调研\n", "utf-8")
    pq.write_table(pa.table({"id": [1, 2, 3], "text": [*LINES]}), place / "d.parquet")
    (place / "bad.docx").write_bytes(b"PK\x03\x04broken")
    if not documents:
        return
    (place / "e.docx").write_bytes(collection.word())
    with zipfile.ZipFile(place / "sub" / "f.zip", "w") as archive:
        archive.writestr("one.txt", LINES[0])
        archive.writestr("two.csv", "姓名,电话\n王建国,13900001111\n")


def read(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))


def edits_of(path: Path) -> list[dict[str, Any]]:
    if path.suffix == ".parquet":
        rows: list[dict[str, Any]] = pq.read_table(path).to_pylist()
        return rows
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def check(folder: Path, *, jsonl: str = "e.jsonl") -> None:
    """Numbers, edits, manifest and report say the same."""
    stats, report, manifest, edits = (
        read(folder / "s.json"),
        read(folder / "r.json"),
        read(folder / "m.json"),
        edits_of(folder / jsonl),
    )
    shared = report["totals"]
    assert shared.items() <= stats["totals"].items()
    assert shared.items() <= manifest["totals"].items()
    assert Counter(row["rule"] for row in edits) == shared["rules"]
    assert Counter(row["entity"] for row in edits) == shared["entities"]
    assert len(edits) == shared["edits"] == sum(row["edits"] for row in stats["files"])
    by_file = {row["file"]: row for row in stats["files"]}
    for entry in report["files"]:
        row = by_file[entry["name"]]
        assert {(e["entity"], e["rule"]): e["edits"] for e in row["edited"]} == {
            (entity, rule): n for entity, rules in entry["edited"].items() for rule, n in rules.items()
        }
        assert Counter(e["rule"] for e in edits if e["file"] == entry["name"]) == Counter(
            e["rule"] for e in entry["edits"]
        )
        assert row["residue"] == len(entry["residue"])
        assert row["characters"] == entry["characters"]
    assert {each["name"]: each["sha256"] for each in manifest["outputs"]} == {
        str(path): hashlib.sha256((folder / path).read_bytes()).hexdigest()
        for path in sorted(p.relative_to(folder) for p in (folder / "out").rglob("*") if p.is_file())
    }
    for each in manifest["inputs"]:
        assert each["sha256"] == hashlib.sha256((folder / each["name"]).read_bytes()).hexdigest()


def without_time(path: Path) -> Any:
    content = read(path)
    for row in [content["totals"], *content["files"]]:
        del row["seconds"]
    return content


def test_scan_records_what_clean_does(run: Run, tmp_path: Path) -> None:
    make(tmp_path)
    tables = ("--include-text", "--stats", "s.json", "--edits", "e.jsonl")
    assert run("clean", "in", "--check", *tables).returncode == 2
    expected = without_time(tmp_path / "s.json"), edits_of(tmp_path / "e.jsonl")
    assert run("scan", "in", *tables).returncode == 2
    refused = "s.json: exists; use --force to write over it"
    assert refused in run("scan", "in", *tables).stderr.decode()
    shown = run("scan", "in", "--jobs", "2", "--force", *tables)
    assert (without_time(tmp_path / "s.json"), edits_of(tmp_path / "e.jsonl")) == expected
    assert len(expected[1]) == len(shown.stdout.splitlines())
    assert run("scan", "in", "--stats", "in/a.txt", "--force").returncode == 2
    assert (tmp_path / "in" / "a.txt").read_text("utf-8") == "\n".join(LINES) + "\n"


@pytest.mark.parametrize("jobs", ["1", pytest.param("4", marks=pytest.mark.slow)])
def test_numbers_edits_and_report_agree(run: Run, tmp_path: Path, jobs: str) -> None:
    make(tmp_path, documents=True)
    assert run("clean", "in", "-o", "out", "--jobs", jobs, *RECORDS).returncode == 2
    check(tmp_path)
    rows = {row["file"]: row for row in read(tmp_path / "s.json")["files"]}
    assert {Path(name).name: row["state"] for name, row in rows.items()} == {
        **dict.fromkeys(("a.txt", "b.jsonl", "c.csv", "d.parquet", "e.docx", "f.zip"), "written"),
        "none.txt": "unchanged",
        "bad.docx": "failed",
    }
    assert [rows[f"in/{name}"]["rows"] for name in ("a.txt", "b.jsonl", "c.csv", "d.parquet")] == [None, 3, 2, 3]
    assert rows["in/bad.docx"]["reason"] == "damaged or not safe to read"
    places = {
        (Path(row["file"]).name, row["row"], row["field"], row["where"]) for row in edits_of(tmp_path / "e.jsonl")
    }
    assert ("a.txt", None, None, "1:2") in places
    assert ("b.jsonl", 3, 4, "line 3") in places
    assert ("c.csv", 2, 1, "row 2, column 1") in places
    assert ("d.parquet", 1, 2, "row 1, column 2") in places
    for name in ("s.json", "e.jsonl", "m.json"):
        text = (tmp_path / name).read_text("utf-8")
        assert [secret for secret in SECRETS if secret in text] == []
    assert stat.S_IMODE((tmp_path / "m.json").stat().st_mode) == 0o600


def test_parquet_says_what_json_says_whatever_the_number_of_jobs(run: Run, tmp_path: Path) -> None:
    make(tmp_path)
    run("clean", "in", "-o", "out", "--jobs", "1", *RECORDS)
    run("clean", "in", "-o", "2", "--jobs", "4", "--stats", "s.parquet", "--edits", "e.parquet")
    assert edits_of(tmp_path / "e.parquet") == edits_of(tmp_path / "e.jsonl")
    table = pq.read_table(tmp_path / "s.parquet")
    about = json.loads(table.schema.metadata[b"redactor"])
    other = without_time(tmp_path / "s.json")
    assert {**about["totals"], "seconds": 0} == {**other["totals"], "seconds": 0}
    assert [{k: v for k, v in row.items() if k != "seconds"} for row in table.to_pylist()] == other["files"]
    held = b"".join((tmp_path / name).read_bytes() for name in ("s.parquet", "e.parquet"))
    assert [secret for secret in SECRETS if secret.encode() in held] == []
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_offsets_are_those_of_the_text_that_stands_there(run: Run, tmp_path: Path) -> None:
    make(tmp_path)
    run("clean", "in", "-o", "out", "--edits", "e.parquet", "--include-text")
    assert stat.S_IMODE((tmp_path / "e.parquet").stat().st_mode) == 0o600
    texts = {
        "a.txt": lambda row: (tmp_path / "in" / "a.txt").read_text("utf-8"),
        "d.parquet": lambda row: LINES[row["row"] - 1],
        "c.csv": lambda row: (
            (tmp_path / "in" / "c.csv").read_text("utf-8").splitlines()[row["row"] - 1].split(",")[row["field"] - 1]
        ),
    }
    seen = Counter[str]()
    for row in edits_of(tmp_path / "e.parquet"):
        name = Path(row["file"]).name
        if name in texts:
            seen[name] += 1
            assert texts[name](row)[row["start"] : row["end"]] == row["text"]
    assert set(seen) == set(texts)


@pytest.mark.slow
def test_a_dry_run_records_what_would_be_done(run: Run, tmp_path: Path) -> None:
    make(tmp_path)
    run("clean", "in", "--check", "-q", "--stats", "s.json", "--edits", "e.jsonl")
    run("clean", "in", "-o", "out", "-q", "--stats", "s2.json", "--edits", "e2.jsonl")
    assert (tmp_path / "e.jsonl").read_bytes() == (tmp_path / "e2.jsonl").read_bytes()
    states = Counter(row["state"] for row in read(tmp_path / "s.json")["files"])
    assert states == {"would change": 4, "unchanged": 1, "failed": 1}


@pytest.mark.slow
def test_a_run_that_is_taken_up_records_what_one_run_does(run: Run, tmp_path: Path) -> None:
    make(tmp_path, documents=True)
    whole = run("clean", "in", "-o", "out", *RECORDS)
    before = {name: (tmp_path / name).read_bytes() for name in ("e.jsonl", "m.json")}
    stats = without_time(tmp_path / "s.json")
    (tmp_path / "out").rename(tmp_path / "old")
    taken_up = (
        "clean",
        "in",
        "-o",
        "out",
        "--state",
        "state/st",
        "--force",
        "--edits",
        "e.jsonl",
        "--manifest",
        "m.json",
    )
    taken_up += ("--stats", "s.json", "--report", "r.json")
    (tmp_path / "state").mkdir()
    (tmp_path / "in" / "c.csv").rename(tmp_path / "c.csv")
    assert run(*taken_up).returncode == whole.returncode == 2
    (tmp_path / "c.csv").rename(tmp_path / "in" / "c.csv")
    for _ in range(2):
        run(*taken_up)
        check(tmp_path)
        assert {name: (tmp_path / name).read_bytes() for name in before} == before
        assert without_time(tmp_path / "s.json") == stats
    assert stat.S_IMODE((tmp_path / "state" / "st.edits").stat().st_mode) == 0o700


@pytest.mark.slow
@pytest.mark.parametrize("jobs", ["1", "4"])
@pytest.mark.parametrize("sign", [signal.SIGKILL, signal.SIGINT])
def test_a_killed_run_taken_up_records_what_one_run_does(
    run: Run, tmp_path: Path, jobs: str, sign: signal.Signals
) -> None:
    make(tmp_path, documents=True)
    for number in range(20):
        (tmp_path / "in" / f"{number:02}.txt").write_text(f"{number}、{LINES[0]}\n" * 40, "utf-8")
    run("clean", "in", "-o", "out", *RECORDS)
    edits, manifest = (edits_of(tmp_path / "e.jsonl"), read(tmp_path / "m.json"))
    (tmp_path / "out").rename(tmp_path / "old")
    for name in ("s.json", "e.jsonl", "m.json", "r.json"):
        (tmp_path / name).unlink()
    (tmp_path / "state").mkdir()
    arguments = ("clean", "in", "-o", "out", "--jobs", jobs, "--state", "state/st", *RECORDS)
    for at in (2, 9):
        warm()
        process = Started(arguments, tmp_path)
        until = time.monotonic() + 120
        while process.poll() is None and len([*(tmp_path / "out").glob("*.txt")]) < at and time.monotonic() < until:
            time.sleep(0.001)
        process.send_signal(sign)
        process.communicate(60)
        if sign == signal.SIGINT and process.returncode == 130:
            assert read(tmp_path / "m.json")["complete"] is False
            assert read(tmp_path / "s.json")["complete"] is False
            assert len(edits_of(tmp_path / "e.jsonl")) == read(tmp_path / "m.json")["totals"]["edits"]
        time.sleep(0.3)
    assert run(*arguments).returncode == 2
    check(tmp_path)
    assert edits_of(tmp_path / "e.jsonl") == edits
    assert read(tmp_path / "m.json") == manifest


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--stats", "s.txt"), "s.txt: its name must end in .parquet or .json"),
        (("--edits", "e.json"), "e.json: its name must end in .parquet or .jsonl"),
        (("--stats", "in/a.json"), "in/a.json: would be written over an input"),
        (
            ("--stats", "x.json", "--manifest", "x.json"),
            "x.json: would be written over an input, an output or something",
        ),
        (("--manifest", "there.json"), "there.json: exists; use --force"),
        (
            ("--quarantine", "in/q"),
            "in/q: a quarantine must lie apart from inputs and outputs, and in is in it, or holds it",
        ),
        (("--quarantine", "out/q"), "out/q: a quarantine must lie apart"),
        (("--quarantine", "."), ".: a quarantine must lie apart"),
        (("--quarantine", "there.json"), "there.json: a quarantine is a folder"),
    ],
)
def test_what_can_t_be_written_there_is_refused_beforehand(
    run: Run, tmp_path: Path, arguments: tuple[str, ...], told: str
) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.json").write_text("{}")
    (tmp_path / "there.json").write_text("{}")
    done = run("clean", "in", "-o", "out", *arguments)
    assert done.returncode == 2
    assert f"redactor: {told}" in done.stderr.decode()
    assert not (tmp_path / "out").exists()


def test_failed_inputs_are_kept_until_they_are_done(run: Run, tmp_path: Path) -> None:
    make(tmp_path)
    (tmp_path / "in" / "sub").mkdir(exist_ok=True)
    (tmp_path / "in" / "sub" / "bad.pdf").write_bytes(b"%PDF-1.4 nothing of the kind")
    for part in ("a.txt", "b.jsonl", "c.csv", "d.parquet"):
        (tmp_path / "in" / part).unlink()
    for _ in range(2):
        assert run("clean", "in", "-o", "out", "--force", "--quarantine", "q").returncode == 2
        kept = {str(p.relative_to(tmp_path / "q")) for p in (tmp_path / "q").rglob("*") if p.is_file()}
        assert kept == {"bad.docx", "bad.docx.reason.json", "sub/bad.pdf", "sub/bad.pdf.reason.json"}
    assert (tmp_path / "q" / "bad.docx").read_bytes() == b"PK\x03\x04broken"
    assert {stat.S_IMODE(p.stat().st_mode) for p in (tmp_path / "q").rglob("*") if p.is_file()} == {0o600}
    reason = read(tmp_path / "q" / "bad.docx.reason.json")
    assert (reason["name"], reason["copied"]) == ("in/bad.docx", True)
    (tmp_path / "in" / "bad.docx").write_bytes(collection.word())
    run("clean", "in", "-o", "out", "--force", "--quarantine", "q")
    assert {p.name for p in (tmp_path / "q").rglob("*") if p.is_file()} == {"bad.pdf", "bad.pdf.reason.json"}


def test_what_stands_in_a_quarantine_by_itself_is_let_be(run: Run, tmp_path: Path) -> None:
    make(tmp_path)
    (tmp_path / "q").mkdir()
    (tmp_path / "q" / "bad.docx").write_text("mine")
    done = run("clean", "in", "-o", "out", "--quarantine", "q")
    assert done.returncode == 2
    assert "q/bad.docx: stands where a failed input is to go" in done.stderr.decode()
    assert (tmp_path / "q" / "bad.docx").read_text() == "mine"


def test_a_link_that_failed_is_not_copied(run: Run, tmp_path: Path) -> None:
    (tmp_path / "real.docx").write_bytes(b"PK\x03\x04broken")
    (tmp_path / "link.docx").symlink_to("real.docx")
    assert run("clean", "link.docx", "-o", "out.docx", "--quarantine", "q").returncode == 2
    assert [p.name for p in (tmp_path / "q").iterdir()] == ["link.docx.reason.json"]
    assert read(tmp_path / "q" / "link.docx.reason.json")["copied"] is False


def test_records_that_can_t_be_read_go_to_the_quarantine_too(run: Run, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    source = tmp_path / "in" / "a.jsonl"
    source.write_text('{"text": "请王建国同志牵头"}\n{"text": "郑晓岚\n', "utf-8")
    arguments = ("clean", "in", "-o", "out", "--force", "--bad-lines", "quarantine", "--quarantine", "q")
    for _ in range(2):
        done = run(*arguments, "--manifest", "m.json")
        assert done.returncode == 3
        assert "into q/a.jsonl.bad" in done.stderr.decode()
        assert {p.name for p in (tmp_path / "q").iterdir()} == {"a.jsonl.bad", "a.jsonl.bad.reason.json"}
        assert {p.name for p in (tmp_path / "out").iterdir()} == {"a.jsonl"}
    assert "郑晓岚" in (tmp_path / "q" / "a.jsonl.bad").read_text("utf-8")
    assert "郑晓岚" not in (tmp_path / "q" / "a.jsonl.bad.reason.json").read_text("utf-8")
    manifest = read(tmp_path / "m.json")
    assert [manifest[side][0]["rows"] for side in ("inputs", "outputs")] == [2, 1]
    source.write_text('{"text": "请王建国同志牵头"}\n', "utf-8")
    assert run(*arguments).returncode == 0
    assert not [*(tmp_path / "q").iterdir()]


def test_two_runs_are_compared(run: Run, tmp_path: Path) -> None:
    make(tmp_path)
    run(
        "clean",
        "in",
        "-o",
        "1",
        "--stats",
        "s1.parquet",
        "--edits",
        "e1.jsonl",
        "--report",
        "r1.json",
        "--include-text",
    )
    run(
        "clean",
        "in",
        "-o",
        "2",
        "--only",
        "PERSON",
        "--stats",
        "s2.json",
        "--edits",
        "e2.parquet",
        "--report",
        "r2.json",
    )
    assert run("compare", "s1.parquet", "s1.parquet", "--fail-over", "0%").returncode == 0
    for old, new in (("s1.parquet", "s2.json"), ("e1.jsonl", "e2.parquet"), ("r1.json", "r2.json")):
        done = run("compare", old, new, "--fail-over", "20%", "--format", "json")
        assert done.returncode == 1
        rows = {(row["by"], row["name"]): row for row in json.loads(done.stdout)["rows"]}
        assert rows["entity", "PHONE_NUMBER"]["state"] == "gone"
        assert abs(rows["entity", "PERSON"]["change"]) < 0.2
        gone = rows["rule", "figures.percent"]["gone_places"]
        assert (len(gone) > 0) is (old[0] != "s")
        assert "12.5" not in done.stdout.decode()
    done = run("compare", "e1.jsonl", "e2.parquet", "--include-text")
    assert "12.5" in done.stdout.decode()
    assert (
        run("compare", "e2.parquet", "e1.jsonl", "--format", "csv").stdout.decode().startswith("by,name,state,change,")
    )
    assert run("compare", "in/a.txt", "e1.jsonl").returncode == 2
    assert run("compare", "missing", "e1.jsonl").returncode == 2


def test_a_sample_has_texts_only_when_asked(run: Run, tmp_path: Path) -> None:
    make(tmp_path)
    run("clean", "in", "-o", "out", "--edits", "e.parquet")
    first = run("sample", "e.parquet", "--per-rule", "2").stdout
    rows = [json.loads(line) for line in first.decode().splitlines()]
    assert max(Counter(row["rule"] for row in rows).values()) == 2
    assert [secret for secret in SECRETS if secret in first.decode()] == []
    assert run("sample", "e.parquet", "--per-rule", "2").stdout == first
    assert run("sample", "e.parquet", "--include-text").returncode == 2
    done = run("sample", "e.parquet", "--include-text", "--inputs", "in")
    assert b"text is read from the originals in in by offsets" in done.stderr
    shown = {
        (Path(row["file"]).name, row["row"]): row
        for row in map(json.loads, done.stdout.decode().splitlines())
        if row["rule"] == "figures.percent"
    }
    for key in (("a.txt", None), ("b.jsonl", 1), ("d.parquet", 1)):
        assert (shown[key]["text"], shown[key]["before"][-2:], shown[key]["after"]) == ("12.5", "增长", "%以上。")
    assert run("sample", "e.parquet", "-o", "s.html", "--include-text", "--inputs", "in").returncode == 0
    page = (tmp_path / "s.html").read_text("utf-8")
    assert "<mark>12.5</mark>" in page
    assert stat.S_IMODE((tmp_path / "s.html").stat().st_mode) == 0o600
    assert run("sample", "e.parquet", "-o", "s.html").returncode == 2
    run("sample", "e.parquet", "-o", "s.html", "--force")
    page = (tmp_path / "s.html").read_text("utf-8")
    assert [secret for secret in SECRETS if secret in page] == []


def test_what_an_archive_holds_has_its_place(run: Run, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("two.csv", "姓名,电话\n王建国,13900001111\n")
    (tmp_path / "in" / "f.zip").write_bytes(out.getvalue())
    run("clean", "in", "-o", "out", "--edits", "e.jsonl", "--stats", "s.json")
    assert {(row["where"], row["row"], row["field"]) for row in edits_of(tmp_path / "e.jsonl")} == {
        ("two.csv > row 2, column 1", 2, 1),
        ("two.csv > row 2, column 2", 2, 2),
    }
    assert read(tmp_path / "s.json")["files"][0]["rows"] is None
