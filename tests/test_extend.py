"""The page on extending: its packages are installed as they stand there, and its commands give what it says."""

from __future__ import annotations

import os
import subprocess
import tomllib
from pathlib import Path

import pytest
import regex

from tests.build.plugins import write_package
from tests.command import COMMAND
from tests.draws import slow

PAGE = (Path(__file__).parent.parent / "docs" / "extend.md").read_text("utf-8")
BLOCK = regex.compile(
    r"(?ms)(?:`(?P<file>[\w./]+)`[^`\n]*(?:`[^`\n]*`[^`\n]*)*:\n\n)?^```(?P<kind>\w+)\n(?P<text>.*?)^```$"
)
SECTIONS = dict(regex.findall(r"(?ms)^## ([^\n]+)\n(.*?)(?=^## |\Z)", PAGE))


def blocks(section: str) -> list[tuple[str, str, str]]:
    """File, kind and text of the blocks of a section."""
    return [(match["file"] or "", match["kind"], match["text"]) for match in BLOCK.finditer(SECTIONS[section])]


def test_functions_of_one_program() -> None:
    ((_, kind, text),) = blocks("In one program")
    assert kind == "python"
    exec(compile(text, "extend.md", "exec"), {})


@pytest.mark.sampled(2)
@pytest.mark.parametrize("section", [slow("A package"), "A format"])
def test_packages(section: str, tmp_path: Path) -> None:
    found = blocks(section)
    files = {file: text for file, _, text in found if file}
    project = tomllib.loads(files.pop("pyproject.toml"))["project"]
    site = write_package(tmp_path / "site", project["name"], files, project["entry-points"])
    assert len(files) >= 2
    folder = tmp_path / "work"
    folder.mkdir()
    (console,) = [text for _, kind, text in found if kind == "console"]
    environment = {
        **os.environ,
        "LC_ALL": "C.UTF-8",
        "PYTHONPATH": os.pathsep.join([str(site), os.environ.get("PYTHONPATH", "")]),
        "PATH": f"{COMMAND.parent}{os.pathsep}{os.environ['PATH']}",
    }
    for command, expected in regex.findall(r"(?ms)^\$ ([^\n]+)\n(.*?)(?=^\$ |\Z)", console):
        done = subprocess.run(
            command, shell=True, executable="/bin/sh", capture_output=True, cwd=folder, env=environment, check=False
        )
        assert (done.returncode, done.stderr.decode()) == (0, ""), command
        assert done.stdout.decode() == expected or not expected
