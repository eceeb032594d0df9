"""What of many files is done, what becomes of the rest, and what is kept beside outputs."""

from __future__ import annotations

import io
import json
import os
import stat
import zipfile
from pathlib import Path

import pytest

from tests.build.word import new_word
from tests.conftest import Run

TEXT = "请王建国同志牵头，同比增长12.5%以上。\n"
MASKED = "请×同志牵头，同比增长×%以上。\n"
PICTURE = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"
CSV = "姓名,电话,住址\n王建国,13912345678,云岭县石桥镇12号\n李晓明,13812345670,清河市青山路8号\n"


def fill(folder: Path, files: dict[str, bytes | str]) -> None:
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data.encode() if isinstance(data, str) else data)


def tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }


UNSUPPORTED = {
    "picture": PICTURE,
    "sound": b"ID3\x04\0\0" + bytes(range(256)) * 4,
    "film": b"\0\0\0\x18ftypmp42" + bytes(64),
    "unknown": b"XYZ\4\0\0\0\0\x0f\x76" + bytes(range(255, 0, -1)) * 40,
    "tnef": bytes.fromhex("789f3e22") + bytes(64),
    "7z": b"7z\xbc\xaf\x27\x1c\0\4",
    "program": b"MZ\x90\0\3\0",
    "old-sheet": bytes.fromhex("d0cf11e0a1b11ae1") + bytes(1024),
}


@pytest.mark.sampled(3)
@pytest.mark.parametrize("data", [pytest.param(d, id=f"COMMAND-F15-{n}") for n, d in UNSUPPORTED.items()])
def test_kinds_without_text_are_errors_unless_they_are_to_be_skipped(run: Run, tmp_path: Path, data: bytes) -> None:
    fill(tmp_path / "in", {"a.txt": TEXT, "b.bin": data})
    assert run("clean", "in", "-o", "out1").returncode == 2
    done = run("clean", "in", "-o", "out", "--skip-unsupported", "--report", "report.json")
    assert done.returncode == 0
    assert tree(tmp_path / "out") == {"a.txt": MASKED.encode()}
    report = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    skipped = {Path(file["name"]).name: file["skipped"] for file in report["files"]}
    assert skipped.pop("a.txt") is None
    assert skipped["b.bin"].startswith("unsupported: ")


def test_an_encrypted_document_is_a_failure_all_the_same(run: Run, tmp_path: Path) -> None:
    held = "EncryptedPackage".encode("utf-16-le") + b"\0\0"
    fill(tmp_path / "in", {"b.docx": bytes.fromhex("d0cf11e0a1b11ae1") + bytes(1024) + held})
    assert run("clean", "in", "-o", "out", "--skip-unsupported").returncode == 2


def test_command_f15_what_is_left_out_stands_in_the_report(run: Run, tmp_path: Path) -> None:
    fill(tmp_path / "in", {"a.txt": TEXT, ".git/config": "", ".DS_Store": "", "Thumbs.db": "", "b.tmp": TEXT})
    (tmp_path / "in" / "link").symlink_to("a.txt")
    assert run("clean", "in", "-o", "out", "--exclude", "*.tmp", "--report", "report.json").returncode == 0
    report = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert {Path(each["name"]).name: each["reason"] for each in report["left_out"]} == {
        ".git": "hidden",
        ".DS_Store": "hidden",
        "Thumbs.db": "system",
        "b.tmp": "excluded",
        "link": "link",
    }
    assert tree(tmp_path / "out") == {"a.txt": MASKED.encode()}


