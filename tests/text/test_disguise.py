"""Addresses written so that a plain search passes them by: which are, how they read, and what is none."""

from __future__ import annotations

import time

import pytest

from redactor.text.disguise import disguised_addresses

HIDDEN = [
    pytest.param("⟦www/qingdeng/c o m⟧", "www.qingdeng.com", id="slashes"),
    pytest.param("灯灭了，⟦w w w . q i n g d e n g . n e t⟧屋里很静", "www.qingdeng.net", id="apart"),
    pytest.param("⟦w.w.w.y.e.y.u.c.o.m⟧", "wwwyeyucom", id="dots-between-letters"),
    pytest.param("⟦w-w-w-.-g-u-d-u-.-c-o-m⟧", "www.gudu.com", id="hyphens"),
    pytest.param("⟦www。feihua。com⟧", "www.feihua.com", id="stops"),
    pytest.param("⟦www点tianhe点net⟧", "www.tianhe.net", id="dots-in-words"),
    pytest.param("⟦W ｗｗ．Q ｉｎｇｄｅｎｇ 。C ｏｍ⟧", "www.qingdeng.com", id="both-widths-apart"),
    pytest.param("⟦（本章由ｗｗw.moyun.ｃom首发）⟧他笑了", "www.moyun.com", id="brackets"),
    pytest.param("布满⟦ｗＷw.ｑingdｅng．cＯm⟧血丝", "www.qingdeng.com", id="both-widths"),
    pytest.param("⟦h t t p : / / w w w . c a n g . o r g⟧", "http:.www.cang.org", id="with-protocol"),
]
TOLD = [
    "www.qingdeng.com",
    "http://www.qingdeng.com/a/b",
    "网址：ｗｗｗ．ｑｉｎｇｄｅｎｇ．ｃｏｍ",
    "报社网站ｗｗｗ．ｑｉｎｇｄｅｎｇ．ｃｏｍ．ｃｎ已开通",
    "网址：w w w . q i n g . c o m",
    "www。qingshan。gov。cn",
    "/www/data/c o m",
    "www/data/com",
    "w w w，他笑得停不下来",
    "ｘ．ｙ．ｚ三轴",
    "W. W. Jacobs and C. Om",
    "ＡＢＣ公司的ＣＥＯ",
]


@pytest.mark.parametrize(("case", "plain"), HIDDEN)
def test_hidden(case: str, plain: str) -> None:
    text = case.replace("⟦", "").replace("⟧", "")
    start, end = case.index("⟦"), case.index("⟧") - 1
    assert list(disguised_addresses(text)) == [(start, end, plain)]


@pytest.mark.parametrize("text", TOLD)
def test_told(text: str) -> None:
    assert not list(disguised_addresses(text))


@pytest.mark.parametrize("shape", ["１３８ｈｔｔｐ：", "ｈ1", "a.ｂ.", "ab.ｂｃ/", "ｈ-"])
def test_time_grows_with_the_text(shape: str) -> None:
    begun = time.process_time()
    list(disguised_addresses(shape * 20_000))
    assert time.process_time() - begun < 5
