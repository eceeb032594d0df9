"""What days of new users have shown of options, messages and names; each fault is a test of its kind, `COMMAND-F12` and so on."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.cli.faults import MASKED, TEXT, fault, named, on_a_terminal, word
from tests.conftest import COMMAND, Run


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
    notes = [line for line in done.stderr.decode().splitlines() if "the name of" in line]
    assert notes == ["redactor: in/王建国同志讲话.txt: the name of the output holds PERSON"]
    other = run("clean", "in/王建国同志讲话.txt", "-o", "speech.txt")
    assert b"the name of" not in other.stderr


@named("F19", "folders")
def test_a_folder_whose_name_would_be_masked_is_told_once(run: Run, tmp_path: Path) -> None:
    for folder in ("王建国同志材料/第1期", "简报"):
        (tmp_path / "in" / folder).mkdir(parents=True)
        for name in ("a.txt", "b.txt"):
            (tmp_path / "in" / folder / name).write_text(TEXT, encoding="utf-8")
    for options in (["-o", "out"], ["--in-place", "-q"]):
        done = run("clean", "in", *options)
        notes = [line for line in done.stderr.decode().splitlines() if "the name of" in line]
        assert notes == ["redactor: 王建国同志材料: the name of the folder holds PERSON"]


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
    fault("F25", ["x/d", "y/d", "-o", "out"], "name a folder above both"),
    fault("F25-twice", ["a.txt", "./a.txt", "-o", "out"], "a.txt: is given twice"),
    fault("F39-report", ["a.txt", "--report", "-"], "- is standard output, where this can't go: name a file"),
    fault("F26", ["x", "-o", "a.txt"], "-o a.txt: is a file; several inputs need a folder"),
    fault("F29-mask", ["a.txt", "--mask", ""], "an empty term"),
    fault("F29-keep", ["a.txt", "--keep", " "], "an empty term"),
    fault("F29-place", ["a.txt", "--own-place", ""], "an empty term"),
    fault("F29-format", ["a.txt", "--report-format", "csv"], "--report-format goes with --report"),
    fault("F29-text", ["a.txt", "--include-text"], "--include-text goes with --report"),
    fault("F29-state", ["a.txt", "-o", "st", "--state", "st"], "st: is an input or output of this run"),
    fault("F29-field", ["a.txt", "--field", "text"], "has no fields or columns: leave --field and --column out"),
    fault("F30-likely", ["a.txt", "--only", "persn"], "unknown entity 'PERSN'; did you mean 'PERSON'"),
    fault("F30-column", ["a.txt", "--column", "x=persn"], "unknown entity 'PERSN'; did you mean 'PERSON'"),
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


def test_links_that_lead_in_a_circle_are_named(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    (tmp_path / "loop").symlink_to("loop")
    for options in (["-o", "loop"], ["-o", "out.txt", "--manifest", "loop"]):
        done = run("clean", "a.txt", *options)
        assert done.returncode == 2
        assert b"loop: Too many levels of symbolic links" in done.stderr or b"loop: exists" in done.stderr


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
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    assert b"no files found in empty" in run("scan", "a.txt", "empty").stderr


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
        "redactor: 1 of 2 terms to keep occur nowhere: 王建囯",
        "redactor: 1 of 2 terms to mask occur nowhere",
    ]


@pytest.mark.parametrize(
    ("text", "terms", "shown", "inside", "nowhere"),
    [
        ("内网代号ZX90已停用", ["代号ZX9"], "内网代号ZX90已停用", 1, 1),
        ("内网代号ZX90，代号ZX9，代号ＺＸ９", ["代号ZX9"], "内网代号ZX90，×，×", 1, 0),
        ("内网代号ZX90已停用", ["代号ZX9", "代号ZX90"], "内网×已停用", 0, 1),
        ("见MAIL与aiZX", ["AI", "ZX"], "见MAIL与aiZX", 2, 2),
        ("蓝天计划已启动", ["蓝天"], "×计划已启动", 0, 0),
    ],
)
def test_a_term_inside_a_longer_word_is_told(
    run: Run, text: str, terms: list[str], shown: str, inside: int, nowhere: int
) -> None:
    masks = [option for term in terms for option in ("--mask", term)]
    done = run("clean", "-", *masks, stdin=text.encode())
    said = done.stderr.decode()
    assert (done.returncode, done.stdout.decode()) == (0, shown)
    assert (f"which stay as the rules say: {inside} place(s)" in said) == bool(inside)
    assert (f"{nowhere} of {len(terms)} terms to mask occur nowhere" in said) == bool(nowhere)
    assert not any(term in said for term in terms)


@named("F28", "both")
def test_a_term_to_keep_and_to_mask_is_kept_and_told(run: Run) -> None:
    done = run("clean", "-", "--keep", "王建国", "--mask", "王建国", stdin=TEXT.encode())
    assert done.stdout.decode() == "请王建国同志牵头，同比增长×%以上\n"
    assert b"1 term is given both to keep and to mask: it was kept" in done.stderr


@named("F30", "several-in-any-case")
def test_entities_are_named_as_one_likes(run: Run) -> None:
    done = run("clean", "-", "--only", "person,Percent", stdin=(TEXT + "在2021年\n").encode())
    assert done.stdout.decode() == MASKED + "在2021年\n"


@named("F31")
def test_rules_of_boilerplate_are_shown_in_full(run: Run) -> None:
    shown = run("rules", "show", "boilerplate.page-footer").stdout.decode()
    assert "cue" in shown
    assert "页脚" in shown


@pytest.mark.huge  # .ci/run does the same as its last step
@named("F32")
def test_nothing_is_said_against_the_built_in_rules(run: Run) -> None:
    done = run("rules", "check", "--strict")
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, b"0 warnings")


COLOURS = [
    fault("F33-empty", {"NO_COLOR": ""}, True),
    fault("F33-set", {"NO_COLOR": "1"}, False),
    fault("F33-dumb", {"NO_COLOR": "", "TERM": "dumb"}, False),
]


@pytest.mark.slow
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
    told = left + done.stderr.decode()
    assert all(name not in left or f" {name}" in told for name in ("老周", "小郑", "如意湖"))


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
    assert b"damaged" not in done.stderr  # the input is not to blame in the counts either


@pytest.mark.slow  # the quick run has it of tests/files/test_failures.py
@named("F39", "standard-output")
def test_a_full_standard_output_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [COMMAND, "clean", "a.txt"], cwd=tmp_path, stdout=full, stderr=subprocess.PIPE, timeout=120, check=False
        )
    assert done.stderr.startswith(b"redactor: standard output: can't be written: ")
