"""Bytes and streams at the sizes that the list states: rows C8, C10, C11, C13, C20, each id beginning with its row.

What takes minutes has a small twin that always runs; the full size runs with --huge.
"""

from __future__ import annotations

import json
import resource
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redactor import Redactor
from redactor.text import decode
from redactor.text.decode import detect_encoding, read_parts
from redactor.text.offsets import Offsets, Unit, width
from tests.command import COMMAND, Run, forked
from tests.conftest import warm
from tests.draws import draws, everything, slow

TEXT = "请王建国同志牵头，电话13900001111。"
MASKED = "请×同志牵头，电话×。"
FILLERS = ["1", "a", "a.", "@", " ", "关注"]


def clean(folder: Path, *arguments: str, seconds: int, bytes_of_memory: int | None = None) -> tuple[int, str]:
    """Exit code and messages of `clean in.txt -o out.txt`, which must end within `seconds`."""

    words = ("clean", "in.txt", "-o", "out.txt", *arguments)
    if not bytes_of_memory:
        warm()
        done = forked(words, stdin=b"", cwd=folder, settings={}, seconds=seconds)
        return done.returncode, done.stderr.decode()

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (bytes_of_memory, bytes_of_memory))

    done = subprocess.run(
        [COMMAND, *words], cwd=folder, capture_output=True, timeout=seconds, check=False, preexec_fn=limit
    )
    return done.returncode, done.stderr.decode()


def fill(file: Path, filler: str, size: int, end: str = "") -> None:
    """A file of at least `size` bytes, all of them the filler, and then the end."""
    piece = (filler * (min(size, 1_000_000) // len(filler))).encode()
    with file.open("wb") as stream:
        for at in range(0, size, len(piece)):
            stream.write(piece[: size - at] if len(filler.encode()) == 1 else piece)
        stream.write(end.encode())


# C8: lone surrogates


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param('{"t": "\\ud800 请王建国同志牵头"}', '{"t": "\\ud800 请×同志牵头"}', id="c8-json-escape"),
        pytest.param(
            '{"t": "\\udfff\\ud800", "电话": "13900001111"}', '{"t": "\\udfff\\ud800", "电话": "×"}', id="c8-two"
        ),
        pytest.param("\\ud83d请王建国同志牵头", "\\ud83d请×同志牵头", id="c8-half-of-a-pair"),
    ],
)
@pytest.mark.parametrize("escaped", [True, False], ids=["c8-escaped", "c8-decoded"])
def test_c8_a_lone_surrogate_is_survived(publish: Redactor, text: str, expected: str, escaped: bool) -> None:
    if not escaped:
        text, expected = decoded(text), decoded(expected)
    assert publish.redact(text).text == expected


def decoded(text: str) -> str:
    """The text with its escapes of surrogates decoded, each on its own, as a sloppy reader would."""
    for escape in ("\\ud800", "\\udfff", "\\ud83d"):
        text = text.replace(escape, chr(int(escape[2:], 16)))
    return text


@pytest.mark.slow
def test_c8_the_command_survives_it_too(run: Run, tmp_path: Path) -> None:
    text = '{"t": "\\ud800 请王\\ud800建国同志牵头"}\n'
    (tmp_path / "in.jsonl").write_text(text, encoding="utf-8")
    done = run("clean", "in.jsonl", "-o", "out.jsonl", "--report", "r.json", "--include-text", "--residue")
    assert done.returncode == 0
    assert json.loads((tmp_path / "out.jsonl").read_text(encoding="utf-8"))["t"].startswith("\ud800 ")
    json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))
    for style in ("text", "jsonl", "json"):
        scanned = run("scan", "in.jsonl", "--format", style, "--include-text", "--mask", "请")
        assert (scanned.returncode, scanned.stderr) == (0, b"")
        assert scanned.stdout


def test_c8_a_lone_surrogate_in_utf_16_is_refused(run: Run, tmp_path: Path) -> None:
    (tmp_path / "in.txt").write_bytes(b"\xff\xfe" + TEXT.encode("utf-16-le") + b"\x00\xd8" + "好".encode("utf-16-le"))
    done = run("clean", "in.txt", "-o", "out.txt")
    assert done.returncode == 2
    assert f"at byte {2 + len(TEXT) * 2}".encode() in done.stderr
    assert not (tmp_path / "out.txt").exists()


# C10: one long line


