"""What days of new users have shown of files, texts and formats; each fault is a test of its kind, `COMMAND-F2` and so on."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.faults import TEXT, fault, named, on_a_terminal, pages, word
from tests.conftest import Run

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


NAMES = "秦岚\n王芳\n".encode()
PROSE = "请各单位按时组织参加培训，不得缺席。\n".encode("gb18030")


@named("F3", "few-characters")
def test_lines_of_a_few_characters_are_read_as_what_they_are(run: Run, tmp_path: Path) -> None:
    (tmp_path / "roll.txt").write_bytes(NAMES + PROSE)
    refused = run("clean", "roll.txt")
    assert refused.returncode == 2
    assert b"holds lines in gb18030 and utf-8; read each in its own with --encoding mixed" in refused.stderr
    assert run("clean", "roll.txt", "--encoding", "mixed").stdout == "×\n×\n".encode() + PROSE
    as_said = run("clean", "roll.txt", "--encoding", "gb18030")
    assert (as_said.returncode, as_said.stdout) == (3, NAMES + PROSE)
    assert b"lines 1-2: text that is not gb18030 (12 bytes) was not checked" in as_said.stderr


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("roll.csv", "姓名,备注\n".encode() + "秦岚,好\n".encode() + b"1," + PROSE),
        ("roll.jsonl", '{"a":"秦岚好"}\n'.encode() + b'{"a":"' + PROSE.strip() + b'"}\n'),
        ("roll.html", b'<html><meta charset="utf-8"><p>\n' + NAMES + b"<p>" + PROSE),
        ("roll.htm", b'<html><meta charset="gbk"><p>\n' + NAMES + b"<p>" + PROSE),
    ],
)
@named("F3", "advice")
def test_what_only_plain_text_takes_is_not_advised(run: Run, tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    refused = run("clean", name, "-o", "out")
    assert refused.returncode == 2
    assert b"it must be in one encoding" in refused.stderr
    assert b"--errors" not in refused.stderr
    assert b"mixed" not in refused.stderr


@named("F3", "cut")
def test_a_character_of_utf16_that_is_cut_off_is_told(run: Run, tmp_path: Path) -> None:
    (tmp_path / "cut.txt").write_bytes("\ufeff请各单位落实".encode("utf-16-le")[:-1])
    done = run("clean", "cut.txt", "--errors", "replace", "-o", "out.txt")
    assert done.returncode == 3
    assert b"text that is not utf-16-le (1 bytes) was not checked" in done.stderr


@named("F3", "big5")
def test_lines_of_big5_beside_utf8_are_not_read_as_gb18030(run: Run, tmp_path: Path) -> None:
    prose = "請各單位按時組織參加培訓，不得缺席。\n".encode("big5")
    (tmp_path / "b5.txt").write_bytes(prose * 2 + NAMES)
    done = run("clean", "b5.txt", "--errors", "keep", "-o", "out.txt")
    assert done.returncode == 3
    assert b"lines 3-4: text that is not big5" in done.stderr
    assert run("clean", "b5.txt", "--encoding", "mixed").stdout == prose * 2 + "×\n×\n".encode()


@pytest.mark.parametrize("errors", ["strict", "keep", "replace"])
@pytest.mark.parametrize(
    ("head", "reason"),
    [(b"ID3\4\0\0\0\0\x0f\x76", b"not supported: sound"), (b"\3\2\1\0", b"is no text")],
    ids=["sound", "bytes"],
)
@named("F3", "no-text")
def test_what_is_no_text_is_never_edited(run: Run, tmp_path: Path, head: bytes, reason: bytes, errors: str) -> None:
    (tmp_path / "song.mp3").write_bytes(head + bytes(range(255, 0, -1)) * 40)
    done = run("clean", "song.mp3", "-o", "out", "--errors", errors)
    assert done.returncode == 2
    assert reason in done.stderr
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


def _rebuilt(whole: bytes) -> bytes:
    """The same PDF without a table of its objects that could be used: readers build it anew, with a warning."""
    return whole.replace(b"startxref", b"startxxxx").replace(b"\nxref", b"\nxxxx")


def _cut_update(whole: bytes) -> bytes:
    """The same PDF with a later version behind it, of which the table of objects is missing."""
    return whole + b"1 0 obj\n<< /Type /Catalog >>\nendobj\nxref\n0 1\n"


@pytest.mark.parametrize("damage", [_rebuilt, _cut_update])
@named("F9", "damaged")
def test_what_is_damaged_is_told_and_strict_refuses_it(
    run: Run, tmp_path: Path, damage: Callable[[bytes], bytes]
) -> None:
    (tmp_path / "in.pdf").write_bytes(damage(pages()))
    done = run("clean", "in.pdf", "-o", "out.pdf")
    assert (done.returncode, done.stderr) == (0, b"redactor: in.pdf: document: what of it is damaged was not checked\n")
    assert run("clean", "in.pdf", "-o", "strict.pdf", "--strict").returncode == 2
    assert not (tmp_path / "strict.pdf").exists()


@pytest.mark.parametrize("output", ["out.pdf", "out.txt"])
@named("F9", "a-page-is-lost")
def test_a_page_whose_contents_are_lost_is_refused(run: Run, tmp_path: Path, output: str) -> None:
    pikepdf = pytest.importorskip("pikepdf")
    with pikepdf.open(io.BytesIO(pages())) as pdf:
        number = pdf.pages[1].obj.get("/Contents").objgen[0]
    broken = _rebuilt(pages()).replace(b"\n%d 0 obj" % number, b"\n%d 0 obx" % number)
    (tmp_path / "in.pdf").write_bytes(broken)
    done = run("clean", "in.pdf", "-o", output)
    assert done.returncode == 2
    assert done.stderr == b"redactor: in.pdf: is damaged: page 2 has lost its contents\n"
    assert not (tmp_path / output).exists()


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
    assert f": name it {better}" in done.stderr.decode()
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


@named("F11")
def test_a_document_is_not_shown_on_a_terminal(tmp_path: Path) -> None:
    (tmp_path / "s.docx").write_bytes(word(TEXT))
    code, shown = on_a_terminal(tmp_path, "clean", "s.docx")
    assert code == 2
    assert "s.docx: is Word document, nothing for a terminal: name an output with -o" in shown
    assert "PK" not in shown


@pytest.mark.parametrize("declared", ["iso-8859-1", "windows-1252", "iso-8859-15", "us-ascii", "big5"])
def test_another_declaration_does_not_hide_chinese_bytes(run: Run, tmp_path: Path, declared: str) -> None:
    page = f'<meta charset="{declared}"><p>{TEXT.strip()}</p>'
    (tmp_path / "in.html").write_bytes(page.encode("gbk"))
    assert run("clean", "in.html", "-o", "out.html").returncode == 0
    assert "×" in (tmp_path / "out.html").read_bytes().decode("gbk")


def test_a_western_page_is_read_as_it_says(run: Run, tmp_path: Path) -> None:
    page = '<meta charset="iso-8859-1"><p>Élève déjà reçu à Orléans, où l\'été fût gâché.</p>'.encode("latin-1")
    (tmp_path / "in.html").write_bytes(page)
    assert run("clean", "in.html", "-o", "out.html", "--keep-metadata").returncode == 0
    assert (tmp_path / "out.html").read_bytes() == page


def test_a_page_in_big5_of_hong_kong_is_read_as_it_says(run: Run, tmp_path: Path) -> None:
    page = '<meta charset="big5"><p>佢哋喺青山縣嘅屋企。</p><p>啲嘢咁樣</p>'
    (tmp_path / "in.html").write_bytes(page.encode("big5hkscs"))
    assert run("clean", "in.html", "-o", "out.html").returncode == 0
    left = (tmp_path / "out.html").read_bytes().decode("big5hkscs")
    assert "佢哋喺" in left
    assert "×縣" in left
