"""Promotional and site boilerplate: what goes and what stays, on whole texts. In a case, ⟦…⟧ marks what is removed."""

from __future__ import annotations

import random
from typing import Final

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from redactor import Redactor
from redactor.detect.boilerplate import BoilerplateDetector, compile_boilerplate
from redactor.detect.boilerplate.lines import fold, lines_of
from redactor.detect.boilerplate.needs import Wanted
from redactor.ruleset.load import load_rules
from redactor.ruleset.pattern import read_pattern

BODY: Final = "夜里下了一场小雨，天亮时院子里的石板还是湿的，他推开门，看见母亲已经在井边洗菜。\n"
SPEECH: Final = "去年以来，各乡镇把春耕备耕摆在重要位置，任务一项一项落到地块，成效大家都看在眼里。\n"

HEAD = {
    "title-kept": "⟦仅供内部学习，请勿外传\n加入会员即享往年全部资料\n\n⟧关于做好护林防火工作的通知\n" + SPEECH,
    "brand-line-between": "⟦更多范文请关注微信公众号：青石笔记\n青石笔记\nQQ群：530011223\n⟧在全县农业工作会议上的讲话\n"
    + SPEECH,
    "blank-labels": "⟦免费QQ群：      会员群：    \n举报倒卖者，赠送一年会员\n\n⟧县长在座谈会上的讲话\n" + SPEECH,
    "site-and-book": "⟦更多电子书请登陆 www.qingshi-books.com\n⟧《南山旧事》\n作者：某某\n\n" + BODY,
}
TAIL = {
    "follow": BODY + "⟦\n更多精彩文章，欢迎关注公众号【青石笔记】\n⟧",
    "rights": BODY + "⟦声明：本资料来自互联网，版权归原作者所有，如有侵权请联系删除\n⟧",
    "page-chrome": SPEECH + "⟦责任编辑：本站编辑　　浏览次数：306\n上一篇：没有了\n下一篇：春耕简报\n⟧",
    "no-last-break": BODY + "⟦更多好书，请登陆 www.qingshi-books.com⟧",
    "after-date": SPEECH + "2021年3月5日\n⟦扫码进群，每日免费领取最新材料\n⟧",
}
LINE = {
    "group": SPEECH + "⟦更多材料请加QQ群：530011223\n⟧" + SPEECH,
    "account": BODY + "⟦免费领取资料，加客服微信：qs_kefu01\n⟧" + BODY,
    "group-label": BODY + "⟦会员群：　　　　免费QQ群：\n⟧" + BODY,
    "rights": BODY + "⟦本资料仅供内部学习，严禁倒卖，违者封号\n⟧" + BODY,
    "page-footer": BODY + "⟦--- 第2页 共9页 青石文库 ---\n⟧" + BODY,
    "crlf": BODY.replace("\n", "\r\n") + "⟦更多材料请加QQ群：530011223\r\n⟧" + BODY,
}
CLAUSE = {
    "round": "走得太快不好。⟦（更多资料关注公众号青石笔记）⟧慢下来。\n",
    "square": "底子薄，⟦【青石笔记，QQ群530011223】⟧年龄偏大。\n",
    "angle": "看得见的是村貌，⟦[请加威信qsbj2020获取全文]⟧看不见的是精神。\n",
    "whole-line": BODY + "⟦【青石笔记，QQ群530011223】\n⟧" + BODY,
}
BLOCK = {
    "frame": BODY
    + "⟦* * * * * *\n本书由“山人”整理，更多免费电子书请加小编微信：shanren66\nQQ群：530011223\n* * * * * *\n⟧第二章　归途\n",
    "lines-between": BODY
    + "⟦更多资料请加QQ群：530011223\n山人书斋\n本书由“山人”整理，更多电子书请登录 www.qingshi-books.com\n⟧"
    + BODY,
}
REPEATED = {
    "watermark": "⟦★★范文下载★★\n⟧一\n⟦★★范文下载★★\n⟧二\n⟦★★范文下载★★\n⟧三\n",
    "address": "⟦青石书屋 www.qingshi-books.com\n⟧一\n⟦青石书屋 www.qingshi-books.com\n⟧二\n⟦青石书屋 www.qingshi-books.com\n⟧三\n",
}
HIDDEN = {
    "letter-spaced": BODY + "⟦更 多 资 料 请 关 注 公 众 号 ： 青 石 笔 记\n⟧" + BODY,
    "dotted": BODY + "⟦更.多.资.料.请.加.扣.扣.群：530011223\n⟧" + BODY,
    "traditional": BODY + "⟦更多資料請關注微信公眾號：青石筆記，掃碼領取\n⟧",
    "full-width": BODY + "⟦更多材料请加ＱＱ群：５３００１１２２３\n⟧" + BODY,
    "spaced-qq": BODY + "⟦更多材料请加Q Q群：530011223\n⟧" + BODY,
}
STAYS = {
    "library-rules": "会员借书每次不超过五册，会员证遗失应及时挂失。\n会员不得将会员证转借他人，违者停借一个月。\n",
    "library-card": "加入读书会的会员，请到服务台登记，领取借书证。\n",
    "account-management": "我们要管好用好微信公众号，做到及时更新、及时回应，不能一建了之。\n同志们，公众号是联系群众的窗口。\n",
    "account-rules": "第一条 为规范本局微信公众号管理，制定本办法。\n第二条 公众号由办公室负责，未经批准不得发布。\n",
    "work-groups": "各村要建好微信群、QQ群，方便群众反映问题，值班人员每天查看。\n",
    "copyright-law": "未经著作权人许可，复制发行其作品的，应当承担停止侵害、赔偿损失等民事责任。\n",
    "code-prints-account": 'def main():\n    print("关注公众号：青石笔记，回复 666 领取资料")\n    return 0\n',
    "code-string": 'String title = "欢迎关注公众号：青石笔记";\nint n = 3;\n',
    "list-item": "1. 关注微信公众号“某某图书馆”，进入预约。\n2. 选择日期，点击提交。\n",
    "complaint-line": "监督举报电话：0999-6210000\n欢迎广大群众监督。\n",
    "contact-of-notice": "请各单位于周五前报名。\n联系人：办公室　联系电话：0999-6210000\n附件：报名表\n",
    "dialogue": "“加我微信吧，回头把照片发你。”她说。\n" + BODY,
    "said": "他笑着说：“网上下载的，免费。”\n" + BODY,
    "crowd": "参加人群：\n青年学生、退役军人。\n",
    "chapter": "第一章　群众路线\n" + SPEECH,
    "repeated-words": "好的\n好的\n好的\n好的\n",
    "rules-of-stars": "-----\n甲\n-----\n乙\n-----\n丙\n",
    "abbreviation": "某某有限责任公司（以下简称会员单位，QQ群由其管理）应当履行义务。\n",
    "contract": "收货地址、开户行、订单号以合同所附清单为准，微信号：见附件。\n",
    "empty": "",
    "blank": "\n\n　\n",
}


