"""Where a finding stands, for people: residue by line, paragraph, cell, slide and page; diffs that other programs
take."""

from __future__ import annotations

import io
import json
import subprocess
from pathlib import Path

import pytest

from tests.build import collection
from tests.build.word import new_word
from tests.cli.faults import named, on_a_terminal, word
from tests.command import Run

TEXT = "请王建国同志牵头，同比增长12.5%以上。\n"


def residue(run: Run, *arguments: str | Path) -> list[str]:
    return run("clean", *arguments, "--residue", "-q").stderr.decode().splitlines()


@pytest.mark.parametrize("row", ["COMMAND-F5"])
def test_harmless_documents_have_no_residue(run: Run, tmp_path: Path, row: str) -> None:
    made = new_word()
    for number in range(10):
        made.add_paragraph("大家好，今天的会议很重要。" * (number + 1))
    made.add_heading("要求")
    made.save(str(tmp_path / "a.docx"))
    assert residue(run, "a.docx", "-o", "out.docx") == []
    assert run("clean", "a.docx", "-o", "out2.docx", "--fail-on-residue").returncode == 0
    (tmp_path / "b.pptx").write_bytes(collection.slides())
    assert len(residue(run, "b.pptx", "-o", "out.pptx")) == 1


@pytest.mark.parametrize("row", ["COMMAND-F6"])
def test_residue_is_told_by_line_and_column_with_its_text(run: Run, tmp_path: Path, row: str) -> None:
    (tmp_path / "讲话.txt").write_text(f"{TEXT}\n在如意湖边、暗语 7788990 在此。\n", encoding="utf-8")
    told = residue(run, "讲话.txt", "-o", "out.txt", "--mask", "在如意", "--report", "r.json")
    # Lines and columns are those of the file that is named.
    assert told == ["out.txt:3:8: digits QUANTITY 7788990 …×湖边、暗语 7788990 在此。…"]
    [item] = json.loads((tmp_path / "r.json").read_text("utf-8"))["files"][0]["residue"]
    assert (item["line"], item["column"], item["input_line"], item["input_column"]) == (3, 8, 3, 10)
    told = residue(run, "讲话.txt", "--check", "--mask", "在如意")
    assert told == ["讲话.txt:3:10: digits QUANTITY 7788990 …×湖边、暗语 7788990 在此。…"]


PLACES = {
    "国标.txt": ["3:21"],
    "讲话.docx": ["paragraph 3", "table 1, row 2, cell 2"],
    "台账.xlsx": ["sheet1!B3"],
    "汇报.pptx": ["slide 3"],
    "公文.pdf": ["page 3"],
    "邮件.eml": ["part 1: text/plain", "part 2: a.txt"],
    "打包.zip": ["sub/a.txt"],
    "表格.csv": ["row 3, column 2"],
    "记录.jsonl": ["line 3"],
}


