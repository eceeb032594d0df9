"""Each line of a window among the others as numbers: what the networks of the voter see."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, Final

import numpy as np
import regex
from numpy.typing import NDArray

from redactor.detect.boilerplate.sight import (
    DIGIT,
    END,
    ENDS,
    HAN,
    LATIN,
    SPACE,
    Folded,
    Window,
    classes_of,
    is_sentence,
)
from redactor.text.points import FIRST_HAN, LAST_HAN

_NEAR: Final = 3
"""Neighbours on either side that a line is seen with one by one."""
_WINDOW: Final = 6
"""And so many together."""
_CLIP: Final = 6.0
_LEAST_WRAPPED: Final = 20
_FAR: Final = 40.0
_SURE: Final = 1.5
_SHAPES: Final = tuple(
    regex.compile(pattern)
    for pattern in (
        r"[A-HＡ-Ｈ] ?[.．、:：)）]",
        r"第.{1,8}[章节条回讲卷课篇部集幕]|[一二三四五六七八九十]{1,3}[、.．]|[（(][一二三四五六七八九十\d]{1,3}[)）]|(?:例|图|表|附件|附表|注) ?\d",
        r"\d{1,3}(?:[.．、)）]|[ \t　]{1,4}\p{Han})",
        r"\[\d{1,3}\]|【\d{1,3}】|［\d{1,3}］|[①-⑳]",
        r"[—\-–·•●■◆▪*#>]",
        r"[“‘「『\"]",
        r"!\[|<img|\[!\[",
        r".{0,20}(?:https?:|www\.|\.com|\.cn|\.net|\.org|@)",
        r"[^:：]{1,8}[:：]",
        r".{0,60}?\d{4} ?[年./-] ?\d{1,2} ?[月./-] ?\d{1,2}",
        r"[〇○零一二三四五六七八九十]{4}年",
        r"(?:来源|作者|文|图|记者|通讯员|作词|作曲|编剧|导演|摄影|主讲|供稿|译者|署名|单位|日期|时间|发布(?:时间|日期)|信息来源|撰文|文字|图片) ?[:：/|｜]",
        r"[^\t]{0,80}\t[^\t]{0,80}\t",
        r"(?:\S{1,8}[ \t　|｜·>›»/→]{1,4}){2,8}\S{0,10}$",
        r"[\W_]+$",
    )
)
_LENGTHS: Final = (2, 4, 8, 12, 16, 24, 40, 80)
_STARTS: Final = 40
"""Patterns see so much of a line."""


def features(window: Window, seen: Folded, content: NDArray[np.float64]) -> NDArray[np.float32]:
    """A row of numbers for each line: itself, its neighbours, where it stands, what it shares with the document's sentences."""
    texts, count = window.texts, len(window.texts)
    score = np.clip(content, -_CLIP, _CLIP)
    sentence = np.array([is_sentence(text) for text in texts])
    body = _body(sentence, score)
    length = np.log1p([len(text) for text in texts])
    blanks = np.array(window.blanks, np.float64)
    columns = [
        *_of_line(window, length, sentence),
        *_of_signs(seen, count),
        *_of_scores(score, body),
        *_of_neighbours(score, length, sentence, blanks),
        *_of_place(window, body, sentence),
        *_of_words(seen, body, sentence, count),
        *_of_repeats(texts, sentence),
        *_of_document(score),
        *_of_wraps(texts),
        *_of_lists(texts),
    ]
    return np.stack(columns, 1).astype(np.float32)


def _body(sentence: NDArray[np.bool_], score: NDArray[np.float64]) -> NDArray[np.bool_]:
    """The sentences that are the document's own; where the linear model doubts them all, those that it doubts least."""
    body = sentence & (score < 0)
    if sentence.any() and not body.any():
        body = sentence & (score < score[sentence].min() + 1)
    return np.asarray(body)


def _of_line(window: Window, length: NDArray[np.float64], sentence: NDArray[np.bool_]) -> Iterator[NDArray[Any]]:
    texts = window.texts
    yield length
    sizes = np.array([len(text) for text in texts])
    for least in _LENGTHS:
        yield sizes > least
    yield sentence
    for ends in ENDS:
        yield np.array([text[-1] in ends for text in texts])
    yield np.log1p([text.count("，") + text.count(",") for text in texts])
    yield np.log1p([text.count("。") for text in texts])
    yield np.log1p([len(text.split()) for text in texts])
    yield np.array(window.indented)
    starts = [text[:_STARTS] for text in texts]
    for shape in _SHAPES:
        yield np.array([shape.match(start) is not None for start in starts])


