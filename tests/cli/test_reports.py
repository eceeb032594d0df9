"""What a run tells at its end: summary, statistics, reports in every format, and the same of a run that was broken
off and taken up."""

from __future__ import annotations

import csv
import io
import json
import re
import signal
import time
from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from redactor.files.reports.page import WORDS, as_page
from tests.build import collection
from tests.command import Run, Started
from tests.conftest import warm
from tests.draws import everything

TEXT = "请王建国同志牵头，同比增长12.5%以上。\n暗语 7788990 在此。\n"
SECRETS = ("王建国", "郑晓岚", "云岭", "6210088")


@pytest.fixture(scope="module")
def messy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("messy")
    collection.make(folder / "in")
    return folder


def small(folder: Path, count: int) -> None:
    (folder / "in").mkdir()
    for number in range(count):
        (folder / "in" / f"{number:02}.txt").write_text(f"{number}、{TEXT}" * (1 + number % 3), encoding="utf-8")


def read(path: Path) -> dict[str, Any]:
    report: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return report


def alike(report: dict[str, Any]) -> dict[str, Any]:
    """A report with its fingerprints, which hang on a random key, replaced by the numbers of their first places, and
    without its folder."""
    numbers: dict[str, int] = {}
    for file in report["files"]:
        file["output"] = str(file["output"]).partition("/")[2]
        for edit in file["edits"]:
            edit["fingerprint"] = numbers.setdefault(edit["fingerprint"], len(numbers))
    return report


# The summary


@pytest.mark.parametrize("row", ["COMMAND-F7"])
def test_a_run_over_a_folder_tells_what_it_did(run: Run, messy: Path, tmp_path: Path, row: str) -> None:
    done = run("clean", messy / "in", "-o", "out", "--report", "r.json")
    assert done.returncode == 2
    lines = [line for line in done.stderr.decode().splitlines() if str(messy) not in line]
    good, failed = len(collection.KINDS) - len(collection.FAILING), len(collection.FAILING)
    assert re.fullmatch(
        rf"redactor: {good} files written, 1 of them unchanged, {failed} failed; \d+\.\d\d MB in \d+\.\d s \(.* MB/s\)",
        lines[0],
    )
    totals = read(tmp_path / "r.json")["totals"]
    entities = sorted(totals["entities"].items(), key=lambda item: (-item[1], item[0]))
    listed = ", ".join(f"{name} {number}" for name, number in entities)
    assert lines[2] == f"redactor: {totals['edits']} edits in {totals['changed']} files: {listed}"
    assert lines[3].startswith("redactor: residue: digits ")
    assert len(lines) == 4


@pytest.mark.parametrize("row", ["COMMAND-F34"])
def test_failures_are_grouped_by_reason_in_a_short_line(run: Run, tmp_path: Path, row: str) -> None:
    (tmp_path / "in").mkdir()
    for number in range(60):
        (tmp_path / "in" / f"一个很长的名字{number}.txt").write_bytes(b"\xff\xfe\xff\xff\xff")
    (tmp_path / "in" / "b.pdf").write_bytes(collection.locked())
    done = run("clean", "in", "-o", "out")
    lines = done.stderr.decode().splitlines()
    assert "redactor: failed: wrong encoding 60, encrypted 1" in lines
    assert len(lines) == 61 + 3
    assert all(len(line) < 200 for line in lines)


