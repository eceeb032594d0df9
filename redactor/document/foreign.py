"""Findings of other detectors, acted on by our policies."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import pairwise
from pathlib import Path
from typing import TypeAlias

from redactor.document.decide import decide
from redactor.document.edits import check_key, edits_of
from redactor.document.state import Draft, Memory
from redactor.model import ENTITIES, KEEP, Finding, Result
from redactor.policy.load import Policy, load_policy, with_operators
from redactor.policy.operators import Operator, Write, pseudonym_spans, reserve_pseudonyms
from redactor.text.given import one_text
from redactor.text.masked import label_spans, masked_spans

Found: TypeAlias = Finding | tuple[int, int, str]
"""A finding, or start, end and entity of one that is certain."""


def apply(
    text: str,
    findings: Iterable[Found],
    policy: str | Path | Policy = "publish",
    *,
    key: bytes | None = None,
    operators: Mapping[str, str | Operator | Write] | None = None,
) -> Result:
    """The text with what others have found in it replaced as the policy says; no rule is asked, and nothing is looked for.

    `findings`: in any order. Of those that overlap one stands, by priority, score and length; what is masked already stays, and what a
    finding of entity "KEEP" covers is protected. `key`, `operators`: as of `Redactor`.
    TypeError or ValueError for what is no finding in the text, PolicyError for a policy that can't be used.
    """
    acting = with_operators(policy if isinstance(policy, Policy) else load_policy(policy), operators or {})
    check_key(acting, key)
    length = len(one_text(text, "text"))
    given = [_checked(found, f"findings[{number}]", length) for number, found in enumerate(findings)]
    decisions = decide(
        (finding for finding in given if finding.entity == KEEP or acting.detects(finding.entity)),
        length=length,
        labels=lambda: label_spans(text),
        masked=lambda: [*masked_spans(text), *pseudonym_spans(text, acting.operators)],
        threshold=acting.threshold,
        keep_list=acting.keep_list,
    )
    draft = Draft(text, Memory(), decisions.accepted, decisions.doubtful)
    if key is None:
        reserve_pseudonyms(text, draft.findings, acting.operators, draft.memory.labels)
    draft.add(edits_of(text, draft.findings, acting, draft.memory.labels, key, ()))
    return draft.result()


def _checked(found: object, name: str, length: int) -> Finding:
    if isinstance(found, tuple):
        if len(found) != 3 or not all(type(at) is int for at in found[:2]) or not isinstance(found[2], str):
            raise TypeError(f"{name} must be a Finding, or start, end and entity, such as (0, 3, 'PERSON')")
        start, end, entity = found
        if not 0 <= start < end:
            raise ValueError(f"{name} goes from {start} to {end}, which is no stretch of a text")
        found = Finding(start, end, entity, "given", 1.0)
    if not isinstance(found, Finding):
        raise TypeError(f"{name} must be a Finding, or start, end and entity, not {type(found).__name__}")
    if found.end > length:
        raise ValueError(f"{name} ends at {found.end}, and the text has {length} characters")
    if found.entity not in ENTITIES and found.entity != KEEP:
        raise ValueError(f"{name} has unknown entity {found.entity!r}; known are {', '.join(ENTITIES)}")
    if not 0 <= found.score <= 1:
        raise ValueError(f"{name} has score {found.score!r}, which is not from 0 to 1")
    if any(before[1] > after[0] for before, after in pairwise(found.values)):
        raise ValueError(f"{name} has values that overlap or are not in order")
    return found