LINES = {
    "sentences": (TEXT, MASKED),
    "csv": ("王建国,13900001111,", "×,×,"),
    "json": ('{"姓名":"王建国","电话":"13900001111"},', '{"姓名":"×","电话":"×"},'),
    "words": ("Tel 13900001111 ", "Tel × "),
}


@pytest.mark.sampled(4)
@pytest.mark.parametrize("line", LINES.values(), ids=[f"c10-{name}" for name in LINES])
def test_c10_no_value_is_lost_where_a_long_line_is_cut(
    publish: Redactor, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, line: tuple[str, str]
) -> None:
    monkeypatch.setattr(decode, "_CHUNK", 1009)  # a prime: the cuts fall at every place of the line in turn
    monkeypatch.setattr(decode, "PART", 500)
    text, masked = (piece * (2000 if everything else 1000) for piece in line)
    (tmp_path / "in.txt").write_text(text, encoding="utf-8")
    with (tmp_path / "in.txt").open("rb") as stream:
        parts = list(read_parts(stream, detect_encoding(stream)))
    assert len(parts) > 6
    assert "".join(parts) == text
    assert "".join(result.text for result in publish.redact_parts(parts)) == masked


@pytest.mark.parametrize("newline", ["\r", "\u2028", "\x85"], ids=["c10-cr", "c10-u2028", "c10-nel"])
def test_c10_lines_that_end_otherwise_are_cut_at_their_ends(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, newline: str
) -> None:
    monkeypatch.setattr(decode, "_CHUNK", 1009)
    monkeypatch.setattr(decode, "PART", 500)
    (tmp_path / "in.txt").write_bytes((TEXT + newline).encode() * 500)
    with (tmp_path / "in.txt").open("rb") as stream:
        parts = list(read_parts(stream, detect_encoding(stream)))
    assert len(parts) > 5
    assert all(part.endswith(newline) for part in parts)


def test_c10_a_line_without_any_gap_is_cut_all_the_same(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(decode, "_CHUNK", 1009)
    monkeypatch.setattr(decode, "PART", 500)
    (tmp_path / "in.txt").write_bytes(b"1" * 50_000 + b"\r\n")
    with (tmp_path / "in.txt").open("rb") as stream:
        parts = list(read_parts(stream, detect_encoding(stream)))
    assert max(map(len, parts)) < 3000
    assert "".join(parts) == "1" * 50_000 + "\r\n"


@pytest.mark.parametrize(
    ("policy", "size"),
    [
        pytest.param("clean", 1_000_000, id="c10-1-mb-clean"),
        slow("clean", 10_000_000, id="c10-10-mb-clean"),
        pytest.param("publish", 10_000_000, id="c10-10-mb-publish", marks=pytest.mark.huge),
    ],
)
def test_c10_ten_megabytes_in_one_line(tmp_path: Path, policy: str, size: int) -> None:
    times = size // len(TEXT.encode())
    (tmp_path / "in.txt").write_text(TEXT * times, encoding="utf-8")
    assert clean(tmp_path, "--policy", policy, seconds=1200) == (0, "")
    expected = (TEXT if policy == "clean" else MASKED) * times
    assert (tmp_path / "out.txt").read_text(encoding="utf-8") == expected


# C11: one thing, over and over


@pytest.mark.sampled(3)
@pytest.mark.parametrize("filler", FILLERS, ids=lambda f: f"c11-{f}")
def test_c11_a_filler_passes_untouched(tmp_path: Path, filler: str) -> None:
    fill(tmp_path / "in.txt", filler, 200_000 if everything else 60_000, f"\n{TEXT}\n")
    assert clean(tmp_path, seconds=300) == (0, "")
    before, after = (tmp_path / "in.txt").read_bytes(), (tmp_path / "out.txt").read_bytes()
    assert after == before.replace(TEXT.encode(), MASKED.encode())


@pytest.mark.huge
@pytest.mark.parametrize("filler", FILLERS, ids=lambda f: f"c11-1-gb-{f}")
@pytest.mark.parametrize("policy", ["clean", "publish"])
def test_c11_a_gigabyte_ends_or_is_closed_on_time(tmp_path: Path, policy: str, filler: str) -> None:
    fill(tmp_path / "in.txt", filler, 1_000_000_000, "\n")
    code, message = clean(tmp_path, "--policy", policy, "--max-seconds", "60", seconds=300, bytes_of_memory=1 << 30)
    if code:
        assert message == "redactor: in.txt: took longer than 60 seconds; nothing was written\n"
        assert [p.name for p in tmp_path.iterdir()] == ["in.txt"]
    else:
        assert (tmp_path / "out.txt").stat().st_size == (tmp_path / "in.txt").stat().st_size


def test_c11_a_file_that_takes_too_long_is_closed(tmp_path: Path) -> None:
    (tmp_path / "in.txt").write_text(TEXT * 100, encoding="utf-8")
    code, message = clean(tmp_path, "--max-seconds", "0", seconds=100)
    assert (code, message) == (2, "redactor: in.txt: took longer than 0 seconds; nothing was written\n")
    assert [p.name for p in tmp_path.iterdir()] == ["in.txt"]
    assert clean(tmp_path, "--max-seconds", "100", seconds=200) == (0, "")


# C13: offsets in the unit that is asked for

ASTRAL = "😀𠮷请王建国同志牵头，\n👩‍👩‍👧增长12.5%。电话𝟏𝟑𝟗𝟎𝟎𝟎𝟎𝟏𝟏𝟏𝟏\n"
SLICE: dict[Unit, Callable[[str, int, int], str]] = {
    "code-points": lambda text, start, end: text[start:end],
    "utf-8": lambda text, start, end: text.encode()[start:end].decode(),
    "utf-16": lambda text, start, end: text.encode("utf-16-le")[2 * start : 2 * end].decode("utf-16-le"),
}


@pytest.mark.parametrize("unit", SLICE, ids=lambda u: f"c13-{u}")
def test_c13_offsets_of_scan_and_report(run: Run, tmp_path: Path, unit: Unit) -> None:
    (tmp_path / "in.txt").write_text(ASTRAL * 3 + "暗语7788990在此\n", encoding="utf-8")
    text = (tmp_path / "in.txt").read_text(encoding="utf-8")
    scanned = run("scan", "in.txt", "--format", "jsonl", "--include-text", "--offsets", unit).stdout.decode()
    rows = [json.loads(row) for row in scanned.splitlines()]
    assert len(rows) >= 9
    assert [SLICE[unit](text, row["start"], row["end"]) for row in rows] == [row["text"] for row in rows]
    run("clean", "in.txt", "-o", "out.txt", "--report", "r.json", "--include-text", "--offsets", unit)
    report = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))
    output = (tmp_path / "out.txt").read_text(encoding="utf-8")
    assert report["offsets"] == unit
    (file,) = report["files"]
    assert len(file["edits"]) >= 9
    assert file["residue"]
    for entries, side in ((file["edits"], text), (file["residue"], output)):
        assert [SLICE[unit](side, e["start"], e["end"]) for e in entries] == [e["text"] for e in entries]


