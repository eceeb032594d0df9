"""The targets: what is run, what mutates its inputs, what of the program it is for, and how much is enough."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from redactor.formats.registry import FORMATS
from tests.fuzz import archives, columns, engine, mails, packages, pdfs, tomls, trees
from tests.fuzz.code import READERS
from tests.fuzz.outcome import Mutate, Run
from tests.fuzz.readers import reader
from tests.fuzz.texts import by_words

CORPUS: Final = Path(__file__).parent / "corpus"
"""Seeds, a folder a target."""


@dataclass(frozen=True, slots=True)
class Target:
    """A target. `floor`: executions that a release is worth; `blind`: the share of mutants that the fuzzer makes, which knows no format."""

    name: str
    run: Run
    mutate: Mutate
    floor: int = 30_000
    blind: float = 0.02

    def seeds(self) -> list[bytes]:
        """The inputs that are committed, in the order of their names."""
        return [path.read_bytes() for path in sorted((CORPUS / self.name).iterdir())]


_STRUCTURED: Final[dict[str, Mutate]] = {
    "xml": packages.xml,
    "json": trees.values,
    "jsonl": trees.records,
    "eml": mails.mutate,
    "pdf": pdfs.mutate,
    "parquet": columns.parquet,
    "arrow": columns.arrow,
    **{name: archives.of(name) for name in ("docx", "xlsx", "pptx", "zip", "tar", "gzip")},
}
_TEXTS: Final = ("text", "html", "xml", "json", "jsonl", "csv")


def _targets() -> list[Target]:
    readers = [_reader(name) for name in READERS if name in FORMATS]
    return [
        *readers,
        Target("rules", engine.rules, tomls.mutate, 1_000_000),
        Target("policies", engine.policies, tomls.mutate, 1_000_000),
        Target("engine", engine.engine, by_words("text"), 500_000, blind=0.1),
        Target("builtin", engine.builtin, by_words("text"), blind=0.1),
    ]


def _reader(name: str) -> Target:
    floor = 1_000_000 if name in _TEXTS else 30_000
    if name in _STRUCTURED:
        return Target(name, reader(name), _STRUCTURED[name], floor)
    return Target(name, reader(name), by_words(name), floor, blind=0.1)


TARGETS: Final = {target.name: target for target in _targets()}
