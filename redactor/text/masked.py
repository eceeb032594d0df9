"""What is already masked (by a publisher or by an earlier run) and must never be touched again."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final

import regex

from redactor.model import Span
from redactor.packaged import packaged_words

MASK: Final = "×"
"""The sign that stands for what was masked, as policies write it."""

MASK_WORDS: Final = frozenset(packaged_words("text-mask-words"))
"""Words that some policies write in place of a figure: masks only under these."""
_LONGEST: Final = 8
"""Characters of a class word, at most."""
_BEHIND: Final = "".join(packaged_words("text-behind-mask"))
"""Behind a single X that stands for a name."""
_KINDS: Final = "".join(word for word in packaged_words("label-kinds") if len(word) == 1)
"""Signs of kinds in labels of a vault."""

LONGEST_LABEL: Final = 24
"""Code points that a vault's label has at most."""
# With check signs of any kind, without of those kinds that the program has.
_LABEL: Final = (
    r"[〔⟦〖]\p{Han}{1,2}\d{3,7}(?:-\d{1,4})?·[3-9A-Z]{2,6}[〕⟧〗]"
    rf"|[〔⟦〖][{_KINDS}]\d{{3,7}}(?:-\d{{1,4}})?[〕⟧〗]"
)
_LABELS: Final = regex.compile(_LABEL)

# × between two figures is multiplication, but it is no secret either, so it needs no exception here; × before a power of ten
# (1.5×10⁴) is inside of one number.
# Stars and X beside digits (1390000****, MA2UK2XX21) and X in a domain (xx.com) are part of a value that somebody has half hidden,
# or of a code; no rule takes them by themselves. So is X that goes on behind a sign of addresses, accounts and codes (xx_li@…,
# XX-2023-001), or stands behind one in front of @; xx@xx.com and XX-XXX are X and nothing else.
_MASKED = regex.compile(
    r"(?<!\d)[×✕✖╳]+|(?<=\d)[×✕✖╳]+(?!10(?:\^|[⁻⁺⁰¹²³⁴-⁹]))"
    r"|(?<![A-Za-z0-9@.])[XxＸｘ]{2,}(?![A-Za-z0-9]|\.[A-Za-z]|(?:[_.+%/\-][Xx]++(?![A-Za-z0-9]))*+[_.+%/\-][A-Za-z0-9])"
    r"(?!(?<=[A-WYZa-wyz0-9](?:[_.+%\-][Xx]{2,64}){1,3})(?:[_.+%\-][Xx]++)*+@)"
    rf"|(?<![A-Za-z])[XＸ](?=[{_BEHIND}])"
    r"|(?<![0-9*＊])[*＊]{2,}(?![0-9*＊])"
    # 〇〇 in a year (二〇〇〇年, 二〇〇八年) are digits.
    r"|(?<![一二三四五六七八九○〇])[○◯〇□■]{2,}(?![0-9])"
    r"|(?<![A-Za-z0-9_])[_＿]{2,}(?![A-Za-z0-9_@])"
    r"|某+"
    r"|【[\p{Han}A-Z_]{1,8}\d{1,7}】"
    r"|<[A-Z_]{2,20}:[0-9a-f]{16,64}>"
    rf"|{_LABEL}"
)


# XX in the middle of a social credit code (GB 32100) is part of the code.
_CODE = regex.compile(
    r"(?<![0-9A-Za-z])[1-9ANY][1-9A-G][0-9]{6}(?=[0-9A-Y]*XX)[0-9A-HJ-NPQRTUWXY]{10}(?![0-9A-Za-z])", regex.IGNORECASE
)
# X, stars and bars in an address of the web are part of it.
_ADDRESS = regex.compile(r"(?<![A-Za-z0-9+.\-])[A-Za-z][A-Za-z0-9+.\-]{1,15}+://(?:[!-~]|\p{Han}{1,20}+(?=\.))++")


def label_spans(text: str) -> list[Span]:
    """Spans of a vault's labels; sorted."""
    return [m.span() for m in _LABELS.finditer(text)]


def masked_spans(text: str) -> list[Span]:
    """Spans of mask signs, placeholders of the label and hash operators included; sorted."""
    spans = [m.span() for m in _MASKED.finditer(text)]
    if not any(text[start] in "Xx*_" for start, _ in spans):
        return spans
    wholes = [m.span() for pattern in (_CODE, _ADDRESS) for m in pattern.finditer(text)]
    return [span for span in spans if not any(start <= span[0] and span[1] <= end for start, end in wholes)]


def word_spans(text: str, words: Collection[str]) -> list[Span]:
    """Where words stand that a policy writes as masks."""
    return [match.span() for word in words if word in text for match in regex.finditer(regex.escape(word), text)]


# Signs between digits, or many digits beside a sign; one × between short figures is a multiplication.
_PARTLY_MASKED: Final = regex.compile(
    r"(?<![0-9])(?:[0-9]{3,}+[*＊×xXＸ●•]{2,}+[0-9]{2,}+[Xx]?|1[3-9][0-9]×[0-9]{4}|[0-9]{6}×[0-9]{3}[0-9Xx])(?![0-9])"
    r"|×[0-9]{7,}+|(?<![0-9])[0-9]{7,}+×(?![0-9])"
)


def partly_masked_spans(text: str) -> list[Span]:
    """Spans of numbers of which a mask has left most digits; sorted."""
    return [match.span() for match in _PARTLY_MASKED.finditer(text)]


def is_masked_at(text: str, at: int) -> bool:
    """Whether a mask stands at a place of the text."""
    return any(start <= at < end for start, end in masked_spans(text))


def is_after_mask(text: str, at: int, class_words: Iterable[Collection[str]] = ()) -> bool:
    """Whether a mask ends at a place, or one of the class words behind a mask goes on there (×电|商创业园)."""
    mask = text.rfind(MASK, max(0, at - _LONGEST), at)
    if mask + 1 == at or mask < 0:
        return mask >= 0
    return any(text[mask + 1 : end] in words for words in class_words for end in range(at + 1, at + _LONGEST))
