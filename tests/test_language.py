"""What the program says: every message in every language, and its fields filled in."""

from __future__ import annotations

import pickle
import string
from collections.abc import Iterable
from pathlib import Path

import polib
import pytest

from redactor import language
from redactor.cli.help import columns, wrapped
from redactor.language import say, several, wanted
from redactor.model import FormatError
from tests.command import Run
from tools.messages import CATALOGUE, FOREIGN, messages, templates

ENTRIES = list(polib.pofile(str(CATALOGUE)))


def fields(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}


def test_every_message_is_in_the_catalogue_and_none_too_many() -> None:
    said = set(messages())
    ours = {entry.msgid for entry in ENTRIES if entry.comment not in FOREIGN or entry.msgid in said}
    assert ours == said, "run `python tools/messages.py`, then translate what it has added"


def test_every_message_has_its_translation() -> None:
    assert [entry.msgid for entry in ENTRIES if not entry.msgstr and not entry.msgstr_plural] == []


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.msgid[:40])
def test_a_translation_has_the_fields_of_its_message(entry: polib.POEntry) -> None:
    for text in (entry.msgstr, *entry.msgstr_plural.values()):
        if text and "{" in entry.msgid:
            assert fields(text) == fields(entry.msgid_plural or entry.msgid)


def test_the_compiled_catalogue_is_that_of_the_texts() -> None:
    def told(entries: Iterable[polib.POEntry]) -> dict[str, tuple[str, dict[int, str]]]:
        return {entry.msgid: (entry.msgstr, entry.msgstr_plural) for entry in entries}

    compiled = told(polib.mofile(str(CATALOGUE.with_suffix(".mo"))))
    assert compiled == told(ENTRIES), "run `python tools/messages.py`"


def test_messages_are_found_in_sources() -> None:
    source = '''
@group.command("x")
@option("--a", help="help of a")
def x() -> None:
    """What x does."""
    raise FormatError("{path}: broken" if a else "{path}: cut", path=path)
    raise ValueError("for programmers")
    say("said"); several("one", "many", 2)
    Format("f", "title", sees="all", misses="nothing")
'''
    found = {text for pair in templates(source) for text in pair if text}
    assert found == {"help of a", "What x does.", "{path}: broken", "{path}: cut", "said", "one", "many", "title"} | {
        "all",
        "nothing",
    }


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANG": "en_GB", "LC_MESSAGES": "zh_TW"}, "zh"),
        ({"LANG": "de_DE", "REDACTOR_LANG": "zh"}, "zh"),
        ({"LANG": "zh_CN", "REDACTOR_LANG": "en"}, "en"),
        ({"LC_ALL": "", "LANG": "zh_CN"}, "zh"),
    ],
)
def test_the_language_that_an_environment_asks_for(
    environment: dict[str, str], expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(language.locale, "getlocale", lambda: (None, None))
    assert wanted(environment) == expected


@pytest.fixture
def chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDACTOR_LANG", "zh")


@pytest.mark.usefixtures("chinese")
def test_a_message_in_chinese() -> None:
    assert str(FormatError("{path}: not a regular file", path="甲{乙}.txt")) == "甲{乙}.txt：不是普通文件"


@pytest.mark.usefixtures("chinese")
def test_a_message_that_is_made_already_stays_as_it_is() -> None:
    error = FormatError("{path}: not a regular file", path="{0}")
    assert str(FormatError(str(error))) == str(error)
    assert str(pickle.loads(pickle.dumps(error))) == str(error)


@pytest.mark.parametrize(
    ("number", "english", "translated"), [(1, "1 warning", "1 个警告"), (2, "2 warnings", "2 个警告")]
)
def test_a_number_of_things(number: int, english: str, translated: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert several("{number} warning", "{number} warnings", number) == english
    monkeypatch.setenv("REDACTOR_LANG", "zh")
    assert several("{number} warning", "{number} warnings", number) == translated


def test_english_is_what_a_library_says() -> None:
    assert say("{path}: not a regular file", path="a") == "a: not a regular file"


def test_a_width_of_columns() -> None:
    lines = list(wrapped("把文件里的姓名、地名和数字遮盖起来。Use --policy publish to mask names.", 20))
    assert "".join(lines).replace(" ", "") == (
        "把文件里的姓名、地名和数字遮盖起来。Usepolicypublishtomasknames.".replace("Usepolicy", "Use--policy")
    )
    assert max(map(columns, lines)) <= 20
    assert not any(line.startswith(("，", "。", "、")) for line in lines)


@pytest.mark.parametrize("command", [(), ("clean",), ("scan",), ("eval",), ("rules",), ("rules", "try"), ("policies",)])
def test_help_is_all_in_chinese(run: Run, command: tuple[str, ...]) -> None:
    shown = run(*command, "--help", env={"REDACTOR_LANG": "zh", "COLUMNS": "80"}).stdout.decode()
    english = run(*command, "--help").stdout.decode()
    assert "选项" in shown
    for line in shown.splitlines():
        assert columns(line) <= 80 or line.lstrip().startswith("--type"), line
    prose = [line for line in english.splitlines() if line.endswith(".") and line.count(" ") > 6]
    assert prose
    assert [line for line in prose if line in shown] == []


def test_an_error_in_chinese(run: Run, tmp_path: Path) -> None:
    done = run("--lang", "zh", "clean", tmp_path / "none.txt")
    assert done.returncode == 2
    assert "没有这个文件" in done.stderr.decode()