def test_a_single_file_is_a_filter_and_stays_quiet(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    assert run("clean", "a.txt", "-o", "out.txt").stderr == b""
    assert run("clean", "-", stdin=TEXT.encode()).stderr == b""
    assert run("scan", "a.txt").stderr == b""


@pytest.mark.parametrize("row", ["COMMAND-F8"])
def test_quiet_drops_the_summary_and_no_note_on_safety(run: Run, tmp_path: Path, row: str) -> None:
    (tmp_path / "in").mkdir()
    page = "<p>大家好<img src='data:image/png;base64,iVBORw0KGgo='><p>暗语 7788990"
    (tmp_path / "in" / "a.html").write_text(page, encoding="utf-8")
    loud = run("clean", "in", "-o", "out", "--residue").stderr.decode().splitlines()
    quiet = run("clean", "in", "-o", "out2", "--residue", "-q").stderr.decode().splitlines()
    assert [line.replace("out2/", "out/") for line in quiet] == [line for line in loud if "a.html" in line]
    assert any("was not checked" in line for line in quiet)
    assert any("7788990" in line for line in quiet)


def test_a_run_that_writes_nothing_says_what_it_would(run: Run, tmp_path: Path) -> None:
    small(tmp_path, 3)
    (tmp_path / "in" / "plain.txt").write_text("大家好。\n", encoding="utf-8")
    lines = run("clean", "in", "--check").stderr.decode().splitlines()
    assert any(line.startswith("redactor: 3 files would change, 1 unchanged, 0 failed; ") for line in lines)
    lines = run("scan", "in").stderr.decode().splitlines()
    assert lines[0].startswith("redactor: 4 files read, 0 failed; ")
    assert lines[1] == "redactor: 12 findings: PERCENT 6, PERSON 6"


def test_statistics(run: Run, tmp_path: Path) -> None:
    small(tmp_path, 3)
    table = (
        "findings  entity   rule\n       6  PERCENT  figures.percent\n       6  PERSON   names.tagger\n      12  all\n"
    )
    assert run("scan", "in", "--statistics", "-q").stdout.decode() == table
    found = json.loads(run("scan", "in", "--statistics", "--format", "json").stdout)
    assert found == {"PERCENT": {"figures.percent": 6}, "PERSON": {"names.tagger": 6}}
    told = run("clean", "in", "-o", "out", "--statistics", "-q").stderr.decode()
    assert Counter(told.split()) == Counter(table.replace("findings", "edits").split())
    one = run("clean", "in/00.txt", "--statistics")
    assert (one.stdout.decode().count("×"), one.stderr.decode().splitlines()[-1].split()) == (2, ["2", "all"])
    assert run("scan", "in", "--statistics", "--digits").returncode == 2


# Reports


@pytest.mark.slow
def test_every_entry_has_the_same_keys_and_the_totals_are_their_sums(run: Run, messy: Path, tmp_path: Path) -> None:
    run("clean", messy / "in", "-o", "out", "--report", "r.json", "-q")
    report = read(tmp_path / "r.json")
    files, totals = report["files"], report["totals"]
    assert len({tuple(file) for file in files}) == 1
    assert totals["files"] == len(files) == len(collection.KINDS)
    assert totals["edits"] == sum(len(file["edits"]) for file in files) == sum(totals["rules"].values())
    assert totals["residue"] == sum(len(file["residue"]) for file in files)
    assert totals["changed"] + totals["unchanged"] + totals["failed"] == totals["files"]
    formats = {Path(file["name"]).name: file["format"] for file in files}
    assert {name: formats[name] for name in collection.FAILING} == {
        "图片.png": None, "加密.pdf": "pdf", "截断.docx": None, "乱码.txt": "text",
    }  # fmt: skip
    assert formats["错名.bin"] == "docx"
    assert totals["failed_by_reason"] == {
        "damaged or not safe to read": 1, "encrypted": 1, "picture": 1, "wrong encoding": 1,
    }  # fmt: skip
    assert report["complete"]


@pytest.mark.sampled(4)
@pytest.mark.parametrize("style", ["json", "csv", "html", "sarif"])
def test_no_format_holds_text_unless_asked(run: Run, messy: Path, tmp_path: Path, style: str) -> None:
    # What stands in a file of another style is a choice of what stands in this one.
    documents = messy / "in" if style == "json" else messy / "in" / "00"
    documents = documents if everything or style == "json" else documents / "国标.txt"
    run("clean", documents, "-o", "out", "--report", f"r.{style}", "-q", "--residue")
    content = (tmp_path / f"r.{style}").read_text(encoding="utf-8")
    assert [secret for secret in (*SECRETS, "7788990") if secret in content] == []
    run("clean", documents, "-o", "out2", "--report", "r", "--report-format", style, "-q", "--include-text")
    content = (tmp_path / "r").read_text(encoding="utf-8")
    assert [secret for secret in (*SECRETS, "7788990") if secret not in content] == []
    assert (tmp_path / "r").stat().st_mode & 0o777 == 0o600


def test_csv_has_a_row_for_each_thing_to_look_at(run: Run, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "=1+1.txt").write_text(TEXT, encoding="utf-8")
    (tmp_path / "in" / "b.txt").write_bytes(b"\xff\xfe\xff\xff\xff")
    run("clean", "in", "-o", "out", "--report", "r.csv", "-q")
    run("clean", "in/=1+1.txt", "-o", "c.txt", "--report", "r2.csv")
    raw = (tmp_path / "r.csv").read_bytes()
    assert raw.startswith("\ufeff".encode())
    rows = [*csv.DictReader(io.StringIO(raw.decode("utf-8-sig"), newline=""))]
    assert [(row["file"], row["what"], row["entity"], row["line"]) for row in rows] == [
        ("in/=1+1.txt", "edit", "PERSON", "1"),
        ("in/=1+1.txt", "edit", "PERCENT", "1"),
        ("in/=1+1.txt", "residue: digits", "QUANTITY", "2"),
        ("in/b.txt", "failed", "", ""),
    ]
    (tmp_path / "=2.txt").write_text(TEXT, encoding="utf-8")
    run("clean", "=2.txt", "-o", "d.txt", "--report", "r3.csv")
    assert "\r\n'=2.txt," in (tmp_path / "r3.csv").read_bytes().decode()  # no formula for a spreadsheet


@pytest.mark.slow
def test_sarif_is_what_its_schema_says(run: Run, messy: Path, tmp_path: Path) -> None:
    model = pytest.importorskip("pydantic_sarif.model")
    run("clean", messy / "in", "-o", "out", "--report", "r.sarif", "-q")
    content = (tmp_path / "r.sarif").read_text(encoding="utf-8")
    model.StaticAnalysisResultsFormatSarifVersion210JsonSchema.model_validate_json(content)


def test_sarif_leads_to_the_lines(run: Run, tmp_path: Path) -> None:
    (tmp_path / "一 a.txt").write_text(TEXT, encoding="utf-8")
    run("clean", "一 a.txt", "-o", "out.txt", "--report", "r.sarif")
    [made] = read(tmp_path / "r.sarif")["runs"]
    assert [rule["id"] for rule in made["tool"]["driver"]["rules"]] == [
        "figures.percent", "names.tagger", "residue.digits",
    ]  # fmt: skip
    places = []
    for result in made["results"]:
        assert made["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        physical = result["locations"][0]["physicalLocation"]
        places.append((result["level"], physical["artifactLocation"]["uri"], physical["region"]))
    assert places == [
        (
            "note",
            "%E4%B8%80%20a.txt",
            {"startLine": 1, "startColumn": 2, "charOffset": 1, "charLength": 3},
        ),
        (
            "note",
            "%E4%B8%80%20a.txt",
            {"startLine": 1, "startColumn": 14, "charOffset": 13, "charLength": 4},
        ),
        ("warning", "out.txt", {"startLine": 2, "startColumn": 4, "charOffset": 20, "charLength": 7}),
    ]
    assert made["invocations"] == [{"executionSuccessful": True, "toolExecutionNotifications": []}]


class Page(HTMLParser):
    """What a page opens, fetches and says."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: Counter[str] = Counter()
        self.fetched: list[str] = []
        self.said: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.fetched += [f"{tag} {name}" for name, _ in attributes if name in ("src", "href", "srcset", "action")]
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.said.append(data)


@pytest.mark.slow
def test_the_page_stands_alone_and_shows_the_doubtful_first(run: Run, messy: Path, tmp_path: Path) -> None:
    done = run("clean", messy / "in", "-o", "out", "--report", "r.html", "-q")
    content = (tmp_path / "r.html").read_text(encoding="utf-8")
    page = Page(content)
    assert page.open == []
    assert page.fetched == []
    assert page.tags["script"] == 0
    assert page.tags["svg"] == 4
    assert "prefers-color-scheme: dark" in content
    run("clean", messy / "in", "-o", "out3", "--report", "r.json", "-q")
    report = read(tmp_path / "r.json")
    for name in ("files", "changed", "failed", "edits", "residue", "not_checked"):
        at = page.said.index(WORDS[name])
        assert page.said[at - 1] == f"{report['totals'][name]:,}", name
    names = [text for text in page.said if text.startswith(str(messy))]
    assert {Path(name).name for name in names[:4]} == set(collection.FAILING)
    left = {file["name"]: len(file["residue"]) for file in report["files"]}
    assert [left[name] for name in names[4:]] == sorted((left[name] for name in names[4:]), reverse=True)
    assert done.returncode == 2


def test_names_and_words_are_escaped(run: Run, tmp_path: Path) -> None:
    (tmp_path / "<img src=x onerror=a>&.txt").write_text(TEXT, encoding="utf-8")
    run("clean", "<img src=x onerror=a>&.txt", "-o", "out.txt", "--report", "r.html")
    page = Page((tmp_path / "r.html").read_text(encoding="utf-8"))
    assert page.tags["img"] == 0
    assert "<img src=x onerror=a>&.txt" in page.said


def test_a_page_of_nothing_says_so(run: Run, tmp_path: Path) -> None:
    small(tmp_path, 1)
    run("clean", "in", "-o", "out", "--report", "r.json", "-q")
    report = read(tmp_path / "r.json")
    said = Page(as_page(report | {"files": [], "complete": False})).said
    assert WORDS["none"] in said
    assert WORDS["broken-off"] in said


# Runs that were broken off


@pytest.mark.parametrize("row", ["COMMAND-F13"])
def test_a_finished_job_renews_its_report(run: Run, tmp_path: Path, row: str) -> None:
    small(tmp_path, 4)
    (tmp_path / "in" / "bad.txt").write_bytes(b"\xff\xfe\xff\xff\xff")
    arguments = ("clean", "in", "-o", "out", "--report", "r.json", "--state", "st")
    first = run(*arguments)
    whole = read(tmp_path / "r.json")
    inodes = {path.name: path.stat().st_ino for path in (tmp_path / "out").iterdir()}
    again = run(*arguments)
    assert (first.returncode, again.returncode) == (2, 2)
    assert b"4 by an earlier run" in again.stderr
    assert read(tmp_path / "r.json") == whole  # with the same fingerprints: the state has their key
    assert {path.name: path.stat().st_ino for path in (tmp_path / "out").iterdir()} == inodes
    (tmp_path / "r.json").write_text("mine", encoding="utf-8")
    refused = run(*arguments)
    assert (refused.returncode, b"r.json: exists; use --force" in refused.stderr) == (2, True)
    assert (tmp_path / "r.json").read_text(encoding="utf-8") == "mine"


@pytest.mark.slow
def test_what_an_earlier_run_did_not_record_is_done_again(run: Run, tmp_path: Path) -> None:
    small(tmp_path, 2)
    arguments = ("clean", "in", "-o", "out", "--state", "st")
    assert run(*arguments).returncode == 0
    assert b"2 by an earlier run" in run(*arguments).stderr
    report = run(*arguments, "--report", "r.json", "--include-text")
    assert b"earlier" not in report.stderr
    assert all(edit["text"] for file in read(tmp_path / "r.json")["files"] for edit in file["edits"])
    plain = run(*arguments, "--report", "r2.json")
    assert b"2 by an earlier run" in plain.stderr
    assert "王建国" not in (tmp_path / "r2.json").read_text(encoding="utf-8")
    assert run(*arguments, "--report", "r3.json", "--fail-on-residue").returncode == 1


def killed(folder: Path, arguments: tuple[str, ...], at: int, sign: int) -> Started:
    """Start the command and end it by a signal when so many outputs are there."""
    warm()
    process = Started(arguments, folder)
    until = time.monotonic() + 120
    while process.poll() is None and len([*(folder / "out").glob("*.txt")]) < at and time.monotonic() < until:
        time.sleep(0.001)
    process.send_signal(sign)
    return process


@pytest.mark.slow
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_the_report_of_a_job_that_was_killed_is_that_of_one_run(run: Run, tmp_path: Path, jobs: str) -> None:
    small(tmp_path, 14)
    (tmp_path / "in" / "bad.txt").write_bytes(b"\xff\xfe\xff\xff\xff")
    run("clean", "in", "-o", "whole", "--report", "whole.json", "-q")
    arguments = ("clean", "in", "-o", "out", "--report", "r.json", "--state", "st", "--jobs", jobs)
    for at in (1, 5, 9):
        killed(tmp_path, arguments, at, signal.SIGKILL).communicate(60)
        time.sleep(0.3)  # a worker may still be at its last file
    assert run(*arguments).returncode == 2
    assert alike(read(tmp_path / "r.json")) == alike(read(tmp_path / "whole.json"))
    assert {p.name: p.read_bytes() for p in (tmp_path / "out").iterdir()} == {
        p.name: p.read_bytes() for p in (tmp_path / "whole").iterdir()
    }


@pytest.mark.sampled(2)
@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_a_run_that_is_interrupted_reports_what_it_has_done(run: Run, tmp_path: Path, sign: signal.Signals) -> None:
    small(tmp_path, 40)
    arguments = (
        "clean",
        "in",
        "-o",
        "out",
        "--report",
        "r.json",
        "--state",
        "st",
        "--jobs",
        "1",
        "--failed-list",
        "left",
    )
    process = killed(tmp_path, arguments, 3, sign)
    _, message = process.communicate(60)
    if process.returncode == 0:
        pytest.skip("it was done before the signal came")
    assert process.returncode == 128 + sign
    report = read(tmp_path / "r.json")
    assert not report["complete"]
    assert len(report["files"]) < 40
    assert b"files written" in message
    left = (tmp_path / "left").read_text(encoding="utf-8").splitlines()
    assert len(left) + len(report["files"]) == 40
    assert {file["name"] for file in report["files"]}.isdisjoint(left)
    assert run(*arguments).returncode == 0
    again = read(tmp_path / "r.json")
    assert (again["complete"], again["totals"]["files"]) == (True, 40)


def torn(state: bytes) -> Iterator[bytes]:
    """A state as a killed process may leave it: a record cut off, with or without another behind it."""
    lines = state.splitlines(keepends=True)
    for cut in (1, 12, len(lines[2]) // 2, len(lines[2]) - 1):
        yield b"".join(lines[:2]) + lines[2][:cut]
        yield b"".join(lines[:2]) + lines[2][:cut] + b"".join(lines[3:])


@pytest.mark.slow
def test_torn_records_cost_a_file_and_no_more(run: Run, tmp_path: Path) -> None:
    small(tmp_path, 3)
    arguments = ("clean", "in", "-o", "out", "--report", "r.json", "--state", "st")
    assert run(*arguments).returncode == 0
    whole, state = alike(read(tmp_path / "r.json")), (tmp_path / "st").read_bytes()
    for broken in torn(state):
        (tmp_path / "st").write_bytes(broken)
        done = run(*arguments, "--force")
        assert done.returncode == 0, (broken[-300:], done.stderr)
        assert alike(read(tmp_path / "r.json")) == whole
