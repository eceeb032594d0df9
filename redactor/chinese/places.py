"""Short forms of place names (云岭县 → 云岭), after the levels of GB/T 2260 and the autonomous areas' full names."""

from __future__ import annotations

import regex

from redactor.packaged import packaged_words

_PEOPLES = "|".join(packaged_words("chinese-peoples"))
_CLASSES = "|".join(packaged_words("chinese-place-classes"))
_AUTONOMOUS = regex.compile(rf"^(.{{2,}}?)(?:{_PEOPLES})+(?:自治[区州县旗]|民族?[乡镇]|[乡镇])$")
_SUFFIX = regex.compile(rf"^(.{{2,}})(?:{_CLASSES})$")
_DIVISION = "|".join(sorted(packaged_words("text-division-classes"), key=len, reverse=True))
_OTHER = "|".join(packaged_words("text-no-division-words"))
_BEARS = regex.compile(rf"(?<!{_OTHER})(?<={_DIVISION})")
_BEFORE = regex.compile(rf"(?!{_OTHER})(?:\p{{Han}}{{0,6}}(?:自治|民族))?(?:{_DIVISION})")


def is_division(text: str, start: int, end: int) -> bool:
    """Whether what stands there names a division from the county up: its class word ends it, or follows (云岭 in 云岭县)."""
    return end - start > 1 and bool(_BEARS.match(text, end) or _BEFORE.match(text, end))


def short_forms(place: str) -> tuple[str, ...]:
    """The name without its class word and, for autonomous areas, the names of peoples; nothing under two characters."""
    for pattern in (_AUTONOMOUS, _SUFFIX):
        match = pattern.match(place)
        if match:
            return (match[1],)
    return ()
