"""Each line of a window among the others as numbers: what the networks of the voter see."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
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
# The networks have learned by these, words and all: another word wants them trained anew, so this is no list.
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


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the lines of some windows stand, which are looked at all together: most of the time goes into the steps, not into the lines."""

    of: NDArray[np.int64]
    """By line: the number of its window."""
    at: NDArray[np.int64]
    """By line: its number within the window."""
    starts: NDArray[np.int64]
    """By window: its first line."""
    sizes: NDArray[np.int64]

    def least(self, values: NDArray[Any]) -> NDArray[Any]:
        """By window: the least of its lines' values."""
        return np.asarray(np.minimum.reduceat(values, self.starts))

    def most(self, values: NDArray[Any]) -> NDArray[Any]:
        """By window: the greatest."""
        return np.asarray(np.maximum.reduceat(values, self.starts))

    def count(self, values: NDArray[np.bool_]) -> NDArray[np.int64]:
        """By window: of how many lines it is true."""
        return np.asarray(np.add.reduceat(values.astype(np.int64), self.starts))

    def counted(self, values: NDArray[np.bool_]) -> NDArray[np.int64]:
        """By line: of how many lines of the window up to it, itself among them, it is true."""
        counted = np.cumsum(values)
        return np.asarray(counted - (counted - values)[self.starts][self.of])

    def before(self, values: NDArray[Any], least: float) -> NDArray[Any]:
        """By line: the greatest value of the window above it; `least` where there is none."""
        rows = self._rows(values, least)
        rows[:, 1:] = np.maximum.accumulate(rows, axis=1)[:, :-1]
        rows[:, 0] = least
        return np.asarray(rows[self.of, self.at])

    def after(self, values: NDArray[Any], least: float) -> NDArray[Any]:
        """The same below it."""
        rows = self._rows(values, least)
        rows[:, :-1] = np.maximum.accumulate(rows[:, ::-1], axis=1)[:, ::-1][:, 1:]
        rows[:, -1] = least
        return np.asarray(rows[self.of, self.at])

    def _rows(self, values: NDArray[Any], filling: float) -> NDArray[Any]:
        rows = np.full((len(self.sizes), int(self.sizes.max())), filling, values.dtype)
        rows[self.of, self.at] = values
        return rows

    def shifted(self, values: NDArray[np.float64], step: int, outside: float) -> NDArray[np.float64]:
        """By line: the value of the line that stands `step` lines on in the window."""
        place = self.at + step
        inside = (place >= 0) & (place < self.sizes[self.of])
        return np.where(inside, np.roll(values, -step), outside)


def layout_of(windows: Sequence[Window]) -> Layout:
    """How the lines of windows follow each other."""
    sizes = np.array([len(window.texts) for window in windows], np.int64)
    starts = np.cumsum(sizes) - sizes
    of = np.repeat(np.arange(len(sizes)), sizes)
    return Layout(of, np.arange(len(of)) - starts[of], starts, sizes)


def features(windows: Sequence[Window], seen: Folded, content: NDArray[np.float64]) -> NDArray[np.float32]:
    """A row of numbers for each line of all windows: itself, its neighbours, where it stands, what it shares with the document's sentences.

    `seen`, `content`: the lines of all windows, one after the other. A window is seen the same whatever others come with it.
    """
    lay = layout_of(windows)
    texts = [text for window in windows for text in window.texts]
    score = np.clip(content, -_CLIP, _CLIP)
    sentence = np.array([is_sentence(text) for text in texts])
    body = _body(sentence, score, lay)
    length = np.log1p([len(text) for text in texts])
    columns = [
        *_of_line(texts, [each for window in windows for each in window.indented], length, sentence),
        *_of_signs(seen, len(texts)),
        *_of_scores(score, body, lay),
        *_of_neighbours(windows, score, length, sentence, lay),
        *_of_place(windows, body, sentence, lay),
        *_of_words(seen, body, lay),
        *_of_repeats(windows, sentence, lay),
        *_of_document(score, lay),
        *_of_wraps(texts, lay),
        *_of_lists(windows),
    ]
    return np.stack(columns, 1).astype(np.float32)