def _of_signs(seen: Folded, count: int) -> Iterator[NDArray[np.float64]]:
    """The shares of the classes of characters in a line."""
    inside = seen.codes != END
    codes, owners = seen.codes[inside], seen.owners[inside]
    classes = classes_of(codes)
    total = np.maximum(1, np.bincount(owners, minlength=count))
    for wanted in (classes == HAN, classes == LATIN, codes == DIGIT, codes == SPACE):
        yield np.bincount(owners, weights=wanted, minlength=count) / total


def _of_scores(score: NDArray[np.float64], body: NDArray[np.bool_]) -> Iterator[NDArray[np.float64]]:
    """What the linear model says of a line and of the lines about it, up to the document's sentences."""
    yield score
    yield np.maximum(0, score)
    yield np.tanh(score)
    count = len(score)
    padded = np.concatenate([np.full(_WINDOW, np.nan), score, np.full(_WINDOW, np.nan)])
    view = np.lib.stride_tricks.sliding_window_view(padded, 2 * _WINDOW + 1)
    for side in (view[:, :_WINDOW], view[:, _WINDOW + 1 :]):
        known = ~np.isnan(side)
        yield np.where(known, side, 0).sum(1) / np.maximum(1, known.sum(1))
        yield np.where(known, side, -_CLIP).max(1)
    places = np.flatnonzero(body)
    numbers = np.arange(count)
    first, last = (int(places[0]), int(places[-1])) if len(places) else (count, -1)
    # The strongest line, and the mean, of a zone up to here and from here on.
    for inside in (numbers > last, numbers < first):
        zone = np.where(inside, score, -_CLIP)
        up = np.concatenate([[-_CLIP], np.maximum.accumulate(zone)[:-1]])
        down = np.concatenate([np.maximum.accumulate(zone[::-1])[::-1][1:], [-_CLIP]])
        yield np.where(inside, up, -_CLIP)
        yield np.where(inside, down, -_CLIP)
        size = max(1, int(inside.sum()))
        mean = float(score[inside].sum()) / size
        yield np.where(inside, mean, -_CLIP)
        sure = np.where(inside, score > 1, False)
        yield np.where(inside, np.log1p(np.cumsum(sure) - sure), 0)
        yield np.where(inside, np.log1p(sure.sum() - np.cumsum(sure)), 0)


def _of_neighbours(
    score: NDArray[np.float64], length: NDArray[np.float64], sentence: NDArray[np.bool_], blanks: NDArray[np.float64]
) -> Iterator[NDArray[np.float64]]:
    for step in [*range(-_NEAR, 0), *range(1, _NEAR + 1)]:
        yield _shifted(score, step, 0)
        yield _shifted(length, step, -1)
        yield _shifted(sentence.astype(np.float64), step, 0)
    yield blanks[:-1]
    yield blanks[1:]
    yield length - length.max()
    yield np.abs(length - _shifted(length, -1, -1))
    yield np.abs(length - _shifted(length, 1, -1))


def _shifted(values: NDArray[np.float64], step: int, outside: float) -> NDArray[np.float64]:
    """By line: the value of the line that stands `step` lines on."""
    moved = np.full(len(values), float(outside))
    if step < 0:
        moved[-step:] = values[:step]
    else:
        moved[:-step] = values[step:]
    return moved


