"""The targets: what is run, what mutates its inputs, what of the program it is for, and how much is enough."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from redactor.formats.registry import FORMATS
from tests.fuzz import archives, columns, engine, mails, packages, pdfs, tomls, trees
from tests.fuzz.code import READERS
from tests.fuzz.outcome import Mutate, Run, Together
from tests.fuzz.readers import reader
from tests.fuzz.texts import by_words

CORPUS: Final = Path(__file__).parent / "corpus"
"""Seeds, a folder a target."""
LONGEST: Final = 40_000
"""Bytes of an input, where its format takes some thousand."""
LONG: Final = 1_000
"""Bytes of an input that is a text: the time of each goes up with its length, and nearly all faults show in less."""


@dataclass(frozen=True, slots=True)
class Target:
    """A target.

    `floor`: executions that a release is worth; `blind`: the share of mutants that the fuzzer makes, which knows no format; `longest`: bytes
    of an input that is made or mutated; `together`: does the work of several inputs in less time.
    """

    name: str
    run: Run
    mutate: Mutate
    floor: int = 30_000
    blind: float = 0.02
    longest: int = LONGEST
    together: Together | None = None

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
        Target("rules", engine.rules, tomls.mutate, 1_000_000, longest=LONG),
        Target("policies", engine.policies, tomls.mutate, 1_000_000, longest=LONG),
        Target(
            "engine", engine.engine, by_words("text"), 500_000, blind=0.1, longest=LONG, together=engine.engine_together
        ),
        Target("builtin", engine.builtin, by_words("text"), blind=0.1, longest=LONG, together=engine.builtin_together),
    ]


def _reader(name: str) -> Target:
    floor = 1_000_000 if name in _TEXTS else 30_000
    longest = LONG if name in _TEXTS else LONGEST
    if name in _STRUCTURED:
        return Target(name, reader(name), _STRUCTURED[name], floor, longest=longest)
    return Target(name, reader(name), by_words(name), floor, blind=0.1, longest=longest)


TARGETS: Final = {target.name: target for target in _targets()}
