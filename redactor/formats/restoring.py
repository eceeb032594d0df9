"""A `Session` that puts back what the labels of a document stand for: each format writes it as it writes any other edit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from redactor.document.edits import apply
from redactor.document.state import Memory
from redactor.formats.quiet import QuietSession
from redactor.formats.registry import find_format
from redactor.formats.unit import Redacted, Unit
from redactor.language import say
from redactor.model import FormatError
from redactor.text.decode import Encoding, Part
from redactor.text.mixed import MIXED
from redactor.vault.restore import found_in
from redactor.vault.vault import Vault

RESTORED: Final = ("text", "html", "csv", "json", "jsonl", "docx", "xlsx", "pptx")
"""The formats in which labels are put back."""
_LAID_OUT: Final = ("pdf", "ofd")


def check_restorable(kind: str) -> None:
    """FormatError, with the reason, for a format in which nothing can be put back."""
    if kind in RESTORED:
        return
    title = getattr(find_format(kind), "title", kind)
    if kind in _LAID_OUT:
        raise FormatError(
            "{title}: its text has been laid out for labels and has no room for what they stand for; restore the text or the "
            "document that it was made from",
            title=say(title),
        )
    raise FormatError("{title}: labels are put back in {known} only", title=say(title), known=say(", ").join(RESTORED))


@dataclass
class RestoringSession(QuietSession):
    """Puts labels back, text by text. `foreign`: places and texts of what reads like a label of the vault and is none."""

    vault: Vault
    exact: int = 0
    tolerant: int = 0
    foreign: list[tuple[str, str]] = field(default_factory=list)
    found: set[str] = field(default_factory=set)
    encoding: Encoding | None = None

    @property
    def missing(self) -> list[str]:
        """Labels of the vault that the document does not have."""
        return [label for label in dict(self.vault.labels()) if label not in self.found]

    def stream(self, units: Iterable[Unit], *, prose: bool = True) -> Iterator[Redacted]:
        for unit in units:
            yield self._restored(unit.text, lambda _, where=unit.where: where)  # type: ignore[misc]

    def text(self, parts: Callable[[], Iterable[Part]], where: str) -> Iterator[str]:
        """A running text as a whole, since a label may lie across the end of a part; one of several encodings by line, part by part."""
        if self.encoding and self.encoding.name == MIXED:
            yield from (self._restored(part(), lambda _: where).text for part in parts())
            return
        text = "".join(part() for part in parts())
        yield self._restored(text, lambda start: _line(text, start)).text

    def value(self, unit: Unit, entity: str, record: Memory | None = None) -> Redacted:
        [done] = self.flow([unit])
        return done

    def _restored(self, text: str, where: Callable[[int], str]) -> Redacted:
        fits, foreign = found_in(text, self.vault)
        exact = sum(put.exact for put in fits)
        self.exact += exact
        self.tolerant += len(fits) - exact
        self.foreign += [(where(each.start), each.label) for each in foreign]
        self.found.update(put.label for put in fits)
        edits = tuple(put.edit for put in fits)
        return Redacted(apply(text, edits), edits, forms=tuple(put.form for put in fits))

    def read_as(self, encoding: Encoding) -> None:
        self.encoding = encoding


def _line(text: str, start: int) -> str:
    return f"{text.count(chr(10), 0, start) + 1}:{start - text.rfind(chr(10), 0, start)}"