def _of_place(window: Window, body: NDArray[np.bool_], sentence: NDArray[np.bool_]) -> Iterator[NDArray[Any]]:
    """How far the ends of the document and its sentences are."""
    numbers = np.arange(len(body))
    top, bottom = numbers + window.above, len(body) - 1 - numbers + window.below
    for distance in (top, bottom):
        yield np.log1p(np.minimum(_FAR, distance))
        yield distance == 0
        yield distance < 3
    for kind in (body, sentence):
        places = np.flatnonzero(kind)
        before = np.searchsorted(places, numbers)
        after = np.searchsorted(places, numbers, side="right")
        some = len(places) > 0
        yield (before == 0) & some
        yield (after == len(places)) & some
        up = np.where(before > 0, numbers - places[before - 1], _FAR) if some else np.full(len(body), _FAR)
        down = (
            np.where(after < len(places), places[np.minimum(after, len(places) - 1)] - numbers, _FAR)
            if some
            else np.full(len(body), _FAR)
        )
        yield np.log1p(np.minimum(_FAR, up))
        yield np.log1p(np.minimum(_FAR, down))
    yield np.full(len(body), np.log1p(body.sum()))
    yield np.full(len(body), body.mean())


def _of_words(
    seen: Folded, body: NDArray[np.bool_], sentence: NDArray[np.bool_], count: int
) -> Iterator[NDArray[np.float64]]:
    """What share of its pairs of Han characters a line has in common with other sentences of the document, and with other lines."""
    han = (seen.codes >= FIRST_HAN) & (seen.codes <= LAST_HAN)
    pair = han[:-1] & han[1:]
    keys = (seen.codes[:-1][pair].astype(np.int64) << 16) | seen.codes[1:][pair]
    owners = seen.owners[:-1][pair]
    words, which = np.unique(keys, return_inverse=True)
    own = np.unique(which * count + owners)
    of_word, of_line = own // count, own % count
    total = np.maximum(1, np.bincount(of_line, minlength=count))
    for kind in (body, np.ones(count, np.bool_)):
        often = np.bincount(of_word, weights=kind[of_line], minlength=len(words))
        others = often[of_word] - kind[of_line]
        for least in (1, 2):
            yield np.bincount(of_line, weights=others >= least, minlength=count) / total
    yield np.log1p(total)


def _of_repeats(texts: Sequence[str], sentence: NDArray[np.bool_]) -> Iterator[NDArray[np.float64]]:
    """How often the line stands in the window, and the run of lines without a sentence that it is in."""
    often = Counter(texts)
    yield np.log1p([often[text] - 1 for text in texts])
    count = len(texts)
    up, down = np.zeros(count), np.zeros(count)
    for number in range(1, count):
        up[number] = 0 if sentence[number] else up[number - 1] + (not sentence[number - 1])
    for number in range(count - 2, -1, -1):
        down[number] = 0 if sentence[number] else down[number + 1] + (not sentence[number + 1])
    yield np.log1p(np.minimum(_FAR, up))
    yield np.log1p(np.minimum(_FAR, down))


def _of_wraps(texts: Sequence[str]) -> Iterator[NDArray[Any]]:
    """Whether the line above and the line itself break off in a sentence, as wrapped lines do."""
    open_end = [len(text) >= _LEAST_WRAPPED and (text[-1].isalnum() or text[-1] in ENDS[2]) for text in texts]
    yield np.array([False, *open_end[:-1]])
    yield np.array(open_end)


def _of_document(score: NDArray[np.float64]) -> Iterator[NDArray[np.float64]]:
    """What the linear model says of the other lines of the window."""
    sure = score > _SURE
    yield np.log1p(sure.sum() - sure)
    best = np.sort(np.append(score, [-_CLIP, -_CLIP]))[-2:]
    yield np.where(score >= best[1], best[0], best[1])


def _of_lists(texts: Sequence[str]) -> Iterator[NDArray[Any]]:
    """Whether a line begins as the one above or below it does, how far above a line leads in what follows, and whether it is code."""
    count = len(texts)
    firsts = ["0" if text[0].isdigit() else text[0] for text in texts]
    signs = ["" if first.isalpha() else first for first in firsts]
    yield np.array(
        [number > 0 and signs[number] != "" and signs[number] == signs[number - 1] for number in range(count)]
    )
    yield np.array(
        [number + 1 < count and signs[number] != "" and signs[number] == signs[number + 1] for number in range(count)]
    )
    away, fenced, code = _FAR, False, np.zeros(count, np.bool_)
    distances = np.zeros(count)
    for number, text in enumerate(texts):
        distances[number] = away
        away = 1.0 if text[-1] in ENDS[1] else min(_FAR, away + 1)
        fence = text.startswith("```")
        code[number] = fenced or fence
        fenced ^= fence
    yield np.log1p(distances)
    yield code
