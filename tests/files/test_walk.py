"""COMMAND-F15, F25: what of folders is read, and why the rest is not."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from redactor.files.walk import Selection, Skipped, sources
from redactor.model import FormatError

FILES = ("a.txt", "b.tmp", "d/c.txt", "d/e/f.docx", "d/g.tmp", "图片/h.png", "drafts/i.txt", "drafts/d/j.txt")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in FILES:
        (tmp_path / "in" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "in" / name).touch()
    return tmp_path / "in"


PATTERNS = {
    "nothing": ((), (), set(FILES)),
    "exclude-by-ending": ((), ("*.tmp",), set(FILES) - {"b.tmp", "d/g.tmp"}),
    "exclude-a-folder-anywhere": ((), ("d/",), {"a.txt", "b.tmp", "图片/h.png", "drafts/i.txt"}),
    "exclude-from-the-top": ((), ("/d/",), {"a.txt", "b.tmp", "图片/h.png", "drafts/i.txt", "drafts/d/j.txt"}),
    "exclude-but": ((), ("*.tmp", "!b.tmp"), set(FILES) - {"d/g.tmp"}),
    "nothing-comes-back-from-a-folder": (
        (),
        ("drafts/", "!drafts/i.txt"),
        set(FILES) - {"drafts/i.txt", "drafts/d/j.txt"},
    ),
    "include": (("*.txt",), (), {"a.txt", "d/c.txt", "drafts/i.txt", "drafts/d/j.txt"}),
    "include-below": (("d/**",), (), {"d/c.txt", "d/e/f.docx", "d/g.tmp"}),
    "exclude-goes-first": (("*.txt",), ("drafts/",), {"a.txt", "d/c.txt"}),
    "chinese": ((), ("图*/",), set(FILES) - {"图片/h.png"}),
    "comments-and-blanks": ((), ("# *.txt", "", "*.tmp"), set(FILES) - {"b.tmp", "d/g.tmp"}),
}


@pytest.mark.parametrize(("include", "exclude", "expected"), PATTERNS.values(), ids=PATTERNS)
def test_patterns_choose_files(
    folder: Path, include: tuple[str, ...], exclude: tuple[str, ...], expected: set[str]
) -> None:
    found = sources([folder], Selection(include, exclude))
    assert {source.relative.as_posix() for source in found.sources} == expected
    assert {each.reason for each in found.skipped} <= {"excluded", "not included"}
    below = {each.path.relative_to(folder).as_posix() for each in found.skipped}
    left = {name for name in FILES if not any(name == skipped or name.startswith(f"{skipped}/") for skipped in below)}
    assert left == expected


def test_files_that_are_named_are_read_whatever_patterns_say(folder: Path) -> None:
    found = sources([folder / "b.tmp"], Selection(exclude=("*.tmp",)))
    assert [source.path for source in found.sources] == [folder / "b.tmp"]


OTHERS = {
    "hidden-file": (".DS_Store", "hidden"),
    "hidden-folder": (".git/config", "hidden"),
    "windows": ("Thumbs.db", "system"),
    "windows-small": ("desktop.ini", "system"),
    "lock-of-an-office": ("~$讲话.docx", "system"),
    "macos-archive": ("__MACOSX/a.txt", "system"),
}


@pytest.mark.parametrize(
    ("name", "reason"), [pytest.param(*row, id=f"COMMAND-F15-{name}") for name, row in OTHERS.items()]
)
def test_what_is_no_document_is_told_by_reason(folder: Path, name: str, reason: str) -> None:
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).touch()
    found = sources([folder])
    assert len(found.sources) == len(FILES)
    assert found.skipped == (Skipped(folder / name.split("/")[0], reason),)


def test_links_and_pipes_are_told_by_reason(folder: Path) -> None:
    (folder / "link.txt").symlink_to("a.txt")
    (folder / "linked").symlink_to("d")
    os.mkfifo(folder / "pipe")
    found = sources([folder])
    assert [(each.path.name, each.reason) for each in found.skipped] == [
        ("link.txt", "link"),
        ("linked", "link"),
        ("pipe", "special"),
    ]


def test_what_was_asked_to_be_left_out_is_told_as_that(folder: Path) -> None:
    (folder / ".x.tmp").touch()
    (folder / "self.tmp").symlink_to("self.tmp")
    (folder / "self").symlink_to("self")
    (folder / "own.toml").touch()
    found = sources([folder], Selection(exclude=("*.tmp",), settings=(folder / "own.toml",)))
    told = {each.path.name: each.reason for each in found.skipped}
    assert {name: told[name] for name in (".x.tmp", "self.tmp", "self", "own.toml")} == {
        ".x.tmp": "excluded", "self.tmp": "excluded", "self": "link", "own.toml": "settings",
    }  # fmt: skip


def test_what_lies_beside_outputs_is_told_and_nothing_else_of_that_name(folder: Path) -> None:
    for name in ("a.txt.bak", "lone.bak", "d/c.txt.bad"):
        (folder / name).touch()
    found = sources([folder], Selection(suffixes=((".bak", "backup"), (".bad", "set aside"))))
    assert {each.path.name: each.reason for each in found.skipped} == {"a.txt.bak": "backup", "c.txt.bad": "set aside"}
    assert "lone.bak" in {source.path.name for source in found.sources}


def test_a_list_narrows_what_folders_hold(folder: Path) -> None:
    found = sources([folder], only=[folder / "d" / "c.txt", Path(os.path.relpath(folder / "a.txt"))])
    assert [source.relative.as_posix() for source in found.sources] == ["a.txt", "d/c.txt"]
    with pytest.raises(FormatError, match="none of the inputs"):
        sources([folder], only=[folder / "nowhere.txt"])
    with pytest.raises(FormatError, match="none of the inputs"):
        sources([folder], Selection(exclude=("*.tmp",)), only=[folder / "b.tmp"])


def test_a_list_alone_keeps_relative_names(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    found = sources([], only=[Path("d/c.txt"), folder / "a.txt"])
    assert [source.relative.as_posix() for source in found.sources] == ["d/c.txt", "a.txt"]
    with pytest.raises(FormatError, match="no such file"):
        sources([], only=[Path("d")])


def test_command_f25_two_files_of_one_output_name_the_folder_above(folder: Path) -> None:
    (folder / "x").mkdir()
    (folder / "x" / "d").mkdir()
    (folder / "x" / "d" / "c.txt").touch()
    with pytest.raises(FormatError, match="name a folder above both"):
        sources([folder / "d", folder / "x" / "d"])
