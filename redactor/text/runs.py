"""Runs of ASCII: words and numbers, of which a term that is only a part is none there."""

from __future__ import annotations


def goes_on(before: str, after: str) -> bool:
    """Whether two neighbouring characters are of one word or of one number of ASCII.

    A letter goes on with a letter, a digit with a digit; a digit beside a letter begins something new.
    """
    if not (before.isascii() and after.isascii()):
        return False
    return (before.isalpha() and after.isalpha()) or (before.isdigit() and after.isdigit())


def inside_run(text: str, start: int, end: int) -> bool:
    """Whether a stretch goes on as a longer word or number, in which it is none: AI in MAIL, 12 in 2012, ZX9 in ZX90; not AI in 2AI."""
    return (start > 0 and goes_on(text[start - 1], text[start])) or (
        end < len(text) and goes_on(text[end - 1], text[end])
    )
