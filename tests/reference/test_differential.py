"""The engine gives what its plain reference gives (`tests/reference/plain.py`): the same text, edits, findings, doubts and reasons."""

from __future__ import annotations

import ast
import os
import random
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from functools import cache, lru_cache
from itertools import islice, tee
from pathlib import Path

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from redactor import Redactor
from redactor.matching import screen
from redactor.model import Finding, Result
from redactor.policy.load import Policy, parse_policy, policy_names
from redactor.ruleset.cache import cache_folder
from redactor.ruleset.load import load_rules
from tests.conftest import unshared
from tests.draws import draws, everything, huge_only, sample, slow
from tests.reference.plain import plain_redactor

TESTS = Path(__file__).parent.parent
BENCHMARKS = TESTS.parent / "benchmarks"
CONTACTS = (
    "PHONE_NUMBER", "EMAIL_ADDRESS", "URL", "IP_ADDRESS", "CN_ID_CARD", "CREDIT_CARD", "CN_USCC", "CN_LICENSE_PLATE", "CN_PASSPORT",
    "QQ_NUMBER", "WECHAT_ID",
)  # fmt: skip
POLICIES: dict[str, Policy | str] = {name: name for name in policy_names()} | {
    "contacts": parse_policy({"name": "contacts", "entities": dict.fromkeys(CONTACTS, "mask")}, "here")
}
SHORT_PARTS, LONG_PARTS = 3_000, 40_000
"""Characters of the parts that a mixture is cut into: such as are looked at on lists, and such as are looked at on arrays."""
HUGE_MEGABYTES, HUGE_SEED = 50, 1
"""Of UTF-8, in the huge test: half an hour of a core without the recogniser, more than an hour with it, most of it the reference's."""


@lru_cache(maxsize=2)  # each takes some hundred megabytes
def both(policy: str, ner: str) -> tuple[Redactor, Redactor]:
    """The engine, with what it keeps of rules from start to start, and its reference, with --slow without: for one policy, as that hangs on the rules alone."""
    engine = Redactor(POLICIES[policy], ner=ner, cache=cache_folder(os.environ))
    with unshared() if everything and policy == "publish" else nullcontext():
        return engine, plain_redactor(POLICIES[policy], ner=ner)


def told(result: Result) -> list[object]:
    """All that a result says; findings with their reasons, which equality leaves out."""
    return [
        *result.edits,
        *((finding, reasons(finding)) for finding in result.findings),
        *(("doubtful", finding, reasons(finding)) for finding in result.doubtful),
        result.text,
    ]


def reasons(finding: Finding) -> list[tuple[str, str, float]]:
    """The evidence; weights are summed up in different orders."""
    return [(evidence.kind, evidence.detail, round(evidence.weight, 9)) for evidence in finding.evidence]


def difference(text: str, fast: Result, plain: Result) -> list[object]:
    """The text, with what one of the two says and the other doesn't; nothing where they say the same."""
    one, other = told(fast), told(plain)
    return [(text, [x for x in one if x not in other], [x for x in other if x not in one])] if one != other else []


def differences(policy: str, ner: str, texts: Iterable[str]) -> list[object]:
    """Of all texts, each by itself."""
    engine, reference = both(policy, ner)
    return [found for text in texts for found in difference(text, engine.redact(text), reference.redact(text))]


@cache
def examples() -> tuple[str, ...]:
    """Of every rule, and every literal of these tests with a Chinese character in it: their tables of texts among them."""
    rules = load_rules()
    of_rules = [
        text for rule in (*rules.rules, *rules.boilerplate) for text in (*rule.examples.match, *rule.examples.no_match)
    ]
    pairs = [pair.before for rule in rules.rules for pair in rule.examples.redact]
    literals = [
        node.value
        for file in sorted(TESTS.rglob("test_*.py"))
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and regex.search(r"\p{Han}", node.value)
    ]
    data = [file.read_text("utf-8") for file in sorted((TESTS / "data").glob("*.txt"))]
    return tuple(dict.fromkeys((*of_rules, *pairs, *literals, *data)))


def generated(megabytes: float, seed: int) -> str:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(BENCHMARKS)
        from text import generate

    return str(generate(megabytes, seed=seed))


