"""What decisions teach, as files: lists of terms, rule drafts, annotated texts. Text of the documents leaves a review here, and only here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from redactor.files.atomic import write_whole
from redactor.files.names import suffix_for
from redactor.language import several
from redactor.model import RedactorError
from redactor.review.audit import Audit
from redactor.review.decisions import DecisionsFile, alike
from redactor.review.gold import gold_of
from redactor.review.lists import merged, terms_of
from redactor.review.taken import Reading, Taken, taken
from redactor.text.show import show
from redactor.text.whole_file import LARGEST_LIST, read_text

if TYPE_CHECKING:
    from redactor.review.desk import Desk

What = Literal["keep", "mask", "rules", "gold"]
"""`keep`, `mask`: a list for `--keep-file` or `--mask-file`; `rules`: drafts of a rule file; `gold`: annotated texts for `redactor eval`."""
_ENDINGS: Final[dict[What, str]] = {"keep": "keep.txt", "mask": "mask.txt", "rules": "rules.toml", "gold": "gold.jsonl"}


@dataclass(frozen=True, slots=True)
class Exported:
    """What is to be written: `number` lines or rules. `notes`: what is to be said, without text; `refused`: whether a draft was."""

    text: str
    number: int
    notes: tuple[str, ...] = ()
    refused: bool = False

    def check(self) -> None:
        """RedactorError where there is nothing to export."""
        if not self.number:
            raise RedactorError("there is nothing to export: nothing was written")

    def write(self, output: Path, *, merge: bool) -> None:
        """Write it, whole or not at all, for its owner alone. `merge`: of a list that exists, keep the lines."""
        text = self.text
        if merge and output.exists():
            text = merged(read_text(output, LARGEST_LIST), text.splitlines())
        write_whole(output, text.encode("utf-8", "backslashreplace"), 0o600)


def exported(documents: Sequence[Taken], what: What, *, unfinished: bool = False) -> Exported:
    """What was decided of some documents. `unfinished`: annotated texts of reviews that are not finished too."""
    if what == "gold":
        rows = [row for document in documents for row in gold_of(document, unfinished=unfinished)]
        return Exported("".join(f"{row}\n" for row in rows), len(rows))
    if what == "rules":
        from redactor.review.drafts import drafted

        made = drafted(documents)
        return Exported(made.text, len(made.told), (*made.told, *made.refused), bool(made.refused))
    terms = terms_of(documents, what)
    notes = []
    if terms.split:
        notes.append(several("{number} value is left out: it was decided otherwise elsewhere", "{number} values are left out: they were decided otherwise elsewhere", terms.split))  # fmt: skip
    if terms.unfit:
        notes.append(several("{number} value is left out: it can't be a term of a list", "{number} values are left out: they can't be terms of a list", terms.unfit))  # fmt: skip
    return Exported("".join(f"{term}\n" for term in terms.terms), len(terms.terms), tuple(notes))


def log(audit: Audit, documents: Sequence[Taken], what: What, number: int) -> None:
    """Log an export, which then may be written."""
    for each in documents:
        audit.add("export", each.plain.sha256, what=what, count=number, decisions=each.file.digest[:16])


def from_desk(desk: Desk, what: str) -> tuple[Path, Exported]:
    """Export what was decided of the documents of a desk, as far as their reviews have come; where to.

    The file stands beside what is kept of the first review. A list that is there is added to; of anything else another name is taken.
    """
    if what not in _ENDINGS:
        raise RedactorError("{what}: nothing that can be exported", what=what)
    worked = [sheet for sheet in desk.sheets if sheet.session and sheet.wanted.base]
    if not worked or desk.marks is None or desk.audit is None:
        raise RedactorError("there is nothing to export: nothing was written")
    documents = [_taken(desk, sheet.number) for sheet in worked]
    made = exported(documents, what)
    made.check()
    base = worked[0].wanted.base
    assert base
    output = base.with_name(f"{base.name if len(desk.sheets) == 1 else 'all'}.{_ENDINGS[what]}")
    if what in ("rules", "gold"):
        output = _free(output)
    log(desk.audit, documents, what, made.number)
    made.write(output, merge=what in ("keep", "mask"))
    return output, made


def _taken(desk: Desk, number: int) -> Taken:
    sheet, review = desk.sheets[number], desk.caught_up(number)
    assert desk.marks
    ending = desk.ending(number)
    file = ending.told(sheet.content, review, desk.marks)
    if (path := sheet.wanted.decisions) and path.exists():
        finished = DecisionsFile.read(path)
        file = replace(file, finish=finished.finish) if alike(finished, file) else file
    options = replace(ending.options, output=suffix_for(review.examined.format, ending.source, ending.output))
    return taken(sheet.wanted.source, file, Reading(ending.redactor, options, desk.kind))


def _free(path: Path) -> Path:
    """A name that no file has."""
    number = 1
    free = path
    while free.exists():
        number += 1
        free = path.with_name(f"{path.stem}-{number}{path.suffix}")
    return free


def said_of(output: Path, made: Exported) -> str:
    """What is said once it is written."""
    return several("{file}: {number} line or rule; it holds text of the documents", "{file}: {number} lines or rules; it holds text of the documents", made.number, file=show(output))  # fmt: skip