def test_command_f27_an_empty_folder_is_told_of(run: Run, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    done = run("clean", "empty", "-q", "-o", "out")
    assert (done.returncode, done.stderr) == (0, b"redactor: no files found in empty\n")


@pytest.mark.parametrize(
    "name", [pytest.param(n, id=f"COMMAND-F16-{n}") for n in ("a.txt", "a.xls", "a.dat", "a", "-")]
)
def test_a_table_under_any_name_is_redacted_by_cell(run: Run, tmp_path: Path, name: str) -> None:
    if name != "-":
        fill(tmp_path, {name: CSV})
    done = run("clean", name, stdin=CSV.encode())
    assert done.stdout.decode() == "姓名,电话,住址\n×,×,×\n×,×,×\n"


ODD = ("b.txt", "换\n行.txt", '"q".txt', " c.txt", b"\xff.txt")


def test_failures_are_listed_and_the_same_command_with_the_list_does_these_alone(run: Run, tmp_path: Path) -> None:
    source = tmp_path / "in"
    fill(source, {"d/a.txt": TEXT})
    for name in ODD:
        (source / "d" / os.fsdecode(name)).write_bytes(PICTURE)
    first = run("clean", "in", "-o", "out", "--failed-list", "failed.txt")
    assert first.returncode == 2
    before = tree(tmp_path / "out")
    assert list(before) == ["d/a.txt"]
    for name in ODD[:-1]:
        (source / "d" / os.fsdecode(name)).write_text(TEXT, encoding="utf-8")
    retry = run("clean", "in", "-o", "out", "--files-from", "failed.txt", "--failed-list", "failed.txt")
    assert retry.returncode == 2
    assert len(tree(tmp_path / "out")) == len(ODD)
    (source / "d" / os.fsdecode(ODD[-1])).write_text(TEXT, encoding="utf-8")
    last = run("clean", "in", "-o", "out", "--files-from", "failed.txt", "--failed-list", "failed.txt")
    assert (last.returncode, (tmp_path / "failed.txt").read_bytes()) == (0, b"")
    assert set(tree(tmp_path / "out").values()) == {MASKED.encode()}
    assert len(tree(tmp_path / "out")) == len(ODD) + 1


def test_a_list_from_another_program_gives_the_inputs(run: Run, tmp_path: Path) -> None:
    fill(tmp_path / "in", {"d/a.txt": TEXT, "换\n行.txt": TEXT, "c.txt": TEXT})
    listed = "in/d/a.txt\0in/换\n行.txt\0".encode()
    assert run("clean", "--files-from", "-", "-o", "out", stdin=listed).returncode == 0
    assert set(tree(tmp_path / "out")) == {"in/d/a.txt", "in/换\n行.txt"}


def test_a_list_does_not_go_with_standard_input(run: Run, tmp_path: Path) -> None:
    fill(tmp_path, {"list": "a.txt\n"})
    for command in ("clean", "scan"):
        done = run(command, "-", "--files-from", "list", stdin=TEXT.encode())
        assert (done.returncode, done.stdout) == (2, b"")


REFUSED = {
    "an-input": ("in/a.txt", "would be written over an input"),
    "an-output": ("out/a.txt", "would be written over an input"),
    "within-the-input": ("in/failed.txt", "lies inside"),
    "within-the-output": ("out/failed.txt", "lies inside"),
    "another-file": ("notes.txt", "is no list of these inputs"),
    "the-report": ("report.json", "would be written over"),
}


@pytest.mark.parametrize(("place", "message"), REFUSED.values(), ids=REFUSED)
def test_a_list_of_failures_is_written_over_nothing(run: Run, tmp_path: Path, place: str, message: str) -> None:
    fill(tmp_path, {"in/a.txt": TEXT, "notes.txt": "我的笔记\n"})
    done = run("clean", "in", "-o", "out", "--failed-list", place, "--report", "report.json")
    assert (done.returncode, message in done.stderr.decode()) == (2, True)
    assert tree(tmp_path) == {"in/a.txt": TEXT.encode(), "notes.txt": "我的笔记\n".encode()}


def test_in_place_originals_of_what_changes_are_kept_once(run: Run, tmp_path: Path) -> None:
    fill(tmp_path / "in", {"a.txt": TEXT, "same.txt": "大家好。\n"})
    (tmp_path / "in" / "a.txt").chmod(0o640)
    assert run("clean", "in", "--in-place", "--backup").returncode == 0
    after = {"a.txt": MASKED.encode(), "a.txt.bak": TEXT.encode(), "same.txt": "大家好。\n".encode()}
    assert tree(tmp_path / "in") == after
    assert stat.S_IMODE((tmp_path / "in" / "a.txt.bak").stat().st_mode) == 0o640
    assert run("clean", "in", "--in-place", "--backup").returncode == 0
    assert tree(tmp_path / "in") == after
    fill(tmp_path / "in", {"a.txt": TEXT})
    again = run("clean", "in", "--in-place", "--backup")
    assert (again.returncode, b"never written over" in again.stderr) == (2, True)
    assert tree(tmp_path / "in") == after | {"a.txt": TEXT.encode()}
    assert run("clean", "in", "--in-place", "--backup=.2").returncode == 0
    assert (tmp_path / "in" / "a.txt.2").read_bytes() == TEXT.encode()


@pytest.mark.parametrize(
    "options",
    [["--backup", "-o", "out"], ["--in-place", "--backup=a/b"], ["--in-place", "--backup="]],
    ids=["not-in-place", "a-folder", "empty"],
)
def test_backups_that_make_no_sense_are_refused(run: Run, tmp_path: Path, options: list[str]) -> None:
    fill(tmp_path, {"a.txt": TEXT})
    assert run("clean", "a.txt", *options).returncode == 2
    assert tree(tmp_path) == {"a.txt": TEXT.encode()}


BAD_LINES = {
    "jsonl": (
        "a.jsonl",
        '{"t":"请王建国同志牵头"}\n{"t":"请李\n{"t":"请张晓岚同志"}\n',
        '{"t":"请李\n',
        '{"t":"请×同志牵头"}\n{"t":"请×同志"}\n',
    ),
    "jsonl-last": ("a.jsonl", '{"t":"好"}\n{"t":', '{"t":', '{"t":"好"}\n'),
    "jsonl-all": ("a.jsonl", "{\n}\n", "{\n}\n", ""),
    "csv": ("a.csv", '姓名,电话\n"张三,139\n王建国,13912345678\n', '"张三,139\n', "姓名,电话\n×,×\n"),
    "csv-last": ("a.csv", '姓名,电话\n王建国,13912345678\n"李,1', '"李,1', "姓名,电话\n×,×\n"),
    "csv-crlf": ("a.csv", '姓名,电话\r\n"张三,139\r\n王建国,13912345678\r\n', '"张三,139\r\n', "姓名,电话\r\n×,×\r\n"),
}


@pytest.mark.sampled(4)
@pytest.mark.parametrize(
    ("name", "text", "bad", "good"), [pytest.param(*row, id=f"COMMAND-F17-{n}") for n, row in BAD_LINES.items()]
)
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_records_that_cannot_be_read_are_set_aside(
    run: Run, tmp_path: Path, name: str, text: str, bad: str, good: str, encoding: str
) -> None:
    fill(tmp_path / "in", {name: text.encode(encoding)})
    options = ["--encoding", encoding, "-o", "out"]
    assert run("clean", "in", *options).returncode == 2
    assert tree(tmp_path / "out") == {}
    done = run("clean", "in", *options, "--bad-lines", "quarantine")
    assert (done.returncode, b"set aside, not redacted" in done.stderr) == (3, True)
    assert tree(tmp_path / "out") == {name: good.encode(encoding), f"{name}.bad": bad.encode(encoding)}
    assert stat.S_IMODE((tmp_path / "out" / f"{name}.bad").stat().st_mode) == 0o600


def test_command_f17_nothing_is_set_aside_where_it_would_be_lost(run: Run, tmp_path: Path) -> None:
    bad = '{"t":"好"}\n{"t":\n'
    fill(tmp_path, {"a.jsonl": bad, "redactor.toml": 'bad_lines = "quarantine"'})
    for arguments in (["a.jsonl", "--bad-lines", "quarantine"], ["a.jsonl"]):  # no output with a name
        done = run("clean", *arguments)
        assert (done.returncode, done.stdout) == (2, b"")
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("a.jsonl", bad)
    assert run("clean", "a.zip", "-o", "b.zip").returncode == 2
    fill(tmp_path, {"out.jsonl.bad": "mine"})
    done = run("clean", "a.jsonl", "-o", "out.jsonl")
    assert (done.returncode, b"out.jsonl.bad: exists" in done.stderr) == (2, True)
    assert (tmp_path / "out.jsonl.bad").read_bytes() == b"mine"
    assert not (tmp_path / "out.jsonl").exists()


def test_command_f17_in_place_the_next_run_lets_what_was_set_aside_be(run: Run, tmp_path: Path) -> None:
    fill(tmp_path / "in", {"a.jsonl": '{"t":"好"}\n{"t":\n'})
    arguments = ("clean", "in", "--in-place", "--bad-lines", "quarantine")
    assert run(*arguments).returncode == 3
    after = {"a.jsonl": '{"t":"好"}\n'.encode(), "a.jsonl.bad": b'{"t":\n'}
    assert tree(tmp_path / "in") == after
    assert run(*arguments).returncode == 0
    assert tree(tmp_path / "in") == after


def test_a_baseline_leaves_what_is_new(run: Run, tmp_path: Path) -> None:
    fill(tmp_path / "in", {"a.txt": TEXT * 2, "b.html": "<p>请王建国同志牵头</p>"})
    assert run("scan", "in", "--write-baseline", "known.json", "--check").returncode == 1
    known = (tmp_path / "known.json").read_text(encoding="utf-8")
    assert not any(word in known for word in ("王建国", "12.5", "PERSON", "a.txt"))
    for command in ("scan", "clean"):
        done = run(command, "in", "--check", "--baseline", "known.json")
        assert (done.returncode, done.stdout) == (0, b"")
    fill(tmp_path / "in", {"a.txt": "新的一行。\n" + TEXT * 3})
    done = run("scan", "in", "--check", "--baseline", "known.json")
    assert (done.returncode, [row.split()[1] for row in done.stdout.decode().splitlines()]) == (
        1,
        ["PERSON", "PERCENT"],
    )
    assert run("clean", "in", "--check", "--baseline", "known.json").returncode == 1
    fill(tmp_path / "in", {"c.txt": TEXT})
    assert run("clean", "in", "--check", "--baseline", "known.json", "--exclude", "a.txt").returncode == 1


KNOWN_TOLD = {
    "nothing-new": ("", 0, ["0 files would change, 2 unchanged", "no edits"], {}),
    "new": (
        "请李晓明同志牵头。\n",
        1,
        ["1 file would change, 1 unchanged", "1 edit in 1 file: PERSON 1"],
        {"PERSON": 1},
    ),
}


@pytest.mark.parametrize(("added", "code", "told", "entities"), KNOWN_TOLD.values(), ids=KNOWN_TOLD)
def test_totals_leave_out_what_a_baseline_holds(
    run: Run, tmp_path: Path, added: str, code: int, told: list[str], entities: dict[str, int]
) -> None:
    fill(tmp_path / "in", {"a.txt": TEXT * 2, "b.html": "<p>请王建国同志牵头</p>"})
    run("scan", "in", "--write-baseline", "known.json")
    fill(tmp_path / "in", {"a.txt": TEXT * 2 + added})
    done = run("clean", "in", "--check", "--baseline", "known.json", "--report", "r.json")
    assert done.returncode == code
    assert [line for line in told if line not in done.stderr.decode()] == []
    report = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))
    assert report["totals"]["entities"] == entities
    assert sum(len(file["edits"]) for file in report["files"]) == sum(entities.values())
    counted = run("scan", "in", "--statistics", "--baseline", "known.json").stdout.decode().splitlines()
    assert counted[-1].split()[0] == str(sum(entities.values()))


