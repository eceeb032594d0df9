"""A project's settings, `redactor.toml`: what it may say, where it is looked for, and how it goes with options that are given.

An option of class `Setting` is a key of the file too: its name, kind, check and meaning stand with the option and nowhere else.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

import click
import regex
from click.core import ParameterSource

from redactor.cli.help import Command
from redactor.cli.notes import note
from redactor.cli.usage import together
from redactor.files.inputs import STDIN
from redactor.language import later, say
from redactor.model import RedactorError
from redactor.ruleset.fields import unknown
from redactor.ruleset.pack import parse_toml
from redactor.text.places import at
from redactor.text.show import escape, show
from redactor.text.whole_file import read_text

FILE: Final = "redactor.toml"
IGNORE: Final = ".redactorignore"
"""Beside the settings: patterns to leave out, as of `exclude`."""
_ALONE: Final = {"--backup": "--backup=.bak"}
_OWNERS: Final = (0,)
"""Whose files are trusted beside the user's own."""


class Setting(click.Option):
    """An option that the project's settings may give too.

    `key`: its name there; the option's own when empty. `adds`: values of the command line are added to those of the file; else they
    take their place. `place`: makes a value of the file that may name a file one that is found from the file's folder. `example`: a
    value as TOML, for `redactor init`. `check`: raises RedactorError for a value that could not be used.
    """

    def __init__(
        self,
        *args: Any,
        key: str = "",
        adds: bool = False,
        place: Callable[[str, Path], str] | None = None,
        example: str = "",
        check: Callable[[Any], object] | None = None,
        **attributes: Any,
    ) -> None:
        super().__init__(*args, **attributes)
        self.key = key or str(self.name)
        self.adds = adds
        self.table = "=" in (self.metavar or "")
        self._place = place or (_below if isinstance(self.type, click.Path) else None)
        self._check = check
        self.example = example or _toml(self.default, self.kind)

    @property
    def kind(self) -> str:
        """What a value in the file is, in words."""
        if self.table:
            return later("table of texts")
        if self.multiple:
            return later("list of texts")
        if isinstance(self.type, click.types.BoolParamType):
            return later("true or false")
        if isinstance(self.type, click.types.IntParamType):
            return later("whole number")
        return later("number") if isinstance(self.type, click.types.FloatParamType) else later("single text")

    def read(self, value: object, folder: Path, ctx: click.Context) -> Any:
        """A value of the file as the option would give it. ValueError says what it ought to be."""
        if self.table:
            if not isinstance(value, dict) or not _texts(list(value.values())):
                raise ValueError(say("must be a table such as {example}", example=self.example))
            value = [f"{name}={each}" for name, each in value.items()]
        wanted: Mapping[str, Callable[[object], bool]] = {
            "list of texts": _texts,
            "table of texts": _texts,
            "true or false": lambda given: isinstance(given, bool),
            "whole number": lambda given: type(given) is int,
            "number": lambda given: isinstance(given, int | float) and not isinstance(given, bool),
            "single text": lambda given: isinstance(given, str),
        }
        if not wanted[self.kind](value):
            raise ValueError(
                say("must be true or false")
                if self.kind == "true or false"
                else say("must be a {kind}", kind=say(self.kind))
            )
        if self._place:
            value = [self._place(each, folder) for each in value] if isinstance(value, list) else self._place(str(value), folder)  # fmt: skip
        try:
            return self.type_cast_value(ctx, value)
        except click.BadParameter as error:
            raise ValueError(error.message) from None

    def check(self, value: Any) -> None:
        """RedactorError for a value, as `read` gives it, that could not be used."""
        for each in value if self.multiple else (value,):
            if self._check:
                self._check(each)


setting = partial(click.option, cls=Setting)
"""An option that the project's settings may give too."""


def policy_place(value: str, folder: Path) -> str:
    """A policy of the settings: a name, or a file found from their folder."""
    return _below(value, folder) if "/" in value or value.endswith(".toml") else value


def rules_place(value: str, folder: Path) -> str:
    """Rules of the settings: a file or folder found from theirs; else the name of an installed pack."""
    below = _below(value, folder)
    return below if Path(below).exists() or "/" in value or value.endswith(".toml") else value


def ner_place(value: str, folder: Path) -> str:
    """A recogniser of the settings: a name, or the folder of a model found from theirs."""
    kind, colon, path = value.partition(":")
    return f"{kind}:{_below(path, folder)}" if colon else value


config_options: Final = together(
    click.option(
        "--config",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Settings to use, in place of the redactor.toml found from the working directory upward.",
    ),
    click.option(
        "--no-config", is_flag=True, help="Leave out the project's settings (redactor.toml) and .redactorignore."
    ),
)
"""--config and --no-config."""


def is_given(name: str) -> bool:
    """Whether an option of the running command stands on the command line."""
    return click.get_current_context().get_parameter_source(name) is ParameterSource.COMMANDLINE


