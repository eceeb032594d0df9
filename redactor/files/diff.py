"""Changed lines in the manner of `diff -U0`, made from the edits themselves."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence

from redactor.document.edits import apply
from redactor.model import Edit
from redactor.text.show import escape


def diff_lines(text: str, edits: Sequence[Edit], name: str | None, first: int = 1) -> Iterator[str]:
    """Header (when `name` is given) and hunks for one text, whose lines count from `first`; safe for a terminal."""
    if not edits:
        return
    if name:
        yield f"--- {name}"
        yield f"+++ {name} (redacted)"
    group: list[Edit] = []
    group_end = -1
    line = first
    counted = 0
    for edit in edits:
        start = text.rfind("\n", 0, edit.start) + 1
        if group and start > group_end:
            line, counted = yield from _hunk(text, group, line, counted)
            group = []
        group.append(edit)
        stop = text.find("\n", max(edit.end - 1, edit.start))
        group_end = len(text) if stop < 0 else stop
    yield from _hunk(text, group, line, counted)


def _hunk(text: str, group: Sequence[Edit], line: int, counted: int) -> Generator[str, None, tuple[int, int]]:
    start = text.rfind("\n", 0, group[0].start) + 1
    stop = text.find("\n", max(group[-1].end - 1, group[-1].start))
    stop = len(text) if stop < 0 else stop + 1
    line += text.count("\n", counted, start)
    before = text[start:stop]
    moved = [Edit(e.start - start, e.end - start, e.replacement, e.entity, e.rule) for e in group]
    after = apply(before, moved)
    old, new = before.splitlines(), after.splitlines()
    yield f"@@ -{line},{len(old)} +{line},{len(new)} @@"
    yield from (f"-{escape(row)}" for row in old)
    yield from (f"+{escape(row)}" for row in new)
    return line, start
