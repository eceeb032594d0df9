"""Patterns and inputs that are made to hang a program, run by the installed command: each ends on time with the right exit code.

A pattern is refused when it is loaded, or stopped when its time is over, or it finishes and masks what it should. An input comes out
with nothing changed but what the report tells, or is refused with one line and no output.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Run
from tests.draws import everything, slow

VALUE = "工号1234"
"""What a pattern that finishes should have masked; it stands in the line below the attack."""
OR_VALUE = r"|工号\d{4}"
TAIL = "。 b ! ！ 月 号 1 x y"
"""Holds what the patterns need to be tried at all, but behind a stop, so that they fail."""
A, ONES, HAN = "a" * 200, "1" * 200, "王" * 200
WORDS = "[lists]\nwords = ['甲', '乙', '甲乙', '乙甲']\n"
ONLY_FIGURES = "name = 'figures'\n[entities]\nQUANTITY = 'mask'\n"
IN_ALL = (
    "takes too long on this text (at one place 1 and once more 2 seconds, in all 3 seconds and 8 microseconds a place)"
)
EXCLUDING = "an exclude pattern takes too long (more than 0.5 seconds on one candidate)"


@dataclass(frozen=True, slots=True)
class Attack:
    """A pattern, and a text that makes it run away if anything does.

    `refused`: why the rule is not loaded. `stopped`: what is said when its time is over. With neither, the run masks the value
    below the attack, and `masked` is what becomes of the attack itself (None: it stays as it is).
    """

    name: str
    pattern: str
    text: str = ""
    refused: str = ""
    stopped: str = ""
    masked: str | None = None
    given: str = ""
    """Tables that the rule file has before the rule."""
    more: str = ""
    """Further keys of the rule."""


ATTACKS = (
    # Refused when they are loaded: what they may do has no bound that can be told beforehand.
    Attack("fuzzy", f"(?:{VALUE}){{e<=3}}", refused="fuzzy matching is not allowed"),
    Attack("recursion", "（(?R)?）", refused="recursion is not allowed"),
    Attack("recursion-by-name", "(?P<n>（(?&n)*）)", refused="recursion is not allowed"),
    Attack("condition", "(工)?(?(1)号|牌)", refused="conditions and (?(DEFINE)…) are not allowed"),
    Attack("verb", r"\d+(*SKIP)号", refused="verbs such as (*SKIP) are not allowed"),
    Attack("best-match", "(?b)工号", refused="only i, m and s are allowed"),
    Attack("list-by-another-name", r"(?:\L<words>)+号", refused="word lists are written {words}", given=WORDS),
    Attack("huge-repeat", "a{1000000}b", refused="repeat {1000000} is too large"),
    Attack("repeats-in-repeats", "((a{1000}){1000}){1000}", refused="repeats inside repeats"),
    Attack("repeats-in-look-behind", "(?<=(?:a{1000}){1000})b", refused="repeats inside repeats"),
    Attack("brackets", "(?:" * 1_000 + "a" + ")+" * 1_000, refused="more than 60 brackets"),
    Attack("nothing-over-and-over", "(?:a*)*", refused="matches an empty text"),
    # Exponential, and nothing cuts them short but the clock.
    Attack("alternatives-alike", "(?:a|a)+b", A, stopped=IN_ALL),
    Attack("alternatives-overlapping", "(?:a|aa)+b", A, stopped=IN_ALL),
    Attack("words-of-a-list", "(?:{words}+)+！", "甲乙" * 100, stopped=IN_ALL, given=WORDS),
    Attack("back-references", r"(\d+?)(\d+?)+\1\2x", ONES, stopped=IN_ALL),
    Attack("optional-then-required", "(?:a?){300}a{300}b" + OR_VALUE, "a" * 299),
    Attack("named-groups", "(?:(?P<x>a)|(?P<y>a))+b", A, stopped=IN_ALL),
    Attack("bounded-in-bounded", "(?:a{1,30}){1,30}b", A, stopped=IN_ALL),
    Attack("as-measured-at-a-peer", "^(?:([a-z])+.)+[A-Z]([a-z])+$" + OR_VALUE, "a" * 4_000, stopped=IN_ALL),
    Attack("exclude", "b ! ！", A, stopped=EXCLUDING, more="exclude = ['(?:a|a)+[xy]']"),
    # As bad to look at, but what guards, bounds or possession leave of them is done in time.
    Attack("nested-plus", "(?:a+)+b" + OR_VALUE, A),
    Attack("nested-groups", "(?:(?:a+)+)+b" + OR_VALUE, A),
    Attack("words-with-dots", r"(?:[a-z]+\.?)+!" + OR_VALUE, A),
    Attack("han", r"(?:\p{Han}+、?)+！" + OR_VALUE, HAN),
    Attack("class-and-its-part", r"(?:[，。]|\p{P})+x" + OR_VALUE, "，" * 200),
    Attack("digits-and-year", r"(?:\d+年?)+月" + OR_VALUE, ONES),
    Attack("stars-in-a-star", "x(?:a*b*)*y" + OR_VALUE, "x" + "ab" * 200),
    Attack("named-back-reference", "(?P<n>[a-z]+)+(?P=n)1" + OR_VALUE, A),
    Attack("case-folding", "(?i)(?:ſ|s|K|k)+!" + OR_VALUE, "sS" * 100),
    Attack("full-case-folding", "(?i)(?:ß|ss|s)+！" + OR_VALUE, "sß" * 100),
    Attack("look-behind-of-any-length", r"(?<=(?:\d+)+x)号" + OR_VALUE, ONES),
    Attack("look-ahead-that-fails", "(?=(?:a+)+b)a{1,5}" + OR_VALUE, A),
    Attack("negative-look-ahead", "(?!(?:a+)+b)z" + OR_VALUE, A),
    Attack("look-in-a-repeat", "(?:(?=a+a)a+)+b" + OR_VALUE, A),
    Attack("cubic", "关注.*公众号.*回复.*领取" + OR_VALUE, "关注公众号回复" * 60),
    Attack("seven-times-anything", "(?s).*.*.*.*.*.*.*！" + OR_VALUE, A, masked="× 月 号 1 x y"),
    Attack("possessive", "(?:a++)++b" + OR_VALUE, A),
    Attack("atomic", "(?>a+)+b" + OR_VALUE, A),
    Attack("possessive-list", "(?:{words}++)++！" + OR_VALUE, "甲乙" * 100, given=WORDS),
)


ON_THE_CLOCK = ("alternatives-alike", "exclude")
"""Attacks that are always run to the end of their time; the others that take all of it are run with --slow, in less."""


@pytest.mark.sampled(5)
@pytest.mark.parametrize(
    "attack",
    [
        slow(attack, id=attack.name)
        if attack.stopped and attack.name not in ON_THE_CLOCK
        else pytest.param(attack, id=attack.name)
        for attack in ATTACKS
    ],
)
def test_a_hostile_pattern_ends_on_time(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch, attack: Attack
) -> None:
    stopped = attack.stopped
    if stopped == IN_ALL and attack.name not in ON_THE_CLOCK:
        # That it is stopped is the same after a fourth of the time.
        monkeypatch.setattr("redactor.detect.patterns.BLOCK_SECONDS", 0.25)
        monkeypatch.setattr("redactor.detect.patterns.RETRY_SECONDS", 0.5)
        stopped = IN_ALL.replace("place 1 and once more 2", "place 0.25 and once more 0.5")
    body = f"id = 'x.{attack.name}'\nentity = 'QUANTITY'\npattern = '''{attack.pattern}'''\n{attack.more}\n"
    (tmp_path / "theirs.toml").write_text(f"{attack.given}[[rule]]\n{body}", encoding="utf-8")
    (tmp_path / "figures.toml").write_text(ONLY_FIGURES, encoding="utf-8")
    (tmp_path / "in.txt").write_text(f"{attack.text}{TAIL}\n{VALUE}\n", encoding="utf-8")
    arguments = ("in.txt", "-o", "out.txt", "--rules", "theirs.toml", "--policy", "figures.toml", "--only", "QUANTITY")
    done = run("clean", *arguments, seconds=60)
    message = done.stderr.decode()
    if attack.refused or stopped:
        assert (done.returncode, done.stdout) == (2, b"")
        assert not (tmp_path / "out.txt").exists()
        assert message.count("\n") == 1
        assert f"rule 'x.{attack.name}'" in message
        assert "theirs.toml" in message
        assert (attack.refused or stopped) in message
        assert "aaaa" not in message
    else:
        assert (done.returncode, message) == (0, "")
        masked = attack.text + TAIL if attack.masked is None else attack.masked
        assert (tmp_path / "out.txt").read_text(encoding="utf-8") == f"{masked}\n×\n"


# Inputs


def filled(unit: str, *, head: str = "", tail: str = "", encoding: str = "utf-8") -> Callable[[int], bytes]:
    """Makes a text of about so many bytes: the unit over and over, between a head and a tail."""

    def make(size: int) -> bytes:
        return (head + unit * (size // len(unit.encode(encoding)) + 1) + tail).encode(encoding, "surrogatepass")

    return make


def nested(opening: str, closing: str, *, inside: str = "", most: int = 100_000) -> Callable[[int], bytes]:
    """Makes brackets inside one another, half of the size each, at most so many deep."""

    def make(size: int) -> bytes:
        depth = min(most, size // len((opening + closing).encode()))
        return (opening * depth + inside + closing * depth).encode()

    return make


def wide_table(size: int) -> bytes:
    """Rows of 10,000 columns under a heading."""
    row = "王建国\t1\t" * 5_000
    return ("姓名\t金额\t" * 5_000 + "\n" + (row + "\n") * (size // len(row.encode()) + 1)).encode()


def wide_field(size: int) -> bytes:
    """A CSV file with one field that holds almost all of it."""
    return ('姓名,备注\n王建国,"' + "备注，" * (size // 9) + '"\n').encode()


def in_base64(size: int) -> bytes:
    """Bytes of every kind in base64, without line ends."""
    return base64.b64encode(bytes(range(256)) * (size // 342 + 1))


def broken_at_the_end(size: int) -> bytes:
    """GB18030 whose last character has lost its second half."""
    return "会议要求，抓好落实。".encode("gb18030") * (size // 20) + b"\xd6"


@dataclass(frozen=True, slots=True)
class Ordeal:
    """An input made to hang, choke or mislead: its bytes, by size, and the encoding to read them in.

    `kind`: how the file's name ends. `refused`: the one line that comes instead of an output.
    `gone`: of a format other than text, the one value that is masked under `publish`.
    """

    name: str
    make: Callable[[int], bytes]
    encoding: str = "utf-8"
    kind: str = "txt"
    refused: str = ""
    gone: str = ""


ORDEALS = (
    Ordeal("digits", filled("1234567890")),
    Ordeal("one-digit", filled("1")),
    Ordeal("full-width-digits", filled("１２３４５６７８９０")),
    Ordeal("han-digits", filled("一二三四五六七八九")),
    Ordeal("one-han-character", filled("的")),
    Ordeal("surnames", filled("王")),
    Ordeal("name-over-and-over", filled("张三")),
    Ordeal("two-in-turn", filled("甲乙")),
    Ordeal("suffixes", filled("省市县")),
    Ordeal("titles", filled("同志")),
    Ordeal("dates-without-digits", filled("年月日")),
    Ordeal("money", filled("1亿元")),
    Ordeal("signs-of-masks", filled("×")),
    Ordeal("round-brackets", filled("（")),
    Ordeal("square-brackets", filled("[")),
    Ordeal("curly-brackets", filled("{")),
    Ordeal("titles-of-books", filled("《")),
    Ordeal("brackets-in-brackets", nested("（", "）")),
    Ordeal("quotes-never-closed", filled("“说")),
    Ordeal("commas", filled(",")),
    Ordeal("percent-signs", filled("%")),
    Ordeal("dashes", filled("-")),
    Ordeal("spaces", filled(" ")),
    Ordeal("wide-spaces", filled("　")),
    Ordeal("newlines", filled("\n")),
    Ordeal("every-line-end", filled("一\r\n\r\r\n\n\r")),
    Ordeal("other-line-ends", filled("一\u2028二\x85")),
    Ordeal("zero-width", filled("\u200b\u200d\ufeff", head="王")),
    Ordeal("combining-marks", filled("\u0301", head="e")),
    Ordeal("bidi-controls", filled("\u202e\u2066\u2069")),
    Ordeal("private-use", filled("\ue000\U000f0000")),
    Ordeal("astral", filled("😀𠮷")),
    Ordeal("all-scripts", filled("aЖאعअกあアㄅ가王Ω1")),
    Ordeal("nuls", filled("\0")),
    Ordeal("dotted-numbers", filled("1.1.1.1.")),
    Ordeal("mail-bait", filled("a@a.")),
    Ordeal("addresses-of-pages", filled("http://")),
    Ordeal("phones-too-long", filled("1390000-")),
    Ordeal("identity-numbers-too-long", filled("11010119900307")),
    Ordeal("base64", in_base64),
    Ordeal("columns", wide_table),
    Ordeal("headings-of-promotion", filled("仅供学习\n")),
    Ordeal("one-line", filled("会议要求，各地要结合实际，抓好工作落实。")),
    Ordeal("utf-16-without-mark", filled("会议要求，各地要抓好工作落实。", encoding="utf-16-le"), "utf-16-le"),
    Ordeal("csv-field", wide_field, kind="csv", gone="王建国"),
    Ordeal("html-in-html", nested("<div>", "</div>", inside="会议"), kind="html"),
    Ordeal("xml-in-xml", nested("<a>", "</a>", inside="1"), kind="xml"),
    Ordeal("lone-surrogates", filled("一", tail="\ud800\udfff"), refused="not valid utf-8 at byte"),
    Ordeal("gb18030-broken-at-the-end", broken_at_the_end, refused="not valid"),
    Ordeal("json-in-json", nested("[", "]", inside="1"), refused="JSON nests deeper", kind="json"),
)


SIZE = 60_000 if everything else 3_000
"""Bytes of each input here, with --slow the larger; the sizes of megabytes that the same functions make are run by hand."""


@pytest.mark.parametrize("policy", ["clean", slow("publish")])
def test_hostile_inputs_come_out_with_nothing_changed_but_what_is_told(tmp_path: Path, run: Run, policy: str) -> None:
    sound = {f"{ordeal.name}.{ordeal.kind}": ordeal for ordeal in ORDEALS if not ordeal.refused}
    (tmp_path / "in").mkdir()
    for name, ordeal in sound.items():
        (tmp_path / "in" / name).write_bytes(ordeal.make(SIZE))
    arguments = (
        "in",
        "-o",
        "out",
        "--policy",
        policy,
        "--report",
        "r.json",
        "--max-seconds",
        "30",
        "--jobs",
        "1",
        "-q",
    )
    done = run("clean", *arguments, seconds=120)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    report = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))
    assert len(report["files"]) == len(sound)
    for file in report["files"]:
        name = Path(file["name"]).name
        ordeal = sound[name]
        before = (tmp_path / "in" / name).read_bytes().decode(ordeal.encoding)
        after = (tmp_path / "out" / name).read_bytes().decode(ordeal.encoding)
        if file["format"] == "text":
            assert after == edited(before, file["edits"]), name
        else:
            assert after == (before.replace(ordeal.gone, "×") if ordeal.gone and policy == "publish" else before), name


@pytest.mark.parametrize("ordeal", [o for o in ORDEALS if o.refused], ids=lambda ordeal: ordeal.name)
def test_a_hostile_input_that_cannot_be_read_is_refused_in_one_line(tmp_path: Path, run: Run, ordeal: Ordeal) -> None:
    name = f"in.{ordeal.kind}"
    (tmp_path / name).write_bytes(ordeal.make(1_000_000 if everything else 20 * SIZE))
    done = run("clean", name, "-o", "out", seconds=60)
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.decode().startswith(f"redactor: {name}: {ordeal.refused}")
    assert done.stderr.count(b"\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == [name]


def edited(text: str, edits: Sequence[Mapping[str, Any]]) -> str:
    """The text with the edits of a report made."""
    out, at = [], 0
    for edit in edits:
        out += [text[at : edit["start"]], edit["replacement"]]
        at = edit["end"]
    return "".join((*out, text[at:]))
