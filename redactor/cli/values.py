"""Kinds of values that options take: completed by the shell, taken however they are written, refused with what is near."""

from __future__ import annotations

import os
from collections.abc import Iterable
from math import inf
from pathlib import Path
from typing import Any, Final

import click
import regex
from click.shell_completion import CompletionItem

from redactor.language import say
from redactor.model import ENTITIES, PolicyError
from redactor.ruleset.fields import unknown

_FOLDER: Final = "redactor.output-is-a-folder"
_SIZE: Final = regex.compile(r"([0-9]{1,12})([KMG]?)B?", regex.I)


class _Named(click.ParamType):  # type: ignore[type-arg]  # not generic before click 8.2
    """A name out of several, any of which the shell may offer; what is given is taken as it is."""

    name = "name"

    def names(self) -> Iterable[str]:
        raise NotImplementedError

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        return [CompletionItem(each) for each in self.names() if each.casefold().startswith(incomplete.casefold())]


class PolicyName(_Named):
    """The name of a policy, or its file."""

    def names(self) -> Iterable[str]:
        from redactor.policy.load import policy_names

        return policy_names()


class RuleId(_Named):
    """The id of a rule."""

    def names(self) -> Iterable[str]:
        from redactor.ruleset.load import load_rules

        return load_rules().by_id


class EntityNames(_Named):
    """One entity or several (`person,location`), in any case."""

    def names(self) -> Iterable[str]:
        return ENTITIES

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        return ",".join(entity(name) for name in str(value).split(",") if name.strip())


def term(value: str) -> str:
    """A word or phrase, and not an empty one."""
    if not value.strip():
        raise click.BadParameter(say("an empty term"))
    return value


class Whole(click.IntRange):
    """A whole number in a range."""

    @property
    def name(self) -> str:  # type: ignore[override]  # click has it fixed, and in English
        return say("whole number")


class Number(click.FloatRange):
    """A number in a range."""

    @property
    def name(self) -> str:  # type: ignore[override]  # as above
        return say("number")


def size(value: str) -> int:
    """A number of bytes, such as 64MB."""
    match = _SIZE.fullmatch(value)
    number = int(match[1]) * 1000 ** " KMG".index(match[2].upper() or " ") if match else 0
    if not 1_000 <= number <= 1_000_000_000_000:
        raise click.BadParameter(say("{value!r} is no size such as 64MB, from 1KB to 1000GB", value=value))
    return number


class Share(click.ParamType):  # type: ignore[type-arg]  # as above
    """A share: `2%` or `0.02`. `part`: of a whole, so that it is more than nothing, and all at most."""

    name = "share"

    def __init__(self, *, part: bool = False) -> None:
        self._part = part

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        text = str(value).strip()
        try:
            share = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
        except ValueError:
            share = -1.0
        if not (0 < share <= 1 if self._part else 0 <= share < inf):
            self.fail(say("{value!r} is no share such as 2% or 0.02", value=text), param, ctx)
        return share


class OutputPath(click.Path):
    """A file, or a folder: that is said by a separator at the end, wherever nothing is yet."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        if ctx is not None and str(value).endswith("/"):
            ctx.meta[_FOLDER] = True
        return Path(os.fsdecode(super().convert(value, param, ctx)))


class FilePath(click.Path):
    """A file that is written beside the outputs, which `-` is none."""

    def __init__(self) -> None:
        super().__init__(path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        if os.fspath(value) == "-":
            self.fail(say("- is standard output, where this can't go: name a file"), param, ctx)
        return Path(os.fsdecode(super().convert(value, param, ctx)))


def says_folder() -> bool:
    """Whether the output was named as a folder is."""
    return bool(click.get_current_context().meta.get(_FOLDER))


def entity(name: str) -> str:
    """The entity of that name, in any case; PolicyError for an unknown one."""
    wanted = name.strip().upper().replace("-", "_")
    if wanted in ENTITIES:
        return wanted
    raise PolicyError(unknown("entity", wanted, ENTITIES))
