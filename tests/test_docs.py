"""Documents that a program makes are what it would make now."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

import pytest

from redactor.cli.project import all_settings
from redactor.formats.registry import FORMATS
from redactor.ruleset.load import load_rules
from redactor.ruleset.texts import rule_texts
from redactor.testing.pages import pages
from tests.conftest import Run

DOCS = Path(__file__).parent.parent / "docs"
COMMANDS = ([], ["clean"], ["scan"], ["verify"], ["init"], ["eval"], ["rules"], ["rules", "list"], ["rules", "show"], ["rules", "test"], ["rules", "check"],
            ["rules", "try"], ["rules", "new"], ["rules", "schema"], ["formats"], ["policies"], ["policies", "list"], ["policies", "show"])  # fmt: skip


WRITE = "`REDACTOR_WRITE_DOCS=1 python -m pytest tests/test_docs.py`"
REFERENCES = {
    "cli.md": ("en", f"# Command line\n\nMade from `--help`; write it anew with {WRITE}.\n"),
    "cli.zh-CN.md": ("zh", f"# 命令行\n\n由 `--help` 生成；重新生成：{WRITE}。\n"),
}


def reference(run: Run, language: str, head: str) -> str:
    """The command line reference: every command's own help."""
    out = [head]
    for command in COMMANDS:
        done = run(*command, "--help", env={"COLUMNS": "110", "NO_COLOR": "1", "REDACTOR_LANG": language})
        assert done.returncode == 0
        text = "\n".join(line.rstrip() for line in done.stdout.decode().splitlines())
        out.append(f"\n## redactor {' '.join(command)}".rstrip() + f"\n\n```text\n{text}\n```\n")
    return "".join(out)


@pytest.mark.parametrize("page", REFERENCES)
def test_command_line_reference_is_current(run: Run, page: str) -> None:
    current = reference(run, *REFERENCES[page])
    if os.environ.get("REDACTOR_WRITE_DOCS"):
        (DOCS / page).write_text(current, encoding="utf-8")
    assert (DOCS / page).read_text(encoding="utf-8") == current


def formats_table() -> str:
    """What `docs/formats.md` says of each format, as a table."""
    rows = ["| format | files | sees | does not see | needs |", "|---|---|---|---|---|"]
    for form in FORMATS.values():
        page = f"formats/{form.page or form.module.rpartition('.')[2]}.md"
        title = f"[{form.title}]({page})" if (DOCS / page).exists() else form.title
        needs = f"`redactor-zh[{form.extra}]`" if form.extra else ""
        rows.append(f"| {title} | {' '.join(form.suffixes)} | {form.sees} | {form.misses} | {needs} |")
    return "\n".join(rows) + "\n"


def test_table_of_formats_is_current() -> None:
    page = DOCS / "formats.md"
    head, mark, _ = page.read_text(encoding="utf-8").partition("<!-- formats -->\n")
    assert mark
    current = head + mark + formats_table()
    if os.environ.get("REDACTOR_WRITE_DOCS"):
        page.write_text(current, encoding="utf-8")
    assert page.read_text(encoding="utf-8") == current


def settings_table() -> str:
    """What `docs/settings.md` says of each key, as a table, from the options themselves."""
    rows = ["| key | option | kind | meaning | on the command line |", "|---|---|---|---|---|"]
    for option in all_settings():
        meaning = str(option.help).replace("|", "\\|")
        rows.append(
            f"| `{option.key}` | `{option.opts[0]}` | {option.kind} | {meaning} | {'added' if option.adds else 'instead'} |"
        )
    return "\n".join(rows) + "\n"


def test_table_of_settings_is_current() -> None:
    page = DOCS / "settings.md"
    head, mark, tail = page.read_text(encoding="utf-8").partition("<!-- settings -->\n")
    assert mark
    current = head + mark + settings_table() + tail[tail.index("\n## ") :]
    if os.environ.get("REDACTOR_WRITE_DOCS"):
        page.write_text(current, encoding="utf-8")
    assert page.read_text(encoding="utf-8") == current


def test_the_page_of_settings_in_chinese_has_the_same_keys_and_options() -> None:
    pages = [(DOCS / name).read_text(encoding="utf-8") for name in ("settings.md", "settings.zh-CN.md")]
    english, chinese = (
        [
            (row.split(" | ")[:2], row.endswith(("| added |", "| 追加 |")))
            for row in page.splitlines()
            if row.startswith("| `")
        ]
        for page in pages
    )
    assert english == chinese


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
def test_links_of_the_readme_lead_somewhere(name: str) -> None:
    import regex

    root = DOCS.parent
    for target in regex.findall(r"\]\(([^)#:]+)\)", (root / name).read_text(encoding="utf-8")):
        assert (root / target).exists(), target


def test_pages_of_rules_are_current() -> None:
    current = pages(load_rules(), rule_texts())
    folder = DOCS / "rules"
    if os.environ.get("REDACTOR_WRITE_DOCS"):
        folder.mkdir(exist_ok=True)
        for path in folder.iterdir():
            path.unlink()
        for name, text in current.items():
            (folder / name).write_text(text, encoding="utf-8")
    assert {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()} == current


def commands_of_pages() -> list[tuple[str, str]]:
    """Each command of ours that a page shows, without what pipes and comments add, and the page's name."""
    import regex

    pages = [path for path in (*DOCS.rglob("*.md"), *DOCS.parent.glob("README*.md")) if path.parent.name != "rules"]
    return [
        (path.name, regex.split(r" \| | > | +# | && ", command)[0])
        for path in sorted(pages)
        for command in regex.findall(
            r"(?m)^\$ (?:[^\n]*(?:\| |&& ))?\K(?:\./)?redactor [^\n]*", path.read_text("utf-8")
        )
    ]


@pytest.mark.parametrize(("page", "command"), commands_of_pages())
def test_commands_of_the_pages_know_their_options(page: str, command: str) -> None:
    import click

    from redactor.cli import cli

    words = shlex.split(command)[1:]
    found: click.Command = cli
    context = click.Context(cli, **cli.context_settings)
    while isinstance(found, click.Group) and words and not words[0].startswith("-"):
        deeper = found.get_command(context, words.pop(0))
        assert deeper is not None
        found = deeper
    known = {name for option in found.get_params(context) for name in (*option.opts, *option.secondary_opts)}
    assert {word.partition("=")[0] for word in words if word.startswith("-") and word != "-"} <= known