def _body(sentence: NDArray[np.bool_], score: NDArray[np.float64], lay: Layout) -> NDArray[np.bool_]:
    """The sentences that are the document's own; where the linear model doubts them all, those that it doubts least."""
    body = sentence & (score < 0)
    least = lay.least(np.where(sentence, score, np.inf))
    doubted = (lay.count(body) == 0)[lay.of]
    return np.asarray(np.where(doubted, sentence & (score < least[lay.of] + 1), body))


def _of_line(
    texts: Sequence[str], indented: Sequence[bool], length: NDArray[np.float64], sentence: NDArray[np.bool_]
) -> Iterator[NDArray[Any]]:
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
    yield np.array(indented)
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


def _of_scores(score: NDArray[np.float64], body: NDArray[np.bool_], lay: Layout) -> Iterator[NDArray[np.float64]]:
    """What the linear model says of a line and of the lines about it, up to the document's sentences."""
    yield score
    yield np.maximum(0, score)
    yield np.tanh(score)
    # Between windows stands what is of none.
    places = np.arange(len(score)) + _WINDOW * (lay.of + 1)
    padded = np.full(places[-1] + 1 + _WINDOW, np.nan)
    padded[places] = score
    view = np.lib.stride_tricks.sliding_window_view(padded, 2 * _WINDOW + 1)[places - _WINDOW]
    for side in (view[:, :_WINDOW], view[:, _WINDOW + 1 :]):
        known = ~np.isnan(side)
        yield np.where(known, side, 0).sum(1) / np.maximum(1, known.sum(1))
        yield np.where(known, side, -_CLIP).max(1)
    last = lay.most(np.where(body, lay.at, -1))[lay.of]
    first = lay.least(np.where(body, lay.at, lay.sizes[lay.of]))[lay.of]
    # The strongest line, and the mean, of a zone up to here and from here on.
    for inside in (lay.at > last, lay.at < first):
        zone = np.where(inside, score, -_CLIP)
        yield np.where(inside, lay.before(zone, -_CLIP), -_CLIP)
        yield np.where(inside, lay.after(zone, -_CLIP), -_CLIP)
        yield np.where(inside, _means(score, inside, lay)[lay.of], -_CLIP)
        sure = inside & (score > 1)
        counted = lay.counted(sure)
        yield np.where(inside, np.log1p(counted - sure), 0)
        yield np.where(inside, np.log1p(lay.count(sure)[lay.of] - counted), 0)


def _means(score: NDArray[np.float64], inside: NDArray[np.bool_], lay: Layout) -> NDArray[np.float64]:
    """By window: the mean of the scores of some of its lines, each summed by itself: what comes with it changes no digit."""
    means = np.zeros(len(lay.sizes))
    for number, (start, size) in enumerate(zip(lay.starts, lay.sizes, strict=True)):
        some = score[start : start + size][inside[start : start + size]]
        means[number] = float(some.sum()) / max(1, len(some))
    return means


def _of_neighbours(
    windows: Sequence[Window],
    score: NDArray[np.float64],
    length: NDArray[np.float64],
    sentence: NDArray[np.bool_],
    lay: Layout,
) -> Iterator[NDArray[np.float64]]:
    said = sentence.astype(np.float64)
    for step in [*range(-_NEAR, 0), *range(1, _NEAR + 1)]:
        yield lay.shifted(score, step, 0)
        yield lay.shifted(length, step, -1)
        yield lay.shifted(said, step, 0)
    yield np.array([blank for window in windows for blank in window.blanks[:-1]], np.float64)
    yield np.array([blank for window in windows for blank in window.blanks[1:]], np.float64)
    yield length - lay.most(length)[lay.of]
    yield np.abs(length - lay.shifted(length, -1, -1))
    yield np.abs(length - lay.shifted(length, 1, -1))