@pytest.mark.sampled(3)
@pytest.mark.parametrize(
    ("policy", "ner", "first"), [("publish", "none", 0), ("scan-only", "builtin", 1), ("contacts", "none", 2)]
)
def test_on_examples(policy: str, ner: str, first: int) -> None:
    # Each by itself once; all of them in other settings follow below, in fewer texts, which takes less time.
    assert differences(policy, ner, sample(examples()[first::3], 40, slow=10)) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("policy", "ner"), [("scan-only", "builtin"), slow("clean", "none"), huge_only("contacts", "none")]
)
def test_on_examples_in_a_long_text(policy: str, ner: str) -> None:
    text = "\n".join(reversed(sample(examples(), 4, slow=6 if ner == "builtin" else 4)))
    text = text[: screen._SHORT + 1_000]
    assert len(text) > screen._SHORT
    assert differences(policy, ner, [text]) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("policy", "ner"), [("publish", "builtin"), huge_only("scan-only", "builtin"), slow("contacts", "none")]
)
def test_on_generated_text(policy: str, ner: str) -> None:
    text = generated(0.06, seed=5)
    text = text[: screen._SHORT + 1_000]
    assert len(text) > screen._SHORT
    lines = text.splitlines(keepends=True)
    assert (
        differences(
            policy, ner, [text, *("".join(lines[at : at + 6]) for at in range(0, 60, 12 if everything else 20))]
        )
        == []
    )


HOSTILE = (
    *"×\n\r\t 　，。：、（）()“”《》〈〉·—-~％%.①⑩㊀零〇一两百万亿元年月日号第年县市镇村局同志小老阿王李",
    *"\x00\u200b\u200d\u2060\ufeff\u202e\u00ad\ufe0f\ud800\udfff\ufffd\x85\u2028",
    *"😀🀄𠮷𠀀㐀龥豈蘭縣雲嶺鎮鄉銀專員會議書記",
    "\r\n", "\n\n", "\n　　", " \n", "-\n", "××", "××县", "某某", "【人名1】", "<b>", "</b>", "&#x4e91;", "&amp;", "%E4%BA%91", "\\u4e91",
    "王建国", "李晓明同志", "欧阳修远", "周海滨", "海滨同志", "小王", "老李说", "县委书记张", "买买提·艾力", "王　伟", "姓名：高兴", "联系人：",
    "云岭县", "云岭", "青石镇", "巴岭乡", "红河哈尼族彝族自治州", "内蒙古", "北京市", "挪威政府", "中美", "磐石科技有限公司", "电商产业园", "县财政局", "解放街",
    "师范大学", "任务重", "主任", "方面", "于是", "和平", "高江工业园", "出席", "会同", "建设路", "电话", "手机", "微信号", "QQ群", "公众号",
    "12.5%", "１２.５％", "1,234万元", "三百二十万元", "百分之十二", "13900001111", "一三九零零零零一一一一", "①③⑨0000①①①①", "138 0000 1111", "0871-65123456",
    "11010519491231002X", "6222021234567890128", "91350100M000100Y43", "京A·12345", "user@example.com", "www.example.com/a?b=c", "192.168.1.10", "ａｂｃ＠ｄ.com",
    "2023年5月6日", "2023-05-06", "〔2023〕5号", "云政发〔2023〕12号", "第12条", "3×5=15", "PM2.5", "零点五", "2020", "99", "7", "仅供学习交流，请勿外传", "关注公众号“文稿驿站”",
    "1" * 40, "王" * 30, "（" * 12, "一" * 30, "a" * 60, "，" * 20, "\n" * 5, " " * 30, "县" * 12, "1,2" * 30, "某" * 10,
)  # fmt: skip
ANYWHERE = (
    (0x20, 0x7F),
    (0x3400, 0xA000),
    (0x4E00, 0x9FA6),
    (0xFF00, 0xFF60),
    (0x2000, 0x2070),
    (0x1F300, 0x1F600),
    (0, 0x110000),
)
"""Ranges that characters at random are drawn from; surrogates are among them."""


