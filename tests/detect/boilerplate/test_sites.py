"""What sites write into texts so that rules pass it by, and what accounts and authors ask at their end, beside text that looks like it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pytest

from redactor import Redactor
from redactor.detect.boilerplate import compile_boilerplate
from redactor.detect.boilerplate.page import Shown
from redactor.ruleset.load import load_rules
from tests.conftest import made

BODY: Final = "夜里下了一场小雨，天亮时院子里的石板还是湿的，他推开门，看见母亲已经在井边洗菜。\n"
SPEECH: Final = "去年以来，各乡镇把春耕备耕摆在重要位置，任务一项一项落到地块，成效大家都看在眼里。\n"

GOES: Final = [
    BODY + "⟦www/lanhushu/c o m\n⟧" + BODY,
    BODY + "⟦☆w w w.tingsongge.c o m☆\n⟧" + BODY,
    "老人摇摇头，⟦（w w w . s h i y u e . c o m）⟧又把烟袋点上了，半天不说一句话。\n" + BODY,
    "城门缓缓打开，⟦（本章由ｗｗw.moyun.ｃom首发）⟧一队骑兵冲了出来，扬起漫天的尘土。\n" + BODY,
    "第三章　雨夜⟦(www.qingdeng.org)⟧\n" + BODY,
    "楔子⟦（首发 www.qingdeng.cc）⟧\n" + BODY,
    "卷二 第四章 渡口⟦[WWW.QINGDENG.COM]⟧\n" + BODY,
    "☆☆☆南山旧事 正文开始⟦[www.qingdeng.org]⟧☆☆☆\n" + BODY,
    SPEECH + "⟦为你推荐\n县里今年新修了三条路\n水泵选型的五个要点\n⟧",
    SPEECH + "⟦您可能还喜欢：\n一座老桥的前世今生\n孩子不爱吃菜怎么办\n⟧",
    SPEECH + "⟦欢迎 star 和 fork，一起把它做得更好。\n⟧",
    SPEECH + "⟦如果你有所收获，也欢迎把今天的内容分享给你的朋友。\n⟧",
    SPEECH + "⟦你有什么想法？欢迎在留言区写下你的答案，我们一起讨论。\n⟧",
    SPEECH + "⟦点赞是一种美德，转发是一种境界。\n⟧",
    SPEECH + "⟦本号专注农业科普，不定期为大家分享种植技术。\n⟧",
    SPEECH + "⟦声明：本报力求信息真实、准确，文中内容仅供参考，不构成投资建议，据此操作风险自担。\n⟧",
    "《南山旧事》\n作者：某某\n⟦状态：连载中\n⟧" + BODY,
    "《南山旧事》\n作者：某某\n⟦青石大学文学社搜集 qingshi.blog.example.cn\n⟧" + BODY,
]
STAYS: Final = [
    "第一节 域名（如 example.com）的结构\n" + SPEECH,
    "第八章 配置文件（nginx.conf）\n" + SPEECH,
    "一、开通网站（www.qingshan.com）\n" + SPEECH,
    BODY + "配置文件在 /www/data/com 目录下，改完要重启服务。\n" + BODY,
    SPEECH + "你可能感兴趣的，是另一件事。\n",
    SPEECH + "一、为你推荐\n",
    SPEECH + "推荐单位：\n县农业农村局\n县水利局\n",
    SPEECH + "我们要为基层干部点赞，为奉献者喝彩。\n",
    SPEECH + "老师给他的作文点了一个赞，还在班上念了。\n",
    SPEECH + "欢迎各位代表把意见写下来，会后交到秘书处。\n",
    SPEECH + "我们将持续为大家提供优质服务，让群众满意。\n",
    SPEECH + "李老师每周为学生分享一本好书，教室里总是坐满了人。\n",
    SPEECH + "关注民生，就是关注我们自己。\n",
    "设备登记\n状态：良好\n" + SPEECH,
    "青石县民歌集\n青石大学文学社搜集民歌三百首\n" + SPEECH,
]


LISTED: Final = (
    "为你推荐\n县里今年新修了三条路\n一条通到东山，一条通到南山，还有一条沿河而下，秋天就能通车。\n"
    "水泵选型的五个要点\n又到灌溉的季节，不少人为选泵发愁，这里整理了五个要点，看完就会选。\n"
    "十个关于睡眠的误会\n睡不好的人越来越多，专家提醒，这些误会你可能也有，一起来看看。\n"
)


@pytest.fixture(scope="module")
def clean() -> Redactor:
    return made("clean")


@pytest.mark.parametrize("case", GOES)
def test_goes(clean: Redactor, case: str) -> None:
    left = "".join(piece.split("⟧")[-1] for piece in case.split("⟦"))
    assert clean.redact(case.replace("⟦", "").replace("⟧", "")).text == left


@pytest.mark.parametrize("text", STAYS)
def test_stays(clean: Redactor, text: str) -> None:
    assert clean.redact(text).text == text


@pytest.mark.parametrize(("vote", "left"), [(0.95, SPEECH), (0.5, SPEECH + LISTED)])
def test_a_list_of_other_pages_may_tease_each_with_a_sentence(vote: float, left: str) -> None:
    def voter(texts: Sequence[Shown]) -> list[list[float]]:
        return [[0.0 if "春耕" in line else vote for line in lines] for lines, _, _ in texts]

    text = SPEECH + LISTED
    detector = compile_boilerplate(load_rules().boilerplate, voter)
    for finding in reversed(detector.find(text)):
        text = text[: finding.start] + text[finding.end :]
    assert text == left
