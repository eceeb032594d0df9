"""The installed command on real files: streams, folders, faults (rows C and H of the robustness list have their names here)."""

from __future__ import annotations

import contextlib
import json
import os
import resource
import signal
import stat
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest

from tests.command import forked, into_full
from tests.conftest import COMMAND, Run, warm
from tests.draws import everything, slow

TEXT = "请王建国同志牵头，同比增长12.5%以上。\n"
MASKED = "请×同志牵头，同比增长×%以上。\n"
DATA = Path(__file__).parent.parent / "data"


def test_golden_speech(run_installed: Run) -> None:
    done = run_installed("clean", DATA / "speech.txt")
    assert done.returncode == 0
    assert done.stdout.decode() == (DATA / "speech.publish.txt").read_text(encoding="utf-8")


def test_c15_stdin_to_stdout(run: Run) -> None:
    done = run("clean", "-", stdin=TEXT.encode())
    assert (done.returncode, done.stdout.decode(), done.stderr) == (0, MASKED, b"")


def test_a_dash_is_standard_output(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    done = run("clean", "a.txt", "-o", "-")
    assert (done.returncode, done.stdout.decode(), done.stderr) == (0, MASKED, b"")
    assert [each.name for each in tmp_path.iterdir()] == ["a.txt"]
    assert run("clean", "a.txt", "a.txt", "-o", "-").returncode == 2
    assert run("clean", "a.txt", "--in-place", "-o", "-").returncode == 2
    assert (tmp_path / "a.txt").read_text(encoding="utf-8") == TEXT


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r", "\u2028"], ids=["lf", "crlf", "cr", "line-separator"])
def test_c9_line_ends_stay(run: Run, newline: str) -> None:
    text = f"第一句{newline}请王建国同志牵头{newline}{newline}完{newline}没有换行"
    done = run("clean", "-", stdin=text.encode())
    assert done.stdout.decode() == text.replace("王建国", "×")


@pytest.mark.parametrize("encoding", ["gb18030", "utf-16", "utf-8-sig", "big5"])
def test_c1_c2_c3_encoding_is_kept(run: Run, tmp_path: Path, encoding: str) -> None:
    text = "請王建國同志牽頭，今天我們召開全縣工作會議，主要目的是統一思想。\n" if encoding == "big5" else TEXT * 3
    (tmp_path / "in.txt").write_bytes(text.encode(encoding))
    assert run("clean", "in.txt", "-o", "out.txt").returncode == 0
    out = (tmp_path / "out.txt").read_bytes()
    assert "×" in out.decode(encoding)
    head = text.encode(encoding)[:2]
    assert out.startswith(head)


def test_output_encoding(run: Run, tmp_path: Path) -> None:
    (tmp_path / "in.txt").write_bytes(TEXT.encode("gbk"))
    assert run("clean", "in.txt", "-o", "out.txt", "--output-encoding", "utf-8").returncode == 0
    assert (tmp_path / "out.txt").read_text(encoding="utf-8") == MASKED


@pytest.mark.parametrize("data", [b"", b"\xef\xbb\xbf", b" \n\n"], ids=["empty", "bom-only", "blank"])
def test_c12_empty_inputs(run: Run, data: bytes) -> None:
    done = run("clean", "-", stdin=data)
    assert (done.returncode, done.stdout) == (0, data)


def test_c4_undecodable_bytes(run: Run, tmp_path: Path) -> None:
    (tmp_path / "in.txt").write_bytes(TEXT.encode() + b"\xff\xff\xfa\n")
    done = run("clean", "in.txt", "-o", "out.txt", "--encoding", "utf-8")
    assert done.returncode == 2
    assert f"byte {len(TEXT.encode())}".encode() in done.stderr
    assert done.stderr.count(b"\n") == 1
    assert not (tmp_path / "out.txt").exists()
    kept = run("clean", "in.txt", "--encoding", "utf-8", "--errors", "keep")
    assert kept.stdout == MASKED.encode() + b"\xff\xff\xfa\n"
    replaced = run("clean", "in.txt", "--encoding", "utf-8", "--errors", "replace")
    assert replaced.stdout.decode().startswith(MASKED)


@pytest.mark.slow
def test_c4_one_bad_byte_far_inside_a_large_file(run: Run, tmp_path: Path) -> None:
    # Further in than encodings are guessed from, and than one part of a file reaches.
    plain = "会议于上午召开，大家作了发言。\n".encode() * (20_000 if everything else 7_000)
    (tmp_path / "in.txt").write_bytes(plain + b"\xff" + TEXT.encode() + plain)
    closed = run("clean", "in.txt", "-o", "out.txt")
    assert closed.returncode == 2
    assert f"byte {len(plain)}".encode() in closed.stderr
    assert [file.name for file in tmp_path.iterdir()] == ["in.txt"]
    kept = run("clean", "in.txt", "--errors", "keep")
    assert kept.returncode == 3
    assert kept.stdout == plain + b"\xff" + MASKED.encode() + plain


@pytest.mark.slow
def test_c16_sigpipe_is_quiet(tmp_path: Path) -> None:
    (tmp_path / "big.txt").write_text(TEXT * 5_000, encoding="utf-8")
    shell = subprocess.run(
        ["bash", "-c", f'"{COMMAND}" scan big.txt --only PERCENT | head -1; echo "${{PIPESTATUS[0]}}"'],
        cwd=tmp_path, capture_output=True, timeout=120, check=False,
    )  # fmt: skip
    assert b"Traceback" not in shell.stderr
    assert shell.stderr == b""
    assert shell.stdout.splitlines()[-1] == b"141"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
def test_c17_full_device(tmp_path: Path) -> None:
    warm()
    done = forked(["clean", "-"], stdin=TEXT.encode(), cwd=tmp_path, settings={}, seconds=60, first=into_full)
    assert done.returncode == 2
    assert b"Traceback" not in done.stderr


def test_the_package_is_the_command_too() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "redactor", "clean", "-"], input=TEXT.encode(), capture_output=True, check=False
    )
    assert (done.returncode, done.stdout.decode()) == (0, MASKED)
    help_of = [
        subprocess.run([*way, "--help"], capture_output=True, check=True).stdout
        for way in ([COMMAND], [sys.executable, "-m", "redactor"])
    ]
    assert help_of[0] == help_of[1]


