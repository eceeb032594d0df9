"""Proposals as a rule file that a person reviews, and what is new in it against an earlier one."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
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


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier file. `lines`: by key, what it says of each; `reviewed`: whether a person has decided so."""

    lines: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    reviewed: bool = False

    def decided(self, proposal: Proposal) -> Mapping[str, Any] | None:
        """What a person has decided of a line; None where nobody has."""
        return self.lines.get(proposal.key) if self.reviewed else None

    def enabled(self, proposal: Proposal) -> bool:
        """Whether a line is in force: as a person has decided, or else where there is no doubt."""
        decided = self.decided(proposal)
        return not proposal.doubts if decided is None else bool(decided.get("enabled", True))


NO_FILE: Final = Earlier()


def rule_file(learned: Learned, name: str, earlier: Earlier = NO_FILE) -> str:
    """The rule file: nothing in it acts before a person has set `reviewed`. `name`: what its rules are called by, beside a digest.

    `earlier`: what is decided there is so here.
    """
    lines = [*_head(learned, name)]
    for proposal in learned.proposals:
        lines += ["", *_entry(proposal, learned, earlier)]
    return "\n".join(lines) + "\n"


def _head(learned: Learned, name: str) -> Iterator[str]:
    digest = hashlib.sha256("\n".join(each.key for each in learned.proposals).encode("utf-8", "surrogatepass"))
    plain = regex.sub(r"[^a-z0-9._-]+", "-", name.lower()).strip("-._")[:40] or "site"
    yield f"# {say('Lines that repeat over a collection, found by `redactor learn`. This file holds text of the collection.')}"
    yield f"# {say('Read each line: enabled = false leaves it in the documents. Then write reviewed = true below; until then nothing is redacted by this file.')}"
    yield "[pack]"
    yield f'name = "{plain}-{digest.hexdigest()[:6]}"'
    yield "reviewed = false"


def _entry(proposal: Proposal, learned: Learned, earlier: Earlier) -> Iterator[str]:
    decided = earlier.decided(proposal)
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
    if decided is not None:
        yield f"# {say('As decided in the earlier file.')}"
    for place, text in proposal.places:
        yield f"#   {place}  {_shortened(text)}"
    yield "[[line]]"
    yield f"text = {json.dumps(proposal.text, ensure_ascii=False)}"
    yield f'zone = "{proposal.zone if decided is None else decided.get("zone", "any")}"'
    if proposal.group:
        yield f"group = {json.dumps(escape(proposal.group), ensure_ascii=False)}"
    yield f"documents = {proposal.documents}"
    yield f"share = {proposal.share:.4f}"
    yield f"enabled = {'true' if earlier.enabled(proposal) else 'false'}"


def _shortened(text: str) -> str:
    """A line for a comment or for the screen."""
    text = " ".join(text.split())
    return escape(text if len(text) <= _SHOWN else text[:_SHOWN] + "…")


def read_learned(path: Path) -> Earlier:
    """An earlier file. RuleError for one that is none."""
    text = read_text(path, MAX_RULE_BYTES, RuleError)
    table = parse_toml(text, show(path))
    if "line" not in table:
        raise RuleError("{path}: holds no lines that `redactor learn` has found", path=show(path))
    lines = learned_lines(Pack(show(path), path.parent, text, table, lambda *_: ""))
    return Earlier({key(each["text"]): each for each in lines}, table.get("pack", {}).get("reviewed", True))


def differences(earlier: Earlier, new: Sequence[Proposal]) -> Iterator[str]:
    """What is new (+), gone (-) or changed (~), a line each."""
    before = earlier.lines
    after = {each.key: each for each in new}
    for each in new:
        if each.key not in before:
            yield f"+ {each.share:.1%}  {_shortened(each.text)}"
    for name, known in before.items():
        if name not in after:
            yield f"- {known.get('share', 0):.1%}  {_shortened(known['text'])}"
    for name, known in before.items():
        if name in after and (change := _change(known, after[name], earlier)):
            yield f"~ {change}  {_shortened(after[name].text)}"


def _change(known: Mapping[str, Any], now: Proposal, earlier: Earlier) -> str:
    was = known.get("share", 0.0)
    parts = []
    if was and not 1 / _MOVED < now.share / was < _MOVED:
        parts.append(f"{was:.1%} → {now.share:.1%}")
    was_enabled, enabled = known.get("enabled", True), earlier.enabled(now)
    if was_enabled != enabled:
        parts.append(f"enabled = {str(was_enabled).lower()} → {str(enabled).lower()}")
    return say(", ").join(parts)