def test_a_baseline_is_the_same_from_another_folder(run: Run, tmp_path: Path) -> None:
    fill(tmp_path / "in", {"a.txt": TEXT})
    run("scan", "in", "--write-baseline", "known.json")
    assert run("scan", "a.txt", "--check", "--baseline", "../known.json", cwd=tmp_path / "in").returncode == 0


def test_what_is_no_baseline_is_refused_and_kept(run: Run, tmp_path: Path) -> None:
    fill(tmp_path, {"a.txt": TEXT, "notes.json": "{}"})
    for option in ("--baseline", "--write-baseline"):
        done = run("scan", "a.txt", option, "notes.json")
        assert (done.returncode, b"not a baseline" in done.stderr) == (2, True)
    assert (tmp_path / "notes.json").read_bytes() == b"{}"
    fill(tmp_path / "in", {"a.txt": TEXT})
    assert run("scan", "in", "--write-baseline", "in/known.json").returncode == 2
    assert run("clean", "a.txt", "--baseline", "notes.json").returncode == 2


def documents(folder: Path) -> None:
    """One document of each common kind, by the programs that people use, each with the same sentence."""
    from openpyxl import Workbook
    from pptx import Presentation
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfgen.canvas import Canvas

    folder.mkdir()
    word = new_word()
    word.add_paragraph(TEXT.strip())
    word.add_paragraph("结束。")
    word.save(folder / "a.docx")
    book = Workbook()
    for row in (["姓名", "电话", "备注"], ["王建国", 13912345678, "牵头"]):
        book.active.append(row)
    book.save(folder / "b.xlsx")
    slides = Presentation()
    slide = slides.slides.add_slide(slides.slide_layouts[1])
    slide.shapes.title.text, slide.placeholders[1].text = "汇报", TEXT.strip()
    slides.save(folder / "c.pptx")
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    canvas = Canvas(str(folder / "d.pdf"))
    canvas.setFont("STSong-Light", 14)
    canvas.drawString(72, 720, TEXT.strip())
    canvas.save()
    mail = "From: 王建国 <w@example.cn>\nTo: a@example.cn\nSubject: 请王建国同志牵头\nMIME-Version: 1.0\n"
    fill(
        folder,
        {
            "e.eml": f"{mail}Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{TEXT}",
            "f.html": f"<html><head><title>王建国同志讲话</title></head><body><p>{TEXT}</p><p>结束。</p></body></html>",
            "g.txt": (TEXT * 3).encode("gb18030"),
            "h.csv": "姓名,备注\n王建国,牵头\n",
        },
    )


