"""Train the line voter: `python training/lines.py --promo training/promo/a.txt --annotated real=FILE.jsonl --body marked:training/texts/a.txt
--traditional TSCharacters.txt`. Plain numpy; the same inputs and the same seed give the same weights.

First the linear model, once on all lines and once without each fold of the sources, so that what the networks learn from is what the
linear model says of lines that it has not seen; then the networks with their chains, on the documents and on documents put together:
the head and the tail of one about the text of another.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import random
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import regex
from corpora import read_documents, read_marked
from numpy.typing import NDArray
from pack import write

from redactor.detect.boilerplate.sight import BITS, Grams, folded, grams, linear, windows
from redactor.detect.boilerplate.traits import features
from redactor.detect.boilerplate.voter import FARTHEST, FILE, FORMAT, STATES, Voter, load_voter
from redactor.packaged import packaged_rules

_BREAK: Final = regex.compile(r"\r\n?|\n")
_CLAUSE: Final = regex.compile(r"[^。！？]+[。！？]*[”」』]?")
_MARKS: Final = regex.compile(r"[⟦⟧]")
_MOST, _LEAST = 0.7, 0.3
"""A line of which so much is marked is no part of the text; one of which less is marked is; of what is between nothing is said."""
_FOLDS: Final = 6
_PLAIN: Final = 0.4
"""What a line of a document without any mark counts in the linear model."""
_UNKNOWN: Final = -1
_DROP: Final = 0.1
"""Such a share of what a network sees of a line is left out, another one each time."""
_MEMBERS: Final = 5
_RIDGE, _ROUNDS = 0.06, 60
_FOREIGN: Final = 0.5
"""How often a document is put together with a text of those that have nothing marked."""
_SPREAD: Final = 1e-3


@dataclass(frozen=True, slots=True)
class Marked:
    """A document as lines; a label a line: 1 no part of the text, 0 a part of it, -1 nothing said."""

    source: str
    lines: tuple[str, ...]
    labels: tuple[int, ...]

    @property
    def clean(self) -> bool:
        return not any(self.labels)


def read_promo(path: Path) -> Iterator[Marked]:
    """Documents that follow one another, each after a line `=== id | kind | source`, what is no part of the text between ⟦ and ⟧."""
    parts = regex.split(r"(?m)^=== (?!=)(.*)\n", path.read_text(encoding="utf-8"))
    for head, body in zip(parts[1::2], parts[2::2], strict=True):
        fields = [field.strip() for field in head.split("|")]
        text, spans, opened = "", [], None
        at = 0
        for mark in _MARKS.finditer(body):
            text += body[at : mark.start()]
            at = mark.end()
            if (mark[0] == "⟦") == (opened is not None):
                raise SystemExit(f"{path.name}: {fields[0]}: a mark that nothing opens or closes")
            if opened is None:
                opened = len(text)
            else:
                spans.append((opened, len(text)))
                opened = None
        if opened is not None:
            raise SystemExit(f"{path.name}: {fields[0]}: a mark that nothing closes")
        yield labelled(fields[-1], (text + body[at:]).rstrip("\n"), spans)


def read_annotated(path: Path, name: str) -> Iterator[Marked]:
    """JSON lines `{"text": …, "boilerplate": [{"start": …, "end": …}, …]}`, with or without `source_of`."""
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        spans = [(span["start"], span["end"]) for span in row["boilerplate"]]
        yield labelled(row.get("source_of", f"{name} {row['id']}"), row["text"], spans)


def read_body(form: str, path: Path, without: tuple[str, ...] = ()) -> Iterator[Marked]:
    """Texts without any promotion: `marked`, `documents` (see corpora.py) and `csv`, a table with a column Text.

    `without`: beginnings of the ids of documents that hold some all the same.
    """
    if form == "csv":
        with path.open(encoding="utf-8", newline="") as stream:
            texts = [regex.sub(r" *　　+", "\n　　", row["Text"]).strip() for row in csv.DictReader(stream)]
    else:
        reader: Callable[..., Any] = {"marked": read_marked, "documents": read_documents}[form]
        texts = [sentence.text for sentence in reader(path, "", without)]
    for number, text in enumerate(texts):
        yield labelled(f"{path.name} {number}", text, [])


def labelled(source: str, text: str, spans: Sequence[tuple[int, int]]) -> Marked:
    """The lines of a text with what the spans say of each."""
    inside = np.zeros(len(text), np.bool_)
    for start, end in spans:
        inside[start:end] = True
    lines, labels, at = [], [], 0
    for stop in [*(match.end() for match in _BREAK.finditer(text)), len(text)]:
        line = text[at:stop]
        shown = [inside[at + place] for place, char in enumerate(line) if not char.isspace()]
        if line:
            share = sum(shown) / max(1, len(shown))
            lines.append(line.rstrip("\r\n"))
            labels.append(1 if share >= _MOST else 0 if share <= _LEAST else _UNKNOWN)
        at = stop
    return Marked(source, tuple(lines), tuple(labels))


def held_back(source: str) -> bool:
    """Whether a source is one of the third that is held back: by its name alone."""
    return hashlib.sha256(source.encode()).digest()[0] % 3 == 0


def fold_of(source: str) -> int:
    return hashlib.sha256(source.encode()).digest()[1] % _FOLDS


def folding(traditional: Path | None) -> NDArray[np.uint16]:
    """What each character of the basic plane is taken for."""
    simple: dict[str, str] = {}
    if traditional:
        rows = (line.split("\t") for line in traditional.read_text(encoding="utf-8").splitlines() if "\t" in line)
        simple = {row[0]: row[1].split(" ")[0] for row in rows}
    table = np.zeros(0x10000, np.uint16)
    for point in range(0x10000):
        char = unicodedata.normalize("NFKC", chr(point))
        char = (char if len(char) == 1 else chr(point)).lower()
        char = simple.get(char, char)
        char = char if len(char) == 1 and ord(char) < 0x10000 else chr(point)
        kind = unicodedata.category(char)
        if char.isspace() or kind == "Zs":
            char = " "
        elif kind == "Nd":
            char = "0"
        elif kind in ("Cf", "Cc", "Cn"):
            char = "\0"
        table[point] = ord(char)
    table[10] = 10
    return table


@dataclass(frozen=True, slots=True)
class Content:
    """A linear model of lines."""

    weights: NDArray[np.float64]
    bias: float


def learn_content(
    seen: Grams, labels: NDArray[np.float64], counts: NDArray[np.float64], ridge: float, rounds: int
) -> Content:
    """Logistic regression by L-BFGS."""
    total = len(labels)

    def cost(point: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        weights, bias = point[:-1], point[-1]
        scores = linear(seen, weights, bias, total)
        chances = 1 / (1 + np.exp(-np.clip(scores, -40, 40)))
        loss = float((counts * (np.logaddexp(0, scores) - labels * scores)).sum() + ridge / 2 * weights @ weights)
        back = counts * (chances - labels)
        slope = np.bincount(seen.rows, weights=back[seen.owners] * seen.values, minlength=1 << BITS)
        return loss, np.append(slope + ridge * weights, back.sum())

    best = minimum(cost, np.zeros((1 << BITS) + 1), rounds)
    return Content(best[:-1], float(best[-1]))


def minimum(
    cost: Callable[[NDArray[np.float64]], tuple[float, NDArray[np.float64]]],
    point: NDArray[np.float64],
    rounds: int,
    memory: int = 8,
) -> NDArray[np.float64]:
    """Where a smooth cost is least: limited-memory BFGS, the step halved until it pays."""
    value, slope = cost(point)
    moves: list[tuple[NDArray[np.float64], NDArray[np.float64], float]] = []
    for _ in range(rounds):
        way, shares = slope.copy(), []
        for move, turn, rate in reversed(moves):
            share = rate * (move @ way)
            shares.append(share)
            way -= share * turn
        if moves:
            move, turn, rate = moves[-1]
            way /= rate * (turn @ turn)
        else:
            way /= max(1.0, float(np.abs(slope).max()))
        for (move, turn, rate), share in zip(moves, reversed(shares), strict=True):
            way += move * (share - rate * (turn @ way))
        step, fall = 1.0, float(slope @ way)
        while True:
            following = point - step * way
            next_value, next_slope = cost(following)
            if next_value <= value - 1e-4 * step * fall or step < 1e-6:
                break
            step /= 2
        move, turn = following - point, next_slope - slope
        if move @ turn > 1e-10:
            moves = [*moves, (move, turn, 1 / float(move @ turn))][-memory:]
        done = value - next_value < 1e-5 * abs(value)
        point, value, slope = following, next_value, next_slope
        if done:
            break
    return point


@dataclass(frozen=True, slots=True)
class Contents:
    """The linear model of all documents, and one for each fold of the sources that has not seen it."""

    whole: Content
    folds: tuple[Content, ...]

    def unseen(self, sources: Sequence[str], seen: Grams) -> NDArray[np.float64]:
        """What is said of lines by the models that have not seen their sources."""
        own = np.array([fold_of(source) for source in sources])
        scores = np.zeros(len(own))
        for number in set(own.tolist()):
            model = self.folds[number]
            scores = np.where(own == number, linear(seen, model.weights, model.bias, len(own)), scores)
        return scores


def content_of(documents: Sequence[Marked], table: NDArray[np.uint16]) -> Contents:
    """The linear models."""
    texts: list[str] = []
    labels: list[int] = []
    counts: list[float] = []
    folds: list[int] = []
    for document in documents:
        for line, label in zip(document.lines, document.labels, strict=True):
            text = line.strip()
            if text and label != _UNKNOWN:
                texts.append(text)
                labels.append(label)
                counts.append(_PLAIN if document.clean else 1.0)
                folds.append(fold_of(document.source))
    seen = grams(folded(texts, table))
    truth, weight, own = np.array(labels, np.float64), np.array(counts), np.array(folds)
    print(f"{len(documents)} documents, {len(texts)} lines, {sum(labels)} of them no part of the text", flush=True)
    return Contents(
        learn_content(seen, truth, weight, _RIDGE, _ROUNDS),
        tuple(learn_content(seen, truth, weight * (own != number), _RIDGE, _ROUNDS) for number in range(_FOLDS)),
    )


@dataclass(frozen=True, slots=True)
class Example:
    """A window of a document as the networks see it."""

    inputs: NDArray[np.float32]
    gaps: NDArray[np.int64]
    labels: NDArray[np.int64]
    first: bool
    last: bool


Sourced = tuple[Marked, tuple[str, ...]]
"""A document with the source of each of its lines."""


def composed(documents: Sequence[Marked], luck: random.Random, rounds: int) -> Iterator[Sourced]:
    """The documents, and documents put together of them; with each the source of every line."""
    clean = [document for document in documents if document.clean]
    marked = [document for document in documents if not document.clean]
    for document in documents:
        yield document, (document.source,) * len(document.lines)
    for _ in range(rounds):
        for document in marked:
            other = luck.choice(clean if luck.random() < _FOREIGN else marked)
            yield changed(*grafted(document, text_of(other), luck), luck)
        for document in clean:
            yield changed(*piece(document, luck), luck)


def text_of(document: Marked) -> Marked:
    """A document without what is marked in it."""
    rows = [(line, label) for line, label in zip(document.lines, document.labels, strict=True) if label == 0]
    return Marked(document.source, tuple(line for line, _ in rows), (0,) * len(rows))


def piece(document: Marked, luck: random.Random) -> Sourced:
    """Some lines of a document, from its head, its tail or within."""
    count = len(document.lines)
    size = min(count, luck.choice((2, 4, 7, 12, 20, 40)))
    start = luck.choice((0, count - size, luck.randint(0, count - size)))
    cut = replace(document, lines=document.lines[start : start + size], labels=document.labels[start : start + size])
    return cut, (document.source,) * size


def grafted(document: Marked, other: Marked, luck: random.Random) -> Sourced:
    """The head and tail of a document about the text of another."""
    places = [place for place, label in enumerate(document.labels) if label == 1]
    if not places:
        return document, (document.source,) * len(document.lines)
    middle = len(document.lines) // 2
    head_end = max((place + 1 for place in places if place < middle), default=0)
    tail_start = min((place for place in places if place >= middle), default=len(document.lines))
    body, _ = piece(other, luck)
    own = with_kept(body, luck)
    lines = (*document.lines[:head_end], *own.lines, *document.lines[tail_start:])
    labels = (*document.labels[:head_end], *own.labels, *document.labels[tail_start:])
    sources = (
        *(document.source,) * head_end,
        *(other.source,) * len(own.lines),
        *(document.source,) * (len(document.lines) - tail_start),
    )
    return Marked(document.source, lines, labels), sources


_KEPT_ABOVE: Final = (
    "来源：{name}日报",
    "来源：{name}网　作者：{name}",
    "{date}",
    "{date} {time}",
    "{date}　来源：{name}日报　作者：{name}",
    "发布时间：{date} {time}　信息来源：{name}局",
    "作者：{name}",
    "文 | {name}",
    "文/{name}　图/{name}",
    "记者 {name}　通讯员 {name}",
    "原标题：{name}这样过冬",
    "关键词：{name}；方法；比较",
    "摘要：本文讨论{name}的来历。",
    "第{number}章 {name}",
    "{picture}",
)
_KEPT_BELOW: Final = (
    "（完）",
    "END",
    "—— END ——",
    "（作者系{name}大学教师）",
    "（记者 {name}）",
    "来源：{name}日报",
    "作者：{name}",
    "图片由{name}提供",
    "摄影：{name}",
    "供稿：{name}",
    "{date}",
    "二〇二{number}年三月",
    "{name}县人民政府办公室",
    "附件：{name}名单",
    "[{number}] {name}．渡口志[M]．石门：石门出版社，1998．",
    "参考文献",
    "注：数据截至{date}。",
    "编译：{name}",
    "翻译：{name}　校对：{name}",
    "https://{site}.example/{number}/index.html",
    "原文链接：https://{site}.example/a/{number}",
    "![](https://{site}.example/{number}/640?wx_fmt=png)",
    '![](https://{site}.example/mmbiz_png/{site}{number}QiaW7/640?wx_fmt=png "")',
    "![图{number}](images/{number}.jpg)",
    "在这里插入图片描述",
    "思考题",
    "{number}. 你怎样看？",
    "本文完",
    "下期预告：{name}的春天",
    "谢谢大家！",
    "此致",
    "敬礼",
)
_NAMES: Final = (
    "石门",
    "青川",
    "林晓",
    "何其中",
    "白沙",
    "苏念",
    "河口",
    "东岭",
    "松林",
    "丁宁",
    "潘小雨",
    "吴远",
    "冯立",
    "云岭",
    "魏明",
)


def with_kept(body: Marked, luck: random.Random) -> Marked:
    """A text with some of those lines at its head and tail that are a part of it: dates, sources, authors, pictures, signatures."""
    above = [kept(luck.choice(_KEPT_ABOVE), luck) for _ in range(luck.choice((0, 0, 1, 2)))]
    below = [kept(luck.choice(_KEPT_BELOW), luck) for _ in range(luck.choice((0, 0, 1, 1, 3)))]
    title, rest = (body.lines[:1], body.lines[1:]) if luck.random() < 0.6 else ((), body.lines)
    lines = (*title, *above, *rest, *below)
    return Marked(body.source, lines, (0,) * len(lines))


def kept(template: str, luck: random.Random) -> str:
    parts = {
        "date": luck.choice(("2023-04-18", "2019年6月3日", "2021/11/02", "2016-12-30")),
        "time": luck.choice(("09:15", "21:04:33")),
        "site": luck.choice(("news", "mmbiz", "img", "blog")),
        "number": str(luck.randint(1, 99)),
        "picture": "![](https://img.example/640?wx_fmt=jpeg)",
    }
    for key, value in parts.items():
        template = template.replace(f"{{{key}}}", value)
    while "{name}" in template:
        template = template.replace("{name}", luck.choice(_NAMES), 1)
    return template


def changed(document: Marked, sources: tuple[str, ...], luck: random.Random) -> Sourced:
    """The same with blank lines gone, or between all lines; some marked lines gone, and some in another order; paragraphs cut up."""
    rows = list(zip(document.lines, document.labels, sources, strict=True))
    loss = luck.choice((0.0, 0.0, 0.2, 0.5))
    rows = [row for row in rows if row[1] != 1 or luck.random() >= loss]
    for place in range(len(rows) - 1):
        if rows[place][1] == rows[place + 1][1] == 1 and luck.random() < 0.15:
            rows[place], rows[place + 1] = rows[place + 1], rows[place]
    how = luck.random()
    if how < 0.12:
        width = luck.randint(24, 42)
        rows = [(part, *row[1:]) for row in rows for part in wrapped(row[0], width)]
    elif how < 0.24:
        rows = [(part, *row[1:]) for row in rows for part in (_CLAUSE.findall(row[0]) or [row[0]])]
    elif how < 0.3:
        rows = [(row[0].rstrip("。"), *row[1:]) for row in rows]
    how = luck.random()
    if how < 0.25:
        rows = [row for row in rows if row[0].strip()]
    elif how < 0.4:
        rows = [part for row in rows if row[0].strip() for part in (row, ("", 0, row[2]))]
    lines, labels, origins = (tuple(part) for part in zip(*rows, strict=True)) if rows else ((), (), ())
    return Marked(document.source, lines, labels), origins


def wrapped(line: str, width: int) -> list[str]:
    return [line[at : at + width] for at in range(0, len(line), width)] or [""]


def examples_of(
    document: Marked, sources: Sequence[str], table: NDArray[np.uint16], contents: Contents
) -> Iterator[Example]:
    """The windows of a document."""
    labels = np.array(document.labels, np.int64)
    for numbers, window in windows(document.lines):
        seen = folded(window.texts, table)
        content = contents.unseen([sources[number] for number in numbers], grams(seen))
        yield Example(
            features(window, seen, content),
            np.minimum(1, np.array(window.blanks[1:-1], np.int64)),
            labels[numbers],
            window.above == 0,
            window.below == 0,
        )


@dataclass(frozen=True, slots=True)
class Batch:
    inputs: NDArray[np.float32]
    gaps: NDArray[np.int64]
    labels: NDArray[np.int64]
    inside: NDArray[np.bool_]
    firsts: NDArray[np.float64]
    lasts: NDArray[np.float64]
    stops: NDArray[np.int64]


def batches(examples: Sequence[Example], size: int) -> list[Batch]:
    """Examples of about the same length together."""
    order = sorted(range(len(examples)), key=lambda number: len(examples[number].labels))
    made = []
    for start in range(0, len(order), size):
        own = [examples[number] for number in order[start : start + size]]
        longest, width = max(len(one.labels) for one in own), own[0].inputs.shape[1]
        inputs = np.zeros((len(own), longest, width), np.float32)
        gaps = np.zeros((len(own), longest), np.int64)
        labels = np.full((len(own), longest), _UNKNOWN, np.int64)
        inside = np.zeros((len(own), longest), np.bool_)
        for row, one in enumerate(own):
            count = len(one.labels)
            inputs[row, :count], gaps[row, : count - 1], labels[row, :count] = one.inputs, one.gaps, one.labels
            inside[row, :count] = True
        firsts = np.array([float(one.first) for one in own])
        lasts = np.array([float(one.last) for one in own])
        made.append(Batch(inputs, gaps, labels, inside, firsts, lasts, inside.sum(1) - 1))
    return made


Arrays = dict[str, NDArray[Any]]


def slopes(batch: Batch, point: Arrays, noise: NDArray[np.float32] | None) -> tuple[float, Arrays]:
    """What the labels of a batch cost under the model, and where that falls."""
    inputs = batch.inputs if noise is None else batch.inputs * noise
    hidden = np.tanh(inputs @ point["enter"] + point["enter_bias"])
    rows, longest = batch.labels.shape
    scores = np.zeros((rows, longest, STATES))
    scores[..., 1] = hidden @ point["leave"] + point["leave_bias"]
    scores[:, 0] += batch.firsts[:, None] * point["ends"][0]
    scores[np.arange(rows), batch.stops] += batch.lasts[:, None] * point["ends"][1]
    free, pairs, value = chain(scores, point["steps"][batch.gaps], batch)
    bound = np.where((batch.labels[..., None] != _UNKNOWN) & (batch.labels[..., None] != np.arange(STATES)), -1e4, 0.0)
    told, told_pairs, told_value = chain(scores + bound, point["steps"][batch.gaps], batch)
    back = (free - told) * batch.inside[..., None]
    steps = np.zeros_like(point["steps"])
    for kind in range(STATES):
        chosen = (batch.gaps[:, :-1] == kind) & batch.inside[:, 1:]
        steps[kind] = (pairs - told_pairs)[chosen].sum(0)
    ends = np.stack(
        [
            (back[:, 0] * batch.firsts[:, None]).sum(0),
            (back[np.arange(rows), batch.stops] * batch.lasts[:, None]).sum(0),
        ]
    )
    last = back[..., 1].astype(np.float32)
    inner = last[..., None] * point["leave"] * (1 - hidden**2)
    flat = inner.reshape(-1, inner.shape[-1])
    return float(value - told_value), {
        "enter": inputs.reshape(len(flat), -1).T @ flat,
        "enter_bias": flat.sum(0),
        "leave": hidden.reshape(len(flat), -1).T @ last.reshape(-1),
        "leave_bias": np.asarray(last.sum()),
        "steps": steps,
        "ends": ends,
    }


def chain(
    scores: NDArray[np.float64], steps: NDArray[np.float64], batch: Batch
) -> tuple[NDArray[np.float64], NDArray[np.float64], float]:
    """By line how likely each state is, by pair of lines each pair of states, and the logarithm of the sum over all ways."""
    rows, longest, _ = scores.shape
    ahead, behind = np.zeros_like(scores), np.zeros_like(scores)
    ahead[:, 0] = scores[:, 0]
    for place in range(1, longest):
        moved = (ahead[:, place - 1, :, None] + steps[:, place - 1]).transpose(0, 2, 1)
        ahead[:, place] = np.logaddexp(moved[..., 0], moved[..., 1]) + scores[:, place]
    for place in range(longest - 2, -1, -1):
        moved = steps[:, place] + (behind[:, place + 1] + scores[:, place + 1])[:, None, :]
        behind[:, place] = np.logaddexp(moved[..., 0], moved[..., 1]) * batch.inside[:, place + 1, None]
    final = ahead[np.arange(rows), batch.stops]
    total = np.logaddexp(final[:, 0], final[:, 1])
    chances = np.exp(np.minimum(0, ahead + behind - total[:, None, None]))
    pairs = (ahead[:, :-1, :, None] + steps[:, : longest - 1] + (behind[:, 1:] + scores[:, 1:])[:, :, None, :]) - total[
        :, None, None, None
    ]
    return chances, np.exp(np.minimum(0, pairs)), float(total.sum())


def learn_member(
    examples: Sequence[Example], seed: int, hidden: int = 32, epochs: int = 30, rate: float = 0.004, ridge: float = 1e-3
) -> Arrays:
    """A network with its chain, by Adam; the rate falls to nothing."""
    luck = np.random.default_rng(seed)
    width = examples[0].inputs.shape[1]
    point: Arrays = {
        "enter": luck.normal(0, width**-0.5, (width, hidden)).astype(np.float32),
        "enter_bias": np.zeros(hidden, np.float32),
        "leave": luck.normal(0, hidden**-0.5, hidden).astype(np.float32),
        "leave_bias": np.zeros((), np.float32),
        "steps": np.array([np.eye(STATES) * 1.0] * 2),
        "ends": np.zeros((2, STATES)),
    }
    first = {name: np.zeros_like(value, np.float64) for name, value in point.items()}
    second = {name: np.zeros_like(value, np.float64) for name, value in point.items()}
    made = batches(examples, 32)
    step, steps = 0, epochs * len(made)
    for _ in range(epochs):
        for number in luck.permutation(len(made)):
            batch = made[number]
            kept = (luck.random((len(batch.labels), 1, width)) >= _DROP).astype(np.float32) / np.float32(1 - _DROP)
            _, slope = slopes(batch, point, kept)
            step += 1
            pace = rate * (1 - step / steps) * min(1.0, step / 50)
            for name, fall in slope.items():
                fall = fall / len(batch.labels) + ridge * point[name] * (name in ("enter", "leave"))
                first[name] = 0.9 * first[name] + 0.1 * fall
                second[name] = 0.999 * second[name] + 0.001 * fall**2
                move = first[name] / (1 - 0.9**step) / (np.sqrt(second[name] / (1 - 0.999**step)) + 1e-8)
                point[name] = (point[name] - pace * move).astype(np.asarray(point[name]).dtype)
    return point


def trained(documents: Sequence[Marked], table: NDArray[np.uint16], seed: int) -> dict[str, NDArray[Any]]:
    """All arrays of a weight file, learned from documents."""
    contents = content_of(documents, table)
    examples = [
        example
        for document, sources in composed(documents, random.Random(seed), 1)
        for example in examples_of(document, sources, table, contents)
    ]
    everything = np.concatenate([example.inputs for example in examples])
    mean, scale = everything.mean(0), everything.std(0) + _SPREAD
    scaled = [
        replace(example, inputs=np.clip((example.inputs - mean) / scale, -FARTHEST, FARTHEST)) for example in examples
    ]
    members = [learn_member(scaled, seed + number) for number in range(_MEMBERS)]
    return packed(contents.whole, table, mean, scale, members)


def packed(
    content: Content,
    table: NDArray[np.uint16],
    mean: NDArray[np.float32],
    scale: NDArray[np.float32],
    members: Sequence[Arrays],
) -> dict[str, NDArray[Any]]:
    """The arrays as they are shipped: the linear model in eight bits, the networks in sixteen."""
    step = max(float(np.abs(content.weights).max()), 1e-6) / 127
    arrays: dict[str, NDArray[Any]] = {
        "fold": table,
        "weights": np.round(content.weights / step).astype(np.int8),
        "weights.scale": np.asarray(step, np.float32),
        "bias": np.asarray(content.bias, np.float32),
        "mean": mean.astype(np.float32),
        "scale": scale.astype(np.float32),
    }
    for name in members[0]:
        kind = np.float16 if name == "enter" else np.float32
        arrays[name] = np.stack([np.asarray(member[name]) for member in members]).astype(kind)
    return arrays


def report(voter: Voter, documents: Sequence[Marked], name: str) -> None:
    """How much of what is marked the voter finds at each precision, by characters and by lines."""
    rows = [
        (chance, label, len("".join(line.split())))
        for document in documents
        for line, label, chance in zip(document.lines, document.labels, voter.vote(document.lines), strict=True)
        if label != _UNKNOWN and line.strip()
    ]
    chances, labels, sizes = (np.array(column, np.float64) for column in zip(*rows, strict=True))
    order = np.argsort(-chances, kind="stable")
    for unit, weights in (("characters", sizes), ("lines", np.ones(len(sizes)))):
        right, all_taken = np.cumsum((labels * weights)[order]), np.cumsum(weights[order])
        for wanted in (0.97, 0.98, 0.99):
            good = np.flatnonzero(right / all_taken >= wanted)
            at = int(good[-1]) if len(good) else 0
            recall = right[at] / max(1.0, float((labels * weights).sum())) if len(good) else 0.0
            print(f"{name}: {unit}: precision {wanted}: recall {recall:.3f} at {chances[order][at]:.3f}")


def _named(items: Sequence[str]) -> Iterator[tuple[str, Path]]:
    for item in items:
        name, _, path = item.partition("=" if "=" in item else ":")
        yield name, Path(path)


def main() -> None:
    """Read the command line, learn, write the weights and the manifest."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--promo", action="append", default=[], type=Path, help="documents marked as in promo/")
    parser.add_argument("--annotated", action="append", default=[], metavar="NAME=PATH", help="JSON lines with spans")
    parser.add_argument("--body", action="append", default=[], metavar="FORMAT:PATH", help="marked, documents or csv")
    parser.add_argument("--without", default="", help="beginnings of ids of bodies that are not clean, commas between")
    parser.add_argument("--traditional", type=Path, help="traditional and simplified characters, a tab between")
    parser.add_argument(
        "--hold-back", action="store_true", help="leave a third of the annotated sources out, and score"
    )
    parser.add_argument("--score", action="append", default=[], type=Path, help="marked documents to score on")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=Path(str(packaged_rules() / "data" / FILE)))
    parser.add_argument("--manifest", type=Path)
    arguments = parser.parse_args()
    annotated = [one for name, path in _named(arguments.annotated) for one in read_annotated(path, name)]
    held = [one for one in annotated if held_back(one.source)] if arguments.hold_back else []
    documents = [one for one in annotated if not arguments.hold_back or not held_back(one.source)]
    documents += [one for path in arguments.promo for one in read_promo(path)]
    without = tuple(filter(None, arguments.without.split(",")))
    documents += [one for form, path in _named(arguments.body) for one in read_body(form, path, without)]
    write(arguments.out, trained(documents, folding(arguments.traditional), arguments.seed), FORMAT)
    voter = load_voter(arguments.out)
    if held:
        report(voter, held, "held back")
    for path in arguments.score:
        report(voter, list(read_promo(path)), path.name)
    if arguments.manifest:
        read = {path.name: path for path in [*arguments.promo, *filter(None, [arguments.traditional])]}
        read |= {path.name: path for _, path in _named(arguments.body)}
        read |= dict(_named(arguments.annotated))
        arguments.manifest.write_text(f"{json.dumps(_hashes(read), indent=1)}\n", encoding="utf-8")


def _hashes(files: Mapping[str, Path]) -> dict[str, str]:
    return {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in files.items()}


if __name__ == "__main__":
    main()
