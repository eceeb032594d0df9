"""The line voter beside the rules: what goes and what stays on whole pages, and what `--explain` says of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import pytest

from redactor.detect.boilerplate import BoilerplateDetector, compile_boilerplate
from redactor.detect.plan import packaged_voter
from redactor.ruleset.load import load_rules
from tests.conftest import made

TITLE: Final = "石门大桥昨日恢复通车\n"
BODY: Final = (
    "本报讯（记者 苏念）经过四十天的封闭施工，石门大桥昨日零时恢复通车，沿线四条公交线路同时恢复原来的走向。\n"
    "县交通局介绍，这次施工更换了全部伸缩缝，桥面重新铺装，限载标准由二十吨提高到三十吨。\n"
)
GOES: Final = {
    "nothing with a cue": "您看完这条新闻的心情\n感动 0\n同情 0\n愤怒 0\n跟贴 0\n返回列表\n",
    "labels below a block": "分享到：微信 微博\n我要纠错\n猜你喜欢\n春耕进度过半\n菜场换了新址\n责任编辑：白沙\n",
    "labels above a block": "您看完这条新闻的心情\n感动 0\n同情 0\n愤怒 0\n跟贴 0\n版权所有 © 石门网 未经授权禁止转载\n",
}
STAYS: Final = {
    "captions": "图1　老桥全景\n图2　桥头石狮（1974年摄）\n",
    "references": "参考文献\n[1] 何其中．渡口志[M]．石门：石门出版社，1988．\n",
    "signature": "石门县交通局\n2023年5月8日\n",
    "options": "6. 下列说法正确的一项是（　）\nA. 春天在三月\nB. 夏天在六月\nC. 秋天在九月\nD. 冬天在腊月\n",
    "headings": "二、地点\n三、要求\n",
    "verse": "铁轨还在\n车不来了\n",
}


@pytest.fixture(scope="module")
def detector() -> BoilerplateDetector:
    return compile_boilerplate(load_rules().boilerplate, packaged_voter().votes)


def left(detector: BoilerplateDetector, text: str) -> str:
    for finding in reversed(detector.find(text)):
        text = text[: finding.start] + text[finding.end :]
    return text


@pytest.mark.parametrize("name", GOES)
def test_what_stands_below_a_text_goes(detector: BoilerplateDetector, name: str) -> None:
    assert left(detector, f"{TITLE}{BODY}{GOES[name]}") == f"{TITLE}{BODY}"


@pytest.mark.parametrize("name", STAYS)
def test_what_is_of_the_text_stays(detector: BoilerplateDetector, name: str) -> None:
    text = f"{TITLE}{BODY}{STAYS[name]}"
    assert left(detector, text) == text


def test_the_title_stays_below_a_menu(detector: BoilerplateDetector) -> None:
    assert left(detector, f"首页\n新闻\n专题\n视频\n登录\n注册\n{TITLE}{BODY}").endswith(f"{TITLE}{BODY}")


def test_without_a_voter_the_rules_speak_alone(detector: BoilerplateDetector) -> None:
    text = f"{TITLE}{BODY}{GOES['labels above a block']}"
    alone = replace(detector, voter=None)
    assert len(left(alone, text)) > len(left(detector, text))


def test_evidence_names_the_voter() -> None:
    found = made(policy="clean").scan(f"{TITLE}{BODY}{GOES['labels above a block']}")
    assert any("the line voter takes" in each.detail for finding in found for each in finding.evidence)
