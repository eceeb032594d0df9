"""What two days of new users have shown: each fault is a test of its kind, `COMMAND-F2` and so on."""

from __future__ import annotations

import io
import json
import os
import pty
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import COMMAND, Run

TEXT = "请王建国同志牵头，同比增长12.5%以上\n"
MASKED = "请×同志牵头，同比增长×%以上\n"


def fault(number: str, *values: Any) -> Any:
    """A set of parameters that is called by the fault that it shows."""
    return pytest.param(*values, id=f"COMMAND-{number}")


def named(number: str, *details: str) -> Any:
    """Marks a test by the fault that it shows."""
    return pytest.mark.parametrize("fault_id", [None], ids=["-".join((f"COMMAND-{number}", *details))], indirect=True)


@pytest.fixture(autouse=True)
def fault_id() -> None:
    """Stands for the fault that a test is called by."""


def word(*paragraphs: str) -> bytes:
    """A Word document, as python-docx makes it."""
    docx = pytest.importorskip("docx")
    document, held = docx.Document(), io.BytesIO()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    document.save(held)
    return held.getvalue()


def pages(number: int = 3, text: str = TEXT.strip()) -> bytes:
    """A PDF, as reportlab makes it; without a text, of pages with a drawing alone."""
    canvas = pytest.importorskip("reportlab.pdfgen.canvas")
    metrics = pytest.importorskip("reportlab.pdfbase.pdfmetrics")
    fonts = pytest.importorskip("reportlab.pdfbase.cidfonts")
    metrics.registerFont(fonts.UnicodeCIDFont("STSong-Light"))
    held = io.BytesIO()
    made = canvas.Canvas(held)
    for _ in range(number):
        made.setFont("STSong-Light", 12)
        if text:
            made.drawString(50, 700, text)
        else:
            made.rect(50, 50, 100, 100, fill=1)
        made.showPage()
    made.save()
    return held.getvalue()


REDACTED = [
    fault(
        "F1",
        "今年上半年，全县实现地区生产总值58.3亿元，同比增长9.1%，完成投资5200万元，群众获得感不断增强。县委要求各单位认真总结经验，"
        "查找不足，再接再厉，确保全年目标任务圆满完成。本文来源于网络，版权归原作者所有，如有侵权请联系删除。\n",
        [],
        "今年上半年，全县实现地区生产总值×亿元，同比增长×%，完成投资×万元，群众获得感不断增强。县委要求各单位认真总结经验，"
        "查找不足，再接再厉，确保全年目标任务圆满完成。\n",
    ),
    fault("F2-a-longer-name", "清河市第一中学很好。\n", ["--keep", "清河市"], "清河市第一中学很好。\n"),
    fault(
        "F2-a-part-of-a-name",
        "华夏先锋集团深圳分公司成立。\n",
        ["--keep", "华夏先锋集团"],
        "华夏先锋集团×分公司成立。\n",
    ),
    fault(
        "F2-nothing-more-goes",
        "在绿水青山县。清溪湖和环湖路。\n",
        ["--keep", "清溪"],
        "在绿水青山县。清溪湖和×路。\n",
    ),
    fault("F36", "据云岭县财政局介绍，情况良好。\n", [], "据×财政局介绍，情况良好。\n"),
    fault("F37", "昨天在如意湖边，大家说，如意湖很美。\n", [], "昨天在×湖边，大家说，×湖很美。\n"),
]


@pytest.mark.parametrize(("text", "options", "redacted"), REDACTED)
def test_what_goes_and_what_stays(run: Run, text: str, options: list[str], redacted: str) -> None:
    done = run("clean", "-", *options, stdin=text.encode())
    assert (done.returncode, done.stdout.decode(), done.stderr) == (0, redacted, b"")


