"""The engine's promises on any text, and rule files and policies of strangers."""

from __future__ import annotations

import tempfile
import tomllib
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Final
from zlib import crc32

from redactor import Edit, Redactor, Result
from redactor.document.edits import assert_intact
from redactor.document.pipeline import Pipeline
from redactor.document.state import Memory
from redactor.model import RedactorError
from redactor.policy.load import Policy, load_policy
from redactor.text.document import Document
from tests.fuzz.outcome import Outcome, PromiseError, refusal
from tests.fuzz.simple import Simple

RULES: Final = r"""
[define]
digit = '[0-9]'
[lists]
titles = ["同志", "主任", "县长"]
[[rule]]
id = "fuzz.mobile"
entity = "PHONE_NUMBER"
view = "contact"
one_line = true
priority = 84
pattern = '(?<!{digit})1[3-9][0-9](?:[ -]?{digit}{4}){2}(?!{digit})'
[[rule]]
id = "fuzz.card"
entity = "CREDIT_CARD"
pattern = '{digit}{13,19}'
validate = "luhn"
[[rule]]
id = "fuzz.figure"
entity = "MONEY"
pattern = '(?P<n>[0-9]+(?:\.[0-9]+)?)(?P<unit>万?元|亿元)'
keep = "unit"
context = [{ words = ["预算", "投资"], within = 6, add = 0.2 }, { words = "编号", side = "before", add = -0.5 }]
score = 0.45
[[rule]]
id = "fuzz.name"
entity = "PERSON"
pattern = '(?P<n>[张王李]\p{Han}{1,2})(?={titles})'
exclude = ['王县']
[[rule]]
id = "fuzz.term"
entity = "PERSON"
terms = ["张三", "欧阳建国", "三三"]
[[rule]]
id = "fuzz.place"
entity = "LOCATION"
suffixes = ["县", "镇", "人民政府"]
[[rule]]
id = "fuzz.kept"
entity = "KEEP"
terms = ["张三丰", "三个一", "县县通"]
[[rule]]
id = "fuzz.mail"
entity = "EMAIL_ADDRESS"
view = "raw"
pattern = '[a-z0-9.]{1,20}@[a-z]{1,20}\.cn'
[[boilerplate]]
id = "fuzz.head"
unit = "block"
zone = "any"
threshold = 3
cue = [{ weight = 3, pattern = ["关注公众号", "仅供.{0,8}交流"] }, { weight = 1, pattern = "https?://" }]
"""
"""A rule of each kind, some in each other's way."""
POLICIES: Final = ("publish", "label", "clean", "court", "strip", "scan-only", "publish", "label")
TWICE: Final = ("publish", "label", "clean", "scan-only")
"""Policies under which twice is once, on any text."""
SAMPLE: Final = "张三同志，王五主任到云岭县：aA1b 12.5% 13800138000\n关注公众号《甲乙》 (b)-- 3万元\r\n\u200b×。"
"""What a stranger's rules and policies are run on."""


def engine(data: bytes) -> tuple[Outcome, str]:
    """A few rules under each policy: the first byte says which."""
    return _promises(_few, [data])[0]


def engine_together(inputs: list[bytes]) -> list[tuple[Outcome, str]]:
    """The same for several inputs."""
    return _promises(_few, inputs)


def builtin(data: bytes) -> tuple[Outcome, str]:
    """The built-in rules under each policy, without the recogniser."""
    return _promises(_all, [data])[0]


def builtin_together(inputs: list[bytes]) -> list[tuple[Outcome, str]]:
    """The same for several inputs."""
    return _promises(_all, inputs)


def rules(data: bytes) -> tuple[Outcome, str]:
    """A rule file of a stranger: loaded, and run on a text."""
    made = None
    try:
        made = Redactor(_publish(), [_written(data)], builtin=False, ner="none")
        result = made.redact(SAMPLE)
    except Exception as error:
        return _is_toml(data) if made is None else Outcome.REFUSED, refusal(error)
    _intact(SAMPLE, result)
    return Outcome.DONE, f"{len(made.ruleset.rules).bit_length()} {len(result.findings).bit_length()}"