@pytest.mark.sampled(3)
@pytest.mark.parametrize("name", PLACES)
def test_residue_of_documents_is_told_by_the_place_that_a_reader_knows(run: Run, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(collection.KINDS[name]())
    told = [line for line in residue(run, name, "-o", f"out-{name}") if "7788990" in line]
    assert told == [
        f"out-{name}:{place}: digits QUANTITY 7788990 …验，再接再厉。暗语 7788990 在此。…" for place in PLACES[name]
    ]


def test_places_of_paragraphs(run: Run, tmp_path: Path) -> None:
    made = new_word()
    made.add_paragraph("")
    made.add_paragraph("请王建国同志牵头。")
    cell = made.add_table(1, 1).cell(0, 0)
    cell.text = "请王建国同志牵头。"
    cell.add_paragraph("请王建国同志牵头。")
    inner = cell.add_table(1, 2).cell(0, 1)
    inner.text = "请王建国同志牵头。"
    made.add_paragraph("请王建国同志牵头。")
    made.sections[0].header.paragraphs[0].text = "请王建国同志牵头。"
    out = io.BytesIO()
    made.save(out)
    (tmp_path / "a.docx").write_bytes(out.getvalue())
    told = [line.split(":")[1] for line in run("scan", "a.docx").stdout.decode().splitlines()]
    assert sorted(told) == sorted(
        [
            "paragraph 2",
            "table 1, row 1, cell 1",
            "table 1, row 1, cell 1, paragraph 2",
            "table 1, row 1, cell 1, table 1, row 1, cell 2",
            "paragraph 3",
            "word/header1.xml, paragraph 1",
        ]
    )


# Diffs


TEXTS = {
    "plain": (TEXT * 3).encode(),
    "no-newline-at-the-end": (TEXT * 2 + "请王建国同志").encode(),
    "crlf": ("第一\n" + TEXT * 3).replace("\n", "\r\n").encode(),
    "gb18030": (TEXT * 9).encode("gb18030"),
    "byte-order-mark": (TEXT * 2).encode("utf-8-sig"),
    "tabs-and-controls": f"a\tb\x07\x1b\n{TEXT}".encode(),
    "removed-paragraphs": f"第一段。\n\n{TEXT}本文来源于网络，版权归原作者所有，如有侵权请联系删除。\n扫码关注，获取更多资料\n".encode(),
    "removed-head": f"仅供内部交流 请勿外传\n会员群：　　免费QQ群：123456789\n\n\n在云岭县会议上的讲话\n{TEXT}".encode(),
    "far-apart": (TEXT + "大家好。\n" * 20 + TEXT).encode(),
    "all-of-it": "王建国".encode(),
}


@pytest.mark.sampled(3)
@pytest.mark.parametrize("name", TEXTS, ids=lambda name: f"COMMAND-F21-{name}")
def test_git_applies_a_diff(run: Run, tmp_path: Path, name: str) -> None:
    (tmp_path / "讲 话.txt").write_bytes(TEXTS[name])
    done = run("clean", "讲 话.txt", "--diff")
    (tmp_path / "patch").write_bytes(done.stdout)
    run("clean", "讲 话.txt", "-o", "out.txt")
    for more in (["--check"], []):
        applied = subprocess.run(
            ["git", "apply", "--whitespace=nowarn", *more, "patch"], cwd=tmp_path, capture_output=True, check=False
        )
        assert applied.returncode == 0, applied.stderr
    assert (tmp_path / "讲 话.txt").read_bytes() == (tmp_path / "out.txt").read_bytes() != TEXTS[name]


MESSY = {
    "crlf.txt": (TEXT * 3).replace("\n", "\r\n").encode(),
    "no-end.txt": TEXT.strip().encode(),
    "gbk.txt": TEXT.encode("gb18030"),
    "bom.txt": b"\xef\xbb\xbf" + TEXT.encode(),
    "wide.txt": ("\ufeff" + TEXT).encode("utf-16-le"),
    "mixed.txt": TEXT.encode() + TEXT.encode("gb18030"),
    "table.csv": "姓名,电话\r\n王建国,13912345678\r\n".encode("gb18030"),
    "wide.csv": ("\ufeff姓名,电话\n王建国,13912345678\n").encode("utf-16-le"),
    "quoted.csv": '姓名,说明\n"王建国","第一行\n第二行，电话13912345678"\n'.encode(),
    "a.jsonl": '{"t":"请王建国同志牵头"}\n{"t":"好"}'.encode(),
    "a.json": '{\n "t": "请王建国同志牵头"\n}\n'.encode(),
    "page.html": "<p>请王建国\n同志牵头</p>\n<p>好</p>".encode(),
    'na"me\t\\\n张.txt': TEXT.encode(),
}
UNSEEN_BY_GIT = ("wide.txt", "wide.csv", "mixed.txt", "page.html", "a.docx")


@named("F21", "messy-folder")
def test_the_diff_of_any_folder_is_a_patch_of_its_texts(run: Run, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for name, data in MESSY.items():
        (tmp_path / "in" / name).write_bytes(data)
    (tmp_path / "in" / "a.docx").write_bytes(word("请王建国同志牵头。"))
    done = run("clean", "in", "--diff")
    (tmp_path / "patch").write_bytes(done.stdout)
    assert subprocess.run(["git", "apply", "--check", "patch"], cwd=tmp_path, check=False).returncode == 0
    assert run("clean", "in", "-o", "out").returncode == done.returncode
    subprocess.run(["git", "apply", "--whitespace=nowarn", "patch"], cwd=tmp_path, check=True)
    for name, data in MESSY.items():
        if name not in UNSEEN_BY_GIT:
            assert (tmp_path / "in" / name).read_bytes() == (tmp_path / "out" / name).read_bytes() != data
    shown = done.stdout.decode("utf-8", "replace")
    assert "# -请王建国同志牵头" in shown


def test_a_diff_of_many_files_and_parts_is_one_patch(run: Run, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text(("大家好，今天的会议很重要。\n" * 4000 + TEXT) * 3, encoding="utf-8")
    (tmp_path / "in" / "b.txt").write_text(TEXT, encoding="utf-8")
    (tmp_path / "in" / "c.txt").write_text("大家好。\n", encoding="utf-8")
    (tmp_path / "patch").write_bytes(run("clean", "in", "--diff").stdout)
    run("clean", "in", "-o", "out")
    subprocess.run(["git", "apply", "patch"], cwd=tmp_path, check=True)
    for name in ("a.txt", "b.txt", "c.txt"):
        assert (tmp_path / "in" / name).read_bytes() == (tmp_path / "out" / name).read_bytes()


def test_hunks_of_a_document_say_where_they_are(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.docx").write_bytes(collection.word())
    told = run("clean", "a.docx", "--diff").stdout.decode().splitlines()
    assert next(line for line in told if line.startswith("@@")).endswith("@@ paragraph 1")


def test_a_terminal_shows_colours_and_the_words_that_differ(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("请王建国同志牵头\x07\n", encoding="utf-8")
    _, shown = on_a_terminal(tmp_path, "clean", "a.txt", "--diff")
    assert "\x1b[31m\x1b[7m王建国\x1b[0m" in shown
    assert "\x1b[32m\x1b[7m×\x1b[0m" in shown
    assert "\x07" not in shown
    _, bare = on_a_terminal(tmp_path, "clean", "a.txt", "--diff", NO_COLOR="1")
    assert "-请王建国同志牵头" in bare
    assert "\x1b[3" not in bare


@pytest.mark.slow
def test_the_bar_shows_files_and_failures(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for number in range(25):
        (tmp_path / "in" / f"{number:02}.txt").write_bytes(b"\xff\xfe\xff" if number < 2 else TEXT.encode())
    _, shown = on_a_terminal(tmp_path, "clean", "in", "-o", "out")
    assert "25/25" in shown
    assert "2 failed" in shown