TEXTS = {
    "a.docx": MASKED + "结束。\n",
    "b.xlsx": "姓名\t电话\t备注\n×\t×\t牵头\n",
    "c.pptx": "汇报\n" + MASKED,
    "d.pdf": MASKED,
    "e.eml": "Subject: 请×同志牵头\n" + MASKED,
    "f.html": "×同志讲话\n" + MASKED + "结束。\n",
    "g.txt": MASKED * 3,
    "h.csv": "姓名,备注\n×,牵头\n",
}


def test_the_text_of_any_document_for_collections(run: Run, tmp_path: Path) -> None:
    documents(tmp_path / "in")
    assert run("clean", "in", "-o", "texts", "--to", "text").returncode == 0
    named = {(name if name == "g.txt" else f"{name}.txt"): text for name, text in TEXTS.items()}
    assert {name: data.decode() for name, data in tree(tmp_path / "texts").items()} == named
    assert run("clean", "in", "-o", "records", "--to", "jsonl").returncode == 0
    records = {name: json.loads(data) for name, data in tree(tmp_path / "records").items()}
    assert records == {
        f"{name}.jsonl": {"source": f"in/{name}", "format": name[2:] if name != "g.txt" else "text", "text": text}
        for name, text in TEXTS.items()
    }


def test_a_record_does_not_name_who_the_file_is_called_after(run: Run, tmp_path: Path) -> None:
    fill(tmp_path, {"王建国同志讲话.txt": "大家好。\n"})
    record = json.loads(run("clean", "王建国同志讲话.txt", "--to", "jsonl").stdout)
    assert record == {"source": "×同志讲话.txt", "format": "text", "text": "大家好。\n"}


