"""A grid drawn by a seed from the grammar of test values: each row a value in a context that no rule's examples hold.

    python -m tests.rules.drawn SEED [COUNT] > tests/data/drawn_grid.txt
    python -m tests.rules.drawn SEED [COUNT] --score [--misses N]

A row is `marked text => what comes out`; ‹ › enclose what must be hidden, ⇥ is a tab, ⏎ the end of a line, `# ` opens a kind.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

import regex

from redactor import Redactor
from tests.rules.grammar import KINDS, hidden, like_a_mobile, plain, redacted

GRID = Path(__file__).parent.parent / "data" / "drawn_grid.txt"
COUNT = 150
FIGURES = ("money", "percent", "date", "quantity")
_SIGNS = str.maketrans({"\t": "⇥", "\n": "⏎"})
_BACK = str.maketrans({"⇥": "\t", "⏎": "\n"})

# {} is where the value stands.
_PROSE = (
    "村头黑板上写着{}，大家都看得见。",
    "喇叭里反复念的就是{}。",
    "底稿上原本印着{}；",
    "有人问起，他便答{}",
    "（括注为{}）",
    "3、照抄如下：{}\n4、余下从略",
    "备查栏⇥{}⇥无误",
    "| 摘抄 | {} | 属实 |",
    "上一行没有数\n{}\n下一行也没有数",
)
_FIGURES = {
    "money": (
        "修桥耗去{}，余下的留作养护。",
        "账本末尾赫然记着{}",
        "竟要价{}，把人吓了一跳",
        "省下{}来添置桌椅",
        "（灯笼、彩带另需{}）",
        "摸出{}塞到他手里",
    ),
    "percent": (
        "烘干后出米率为{}，",
        "跌去{}以后才稳住",
        "掺进{}的细沙",
        "误差不得大于{}。",
        "毛利只剩{}而已",
        "（环比多出{}）",
    ),
    "date": (
        "那场雪下在{}，至今有人提起",
        "开镰的日子选在{}。",
        "碑上刻着{}，字迹还清楚",
        "改到{}再议",
        "（落笔于{}）",
        "截止{}，逾时不候",
    ),
    "quantity": (
        "粗粗一数，足有{}。",
        "库里堆着{}，盖了油布",
        "比去岁多出{}；",
        "（另拨{}备用）",
        "只凑齐{}便开了工",
        "远远望去不下{}呢",
    ),
}
_CONTACTS = (
    "拿不准就问{}，别耽搁。",
    "门房贴的条子上是{}",
    "回信请寄{}；",
    "（找得到我的法子：{}）",
    "⇥{}⇥白天有人",
    "先记下来：{}。",
    "抄给你，{}，收好",
)
_PAPERS = (
    "复印件背面抄着{}。",
    "窗口念出{}，无人应声",
    "核对过了：{}；",
    "（档袋封面{}）",
    "摘录⇥{}⇥相符",
    "登记簿里第二栏是{}，字很小",
)
_CARDS = (
    "把钱打进卡里，{}，别打错。",
    "他的银行卡是{}。",
    "退款原路回到账户{}，",
    "（卡面印着{}）",
    "存折丢了，账上{}已冻结",
    "划转⇥{}⇥退回原卡",
)
_STREETS = (
    "包裹请搁在{}门口。",
    "房客搬去了{}，",
    "（现场位于{}）",
    "抄表员走到{}歇脚",
    "家在{}的那位大娘",
    "住户那栏⇥{}⇥收讫",
)
CONTEXTS: dict[str, tuple[str, ...]] = {
    **{kind: (*own, *_PROSE) for kind, own in _FIGURES.items()},
    **dict.fromkeys(("phone", "extension", "mail", "url", "network"), (*_CONTACTS, *_PROSE)),
    **dict.fromkeys(("identity", "credit-code", "document"), (*_PAPERS, *_PROSE)),
    "card": _CARDS,
    "plate": ("刮蹭的是{}，", "车位上停着{}。", "（拖走{}）", "看清了尾灯上方的{}", *_PROSE),
    "address": _STREETS,
}
"""Of each kind. A card by itself is a long number like any other, so that cards are spoken of beside it."""

_LIKE_AN_ITEM = regex.compile(r"(?m)^\d{1,2}、\d")
"""At the beginning of a line this is the second item of a list rather than two figures."""


def rows(number: int, count: int = COUNT) -> dict[str, list[str]]:
    """Of each kind, marked texts drawn by the seed."""
    return {kind: _draw(kind, Random(f"{number} {kind}"), count) for kind in KINDS}


def _draw(kind: str, random: Random, count: int) -> list[str]:
    found: dict[str, None] = {}
    while len(found) < count:
        value, frame = KINDS[kind](random), random.choice(CONTEXTS[kind])
        text = frame.translate(_BACK).replace("{}", value)
        if kind not in FIGURES or not (like_a_mobile(value) or _LIKE_AN_ITEM.search(plain(text))):
            found[text] = None
    return list(found)


def written(kinds: dict[str, list[str]]) -> Iterator[str]:
    for kind, texts in kinds.items():
        yield f"# {kind}"
        for text in texts:
            yield f"{text} => {redacted(text)}".translate(_SIGNS)


def read(lines: Iterable[str]) -> dict[str, list[tuple[str, str]]]:
    """Of each kind, the marked texts with what comes out."""
    kinds: dict[str, list[tuple[str, str]]] = {}
    for line in lines:
        if line.startswith("# "):
            pairs = kinds[line[2:].strip()] = []
        elif " => " in line:
            marked, _, out = line.rstrip("\n").translate(_BACK).partition(" => ")
            pairs.append((marked, out))
    return kinds


@dataclass(frozen=True, slots=True)
class Score:
    """What came of the rows of one kind: `wrong`, the texts that came out otherwise; `leaks`, those with a sign of the value left."""

    total: int
    wrong: tuple[str, ...]
    leaks: tuple[str, ...]

    @property
    def exact(self) -> float:
        return 1 - len(self.wrong) / self.total

    @property
    def leak(self) -> float:
        return len(self.leaks) / self.total


def score(redactor: Redactor, pairs: list[tuple[str, str]]) -> Score:
    wrong, leaks = [], []
    results = redactor.redact_many([plain(marked) for marked, _ in pairs])
    for (marked, out), result in zip(pairs, results, strict=True):
        if result.text == out:
            continue
        line = f"{marked} gives {result.text}".translate(_SIGNS)
        wrong.append(line)
        edited = {at for edit in result.edits for at in range(edit.start, edit.end)}
        if not edited.issuperset(hidden(marked)):
            leaks.append(line)
    return Score(len(pairs), tuple(wrong), tuple(leaks))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("seed", type=int)
    parser.add_argument("count", type=int, nargs="?", default=COUNT)
    parser.add_argument("--score", action="store_true")
    parser.add_argument("--misses", type=int, default=0)
    args = parser.parse_args()
    lines = list(written(rows(args.seed, args.count)))
    if not args.score:
        print(f"// python -m tests.rules.drawn {args.seed} {args.count}", *lines, sep="\n")
        return
    redactor = Redactor()
    for kind, pairs in read(lines).items():
        found = score(redactor, pairs)
        print(f"{kind:12} {found.total:4}  exact {found.exact:.3f}  leak {found.leak:.3f}")
        print(
            *(f"    {line}" for line in found.wrong[: args.misses]),
            sep="\n",
            end="\n" if found.wrong and args.misses else "",
        )


if __name__ == "__main__":
    main()
