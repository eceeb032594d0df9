"""What is encoded goes too where it is glued to something that another rule edits: the edit bounds the run."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redactor.text.encoded import encoded_in
from tests.build.encodings import ONE_LINE, b64
from tests.document.test_encoded import readings
from tests.draws import draws
from tests.fuzz.readers import few_rules

NAMES = ("张三", "欧阳建国")
GLUE = (
    "13800138000",
    "wang@mail.cn",
    "12.5%",
    "占12.5%",
    *NAMES,
    "12",
    "a",
    "x",
    "%",
    "2024年3月",
    "http://x.cn/a",
    "",
)
FORMS = sorted(ONE_LINE.keys() - {"percent-gbk"})
"""A figure before escapes of two bytes is read on into them: that is of the figure, not of a run."""


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("占12.5byg5LiJwang@mail.cn", "占12.w5c=×", id="a-mail-behind"),
        pytest.param("前13800138000wang@mail.cn5byg5LiJ后", "前××w5c=后", id="behind-two-edits"),
        pytest.param("a@b.cn5byg5LiJ12.5%", "×w5c=×", id="between"),
        pytest.param("5byg5LiJ12.5%", "w5c=×", id="before-a-figure"),
        pytest.param("a@b.cne5 bc a0 e4 b8 89", "×c3 97", id="hexadecimal-in-pairs"),
        pytest.param("e6aca7e998b3e5bbbae59bbd%", "×%", id="an-end-in-figures"),
    ],
)
def test_an_edit_bounds_a_run(before: str, after: str) -> None:
    assert few_rules().redact(before).text == after


@pytest.mark.parametrize("policy", ["publish", "label", "court"])
@pytest.mark.parametrize("terms", [(), NAMES], ids=["rules", "terms"])
@draws(150)
@given(st.sampled_from(GLUE), st.sampled_from(FORMS), st.sampled_from(NAMES), st.sampled_from(GLUE), st.booleans())
def test_what_is_glued_to_a_run_hides_nothing(
    policy: str, terms: Sequence[str], before: str, form: str, name: str, after: str, among: bool
) -> None:
    redactor = few_rules(policy, terms)
    once = redactor.redact(f"前{before}{ONE_LINE[form](f'请{name}同志' if among else name)}{after}后")
    assert redactor.redact(once.text).text == once.text
    shown = [each for each in NAMES if any(each in said for said in readings(once.text))]
    assert once.not_checked or not shown


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f"{'5byg5LiJ' * 21}5byg\n5LiJ{'5byg5LiJ' * 8}", id="lines-that-go-on-once-they-are-shorter"),
        pytest.param(f"{'5byg5LiJ' * 9}\n13800138000Zhuge", id="a-line-that-spoils-the-one-before"),
        pytest.param("x/5byg5LiJ -5byg5LiJ 5byg5LiJ-", id="short-and-behind-a-slash"),
        pytest.param("欧阳5byg5LiJ<b>Zhugeliang", id="a-name-behind-letters-and-a-tag"),
        pytest.param("5byg5LiJ\u200bZhugeliang", id="behind-what-nobody-sees"),
        pytest.param("138张13800138000</b>5byg5LiJ", id="a-number-before-letters-and-a-tag"),
        pytest.param("张13800138000<b>5byg5LiJa@mail.cn", id="a-number-before-letters-that-an-address-takes"),
        pytest.param(f"{'5byg5LiJ' * 9}5byg\nti@mail.cn\n@mail.cnx", id="an-address-over-the-end-of-a-line"),
    ],
)
@pytest.mark.parametrize("policy", ["publish", "label"])
def test_what_was_written_brings_nothing_to_light(text: str, policy: str) -> None:
    redactor = few_rules(policy)
    once = redactor.redact(text)
    assert redactor.redact(once.text).text == once.text
    assert not any(name in said for said in readings(once.text) for name in (*NAMES, "Zhugeliang"))


@pytest.mark.slow
def test_lines_of_letters_that_say_nothing_take_time_in_proportion() -> None:
    draw = Random(24)

    def takes(lines: int) -> float:
        text = "\n".join(b64(draw.randbytes(57)) for _ in range(lines))
        times = []
        for _ in range(3):
            begun = process_time()
            encoded_in(text)
            times.append(process_time() - begun)
        return min(times)

    assert takes(8_000) < 2.3**3 * takes(1_000)