class WithProject(Command):
    """A command whose options the project's settings may give."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """`--backup` may stand alone, as `sed -i` may, and then takes nothing of what follows."""
        end = args.index("--") if "--" in args else len(args)
        return super().parse_args(ctx, [_ALONE.get(arg, arg) for arg in args[:end]] + args[end:])

    def invoke(self, ctx: click.Context) -> Any:
        """Put what the settings say in the place of what was not given, then run the command."""
        config, none = ctx.params.pop("config"), ctx.params.pop("no_config")
        if config and none:
            raise click.UsageError(say("--config and --no-config exclude one another"))
        project = None if none else _project(config, ctx)
        ctx.obj["own_files"] = project.files if project else ()
        if project and not config:
            note(say("settings: {files}", files=say(", ").join(map(show, project.files))))
        for option, value in project.values if project else ():
            name = str(option.name)
            given = ctx.get_parameter_source(name) is ParameterSource.COMMANDLINE
            if given and not option.adds:
                continue
            ctx.params[name] = (*value, *ctx.params[name]) if option.adds else value
        return super().invoke(ctx)


def settings_of(command: click.Command) -> list[Setting]:
    """The options of a command that settings may give."""
    return [option for option in command.params if isinstance(option, Setting)]


@dataclass(frozen=True, slots=True)
class Project:
    """Settings that were read: values by option, and the files that they came from."""

    values: tuple[tuple[Setting, Any], ...]
    files: tuple[Path, ...]


def _project(config: Path | None, ctx: click.Context) -> Project | None:
    found = config or find(Path.cwd(), Path.home())
    if found is None:
        return None
    inputs = [path for path in ctx.params["files"] if path != STDIN]
    _refuse_loose(found)
    if not config:
        _refuse_strange(found, inputs)
    text = read_text(found)
    values = dict(_values(found, text, ctx))
    ignored = found.with_name(IGNORE)
    _refuse_loose(ignored)
    if not ignored.exists() or _holding(inputs, ignored):
        return Project(tuple(values.items()), (found,))
    exclude = next(option for option in settings_of(ctx.command) if option.name == "exclude")
    values[exclude] = (*read_text(ignored).splitlines(), *values.get(exclude, ()))
    return Project(tuple(values.items()), (found, ignored))


def find(folder: Path, home: Path) -> Path | None:
    """The settings of the project that a folder lies in: its own, or the nearest above it.

    Looked through are the folder, and those above it up to the top of a repository; neither the home folder nor what it lies in.
    """
    for place in (folder, *folder.parents):
        if place != folder and (home.is_relative_to(place) or place == place.parent):
            return None
        if os.path.lexists(place / FILE):
            return place / FILE
        if (place / ".git").exists():
            return None
    return None


def _refuse_loose(file: Path) -> None:
    """Refuse a link that leads nowhere: what is to be set would not be."""
    if file.is_symlink() and not file.exists():
        raise RedactorError("{file}: a link that leads nowhere", file=show(file))


def _refuse_strange(found: Path, inputs: Sequence[Path]) -> None:
    """Refuse settings that nobody has named and that may be a stranger's: in what is to be redacted, or owned by another."""
    other = say("name it with --config if it is yours, or leave it out with --no-config")
    holding = _holding(inputs, found)
    if holding:
        raise RedactorError("{found}: lies inside the input {holding}, which does not bring its own settings: {other}", found=show(found), holding=show(holding), other=other)  # fmt: skip
    if not hasattr(os, "geteuid"):  # Windows: no owners and modes to go by
        return
    if found.stat().st_uid not in (os.geteuid(), *_OWNERS):
        raise RedactorError("{found}: belongs to another user: {other}", found=show(found), other=other)
    if found.stat().st_mode & stat.S_IWOTH:
        raise RedactorError("{found}: can be written by everybody: {other}", found=show(found), other=other)


def _holding(inputs: Sequence[Path], file: Path) -> Path | None:
    """The input that a file is, or lies in, by its name or by where that leads."""
    places = (file.parent.resolve() / file.name, file.resolve())
    return next((path for path in inputs if any(place.is_relative_to(path.resolve()) for place in places)), None)


def _values(path: Path, text: str, ctx: click.Context) -> Iterator[tuple[Setting, Any]]:
    """What the file says, by option of this command; what only another command has is checked by that one."""
    own = {option.key: option for option in settings_of(ctx.command)}
    known = {option.key: option for option in all_settings()}
    for key, value in parse_toml(text, show(path)).items():
        line = regex.search(rf'(?m)^[ \t]*\[?[ \t]*"?{regex.escape(key)}"?[ \t]*[=\].]', text)
        where = f"{show(path)}:{text.count(chr(10), 0, line.start()) + 1}" if line else show(path)
        if key not in known:
            raise RedactorError(at(where, unknown("key", escape(key), sorted(known))))
        try:
            read = known[key].read(value, path.absolute().parent, ctx)
            known[key].check(read)
        except (ValueError, RedactorError) as error:
            raise RedactorError(at(where, at(key, error))) from None
        if key in own:
            yield own[key], read


def all_settings() -> list[Setting]:
    """Every key that settings may have, in the order of help: those of `clean`, and what `review` has beside them."""
    from redactor.cli.clean import clean
    from redactor.cli.review import review

    own = settings_of(clean)
    names = {option.key for option in own}
    return own + [option for option in settings_of(review) if option.key not in names]


def _below(value: str, folder: Path) -> str:
    return str(folder / Path(value).expanduser())


def _texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def _toml(default: object, kind: str) -> str:
    """A value of a kind as TOML: the option's default where it has one."""
    if kind == "true or false":
        return "true"
    if kind == "single text":
        return f'"{default}"' if isinstance(default, str) else '""'
    return str(default) if isinstance(default, int | float) and default else "60"
