"""Commands whose help is in the language of messages, wrapped by the columns that characters take on a terminal."""

from __future__ import annotations

import copy
import inspect
import re
from collections.abc import Iterable, Iterator
from gettext import gettext
from typing import Any

import click

from redactor.cli.exit_codes import MEANINGS
from redactor.language import LANGUAGES, say, use
from redactor.text.show import columns


def _use(_: click.Context, __: click.Parameter, language: str | None) -> None:
    if language:
        use(language)


class Command(click.Command):
    """A command that says its help, and that of its options, in the language in use; `--lang` chooses another."""

    def __init__(self, *args: Any, codes: bool = False, **kwargs: Any) -> None:
        """`codes`: whether its help ends with the table of exit codes."""
        super().__init__(*args, **kwargs)
        self.codes = codes
        self.context_settings.setdefault("help_option_names", ["-h", "--help"])
        self.params.append(
            click.Option(
                ["--lang"],
                type=click.Choice(LANGUAGES),
                is_eager=True,
                expose_value=False,
                callback=_use,
                help="Language of messages and help (REDACTOR_LANG or the system's when not given).",
            )
        )

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """click's, which is made once, in the language in use now."""
        option = super().get_help_option(ctx)
        if option:
            option.help = gettext("Show this message and exit.")
        return option

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        wide = Columns(width=formatter.width)
        _translated(self)._write_help(ctx, wide)
        formatter.write(wide.getvalue())

    def get_short_help_str(self, limit: int = 45) -> str:
        """The first sentence of the help."""
        return say(inspect.cleandoc(self.help or "")).partition("\n\n")[0].partition("。")[0]

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        if self.codes:
            with formatter.section(say("Exit codes")):
                formatter.write_dl([(str(code.value), say(text)) for code, text in MEANINGS.items()])

    def _write_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        super().format_help(ctx, formatter)


class Group(Command, click.Group):
    """A group of such commands."""

    command_class = Command


def _translated(command: Command) -> Command:
    """A copy of a command, its help and that of its options in the language in use."""
    copied = copy.copy(command)
    copied.help = say(inspect.cleandoc(command.help or ""))
    copied.params = [copy.copy(param) for param in command.params]
    for param in copied.params:
        if isinstance(param, click.Option):
            param.help = say(param.help or "")
    return copied


class Columns(click.HelpFormatter):
    """click's formatter for text in which a character may take two columns, and a line may end between any two such."""

    def write_heading(self, heading: str) -> None:
        self.write(f"{' ' * self.current_indent}{say('{heading}:', heading=heading)}\n")

    def write_text(self, text: str) -> None:
        for line in wrapped(text, self.width - self.current_indent):
            self.write(f"{' ' * self.current_indent}{line}".rstrip() + "\n")

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        rows = list(rows)
        first = min(max(columns(term) for term, _ in rows), col_max) + col_spacing
        for term, text in rows:
            indent, lines = " " * self.current_indent, list(wrapped(text, self.width - self.current_indent - first))
            if columns(term) > first - col_spacing or not lines:
                self.write(f"{indent}{term}\n")
            else:
                self.write(f"{indent}{term}{' ' * (first - columns(term))}{lines.pop(0)}\n")
            for line in lines:
                self.write(f"{indent}{' ' * first}{line}\n")


def wrapped(text: str, width: int) -> Iterator[str]:
    """The lines of a text of paragraphs (with a blank line between), each of at most so many columns where words allow it."""
    for number, paragraph in enumerate(re.split(r"\n\s*\n", text.strip())):
        if number:
            yield ""
        line = ""
        for piece in _PIECES.findall(" ".join(paragraph.split())):
            if line and columns(line + piece.rstrip()) > width:
                yield line.rstrip()
                line = ""
            line += piece
        yield line.rstrip()


_WIDE = r"[\u2e80-\u9fff\uff00-\uffef]"
_OPENING, _CLOSING = "（《“", "。，、；：？！）》”"
_PIECES = re.compile(
    rf"[{_OPENING}\[(]*(?![{_OPENING}]){_WIDE}[{_CLOSING}]*\s?|[{_OPENING}]*(?:(?!{_WIDE})\S)+[{_CLOSING}]*\s*|\s|."
)
"""What a line may be cut between: wide characters with the marks that may not begin or end a line, and words."""