def test_c18_no_input_is_a_usage_error(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    (tmp_path / "b.txt").write_text(TEXT, encoding="utf-8")
    done = run("clean", "a.txt", "b.txt")
    assert done.returncode == 2
    assert b"-o FOLDER" in done.stderr


@pytest.mark.parametrize(
    "env",
    [
        slow({"LC_ALL": "C"}, id="locale-c"),
        pytest.param({"PYTHONUTF8": "0", "LC_ALL": "POSIX"}, id="locale-posix-without-utf-8"),
        slow({"PYTHONIOENCODING": "cp936"}, id="streams-in-cp936"),
    ],
)
def test_c19_locale_does_not_matter(run: Run, env: dict[str, str]) -> None:
    assert run("clean", "-", stdin=TEXT.encode(), env=env).stdout == MASKED.encode()


def test_folder_is_mirrored_and_one_bad_file_does_not_stop_the_rest(run: Run, tmp_path: Path) -> None:
    for name in ("a/1.txt", "a/b/1.txt", "a/c.txt"):
        (tmp_path / "in" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "in" / name).write_text(TEXT, encoding="utf-8")
    (tmp_path / "in" / "bad.txt").write_bytes(b"\xff\xff\xff\xfa\x00\xff")
    done = run("clean", "in", "-o", "out")
    assert done.returncode == 2
    assert b"bad.txt" in done.stderr.splitlines()[0]
    assert sorted(str(p.relative_to(tmp_path / "out")) for p in (tmp_path / "out").rglob("*.txt")) == [
        "a/1.txt",
        "a/b/1.txt",
        "a/c.txt",
    ]
    assert (tmp_path / "out" / "a" / "b" / "1.txt").read_text(encoding="utf-8") == MASKED


def test_h7_a_report_never_goes_over_an_input_or_an_output(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    (tmp_path / "again.txt").symlink_to("a.txt")
    for report in ("a.txt", "again.txt", "d/../a.txt", "out.txt"):
        done = run("clean", "a.txt", "-o", "out.txt", "--force", "--report", report)
        assert (done.returncode, b"the report would be written over" in done.stderr) == (2, True), report
    assert (tmp_path / "a.txt").read_text(encoding="utf-8") == TEXT
    assert not (tmp_path / "out.txt").exists()


def test_h7_output_is_never_the_input_unless_in_place(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text(TEXT, encoding="utf-8")
    assert run("clean", "a.txt", "-o", "a.txt", "--force").returncode == 2
    assert file.read_text(encoding="utf-8") == TEXT
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "a.txt").write_text(TEXT, encoding="utf-8")
    assert run("clean", "d", "-o", "d/out").returncode == 2
    assert run("clean", "a.txt", "--in-place").returncode == 0
    assert file.read_text(encoding="utf-8") == MASKED
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith(".")] == []


def test_existing_output_needs_force(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    (tmp_path / "out.txt").write_text("old", encoding="utf-8")
    assert run("clean", "a.txt", "-o", "out.txt").returncode == 2
    assert (tmp_path / "out.txt").read_text(encoding="utf-8") == "old"
    assert run("clean", "a.txt", "-o", "out.txt", "--force").returncode == 0
    assert (tmp_path / "out.txt").read_text(encoding="utf-8") == MASKED


def test_h8_same_names_from_two_folders_keep_their_tree(run: Run, tmp_path: Path) -> None:
    for folder in ("d1", "d2"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a.txt").write_text(TEXT, encoding="utf-8")
    assert run("clean", "d1", "d2", "-o", "out").returncode == 0
    assert (tmp_path / "out/d1/a.txt").exists()
    assert (tmp_path / "out/d2/a.txt").exists()
    clash = run("clean", "d1/a.txt", "d2/a.txt", "-o", "flat")
    assert clash.returncode == 2
    assert not (tmp_path / "flat").exists()


def test_h6_symlink_at_the_output_is_replaced_not_followed(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    (tmp_path / "precious").write_text("keep me", encoding="utf-8")
    (tmp_path / "out.txt").symlink_to(tmp_path / "precious")
    assert run("clean", "a.txt", "-o", "out.txt", "--force").returncode == 0
    assert (tmp_path / "precious").read_text(encoding="utf-8") == "keep me"
    assert not (tmp_path / "out.txt").is_symlink()


def test_h12_redacting_twice_changes_nothing(run: Run) -> None:
    once = run("clean", DATA / "speech.txt").stdout
    assert run("clean", "-", stdin=once).stdout == once
    assert run("clean", "-", "--check", stdin=once).returncode == 0


@pytest.mark.slow
def test_h2_no_room_leaves_the_old_output(tmp_path: Path) -> None:
    (tmp_path / "in.txt").write_text(TEXT * 500, encoding="utf-8")
    (tmp_path / "out.txt").write_text("old", encoding="utf-8")

    def small_files() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))

    done = subprocess.run(
        [COMMAND, "clean", "in.txt", "-o", "out.txt", "--force"],
        cwd=tmp_path, capture_output=True, timeout=120, check=False, preexec_fn=small_files,
    )  # fmt: skip
    assert done.returncode == 2
    assert (tmp_path / "out.txt").read_text(encoding="utf-8") == "old"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["in.txt", "out.txt"]


@pytest.mark.slow
def test_h1_killed_at_any_time_leaves_old_or_new(tmp_path: Path) -> None:
    (tmp_path / "in.txt").write_text(TEXT * 50, encoding="utf-8")
    for delay in (0.2, 0.5, 0.8, 1.1, 1.4):
        (tmp_path / "out.txt").write_text("old", encoding="utf-8")
        process = subprocess.Popen([COMMAND, "clean", "in.txt", "-o", "out.txt", "--force"], cwd=tmp_path)
        try:
            process.wait(timeout=delay)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        assert (tmp_path / "out.txt").read_text(encoding="utf-8") in ("old", MASKED * 50)


@pytest.mark.slow
def test_h10_sigterm_leaves_no_partial_output(tmp_path: Path) -> None:
    (tmp_path / "in.txt").write_text(TEXT * 30_000, encoding="utf-8")
    process = subprocess.Popen([COMMAND, "clean", "in.txt", "-o", "out.txt"], cwd=tmp_path)
    try:
        process.wait(timeout=2.5)
    except subprocess.TimeoutExpired:
        process.terminate()
    process.wait(timeout=60)
    assert sorted(p.name for p in tmp_path.iterdir()) in (["in.txt"], ["in.txt", "out.txt"])
    if (tmp_path / "out.txt").exists():
        assert (tmp_path / "out.txt").read_text(encoding="utf-8") == MASKED * 30_000


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_h9_unreadable_file_among_many(run: Run, tmp_path: Path) -> None:
    (tmp_path / "d").mkdir()
    for name in ("a.txt", "b.txt"):
        (tmp_path / "d" / name).write_text(TEXT, encoding="utf-8")
    (tmp_path / "d" / "a.txt").chmod(0)
    done = run("clean", "d", "-o", "out")
    assert done.returncode == 2
    assert (tmp_path / "out" / "b.txt").exists()


def test_h9_missing_input(run: Run) -> None:
    done = run("clean", "nowhere.txt")
    assert done.returncode == 2
    assert done.stderr == b"redactor: nowhere.txt: no such file or folder\n"


ODD_NAMES = {
    "newline": "new\nline.txt",
    "dash": "-dash.txt",
    "255-bytes": "x" * 251 + ".txt",
    "255-bytes-of-han": "名" * 83 + "ab.txt",
    "space": "空 格.txt",
    "nfd": unicodedata.normalize("NFD", "Café été.txt"),
}


@pytest.mark.parametrize("name", ODD_NAMES.values(), ids=ODD_NAMES)
def test_h16_odd_file_names(run: Run, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(TEXT, encoding="utf-8")
    assert run("clean", "--in-place", "--", name).returncode == 0
    assert [file.name for file in tmp_path.iterdir()] == [name]
    assert (tmp_path / name).read_text(encoding="utf-8") == MASKED


@pytest.mark.parametrize(
    "name", [b"new\nline.txt", b"bad\xff.txt", b"bell\x1b[31m.txt"], ids=["newline", "bytes", "escape"]
)
def test_h16_odd_names_are_shown_escaped(run: Run, tmp_path: Path, name: bytes) -> None:
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name)).write_bytes(b"\x93\xfa\xff\xff")
    done = run("clean", os.fsdecode(name), "-o", "out.txt")
    assert done.returncode == 2
    assert done.stderr.count(b"\n") == 1
    assert done.stderr.decode().strip().isprintable()


def test_h16_invalid_utf8_name(run: Run, tmp_path: Path) -> None:
    name = os.fsencode(tmp_path) + b"/bad\xff.txt"
    file = Path(os.fsdecode(name))
    file.write_bytes(TEXT.encode())
    assert run("clean", "--in-place", file).returncode == 0
    assert file.read_bytes() == MASKED.encode()


SETTINGS = [
    slow({"PYTHONHASHSEED": "1", "TZ": "UTC"}, id="seed-1"),
    pytest.param({"PYTHONHASHSEED": "2", "TZ": "Asia/Tokyo"}, id="seed-2-and-zone"),
    slow({"LC_ALL": "C", "LANG": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}, id="locale-c"),
    slow({"LC_ALL": "tr_TR.UTF-8", "LANGUAGE": "tr"}, id="locale-tr"),
]


@pytest.mark.slow
@pytest.mark.parametrize("settings", SETTINGS)
def test_h17_seed_zone_and_locale_do_not_matter(run: Run, settings: dict[str, str]) -> None:
    done = run("clean", "-", stdin=(DATA / "speech.txt").read_bytes(), env=settings)
    assert (done.returncode, done.stdout) == (0, (DATA / "speech.publish.txt").read_bytes())


def test_h17_times_of_files_do_not_matter(run: Run, tmp_path: Path) -> None:
    for name, time in (("old.txt", 0), ("future.txt", 4_000_000_000)):
        (tmp_path / name).write_text(TEXT, encoding="utf-8")
        os.utime(tmp_path / name, (time, time))
    assert run("clean", "old.txt", "future.txt", "-o", "out").returncode == 0
    assert {file.read_text(encoding="utf-8") for file in (tmp_path / "out").iterdir()} == {MASKED}


def test_mode_of_the_output_is_that_of_the_old_one(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text(TEXT, encoding="utf-8")
    file.chmod(0o640)
    run("clean", "a.txt", "--in-place")
    assert stat.S_IMODE(file.stat().st_mode) == 0o640


def test_check_and_diff_write_nothing(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("第一行\n" + TEXT, encoding="utf-8")
    assert run("clean", "a.txt", "--check").returncode == 1
    diff = run("clean", "a.txt", "--diff").stdout.decode()
    assert "@@ -1,2 +1,2 @@\n 第一行\n" in diff
    assert f"-{TEXT}+{MASKED}" in diff
    assert [p.name for p in tmp_path.iterdir()] == ["a.txt"]


def test_i1_report_has_no_text_unless_asked(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    done = run("clean", "a.txt", "-o", "out.txt", "--report", "r.json", "--residue")
    raw = (tmp_path / "r.json").read_text(encoding="utf-8")
    assert "王建国" not in raw + done.stderr.decode() + done.stdout.decode()
    report = json.loads(raw)
    edit = report["files"][0]["edits"][0]
    assert (edit["start"], edit["end"], edit["entity"]) == (1, 4, "PERSON")
    assert len(report["rule_files"][0]["sha256"]) == 64
    run("clean", "a.txt", "-o", "out2.txt", "--report", "r2.json", "--include-text")
    assert json.loads((tmp_path / "r2.json").read_text(encoding="utf-8"))["files"][0]["edits"][0]["text"] == "王建国"
    assert stat.S_IMODE((tmp_path / "r2.json").stat().st_mode) == 0o600


def test_body_lines_differ_only_inside_reported_spans(run: Run, tmp_path: Path) -> None:
    source = (DATA / "speech.txt").read_text(encoding="utf-8")
    run("clean", DATA / "speech.txt", "-o", "out.txt", "--report", "r.json")
    edits = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))["files"][0]["edits"]
    rebuilt, at = [], 0
    for edit in edits:
        rebuilt += [source[at : edit["start"]], edit["replacement"]]
        at = edit["end"]
    assert "".join(rebuilt) + source[at:] == (tmp_path / "out.txt").read_text(encoding="utf-8")


def test_fail_on_residue(run: Run) -> None:
    assert run("clean", "-", "--fail-on-residue", stdin="暗语 7788990 在此\n".encode()).returncode == 1
    assert run("clean", "-", "--fail-on-residue", stdin="一切都好\n".encode()).returncode == 0


def test_scan_formats(run: Run) -> None:
    rows = run("scan", "-", "--format", "jsonl", "--explain", stdin=TEXT.encode()).stdout.decode().splitlines()
    first = json.loads(rows[0])
    assert (first["start"], first["end"], first["entity"]) == (1, 4, "PERSON")
    assert "王建国" not in rows[0]
    assert run("scan", "-", "--check", stdin=TEXT.encode()).returncode == 1
    assert "PERSON 王建国" in run("scan", "-", stdin=TEXT.encode()).stdout.decode()


def test_i17_terminal_escapes_are_shown_escaped(run: Run) -> None:
    out = run("scan", "-", "--mask", "坏\x1b[31m字", stdin="这是坏\x1b[31m字。\n".encode()).stdout
    assert b"\x1b" not in out


def test_terms_from_files(run: Run, tmp_path: Path) -> None:
    (tmp_path / "mask.txt").write_text("# 名单\n神秘项目\n", encoding="utf-8")
    (tmp_path / "keep.txt").write_text("王建国\n", encoding="utf-8")
    out = run(
        "clean", "-", "--mask-file", "mask.txt", "--keep-file", "keep.txt", stdin="王建国同志负责神秘项目\n".encode()
    ).stdout
    assert out.decode() == "王建国同志负责×\n"


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        pytest.param(["--policy", "nope"], "no policy 'nope'", id="policy"),
        pytest.param(["--rules", "nope.toml"], "no such rule file", id="rules"),
        pytest.param(["--only", "NOPE"], "unknown entity 'NOPE'", id="entity"),
        pytest.param(["--encoding", "nope"], "unknown encoding", id="encoding"),
        pytest.param(["--mask-file", "nope"], "can't be read", id="mask-file"),
    ],
)
def test_bad_options_end_with_one_line_and_2(run: Run, arguments: list[str], reason: str) -> None:
    done = run("clean", "-", *arguments, stdin=TEXT.encode())
    assert done.returncode == 2
    assert done.stdout == b""
    assert reason in done.stderr.decode()
    assert done.stderr.count(b"\n") == 1