PAGE = (
    "<p>在东山区工作会议上的讲话\n\n同志们：\n\n　　联系人：罗建国，电话：0999-6210088。\n　　要坚持实事求是，做好各项工作。\n\n"
    "【免责声明】本文来源于网络，版权归原作者所有，如有侵权请联系删除。\n扫码关注，获取更多资料\n</p>"
)


@named("F1b")
def test_a_wrapped_paragraph_of_a_page_keeps_its_body(run: Run, tmp_path: Path) -> None:
    (tmp_path / "p.html").write_text(f"<html><body>{PAGE}</body></html>", encoding="utf-8")
    done = run("clean", "p.html")
    assert done.returncode == 0
    text = done.stdout.decode()
    assert "工作会议上的讲话" in text
    assert "同志们：" in text
    assert "要坚持实事求是，做好各项工作。" in text
    assert "免责声明" not in text
    assert "罗建国" not in text


RULE = """
[[rule]]
id = "own.keep"
entity = "KEEP"
description = { zh = "保留", en = "kept" }
priority = 1000
score = 1.0
terms = ["华夏先锋集团"]
[rule.examples]
match = ["华夏先锋集团", "在华夏先锋集团", "华夏先锋集团的"]
no_match = ["华夏", "先锋"]
"""


@named("F2", "by-a-rule")
def test_a_rule_keeps_too(run: Run, tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(RULE, encoding="utf-8")
    done = run("clean", "-", "--rules", "own.toml", stdin="华夏先锋集团深圳分公司成立。\n".encode())
    assert done.stdout.decode() == "华夏先锋集团×分公司成立。\n"


HALF = "在云岭县，王建国同志讲话。\n".encode("gb18030") * 8 + "在清河市，张晓岚同志讲话。\n".encode()
HALF_MASKED = "在×县，×同志讲话。\n".encode("gb18030") * 8 + "在×市，×同志讲话。\n".encode()


@named("F3", "mixed")
def test_lines_in_two_encodings_are_read_each_in_its_own(run: Run, tmp_path: Path) -> None:
    (tmp_path / "half.txt").write_bytes(HALF)
    refused = run("clean", "half.txt")
    assert refused.returncode == 2
    assert b"holds lines in gb18030 and utf-8; read each in its own with --encoding mixed" in refused.stderr
    done = run("clean", "half.txt", "--encoding", "mixed")
    assert (done.returncode, done.stdout, done.stderr) == (0, HALF_MASKED, b"")
    one = run("clean", "half.txt", "--encoding", "mixed", "--output-encoding", "utf-8")
    assert (
        one.stdout.decode() == HALF_MASKED.splitlines(keepends=True)[0].decode("gb18030") * 8 + "在×市，×同志讲话。\n"
    )


@pytest.mark.parametrize("errors", ["keep", "replace"])
@named("F3", "told")
def test_what_could_not_be_read_is_told(run: Run, tmp_path: Path, errors: str) -> None:
    (tmp_path / "half.txt").write_bytes(HALF)
    done = run("clean", "half.txt", "-q", "--errors", errors, "-o", "out.txt", "--report", "r.json")
    assert done.returncode == 3
    assert done.stderr == b"redactor: half.txt: line 9: text that is not gb18030 (39 bytes) was not checked\n"
    (entry,) = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))["files"]
    assert [each["where"] for each in entry["not_checked"]] == ["line 9"]
    assert (tmp_path / "out.txt").exists()
    strict = run("clean", "half.txt", "--strict", "--errors", errors, "-o", "strict.txt")
    assert strict.returncode == 2
    assert not (tmp_path / "strict.txt").exists()


@pytest.mark.parametrize("errors", ["strict", "keep", "replace"])
@named("F3", "no-text")
def test_what_is_no_text_is_never_edited(run: Run, tmp_path: Path, errors: str) -> None:
    (tmp_path / "song.mp3").write_bytes(b"ID3\4\0\0\0\0\x0f\x76" + bytes(range(255, 0, -1)) * 40)
    done = run("clean", "song.mp3", "-o", "out", "--errors", errors)
    assert done.returncode == 2
    assert b"is no text" in done.stderr
    assert b"--errors" not in done.stderr
    assert not (tmp_path / "out").exists()