def policies(data: bytes) -> tuple[Outcome, str]:
    """A policy of a stranger: loaded, and acted on; of four one by the engine."""
    policy = None
    plan = _few("publish").pipeline.plan
    way = Pipeline if crc32(data) % 4 == 0 else Simple
    try:
        policy = load_policy(_written(data))
        result = way(policy, plan, key=b"k" * 32).redact(Document(SAMPLE), Memory())
    except Exception as error:
        return _is_toml(data) if policy is None else Outcome.REFUSED, refusal(error)
    _intact(SAMPLE, result)
    return Outcome.DONE, f"{len(policy.operators).bit_length()} {len(result.edits).bit_length()}"


def _promises(made: Callable[[str], Redactor], inputs: Sequence[bytes]) -> list[tuple[Outcome, str]]:
    """What comes of each input; those of one policy go through the engine together."""
    by_policy: dict[str, list[int]] = {}
    for number, data in enumerate(inputs):
        by_policy.setdefault(POLICIES[data[0] % len(POLICIES)] if data else "publish", []).append(number)
    came: dict[int, tuple[Outcome, str]] = {}
    for policy, numbers in by_policy.items():
        told = _kept(made(policy), policy, [_text(inputs[number][1:]) for number in numbers])
        came |= zip(numbers, told, strict=True)
    return [came[number] for number in range(len(inputs))]


def _kept(redactor: Redactor, policy: str, texts: Sequence[str]) -> list[tuple[Outcome, str]]:
    """Redact texts of one policy, and see that the promises are kept.

    Each promise beyond the first asks for more of the engine's time than the first look: for half of the texts one of them, always the same.
    """
    try:
        results = list(redactor.redact_many(texts)) if len(texts) > 1 else [redactor.redact(texts[0])]
        found = list(zip(texts, results, strict=True))
        for text, result in found:
            _intact(text, result)
        twice = [result.text for text, result in found if policy in TWICE and len(text) % 6 == 0]
        again = list(redactor.redact_many(twice))
        for text, result in found:
            if len(text) % 6 == 1 and _otherwise(redactor, text, alone=len(texts) > 1) != result:
                raise PromiseError("among others a text comes out in another way")
            if len(text) % 6 == 2:
                redactor.residue(text, result)
    except RedactorError as error:
        if len(texts) > 1:
            return [came for text in texts for came in _kept(redactor, policy, [text])]
        return [(Outcome.REFUSED, refusal(error))]
    if any(each.edits for each in again):
        raise PromiseError(f"redacted twice is not redacted once: {policy}")
    return [
        (Outcome.DONE, f"{policy} {len(each.edits).bit_length()} {len(each.doubtful).bit_length()}") for each in results
    ]


def _otherwise(redactor: Redactor, text: str, *, alone: bool) -> Result:
    """A text by itself, or among others."""
    return redactor.redact(text) if alone else next(redactor.redact_many([text, SAMPLE]))


def _intact(text: str, result: Result) -> None:
    """Nothing but the edits has changed. Written apart from the engine's own proof, which must agree."""
    at, pieces = 0, []
    for edit in result.edits:
        _inside(text, at, edit)
        pieces += [text[at : edit.start], edit.replacement]
        at = edit.end
    if "".join((*pieces, text[at:])) != result.text:
        raise PromiseError("something outside the edits has changed")
    assert_intact(text, result.text, result.edits)
    for finding in result.findings:
        if not 0 <= finding.start < finding.end <= len(text):
            raise PromiseError("a finding outside the text")


def _inside(text: str, at: int, edit: Edit) -> None:
    if not at <= edit.start <= edit.end <= len(text):
        raise PromiseError("an edit outside the text, or over another one")


def _text(data: bytes) -> str:
    """Any bytes as text; lone surrogates come through."""
    try:
        return data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return data.decode("utf-8", "replace")


def _is_toml(data: bytes) -> Outcome:
    """Whether bytes pass the first check of a rule file."""
    try:
        tomllib.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return Outcome.UNREAD
    return Outcome.REFUSED


@cache
def _few(policy: str) -> Redactor:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "few.toml")
        path.write_text(RULES, encoding="utf-8")
        return Redactor(policy, [path], builtin=False, ner="none", key=b"k" * 32)


@cache
def _all(policy: str) -> Redactor:
    # What is worked out from the rules for one policy does for the next.
    return Redactor(policy, ner="none", key=b"k" * 32, cache=Path(_folder().name))


@cache
def _publish() -> Policy:
    return load_policy("publish")


def _written(data: bytes) -> Path:
    """A file of those bytes, always the same one, in memory where there is such a folder."""
    path = Path(_folder().name, "theirs.toml")
    path.write_bytes(data)
    return path


@cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None)