def test_texts_go_where_they_fit(run: Run, tmp_path: Path) -> None:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("a.txt", TEXT)
    fill(tmp_path, {"a.txt": TEXT, "b.zip": held.getvalue()})
    for arguments in (["a.txt", "-o", "a.docx"], ["a.txt", "--in-place"], ["b.zip", "-o", "b.txt"]):
        assert run("clean", *arguments, "--to", "text").returncode == 2
    assert set(tree(tmp_path)) == {"a.txt", "b.zip"}


def test_outputs_whose_fitted_names_meet_are_refused(run: Run, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.html").write_text(f"<p>{TEXT}</p>", encoding="utf-8")
    (tmp_path / "in" / "a.html.txt").write_text(TEXT, encoding="utf-8")
    done = run("clean", "in", "-o", "out", "--to", "text", "--jobs", "2")
    assert done.returncode == 2
    assert b"would be written to one file" in done.stderr
    assert not (tmp_path / "out").exists()


def test_a_record_set_aside_takes_no_output_s_place(run: Run, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for name in ("x.jsonl", "x.jsonl.bad"):
        (tmp_path / "in" / name).write_text('{"a": 1}\n{bad\n', encoding="utf-8")
    done = run("clean", "in", "-o", "out", "--bad-lines", "quarantine", "--jobs", "2")
    assert done.returncode == 2
    assert b"would be written to one file" in done.stderr


def test_a_pattern_that_is_none_is_refused(run: Run, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    done = run("clean", "in", "-o", "out", "--exclude", "[z-a]")
    assert (done.returncode, done.stderr) == (2, b"redactor: --exclude [z-a]: not a pattern of .gitignore\n")
