"""`[[line]]` tables: what they do, and what is refused of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from redactor import Redactor, RuleError
from redactor.ruleset.load import load_rules

HEAD = '[pack]\nname = "site"\n'


def _file(folder: Path, lines: str, head: str = HEAD) -> Path:
    path = folder / "site.toml"
    path.write_text(head + lines, "utf-8")
    return path


def test_a_line_goes_in_its_zone_alone(tmp_path: Path) -> None:
    path = _file(
        tmp_path, '[[line]]\ntext = "山月小筑第3期"\nzone = "tail"\n[[line]]\ntext = "清风阁收藏"\nenabled = false\n'
    )
    assert set(load_rules([path]).added) == {"site.tail"}
    redactor = Redactor("clean", rules=[path])
    middle = "雨后的田埂上走来一个老人，他说今年的雨水比往年多。\n" * 200
    text = f"山月小筑第12期\n清风阁收藏\n{middle}山月小筑第45期\n清风阁收藏\n"
    assert redactor.redact(text).text == f"山月小筑第12期\n清风阁收藏\n{middle}清风阁收藏\n"


@pytest.mark.sampled(3)
@pytest.mark.parametrize(
    ("head", "lines", "message"),
    [
        (HEAD, '[[line]]\ntext = ""\n', "text"),
        (HEAD, '[[line]]\ntext = "："\n', "says nothing"),
        (HEAD, '[[line]]\ntext = "甲乙丙"\nzone = "middle"\n', "zone"),
        (HEAD, '[[line]]\ntext = "甲乙丙"\nshare = 2\n', "share"),
        (HEAD, '[[line]]\ntext = "甲乙丙"\nwhere = "a"\n', "unknown key"),
        ("", 'line = "甲乙丙"\n', "two brackets"),
        ('[pack]\nname = "My Site"\n', '[[line]]\ntext = "甲乙丙"\n', "name"),
        ('[pack]\nreviewed = "yes"\n', '[[line]]\ntext = "甲乙丙"\n', "reviewed"),
    ],
)
def test_what_is_wrong_is_refused(tmp_path: Path, head: str, lines: str, message: str) -> None:
    with pytest.raises(RuleError, match=message):
        load_rules([_file(tmp_path, lines, head)])


@pytest.mark.slow
def test_settings_carry_a_file_that_is_reviewed_and_no_other(tmp_path: Path) -> None:
    path = _file(tmp_path, '[[line]]\ntext = "山月小筑"\n', f"{HEAD}reviewed = true\n")
    settings = Redactor("clean", rules=[path]).settings
    path.write_text(path.read_text("utf-8").replace("true", "false"), "utf-8")
    text = "雨后的田埂上走来一个老人，他说今年的雨水多。\n山月小筑\n"
    assert "山月小筑" not in settings.redactor().redact(text).text
    with pytest.raises(RuleError, match="reviewed"):
        Redactor("clean", rules=[path])