@named("F4")
def test_hints_name_our_own_distribution() -> None:
    from redactor.plugins import install_hint

    assert "redactor-zh" in install_hint("docx")


@named("F5")
def test_a_harmless_word_file_has_no_residue(run: Run, tmp_path: Path) -> None:
    (tmp_path / "in.docx").write_bytes(word(*["今天天气很好，大家都来开会。"] * 10))
    done = run("clean", "in.docx", "--residue", "--fail-on-residue", "-o", "out.docx")
    assert (done.returncode, done.stderr) == (0, b"")


@named("F8")
def test_quiet_hides_no_note(run: Run, tmp_path: Path) -> None:
    (tmp_path / "in.pdf").write_bytes(pages(1, ""))
    done = run("clean", "in.pdf", "-q", "-o", "out.txt")
    assert done.returncode == 0
    assert done.stderr == b"redactor: in.pdf: page 1: drawing without text was not checked\n"


@pytest.mark.parametrize("share", [0.3, 0.5, 0.9])
@named("F9")
def test_a_pdf_that_is_cut_off_is_refused(run: Run, tmp_path: Path, share: float) -> None:
    whole = pages()
    (tmp_path / "cut.pdf").write_bytes(whole[: int(len(whole) * share)])
    done = run("clean", "cut.pdf", "-o", "out.txt")
    assert done.returncode == 2
    assert done.stderr.startswith(b"redactor: cut.pdf: ")
    assert not (tmp_path / "out.txt").exists()


