"""Documents through the installed command: told by their content, reported part by part, refused whole."""

from __future__ import annotations

import io
import json
import os
import zipfile
from pathlib import Path

import pytest

from tests.conftest import Run

PAGE = "<!doctype html>\n<title>张三同志</title>\n<p>请<b>王</b>建国同志牵头。</p>\n"
MASKED = "<!doctype html>\n<title>×同志</title>\n<p>请<b>×</b>同志牵头。</p>\n"
PICTURE = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"


def packed(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


@pytest.mark.parametrize("name", ["page.html", "page.txt", "page.doc", "page"])
def test_a_page_is_a_page_whatever_it_is_called(run: Run, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(PAGE, encoding="utf-8")
    assert run("clean", name).stdout.decode() == MASKED


def test_a_type_that_is_given_settles_it(run: Run, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(PAGE, encoding="utf-8")
    assert "<title>×同志</title>" in run("clean", "page.html", "--type", "text").stdout.decode()


def test_standard_input_is_looked_at_too(run: Run) -> None:
    assert run("clean", "-", stdin=PAGE.encode()).stdout.decode() == MASKED


def test_folders_hold_what_they_like(run: Run, tmp_path: Path) -> None:
    source = tmp_path / "in"
    source.mkdir()
    (source / "a.html").write_text(PAGE, encoding="utf-8")
    (source / "b.txt").write_text("请王建国同志牵头。", encoding="utf-8")
    (source / "c.zip").write_bytes(packed({"d.txt": "请王建国同志牵头。".encode()}))
    assert run("clean", "in", "-o", "out").returncode == 0
    assert (tmp_path / "out" / "a.html").read_text(encoding="utf-8") == MASKED
    assert (tmp_path / "out" / "b.txt").read_text(encoding="utf-8") == "请×同志牵头。"
    with zipfile.ZipFile(tmp_path / "out" / "c.zip") as archive:
        assert archive.read("d.txt").decode() == "请×同志牵头。"


def test_reports_say_where(run: Run, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(PAGE, encoding="utf-8")
    assert run("clean", "page.html", "-o", "out.html", "--report", "report.json").returncode == 0
    text = (tmp_path / "report.json").read_text(encoding="utf-8")
    (file,) = json.loads(text)["files"]
    assert file["format"] == "html"
    assert {edit["entity"] for edit in file["edits"]} == {"PERSON"}
    assert all(edit["where"] for edit in file["edits"])
    assert "王" not in text
    assert "张三" not in text


def test_what_cannot_be_checked_is_named_and_refused_under_strict(run: Run, tmp_path: Path) -> None:
    (tmp_path / "in.zip").write_bytes(packed({"scan.png": PICTURE, "a.txt": b"a"}))
    told = run("clean", "in.zip", "-o", "out.zip", "--report", "report.json")
    assert told.returncode == 0
    assert b"redactor: in.zip: scan.png: " in told.stderr
    (file,) = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))["files"]
    assert [item["where"] for item in file["not_checked"]] == ["scan.png"]
    refused = run("clean", "in.zip", "-o", "strict.zip", "--strict")
    assert refused.returncode == 2
    assert b"can't be checked, and --strict was given" in refused.stderr
    assert not (tmp_path / "strict.zip").exists()


HIDDEN = "<!doctype html>\n<p hidden>请王建国同志牵头。</p>\n<p hidden>乙</p><p>丙</p>\n"


def test_hidden_text_is_told_but_for_what_it_says(run: Run, tmp_path: Path) -> None:
    (tmp_path / "in.zip").write_bytes(packed({"a.html": HIDDEN.encode(), "b.html": PAGE.encode()}))
    line = b"redactor: in.zip: a.html > p: hidden text (hidden attribute), 2 places\n"
    assert run("clean", "in.zip", "-o", "out.zip", "--report", "report.json").stderr == line
    (file,) = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))["files"]
    assert file["hidden"] == [{"where": "a.html > p", "what": "hidden attribute", "count": 2}]
    assert run("scan", "in.zip").stderr == line
    assert run("clean", "in.zip", "-o", "quiet.zip", "--quiet").stderr == line


def test_check_and_diff_write_nothing(run: Run, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(PAGE, encoding="utf-8")
    assert run("clean", "page.html", "--check").returncode == 1
    shown = run("clean", "page.html", "--diff").stdout.decode()
    assert "-请王建国同志牵头。" in shown
    assert "+请×同志牵头。" in shown
    assert [file.name for file in tmp_path.iterdir()] == ["page.html"]


def test_a_document_that_is_broken_leaves_nothing(run: Run, tmp_path: Path) -> None:
    (tmp_path / "in.zip").write_bytes(packed({"a.txt": b"a" * 500})[:-40])
    done = run("clean", "in.zip", "-o", "out.zip")
    assert done.returncode == 2
    assert done.stderr.count(b"\n") == 1
    assert [file.name for file in tmp_path.iterdir()] == ["in.zip"]


def test_scan_says_where(run: Run, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(PAGE, encoding="utf-8")
    (tmp_path / "in.jsonl").write_text('{"text":"请王建国同志牵头"}\n', encoding="utf-8")
    rows = [json.loads(line) for line in run("scan", "page.html", "in.jsonl", "--format", "jsonl").stdout.splitlines()]
    assert [(row["file"], row["entity"]) for row in rows].count(("page.html", "PERSON")) == 2
    assert rows[-1]["where"] == "line 1"
    assert all("text" not in row for row in rows)


def test_fields_and_columns(run: Run) -> None:
    table = "姓,部门\n欧阳,张三同志\n".encode()
    by_column = run("clean", "-", "--type", "csv", "--column", "姓=PERSON", stdin=table)
    assert by_column.stdout.decode() == "姓,部门\n×,×同志\n"
    by_field = run("clean", "-", "--type", "csv", "--field", "部门", stdin=table)
    assert by_field.stdout.decode() == "姓,部门\n欧阳,×同志\n"
    lines = '{"a":"张三同志","b":"张三同志"}\n'.encode()
    assert run("clean", "-", "--type", "jsonl", "--field", "b", stdin=lines).stdout == lines.replace(
        '"b":"张三'.encode(), '"b":"×'.encode()
    )


@pytest.mark.parametrize("name", ["page.html", "in.zip"])
def test_e17_attributes_and_times_of_the_input_are_not_copied(run: Run, tmp_path: Path, name: str) -> None:
    source = tmp_path / name
    source.write_bytes(PAGE.encode() if name == "page.html" else packed({"a.txt": "张三同志".encode()}))
    try:
        os.setxattr(source, "user.author", "张三".encode())
    except OSError:
        pytest.skip("the file system has no extended attributes")
    os.utime(source, (0, 0))
    assert run("clean", name, "-o", "out").returncode == 0
    assert run("clean", name, "--in-place").returncode == 0
    for file in (tmp_path / "out", source):
        assert os.listxattr(file) == []
        assert file.stat().st_mtime > 0


@pytest.mark.parametrize("device", ["/dev/zero", "/dev/full", "/proc/self/mem"])
def test_f10_devices_and_the_like_are_not_opened(run: Run, device: str) -> None:
    done = run("clean", device)
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.startswith(f"redactor: {device}: ".encode())
    assert done.stderr.count(b"\n") == 1


def test_f10_a_pipe_does_not_hang(run: Run, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.docx")
    done = run("clean", "pipe.docx", "-o", "out.docx")
    assert (done.returncode, done.stderr) == (2, b"redactor: pipe.docx: not a regular file\n")