def mixture(seed: int, megabytes: float) -> Iterator[str]:
    """Pieces of a text, without end of line or with: generated, examples, hostile ones, halves, characters at random."""
    rng = random.Random(seed)
    paragraphs = generated(0.3, seed).splitlines(keepends=True)
    size = 0.0
    while size < megabytes * 1e6:
        lot = rng.random()
        if lot < 0.3:
            piece = rng.choice(paragraphs)
        elif lot < 0.5:
            piece = rng.choice(examples())
        elif lot < 0.65:
            piece = "".join(rng.choices(HOSTILE, k=rng.randint(1, 12)))
        elif lot < 0.75:
            low, high = rng.choice(ANYWHERE)
            piece = "".join(chr(rng.randrange(low, high)) for _ in range(rng.randint(1, 30)))
        else:
            whole = rng.choice((rng.choice(paragraphs), rng.choice(examples())))
            start = rng.randrange(len(whole) + 1)
            piece = whole[start : start + rng.randint(1, 40)] + rng.choice(HOSTILE)
        yield piece + rng.choice(("", "", "\n"))
        size += len(piece.encode("utf-8", "surrogatepass"))


def parts(pieces: Iterable[str], length: int) -> Iterator[str]:
    """The pieces as parts of about so many characters, cut at line ends."""
    held: list[str] = []
    for piece in pieces:
        held.append(piece)
        if piece.endswith("\n") and sum(map(len, held)) >= length:
            yield "".join(held)
            held = []
    if held:
        yield "".join(held)


def differences_in_parts(policy: str, ner: str, document: Iterable[str]) -> Iterator[object]:
    """The same as `differences` of the parts of one document; what they have shown is carried from each to the next."""
    engine, reference = both(policy, ner)
    texts, one, other = tee(document, 3)
    for text, fast, plain in zip(texts, engine.redact_parts(one), reference.redact_parts(other), strict=True):
        yield from difference(text, fast, plain)


@pytest.mark.sampled(5)
@pytest.mark.parametrize(
    ("policy", "ner", "length"),
    [
        slow("publish", "none", LONG_PARTS),
        ("scan-only", "builtin", SHORT_PARTS),
        slow("strip", "none", SHORT_PARTS),
        slow("label", "none", SHORT_PARTS),
        ("court", "none", SHORT_PARTS),
    ],
)
def test_on_parts_of_a_mixture(policy: str, ner: str, length: int) -> None:
    document = parts(mixture(7, 2.5 * length / 1e6 if length == LONG_PARTS else 0.012 if everything else 0.008), length)
    assert list(differences_in_parts(policy, ner, document)) == []


@pytest.mark.slow
def test_on_groups_of_lines() -> None:
    lines = "，".join(examples()).splitlines(keepends=True)
    groups = ["".join(lines[at : at + 40]) for at in range(0, len(lines), 40)]
    assert list(differences_in_parts("publish", "builtin", sample(groups, 80, slow=12))) == []


PIECES = st.sampled_from([*HOSTILE, *(half for piece in HOSTILE if len(piece) > 3 for half in (piece[:2], piece[2:]))])
EXAMPLES = st.deferred(lambda: st.sampled_from(examples()))
TEXTS = st.lists(PIECES | EXAMPLES | st.text(max_size=4), max_size=30).map("".join)


@draws(20)
@given(text=TEXTS)
@pytest.mark.parametrize(
    ("policy", "ner"), [slow("publish", "none"), ("scan-only", "builtin"), slow("contacts", "none")]
)
def test_on_any_text(policy: str, ner: str, text: str) -> None:
    assert differences(policy, ner, [text]) == []


@pytest.mark.slow
@draws(10)
@given(texts=st.lists(TEXTS.map("{}\n".format), max_size=5))
def test_on_parts_of_any_text(texts: list[str]) -> None:
    assert list(differences_in_parts("publish", "builtin", texts)) == []


@pytest.mark.slow
@draws(15)
@given(text=TEXTS)
def test_on_any_text_on_arrays(text: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(screen, "_SHORT", -1)
        assert differences("publish", "none", [text]) == []


@pytest.mark.huge
@pytest.mark.parametrize("ner", ["none", "builtin"])
def test_on_a_large_mixture(ner: str) -> None:
    document = parts(mixture(HUGE_SEED, HUGE_MEGABYTES), LONG_PARTS)
    assert list(islice(differences_in_parts("publish", ner, document), 3)) == []
