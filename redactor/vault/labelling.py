"""Labels of a vault put into a redacted text, and the proof that they lead back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

import regex

from redactor.document.edits import apply, pieces
from redactor.language import later
from redactor.model import Edit, FormatError, PolicyError, Result
from redactor.policy.load import Policy
from redactor.redactor import Redactor
from redactor.text.given import one_text
from redactor.vault.labels import Form, Series
from redactor.vault.reading import Reading, readings, written
from redactor.vault.restore import restore
from redactor.vault.vault import Vault

Origin = Callable[[int, int], tuple[int, Form]]
"""Where what a document itself says begins in a stretch of its text, and in what form it stands there from that place on."""
_SIGN: Final = "×"
COLLISION: Final = later("{place}: the text there could be taken for a label; --label-brackets chooses other brackets")


class CollisionError(FormatError):
    """A text holds what could be taken for a label. `start`: where, in code points of the text."""

    def __init__(self, place: str, start: int) -> None:
        super().__init__(COLLISION, place=place)
        self.start = start


def redact_to_vault(text: str, vault: Vault, redactor: Redactor | None = None) -> Result:
    """The text with labels in place of what was found, which the vault keeps: `restore` puts it back.

    `redactor`: one whose policy writes into a vault; None: one of policy "vault". FormatError when the text holds labels already.
    """
    redactor = redactor or Redactor("vault")
    check_policy(redactor.policy)
    return labelled(
        one_text(text, "text"),
        redactor.redact(text),
        redactor.policy,
        vault,
        lambda start, end: (start, Form(text[start:end])),
    )


def check_policy(policy: Policy) -> None:
    """PolicyError when nothing of a policy goes into a vault."""
    if not policy.needs_vault:
        raise PolicyError("policy {name!r} puts nothing into a vault; policy vault does", name=policy.name)


def labelled(
    text: str,
    result: Result,
    policy: Policy,
    vault: Vault,
    origin: Origin,
    codecs: Sequence[str] = (),
    put: set[str] | None = None,
) -> Result:
    """The result with the vault's labels where the policy's operator `vault` acts, which are entered in it.

    Each stands for exactly what was there by its `origin`, line by line, and is written in signs that the encodings have. `put`: labels that were
    put into the document before, which is added to: what a format reads once more holds them. DecodeError when the encodings have no signs for
    one; CollisionError when the text holds something that could be taken for a label.
    """
    put = set() if put is None else put
    others = _without(text, put, vault.series[0].brackets)
    found = collision(others, vault.series[0])
    if found:
        raise CollisionError(_place(text, found.start), found.start)
    edits: list[Edit] = []
    kept: list[Edit] = []
    for edit in result.edits:
        operator = policy.operator(edit.entity)
        if operator.kind != "vault":
            edits.append(edit)
            kept.append(edit)
            continue
        for low, end in pieces(text, edit.start, edit.end, edit.entity):
            start, form = origin(low, end)
            if start < end:
                label = written(vault.label_of(operator.name, edit.entity, form), codecs)
                put.add(label)
                edits.append(Edit(start, end, label, edit.entity, edit.rule))
    output, before = apply(text, edits), apply(text, kept)
    if others != text:
        before = restore(before, vault, all_missing=False).text
    back = restore(output, vault, all_missing=False)
    if back.text != before:
        different = next((n for n, (a, b) in enumerate(zip(back.text, text, strict=False)) if a != b), 0)
        raise CollisionError(_place(text, min(different, len(text))), min(different, len(text)))
    vault.others.update(each.label for each in back.foreign)
    return replace(result, text=output, edits=tuple(edits))


def _without(text: str, labels: set[str], brackets: str) -> str:
    """The text with other signs for the labels in it, as many."""
    if not labels or brackets[0] not in text:
        return text
    left, right = map(regex.escape, brackets)
    return regex.sub(
        rf"{left}[^{left}{right}]++{right}",
        lambda match: _SIGN * len(match[0]) if match[0] in labels else match[0],
        text,
    )


def collision(text: str, series: Series) -> Reading | None:
    """What of a text could be taken for a label of a series: what stands in its brackets, or has signs that agree."""
    kinds = tuple(sorted({kind for kind, _ in series.entries}))
    for reading in readings(text, series.signs or 2, kinds):
        own = reading.bracketed and text[reading.start : reading.end].lstrip("\\")[:1] in (series.brackets[0], "﹝")
        agrees = series.signs and any(
            series.check(kind, reading.number, reading.form) == reading.signs for kind in reading.kinds
        )
        if own or agrees:
            return reading
    return None


def _place(text: str, start: int) -> str:
    return f"{text.count(chr(10), 0, start) + 1}:{start - text.rfind(chr(10), 0, start)}"
