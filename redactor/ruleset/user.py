"""Rules made of what the user says beside rule files: terms that stay or go, and the document's own places."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

import regex

from redactor.chinese.places import short_forms
from redactor.model import KEEP, Tier
from redactor.ruleset.schema import Rule
from redactor.text.document import ViewName
from redactor.text.fold import plain_view

_BLANKS: Final = (" ", "  ", "   ", "    ", "\u3000", "\u3000\u3000")
"""What short names are spread with in lists and on forms, so that all take the same width; no tab, which parts columns."""
_SPREAD: Final = regex.compile(r"\p{Han}{2,4}")


def spread(term: str) -> Iterator[str]:
    """The ways in which a short term of Chinese characters stands with blanks among them: `张　三`."""
    if _SPREAD.fullmatch(term):
        yield from (blank.join(term) for blank in _BLANKS)
        yield from (
            term[:at] + blank + term[at:] for at in (1, 2) if at < len(term) and len(term) > 2 for blank in _BLANKS[::4]
        )


def user_rules(name: str, entity: str, terms: Iterable[str]) -> tuple[Rule, ...]:
    """The user's own terms as rules that outrank every rule file; protected ones win over masked ones.

    Terms are looked for as they are written and, however width and invisible characters are, as they read; those to mask, where they are
    short, with blanks among their characters too.
    """
    given = tuple(dict.fromkeys(term for term in terms if term))
    folded = tuple(dict.fromkeys(text for term in given if (text := plain_view(term).text)))
    if entity != KEEP:
        folded = tuple(dict.fromkeys((*folded, *(form for term in folded for form in spread(term)))))
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
