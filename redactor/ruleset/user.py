"""Rules made of what the user says beside rule files: terms that stay or go, and the document's own places."""

from __future__ import annotations

from collections.abc import Iterable

from redactor.chinese.places import short_forms
from redactor.model import Tier
from redactor.ruleset.schema import Rule


def user_rules(name: str, entity: str, terms: Iterable[str]) -> tuple[Rule, ...]:
    """The user's own terms as a rule that outranks every rule file; protected ones win over masked ones."""
    terms = tuple(dict.fromkeys(t for t in terms if t))
    if not terms:
        return ()
    return (
        Rule(
            f"user.{name}",
            entity,
            "(user)",
            1,
            {"zh": "用户指定", "en": "Given by the user"},
            Tier.USER,
            1.0,
            terms=terms,
        ),
    )


def own_place_rules(places: Iterable[str]) -> tuple[Rule, ...]:
    """The document's own places, without the class words that stay (云岭 of 云岭县); KEEP rules (绿水青山) still protect."""
    terms = tuple(dict.fromkeys(t for p in places if p for t in (short_forms(p) or (p,))))
    if not terms:
        return ()
    description = {"zh": "本文所在地", "en": "The document's own places"}
    return (Rule("user.own-place", "LOCATION", "(user)", 1, description, Tier.PLACE - 1, 0.75, terms=terms),)