def _of_place(
    windows: Sequence[Window], body: NDArray[np.bool_], sentence: NDArray[np.bool_], lay: Layout
) -> Iterator[NDArray[Any]]:
    """How far the ends of the document and its sentences are."""
    above, below = (np.array([(window.above, window.below) for window in windows]).T)[:, lay.of]
    sizes = lay.sizes[lay.of]
    for distance in (lay.at + above, sizes - 1 - lay.at + below):
        yield np.log1p(np.minimum(_FAR, distance))
        yield distance == 0
        yield distance < 3
    for kind in (body, sentence):
        up = lay.at - lay.before(np.where(kind, lay.at, -1), -1)
        down = sizes - 1 - lay.at - lay.after(np.where(kind, sizes - 1 - lay.at, -1), -1)
        none_above, none_below = up == lay.at + 1, down == sizes - lay.at
        some = (lay.count(kind) > 0)[lay.of]
        yield none_above & some
        yield none_below & some
        yield np.log1p(np.minimum(_FAR, np.where(none_above, _FAR, up)))
        yield np.log1p(np.minimum(_FAR, np.where(none_below, _FAR, down)))
    count = lay.count(body)[lay.of]
    yield np.log1p(count)
    yield count / sizes


def _of_words(seen: Folded, body: NDArray[np.bool_], lay: Layout) -> Iterator[NDArray[np.float64]]:
    """What share of its pairs of Han characters a line has in common with other sentences of the document, and with other lines."""
    count = len(body)
    han = (seen.codes >= FIRST_HAN) & (seen.codes <= LAST_HAN)
    pair = han[:-1] & han[1:]
    owners = seen.owners[:-1][pair]
    keys = (lay.of[owners] << 32) | (seen.codes[:-1][pair].astype(np.int64) << 16) | seen.codes[1:][pair]
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


def _of_repeats(windows: Sequence[Window], sentence: NDArray[np.bool_], lay: Layout) -> Iterator[NDArray[np.float64]]:
    """How often the line stands in the window, and the run of lines without a sentence that it is in."""
    often = [Counter(window.texts) for window in windows]
    yield np.log1p([count[text] - 1 for count, window in zip(often, windows, strict=True) for text in window.texts])
    # The run is what lies between the line and the sentence nearest to it, or the end of the window.
    up = lay.at - lay.before(np.where(sentence, lay.at, -1), -1) - 1
    rest = lay.sizes[lay.of] - 1 - lay.at
    down = rest - lay.after(np.where(sentence, rest, -1), -1) - 1
    for run in (up, down):
        yield np.log1p(np.minimum(_FAR, np.where(sentence, 0, run)))


def _of_wraps(texts: Sequence[str], lay: Layout) -> Iterator[NDArray[Any]]:
    """Whether the line above and the line itself break off in a sentence, as wrapped lines do."""
    open_end = np.array([len(text) >= _LEAST_WRAPPED and (text[-1].isalnum() or text[-1] in ENDS[2]) for text in texts])
    yield np.roll(open_end, 1) & (lay.at > 0)
    yield open_end


def _of_document(score: NDArray[np.float64], lay: Layout) -> Iterator[NDArray[np.float64]]:
    """What the linear model says of the other lines of the window."""
    sure = score > _SURE
    yield np.log1p(lay.count(sure)[lay.of] - sure)
    ordered = score[np.lexsort((score, lay.of))]
    ends = lay.starts + lay.sizes - 1
    best, second = ordered[ends], np.where(lay.sizes > 1, ordered[ends - 1], -_CLIP)
    yield np.where(score >= best[lay.of], second[lay.of], best[lay.of])


def _of_lists(windows: Sequence[Window]) -> Iterator[NDArray[Any]]:
    """Whether a line begins as the one above or below it does, how far above a line leads in what follows, and whether it is code."""
    alike_above: list[bool] = []
    alike_below: list[bool] = []
    distances: list[float] = []
    code: list[bool] = []
    for window in windows:
        signs = ["0" if text[0].isdigit() else "" if text[0].isalpha() else text[0] for text in window.texts]
        alike = [one != "" and one == other for one, other in pairwise(signs)]
        alike_above += [False, *alike]
        alike_below += [*alike, False]
        away, fenced = _FAR, False
        for text in window.texts:
            distances.append(away)
            away = 1.0 if text[-1] in ENDS[1] else min(_FAR, away + 1)
            fence = text.startswith("```")
            code.append(fenced or fence)
            fenced ^= fence
    yield np.array(alike_above)
    yield np.array(alike_below)
    yield np.log1p(distances)
    yield np.array(code)