def test_hash_needs_a_key_that_is_not_on_the_command_line(run: Run, tmp_path: Path) -> None:
    (tmp_path / "p.toml").write_text('name = "h"\n[entities]\nPERSON = "hash"\n', encoding="utf-8")
    assert run("clean", "-", "--policy", "p.toml", stdin=TEXT.encode()).returncode == 2
    (tmp_path / "key").write_bytes(b"0123456789abcdef\n")
    by_file = run("clean", "-", "--policy", "p.toml", "--key-file", "key", stdin=TEXT.encode()).stdout
    by_env = run(
        "clean", "-", "--policy", "p.toml", stdin=TEXT.encode(), env={"REDACTOR_KEY": "0123456789abcdef"}
    ).stdout
    assert by_file == by_env
    assert b"<PERSON:" in by_file
    assert run("clean", "-", "--policy", "p.toml", "--key-file", "key", stdin=by_file).stdout == by_file


def test_rules_and_policies_commands(run: Run) -> None:
    assert b"figures.percent" in run("rules", "list").stdout
    assert "百分" in run("rules", "show", "figures.percent").stdout.decode()
    assert run("rules", "show", "nope").returncode == 2
    assert json.loads(run("rules", "schema").stdout)["title"] == "redactor rule file"
    assert run("policies", "list").stdout.decode().split("\t")[0] == "clean"
    assert "mask" in run("policies", "show", "publish").stdout.decode()
    assert run("--version").stdout.startswith(b"redactor ")


