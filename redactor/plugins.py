"""Plug-ins: rule packs, recognizers, validators, operators and formats of other installed packages, by their entry points.

Only what is named is loaded: a recognizer or a validator by a rule, an operator by a policy, a rule pack by the caller, a format by
the name of a file. What is built in goes first. A plug-in that can't be loaded, or fails, is a PluginError: no text passes unseen.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, TypeVar

from redactor.model import PluginError, RedactorError

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

DISTRIBUTION: Final = "redactor-zh"
"""What this package is called in the package index; `redactor` there is another author's."""
Group = Literal["rules", "recognizers", "validators", "operators", "formats"]
T = TypeVar("T")
_SINGULAR: Final[Mapping[Group, str]] = {
    "rules": "rule pack",
    "recognizers": "recognizer",
    "validators": "validator",
    "operators": "operator",
    "formats": "format",
}


def install_hint(extra: str) -> str:
    """How to install what an extra stands for."""
    return f'pip install "{DISTRIBUTION}[{extra}]"'


@cache
def installed(group: Group) -> Mapping[str, EntryPoint]:
    """By name, what installed packages register in entry point group `redactor.GROUP`; nothing of it is loaded.

    PluginError when two packages register the same name.
    """
    from importlib.metadata import entry_points  # takes its time, and most runs do without

    found: dict[str, EntryPoint] = {}
    for entry in sorted(entry_points(group=f"redactor.{group}"), key=lambda entry: (entry.name, _package(entry))):
        known = found.setdefault(entry.name, entry)
        if (known.value, _package(known)) != (entry.value, _package(entry)):
            what = f"{_SINGULAR[group]} {entry.name!r}"
            raise PluginError(
                "{what} is registered by two packages: {package} and {package2}",
                what=what,
                package=_package(known),
                package2=_package(entry),
            )
    return found


def with_installed(group: Group, built_in: Iterable[str]) -> list[str]:
    """The names of what is built in, then those of what is installed besides."""
    names = list(built_in)
    return [*names, *(name for name in installed(group) if name not in names)]


def load(group: Group, name: str) -> Any:
    """What an installed package has registered under the name; PluginError when it can't be loaded."""
    try:
        return installed(group)[name].load()
    except (Exception, SystemExit) as error:
        reason = " ".join(f"{type(error).__name__}: {error}".split())
        raise PluginError("{described} can't be loaded: {why}", described=described(group, name), why=reason) from error


def load_function(group: Group, name: str) -> Callable[..., Any]:
    """The same for what must be callable."""
    found = load(group, name)
    if not callable(found):
        raise PluginError(
            "{described} is {name}; it must be a function",
            described=described(group, name),
            name=type(found).__name__,
        )
    function: Callable[..., Any] = found
    return function


def refused(function: Callable[..., Any], *arguments: object, **options: object) -> str:
    """Why a function can't be called like this; "" when it can, or does not tell."""
    try:
        inspect.signature(function).bind(*arguments, **options)
    except TypeError as error:
        return str(error)
    except ValueError:  # code in C
        return ""
    return ""


def described(group: Group, name: str) -> str:
    """What messages call a plug-in: kind, name and package."""
    return f"{_SINGULAR[group]} {name!r} of package {_package(installed(group)[name])}"


def name_of(function: Callable[..., Any]) -> str:
    """What a function, or an object that is called like one, is called: module and name, the same in every process."""
    named = function if hasattr(function, "__qualname__") else type(function)
    return f"{named.__module__}:{named.__qualname__}"


@contextmanager
def answering(what: str) -> Iterator[None]:
    """Turns what a plug-in raises on a text into a PluginError: its kind and its line, never its message, which may hold text."""
    try:
        yield
    except RedactorError:
        raise
    except Exception as error:
        at = error.__traceback__
        while at and at.tb_next:
            at = at.tb_next
        place = f" at {Path(at.tb_frame.f_code.co_filename).name}:{at.tb_lineno}" if at else ""
        raise PluginError("{what} failed: {name}{place}", what=what, name=type(error).__name__, place=place) from None


def guarded(function: Callable[..., T], what: str) -> Callable[..., T]:
    """The function, what it raises turned into a PluginError likewise."""

    def run(*arguments: Any) -> T:
        with answering(what):
            return function(*arguments)

    return run


def _package(entry: EntryPoint) -> str:
    return f"{entry.dist.name} {entry.dist.version}" if entry.dist else "?"