def test_c13_code_points_unless_asked(run: Run) -> None:
    first = json.loads(run("scan", "-", "--format", "jsonl", stdin=ASTRAL.encode()).stdout.splitlines()[0])
    assert (first["start"], first["end"]) == (3, 6)


@draws(200)
@given(
    parts=st.lists(st.text(alphabet="aé王😀\ud800\n", max_size=12), min_size=1, max_size=4),
    points=st.lists(st.integers(0, 12), max_size=8),
)
@pytest.mark.parametrize("unit", SLICE, ids=lambda u: f"c13-{u}")
def test_c13_offsets_add_up_over_parts_in_any_order(unit: Unit, parts: list[str], points: list[int]) -> None:
    count = Offsets(unit)
    before = ""
    for part in parts:
        count.enter(part)
        for point in points:
            at = min(point, len(part))
            assert count.of(at) == width(before, unit) + width(part[:at], unit)
        before += part


# C20: marks upon marks


@pytest.mark.slow
@pytest.mark.parametrize(
    "size",
    [
        pytest.param(5_000_000, id="c20-5-mb"),
        pytest.param(100_000_000, id="c20-100-mb", marks=pytest.mark.huge),
    ],
)
def test_c20_combining_marks_on_one_base(tmp_path: Path, size: int) -> None:
    marks = "\u0301" * 500_000
    with (tmp_path / "in.txt").open("wb") as stream:
        stream.write(b"e")
        for _ in range(size // len(marks.encode())):
            stream.write(marks.encode())
        stream.write(f"\n{TEXT}\n".encode())
    assert clean(tmp_path, seconds=280, bytes_of_memory=512 << 20) == (0, "")
    before, after = (tmp_path / "in.txt").read_bytes(), (tmp_path / "out.txt").read_bytes()
    assert after == before.replace(TEXT.encode(), MASKED.encode())
