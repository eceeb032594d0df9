"""The public API is what `tests/data/api.txt` says: write it anew with `REDACTOR_WRITE_DOCS=1` when it is meant to change."""

from __future__ import annotations

import dataclasses
import inspect
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import redactor

SNAPSHOT = Path(__file__).parent / "data" / "api.txt"


def lines() -> Iterator[str]:
    """Every public name with its signature; of classes, their fields and methods."""
    for name in sorted(redactor.__all__):
        thing: Any = getattr(redactor, name)
        if inspect.isclass(thing):
            yield from of_class(name, thing)
        elif inspect.isfunction(thing):
            yield f"def {name}{inspect.signature(thing)}"
        elif name != "__version__":
            yield f"{name} = {thing}"


def of_class(name: str, thing: type) -> Iterator[str]:
    """A class with its bases, its fields, and what it defines itself that is no private matter."""
    yield f"class {name}({', '.join(base.__name__ for base in thing.__bases__)})"
    if dataclasses.is_dataclass(thing):
        for field in dataclasses.fields(thing):
            has_default = {field.default, field.default_factory} != {dataclasses.MISSING}
            default = (
                ""
                if not has_default
                else f" = {field.default if field.default_factory is dataclasses.MISSING else '…'}"
            )
            yield f"    {field.name}: {field.type}{default}"
    elif "__init__" in vars(thing):
        yield f"    def __init__{inspect.signature(vars(thing)['__init__'])}"
        yield from (f"    {name}: {kind}" for name, kind in vars(thing).get("__annotations__", {}).items())
    for member, value in sorted(vars(thing).items()):
        if member.startswith("_"):
            continue
        if isinstance(value, property):
            yield f"    {member}: {inspect.signature(value.fget).return_annotation}"  # type: ignore[arg-type]
        elif inspect.isfunction(value):
            yield f"    def {member}{inspect.signature(value)}"


def test_public_api_is_as_it_was() -> None:
    current = "\n".join(lines()) + "\n"
    if os.environ.get("REDACTOR_WRITE_DOCS"):
        SNAPSHOT.write_text(current, encoding="utf-8")
    assert SNAPSHOT.read_text("utf-8") == current


def test_a_redactor_has_no_other_public_attributes() -> None:
    made = redactor.Redactor(builtin=False, ner="none")
    assert {name for name in vars(made) if not name.startswith("_")} == set(redactor.Redactor.__annotations__)
