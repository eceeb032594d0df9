"""Rules made of what the user says beside rule files: terms that stay or go, and the document's own places."""

from __future__ import annotations

from collections.abc import Iterable

from redactor.chinese.places import short_forms
from redactor.model import Tier
from redactor.ruleset.schema import Rule
from redactor.text.document import ViewName
from redactor.text.fold import plain_view


def user_rules(name: str, entity: str, terms: Iterable[str]) -> tuple[Rule, ...]:
    """The user's own terms as rules that outrank every rule file; protected ones win over masked ones.

    Terms are looked for as they are written and, however width and invisible characters are, as they read.
    """
    given = tuple(dict.fromkeys(term for term in terms if term))
    folded = tuple(dict.fromkeys(text for term in given if (text := plain_view(term).text)))
    views: tuple[tuple[ViewName, tuple[str, ...]], ...] = (("raw", given), ("plain", folded))
    return tuple(
        Rule(
            f"user.{name}",
            entity,
            "(user)",
            1,
            {"zh": "用户指定", "en": "Given by the user"},
            Tier.USER,
            1.0,
            terms=words,
            view=view,
        )
        for view, words in views
        if words
    )


def own_place_rules(places: Iterable[str]) -> tuple[Rule, ...]:
    """The document's own places, without the class words that stay (云岭 of 云岭县); KEEP rules (绿水青山) still protect."""
    terms = tuple(dict.fromkeys(t for p in places if p for t in (short_forms(p) or (p,))))
    if not terms:
        return ()
    description = {"zh": "本文所在地", "en": "The document's own places"}
    return (Rule("user.own-place", "LOCATION", "(user)", 1, description, Tier.PLACE - 1, 0.75, terms=terms),)
