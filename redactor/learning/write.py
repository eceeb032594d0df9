"""Proposals as a rule file that a person reviews, and what is new in it against an earlier one."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import regex

from redactor.language import say
from redactor.learning.judge import Proposal
from redactor.learning.learn import Learned
from redactor.model import RuleError
from redactor.ruleset.known_lines import key
from redactor.ruleset.learned import learned_lines
from redactor.ruleset.pack import MAX_RULE_BYTES, Pack, parse_toml
from redactor.text.show import escape, show
from redactor.text.whole_file import read_text

_SHOWN: Final = 40
"""Characters of a line that an example shows."""
_MOVED: Final = 2
"""A share that is so many times what it was, or that part of it, is told of."""


def rule_file(learned: Learned, name: str) -> str:
    """The rule file: nothing in it acts before a person has set `reviewed`. `name`: what its rules are called by, beside a digest."""
    lines = [*_head(learned, name)]
    for proposal in learned.proposals:
        lines += ["", *_entry(proposal, learned)]
    return "\n".join(lines) + "\n"


def _head(learned: Learned, name: str) -> Iterator[str]:
    digest = hashlib.sha256("\n".join(each.key for each in learned.proposals).encode("utf-8", "surrogatepass"))
    plain = regex.sub(r"[^a-z0-9._-]+", "-", name.lower()).strip("-._")[:40] or "site"
    yield f"# {say('Lines that repeat over a collection, found by `redactor learn`. This file holds text of the collection.')}"
    yield f"# {say('Read each line: enabled = false leaves it in the documents. Then write reviewed = true below; until then nothing is redacted by this file.')}"
    yield "[pack]"
    yield f'name = "{plain}-{digest.hexdigest()[:6]}"'
    yield "reviewed = false"


def _entry(proposal: Proposal, learned: Learned) -> Iterator[str]:
    others = len(learned.groups) - 1
    counted = say(
        "{share:.1%} of the documents ({count}); as frequent in {alike} of {others} other groups",
        share=proposal.share, count=proposal.documents, alike=proposal.elsewhere, others=others,
    )  # fmt: skip
    yield f"# {counted}"
    if proposal.doubts:
        yield f"# {say('Doubtful: {reasons}', reasons=say(', ').join(proposal.doubts))}"
    if proposal.known:
        yield f"# {say('The built-in rules take it out too.')}"
    for place, text in proposal.places:
        yield f"#   {place}  {_shortened(text)}"
    yield "[[line]]"
    yield f"text = {json.dumps(proposal.text, ensure_ascii=False)}"
    yield f'zone = "{proposal.zone}"'
    if proposal.group:
        yield f"group = {json.dumps(escape(proposal.group), ensure_ascii=False)}"
    yield f"documents = {proposal.documents}"
    yield f"share = {proposal.share:.4f}"
    yield f"enabled = {'false' if proposal.doubts else 'true'}"


def _shortened(text: str) -> str:
    """A line for a comment or for the screen."""
    text = " ".join(text.split())
    return escape(text if len(text) <= _SHOWN else text[:_SHOWN] + "…")


def read_learned(path: Path) -> list[dict[str, Any]]:
    """The lines of an earlier file. RuleError for one that is none."""
    text = read_text(path, MAX_RULE_BYTES, RuleError)
    table = parse_toml(text, show(path))
    if "line" not in table:
        raise RuleError("{path}: holds no lines that `redactor learn` has found", path=show(path))
    return learned_lines(Pack(show(path), path.parent, text, table, lambda *_: ""))


def differences(old: Sequence[dict[str, Any]], new: Sequence[Proposal]) -> Iterator[str]:
    """What is new (+), gone (-) or changed (~), a line each."""
    before = {key(each["text"]): each for each in old}
    after = {each.key: each for each in new}
    for each in new:
        if each.key not in before:
            yield f"+ {each.share:.1%}  {_shortened(each.text)}"
    for name, known in before.items():
        if name not in after:
            yield f"- {known.get('share', 0):.1%}  {_shortened(known['text'])}"
    for name, known in before.items():
        if name in after and (change := _change(known, after[name])):
            yield f"~ {change}  {_shortened(after[name].text)}"


def _change(known: dict[str, Any], now: Proposal) -> str:
    was = known.get("share", 0.0)
    parts = []
    if was and not 1 / _MOVED < now.share / was < _MOVED:
        parts.append(f"{was:.1%} → {now.share:.1%}")
    enabled = known.get("enabled", True)
    if enabled != (not now.doubts):
        parts.append(f"enabled = {str(enabled).lower()} → {str(not now.doubts).lower()}")
    return say(", ").join(parts)