def test_help_imports_nothing_heavy() -> None:
    code = "import sys, redactor.cli; print([m for m in ('regex', 'chardet', 'ahocorasick_rs', 'redactor.redactor') if m in sys.modules])"
    done = subprocess.run([COMMAND.with_name("python"), "-c", code], capture_output=True, check=True)
    assert done.stdout.strip() == b"[]"


@pytest.mark.parametrize(("files", "lines"), [(20, 1), slow(1, 250_000)], ids=["many-files", "a-large-file"])
def test_there_is_a_progress_bar_on_a_terminal(tmp_path: Path, files: int, lines: int) -> None:
    (tmp_path / "in").mkdir()
    for number in range(files):
        (tmp_path / "in" / f"{number}.txt").write_bytes("会议于上午召开，大家作了发言。\n".encode() * lines)
    ours, terminal = os.openpty()
    command = [COMMAND, "clean", "in", "-o", "out", "--policy", "clean"]
    with subprocess.Popen(command, cwd=tmp_path, stderr=terminal) as process:
        os.close(terminal)
        shown = b""
        with contextlib.suppress(OSError):  # what a terminal says once nobody writes to it
            while data := os.read(ours, 1 << 16):
                shown += data
    os.close(ours)
    assert process.returncode == 0
    assert b"redacting" in shown
    assert (b"20/20" if files > 1 else b"100%") in shown
    for file in (tmp_path / "in").iterdir():
        assert (tmp_path / "out" / file.name).read_bytes() == file.read_bytes()