@pytest.fixture(scope="module")
def clean() -> Redactor:
    return Redactor("clean")


@pytest.fixture(scope="module")
def detector() -> BoilerplateDetector:
    return compile_boilerplate(load_rules().boilerplate)


def marked(text: str, detector: BoilerplateDetector) -> str:
    """The text with the marks of a case around what the detector takes out, neighbours in one."""
    pieces, at = [], 0
    for finding in detector.find(text):
        pieces += [text[at : finding.start], "⟦", text[finding.start : finding.end], "⟧"]
        at = finding.end
    return "".join([*pieces, text[at:]]).replace("⟧⟦", "")


def cases(*groups: dict[str, str]) -> list[object]:
    return [pytest.param(case, id=name) for group in groups for name, case in group.items()]


@pytest.mark.parametrize("case", cases(HEAD, TAIL, LINE, CLAUSE, BLOCK, REPEATED, HIDDEN))
def test_goes(detector: BoilerplateDetector, case: str) -> None:
    assert marked(regex.sub("[⟦⟧]", "", case), detector) == case


@pytest.mark.parametrize("text", cases(STAYS))
def test_stays(detector: BoilerplateDetector, text: str) -> None:
    assert marked(text, detector) == text


@pytest.mark.parametrize("case", cases(HEAD, TAIL, LINE, CLAUSE, BLOCK))
def test_what_is_left_is_left_alone(clean: Redactor, case: str) -> None:
    once = clean.redact(regex.sub("[⟦⟧]", "", case)).text
    assert clean.redact(once).text == once


def test_parts_of_a_large_text_have_no_head_or_tail(detector: BoilerplateDetector) -> None:
    text = "上一篇：没有了\n" + BODY
    assert not detector.find("浏览次数：3\n" + BODY, head=False, tail=False)
    assert not detector.find(BODY + text.splitlines()[0], head=True, tail=False)
    assert detector.find(BODY + text.splitlines()[0])


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        pytest.param("關注訂閱", "关注订阅", id="traditional"),
        pytest.param("关 注 公 众 号 青 石", "关注公众号青石", id="spaced"),
        pytest.param("ＱＱ：１２", "QQ:12", id="wide"),
        pytest.param("加Q Q群", "加QQ群", id="qq"),
        pytest.param("很好，就这样……　是的！", "很好,就这样...... 是的!", id="punctuation"),
        pytest.param("a\ud800b", "a\ufffdb", id="surrogate"),
    ],
)
def test_fold(written: str, folded: str) -> None:
    assert fold(written) == folded


@given(st.text(alphabet="甲乙\r\n ", max_size=30))
def test_lines_make_up_the_text(text: str) -> None:
    lines = list(lines_of(text))
    assert "".join(line.text for line in lines) == text
    assert [line.start for line in lines[1:]] == [line.end for line in lines[:-1]]
    assert all(not regex.search(r"[\r\n](?!$)", line.text.replace("\r\n", "\n")) for line in lines)


PATTERNS: Final = tuple(
    {
        pattern.pattern
        for rule in load_rules().boilerplate
        for pattern in (*(cue.pattern for cue in rule.cues if cue.pattern), *rule.veto)
    }
)


def test_a_pattern_is_never_passed_over() -> None:
    """Where a pattern matches, the test by characters says that it may."""
    compiled = {regex.compile(source, regex.VERSION0): read_pattern(source, "here") for source in PATTERNS}
    wanted = Wanted(compiled)
    every = [regex.sub("[⟦⟧]", "", c) for group in (HEAD, TAIL, LINE, CLAUSE, BLOCK, STAYS) for c in group.values()]
    every += [text for rule in load_rules().boilerplate for text in (*rule.examples.match, *rule.examples.no_match)]
    chance = random.Random(5)
    pool = "".join(every)
    every += ["".join(chance.choices(pool, k=40)) for _ in range(300)] + [text.upper() for text in every]
    matched = 0
    for text in every:
        may = wanted.possible(text)
        for pattern in compiled:
            if pattern.search(text):
                matched += 1
                assert pattern in may, (pattern.pattern, text)
    assert matched > 300
