"""Rows B1–B10: what looks like a secret and is none stays byte for byte; sentences of our own."""

from __future__ import annotations

import pytest

from redactor import Redactor

UNTOUCHED = [
    ("B1-surnames-in-words", "高兴、方针、石油、于是、任务重、向上走、马上办、万一、金融、安全"),
    ("B1-surnames-in-words-2", "要严格管理，周密部署，全面推进，时刻准备，关心群众，成功在望"),
    ("B2-places-in-words", "宁可多走几步，两县大同小异，海绵城市的理念"),
    ("B4-serials-and-constants", "ISBN 978-7-5000-0000-6，圆周率3.14159265358979"),
    ("B4-timestamp", "时间戳1700000000000"),
    ("B5-laws-and-plans", "《中华人民共和国土地管理法》“十四五”规划纲要"),
    ("B5-versions", "Python 3.11.7，OpenSSL 3.0.13"),
    ("B6-harmless-addresses", "本机127.0.0.1，掩码255.255.255.0"),
    ("B7-multiplication", "尺寸12×18厘米，3×5=15"),
    ("B7-mask-and-sign", "×县×同志×月×日增长×%"),
    ("B8-history", "诸葛亮、岳飞、孔子、李白、雷锋、焦裕禄"),
    ("B8-doctrine", "高举马克思列宁主义、毛泽东思想、邓小平理论旗帜"),
    ("B9-following-in-a-sentence", "要建好用好微信群，关注群众所盼，做好党报订阅，服务会员单位。"),
    ("B10-ordinals", "第一产业、“三个一”、一号工程、四套班子、退二进三、两位同志"),
]


@pytest.mark.parametrize("text", [pytest.param(t, id=i) for i, t in UNTOUCHED])
def test_untouched(publish: Redactor, text: str) -> None:
    assert publish.redact(text).text == text
