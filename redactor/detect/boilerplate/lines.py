"""Lines as boilerplate rules see them: their bounds, and what they say with width, spacing and traditional forms folded away."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

import regex

from redactor.text.fold import scalars

LONGEST_LINE = 400

_LINE = regex.compile(r"[^\r\n]*(?:\r\n|\n|\r|$)")
BRACKETED = regex.compile(
    r"（[^（）\n]{4,120}）|\([^()\n]{4,120}\)|【[^【】\n]{4,120}】|\[[^\[\]\n]{4,120}\]|〔[^〔〕\n]{4,120}〕|〖[^〖〗\n]{4,120}〗"
    r"|［[^［］\n]{4,120}］|『[^『』\n]{4,120}』|★[^★\n]{4,120}★"
)
DECORATION = regex.compile(r"[\W_]{3,}|(?:[\W_]{1,4}\s*){3,}")
_SPACED = regex.compile(r"(?:[^\s.·。,，/|]{1,2}[\s.·,，/|]{1,2}){5,}")
ADDRESS = regex.compile(r"[A-Za-z0-9:/.\-_?=&#%@<>()\[\]]{6,}")
# Letter-spacing, width forms and traditional characters hide a cue from a plain search.
UNUSUAL = regex.compile(
    r"(?:[\p{Han}A-Za-zＡ-Ｚ][ 　.·,，/|]{1,2}){4}|[Ａ-Ｚａ-ｚ０-９]{2}|[訂閱會員權資關註號費網載傳轉發讀書請勿嚴賣買盜錄價點擊掃進裙羣庫範學習內廣體續獲領實編輯瀏覽責聲]"
)
_SENTENCE_END = "。！？；”’…"
_TRADITIONAL = str.maketrans(
    "訂閱會員權資關註號碼費網頁載傳轉發讀書籍說電郵聯係繫請勿嚴禁賣買盜錄價優惠點擊掃維進裙羣庫範學習內僅廣體續點獲領實編輯瀏覽責聲來於歡",
    "订阅会员权资关注号码费网页载传转发读书籍说电邮联系系请勿严禁卖买盗录价优惠点击扫维进群群库范学习内仅广体续点获领实编辑浏览责声来于欢",
)


class Line:
    """A line with its break; `folded` is what cues are looked for in, made when it is first asked for."""

    __slots__ = ("_folded", "blank", "end", "seen", "start", "text")

    def __init__(self, start: int, end: int, text: str, folded: str | None = None) -> None:
        self.start, self.end, self.text, self._folded = start, end, text, folded
        self.blank = text.isspace()
        self.seen: dict[regex.Pattern[str], bool] = {}

    @property
    def folded(self) -> str:
        if self._folded is None:
            if len(self.text) > LONGEST_LINE:
                self._folded = scalars(self.text)
            else:
                # Promotion in brackets inside a sentence is a clause's matter and says nothing of the sentence.
                self._folded = fold(BRACKETED.sub("", self.text) if is_sentence(self.text.strip()) else self.text)
        return self._folded


def lines_of(text: str) -> Iterator[Line]:
    for match in _LINE.finditer(text):
        if match.end() > match.start():
            yield Line(match.start(), match.end(), match.group())


def is_body(line: Line) -> bool:
    """A sentence of running text: long enough, and ended as sentences are."""
    return is_sentence(line.text.strip())


def is_sentence(stripped: str) -> bool:
    return (len(stripped) >= 25 and stripped[-1] in _SENTENCE_END) or (
        len(stripped) >= 40 and stripped.count("，") >= 2
    )


def fold(text: str) -> str:
    """Width, traditional forms and letter-spacing folded away, for cues only; lengths are not kept."""
    folded = unicodedata.normalize("NFKC", scalars(text)).translate(_TRADITIONAL)
    if _SPACED.search(folded):
        folded = regex.sub(
            r"(?<=\p{Han})[\s.·,，/|]+(?=[\p{Han}A-Za-z0-9])|(?<=[A-Za-z])[\s.·]+(?=[\p{Han}A-Za-z])", "", folded
        )
    return regex.sub(r"(?<=[qQ])[\s.](?=[qQ])", "", folded)