@named("F10", "contents-keep-their-format")
def test_an_output_called_as_its_input_has_its_format(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.docx").write_bytes(pages(1))
    (folder / "b.txt").write_bytes(word(TEXT))
    (folder / "c.pdf").write_bytes(pages(1))
    done = run("clean", "in", "-o", "out")
    assert done.returncode == 0
    assert (tmp_path / "out/a.docx").read_bytes().startswith(b"%PDF-")
    assert (tmp_path / "out/b.txt").read_bytes().startswith(b"PK")
    assert (tmp_path / "out/c.pdf").read_bytes().startswith(b"%PDF-")
    notes = done.stderr.decode().splitlines()
    assert "redactor: in/a.docx: has another format than its name says: PDF" in notes
    assert "redactor: in/b.txt: has another format than its name says: Word document" in notes
    assert not any("c.pdf" in note and "another format" in note for note in notes)


@pytest.mark.parametrize(
    ("name", "output", "better"),
    [
        ("s.docx", "s.txt", ".docx"), ("s.docx", "s.pdf", ".docx"), ("s.docx", "s.xlsx", ".docx"), ("p.pdf", "p.docx", ".pdf or .txt"),
        ("t.txt", "t.docx", ".txt"), ("h.html", "h.txt", ".html"), ("c.csv", "c.json", ".csv"),
    ],
)  # fmt: skip
@named("F10", "refused")
def test_an_output_that_would_not_be_what_its_name_says_is_refused(
    run: Run, tmp_path: Path, name: str, output: str, better: str
) -> None:
    made = {
        "s.docx": lambda: word(TEXT),
        "p.pdf": lambda: pages(1),
        "h.html": lambda: f"<html><p>{TEXT}</p></html>".encode(),
        "t.txt": TEXT.encode,
        "c.csv": "姓名,电话\n张三,12\n".encode,
    }
    (tmp_path / name).write_bytes(made[name]())
    done = run("clean", name, "-o", output)
    assert done.returncode == 2
    assert done.stderr.decode().rstrip().endswith(f"name it {better}")
    assert not (tmp_path / output).exists()


@pytest.mark.parametrize(
    ("name", "output"), [("t.txt", "t.md"), ("t.txt", "t"), ("t.txt", "t.html"), ("c.csv", "c.txt")]
)
@named("F10", "fits")
def test_other_names_are_taken(run: Run, tmp_path: Path, name: str, output: str) -> None:
    (tmp_path / name).write_text("姓名,电话\n张三,12\n" if name == "c.csv" else TEXT, encoding="utf-8")
    done = run("clean", name, "-o", output)
    assert (done.returncode, done.stderr) == (0, b"")
    assert (tmp_path / output).exists()


def on_a_terminal(folder: Path, *arguments: str, **settings: str) -> tuple[int, str]:
    """The exit code of the command and what it shows on a terminal."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [COMMAND, *arguments], cwd=folder, stdin=subprocess.DEVNULL, stdout=theirs, stderr=theirs,
        env={**os.environ, "TERM": "xterm", **settings},
    )  # fmt: skip
    os.close(theirs)
    shown = b""
    while True:
        try:
            piece = os.read(ours, 65_536)
        except OSError:  # the other end has gone
            break
        if not piece:
            break
        shown += piece
    os.close(ours)
    return process.wait(timeout=120), shown.decode(errors="replace")


@named("F11")
def test_a_document_is_not_shown_on_a_terminal(tmp_path: Path) -> None:
    (tmp_path / "s.docx").write_bytes(word(TEXT))
    code, shown = on_a_terminal(tmp_path, "clean", "s.docx")
    assert code == 2
    assert "s.docx: is Word document, nothing for a terminal: name an output with -o" in shown
    assert "PK" not in shown


@named("F12")
def test_check_names_files_and_sums_up(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    (tmp_path / "b.txt").write_text("今天天气很好。\n", encoding="utf-8")
    (tmp_path / "c.docx").write_bytes(word("今天天气很好。"))
    done = run("clean", "a.txt", "b.txt", "c.docx", "--check")
    assert done.returncode == 1
    changed, parts = done.stdout.decode().splitlines()
    assert changed == "would change: a.txt"
    assert parts.startswith("would change: c.docx (no text; to be taken out: ")
    assert b"2 files would change, 1 unchanged" in done.stderr
    quiet = run("clean", "a.txt", "--check", "-q")
    assert (quiet.returncode, quiet.stdout, quiet.stderr) == (1, b"", b"")


@named("F14")
def test_a_state_that_is_still_held_is_waited_for(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from redactor.files import state

    monkeypatch.setattr(state, "_PATIENCE", 0.5)
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    arguments = ("clean", "a.txt", "-o", "out.txt", "--state", "st")
    with state.State(tmp_path / "st", "another run"):
        held = run(*arguments)
    assert held.returncode == 2
    assert b"st: is in use by another run; if that was killed, its processes are still ending" in held.stderr
    assert run(*arguments).returncode == 0


OVERRIDE = '[[override]]\nid = "figures.percent"\nscore = 0.4\n'


@named("F18")
def test_what_is_overridden_is_no_failure(run: Run, tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(OVERRIDE, encoding="utf-8")
    done = run("rules", "test", "--rules", "own.toml", "figures.percent")
    assert (done.returncode, done.stderr) == (0, b"")


@named("F19")
def test_a_name_that_would_be_masked_is_told(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for name in ("王建国同志讲话.txt", "第3期简报.txt"):
        (folder / name).write_text(TEXT, encoding="utf-8")
    done = run("clean", "in", "-o", "out")
    notes = [line for line in done.stderr.decode().splitlines() if "its name holds" in line]
    assert notes == ["redactor: in/王建国同志讲话.txt: its name holds PERSON, and so does that of the output"]
    other = run("clean", "in/王建国同志讲话.txt", "-o", "speech.txt")
    assert b"its name" not in other.stderr


@named("F20")
def test_rules_are_listed_in_columns(run: Run) -> None:
    row = next(
        line for line in run("rules", "list").stdout.decode().splitlines() if line.startswith("contacts.mobile\t")
    )
    assert row.split("\t")[:2] == ["contacts.mobile", "PHONE_NUMBER"]


@named("F22")
def test_an_output_that_ends_in_a_slash_is_a_folder(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    assert run("clean", "a.txt", "-o", "new/").returncode == 0
    assert (tmp_path / "new/a.txt").read_text(encoding="utf-8") == MASKED
    assert run("clean", "a.txt", "-o", "file").returncode == 0
    assert (tmp_path / "file").is_file()


USAGE = [
    fault("F23-diff", ["a.txt", "--diff", "-o", "zz"], "--in-place, --diff, --check and -o exclude one another"),
    fault("F23-check", ["a.txt", "--check", "-o", "zz"], "--in-place, --diff, --check and -o exclude one another"),
    fault("F25", ["x/d", "y/d", "-o", "out"], "name a folder that holds both"),
    fault("F26", ["x", "-o", "a.txt"], "-o a.txt: is a file; several inputs need a folder"),
    fault("F29-mask", ["a.txt", "--mask", ""], "an empty term"),
    fault("F29-keep", ["a.txt", "--keep", " "], "an empty term"),
    fault("F29-field", ["a.txt", "--field", "text"], "has no fields or columns: leave --field and --column out"),
    fault("F30-likely", ["a.txt", "--only", "persn"], "unknown entity 'persn'; did you mean PERSON"),
    fault("F30-column", ["a.txt", "--column", "x=persn"], "unknown entity 'persn'; did you mean PERSON"),
]


@pytest.mark.parametrize(("arguments", "message"), USAGE)
def test_slips_are_told(run: Run, tmp_path: Path, arguments: list[str], message: str) -> None:
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    for folder in ("x/d", "y/d"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "same.txt").write_text(TEXT, encoding="utf-8")
    done = run("clean", *arguments)
    assert done.returncode == 2
    assert message in done.stderr.decode()
    assert {path.name for path in tmp_path.iterdir()} == {"a.txt", "x", "y"}


COMPLETED = [
    fault("F24-policy", "redactor clean --policy pu", "publish"),
    fault("F24-only", "redactor clean --only per", "PERSON"),
    fault("F24-rule", "redactor rules show contacts.mob", "contacts.mobile"),
]


@pytest.mark.parametrize(("words", "value"), COMPLETED)
def test_the_shell_completes_values(words: str, value: str) -> None:
    from click.shell_completion import ShellComplete

    from redactor.cli import cli

    *before, incomplete = words.split()[1:]
    found = ShellComplete(cli, {}, "redactor", "_REDACTOR_COMPLETE").get_completions(before, incomplete)
    assert value in [item.value for item in found]


@named("F27")
def test_an_empty_folder_is_told(run: Run, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    done = run("clean", "empty", "-o", "out")
    assert done.returncode == 0
    assert b"no files found in empty" in done.stderr


@named("F28", "notes")
def test_lists_of_terms_may_hold_notes(run: Run, tmp_path: Path) -> None:
    (tmp_path / "keep.txt").write_text("# 注释\n\n王建国\t备注\n", encoding="utf-8")
    done = run("clean", "-", "--keep-file", "keep.txt", stdin=TEXT.encode())
    assert (done.stdout.decode(), done.stderr) == ("请王建国同志牵头，同比增长×%以上\n", b"")


@named("F28", "unused")
def test_a_term_that_occurs_nowhere_is_told(run: Run, tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text(TEXT, encoding="utf-8")
    terms = ("--keep", "王建国", "--keep", "王建囯", "--mask", "以上", "--mask", "神秘项目")
    done = run("clean", "a.txt", "b.txt", "-o", "out", *terms)
    said = [line for line in done.stderr.decode().splitlines() if "nowhere" in line]
    assert said == [
        "redactor: --keep 王建囯: occurs nowhere",
        "redactor: --mask: term 2 of 2 occurs nowhere",
    ]


@named("F30", "several-in-any-case")
def test_entities_are_named_as_one_likes(run: Run) -> None:
    done = run("clean", "-", "--only", "person,Percent", stdin=(TEXT + "在2021年\n").encode())
    assert done.stdout.decode() == MASKED + "在2021年\n"


@named("F31")
def test_rules_of_boilerplate_are_shown_in_full(run: Run) -> None:
    shown = run("rules", "show", "boilerplate.page-footer").stdout.decode()
    assert "cue" in shown
    assert "页脚" in shown


@pytest.mark.slow
@named("F32")
def test_nothing_is_said_against_the_built_in_rules(run: Run) -> None:
    done = run("rules", "check", "--strict")
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, b"0 warnings")


COLOURS = [
    fault("F33-empty", {"NO_COLOR": ""}, True),
    fault("F33-set", {"NO_COLOR": "1"}, False),
    fault("F33-dumb", {"NO_COLOR": "", "TERM": "dumb"}, False),
]


@pytest.mark.parametrize(("settings", "coloured"), COLOURS)
def test_colours_are_shown_where_they_are_wanted(tmp_path: Path, settings: dict[str, str], coloured: bool) -> None:
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    _, shown = on_a_terminal(tmp_path, "scan", "a.txt", **settings)
    assert "PERSON" in shown
    assert ("\x1b[" in shown) is coloured


@named("F35")
def test_a_text_of_which_nothing_is_left_is_told(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("王建国\n", encoding="utf-8")
    dense = "请王建国、李小明同志于2021年3月5日前完成投资5200万元，电话13800138000\n"
    (tmp_path / "dense.txt").write_text(dense, encoding="utf-8")
    done = run("clean", "a.txt", "dense.txt", "-o", "out", "--policy", "strip", "--report", "r.json")
    assert "redactor: a.txt: nothing of its text is left" in done.stderr.decode().splitlines()
    files = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))["files"]
    assert [entry["warnings"] for entry in files] == [["nothing of its text is left"], []]


@named("F38")
def test_names_in_other_forms_go_or_are_told(run: Run, tmp_path: Path) -> None:
    text = "周立群、郑晓岚两位同志发言。老周家的事、小郑那边的事都要办好。如意湖边的老厂房要改造。\n"
    (tmp_path / "in.txt").write_text(text, encoding="utf-8")
    done = run("clean", "in.txt", "--residue", "-o", "out.txt")
    left = (tmp_path / "out.txt").read_text(encoding="utf-8")
    assert all(name not in left for name in ("周", "郑", "如意")) or done.stderr


BLAMED = [
    fault("F39-output", ["a.txt", "-o", "/proc/x.txt"], "/proc/x.txt: can't be written: "),
    fault("F39-folder", ["m", "-o", "/proc/xx"], "/proc/xx/a.txt: can't be written: "),
    fault("F39-report", ["a.txt", "-o", "out.txt", "--report", "/proc/r.json"], "/proc/r.json: "),
]


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="no /proc")
@pytest.mark.parametrize(("arguments", "blamed"), BLAMED)
def test_what_is_to_blame_is_named(run: Run, tmp_path: Path, arguments: list[str], blamed: str) -> None:
    (tmp_path / "m").mkdir()
    for name in ("a.txt", "m/a.txt"):
        (tmp_path / name).write_text(TEXT, encoding="utf-8")
    done = run("clean", *arguments)
    assert done.returncode == 2
    assert done.stderr.decode().startswith(f"redactor: {blamed}")


@named("F39", "standard-output")
def test_a_full_standard_output_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [COMMAND, "clean", "a.txt"], cwd=tmp_path, stdout=full, stderr=subprocess.PIPE, timeout=120, check=False
        )
    assert done.stderr.startswith(b"redactor: standard output: can't be written: ")
