"""Promotional and site boilerplate: what goes and what stays, on whole texts. In a case, ⟦…⟧ marks what is removed."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from redactor import Redactor
from redactor.detect.boilerplate import BoilerplateDetector, compile_boilerplate
from redactor.detect.boilerplate.page import Shown
from redactor.matching.charsets import Wanted
from redactor.model import RuleError
from redactor.ruleset.boilerplate import alternatives_of
from redactor.ruleset.load import load_rules
from redactor.text.lines import fold, lines_of
from tests.conftest import made

BODY: Final = "夜里下了一场小雨，天亮时院子里的石板还是湿的，他推开门，看见母亲已经在井边洗菜。\n"
SPEECH: Final = "去年以来，各乡镇把春耕备耕摆在重要位置，任务一项一项落到地块，成效大家都看在眼里。\n"

HEAD = {
    "title-kept": "⟦仅供内部学习，请勿外传\n加入会员即享往年全部资料\n\n⟧关于做好护林防火工作的通知\n" + SPEECH,
    "brand-line-between": "⟦更多范文请关注微信公众号：青石笔记\n青石笔记\nQQ群：530011223\n⟧在全县农业工作会议上的讲话\n"
    + SPEECH,
    "blank-labels": "⟦免费QQ群：      会员群：    \n举报倒卖者，赠送一年会员\n\n⟧县长在座谈会上的讲话\n" + SPEECH,
    "site-and-book": "⟦更多电子书请登陆 www.qingshi-books.com\n⟧《南山旧事》\n作者：某某\n\n" + BODY,
}
BOOK = {
    "frame": "《南山旧事》\n作者：某某\n简介\n"
    + BODY
    + "⟦-=-=-=-=-=-\n本书由“石匠”整理，更多好书请加微信：shijiang66\n\n石匠喜欢交朋友\n"
    "书友请常来坐坐\n-=-=-=-=-=-\n⟧\n第一章　归途\n" + BODY,
    "before-chapter": "《南山旧事》\n"
    + BODY
    + "⟦本文件由“石匠书斋”制作，更多电子书请登录 www.qingshi-books.com\n⟧\n第一章　归途\n"
    + BODY,
    "numbered-addresses": BODY + "⟦本书由“石匠”整理，仅供读者预览，请在24小时内删除\n"
    "1.推荐阅读器，下载地址：http://www.qingshi-books.com/reader\n2.手机访问本站：http://wap.qingshi-books.com\n⟧",
}
PAGE = {
    "crumb": "⟦当前位置：青石文库 > 公文范文 > 工作总结\n\n⟧春耕工作总结\n" + SPEECH,
    "motto-after": SPEECH + "⟦扫码关注，第一时间阅读\n青石笔记\n说人话的农业号\n⟧",
    "teaser": SPEECH
    + "⟦相关推荐\n县里今年新修了三条路\n一条通到东山，一条通到南山，还有一条沿河而下，秋天就能通车。\n⟧",
    "links-below": SPEECH
    + "⟦长按识别二维码，关注我们\n\n[](https://example.com/a?x=1&y=2#wechat)\n[](https://example.com/b)\n⟧",
    "one-picture": SPEECH
    + "![田间](https://example.com/1.png)\n![渠首](https://example.com/2.png)\n⟦![码](https://example.com/3.png)\n扫码关注，每日更新\n⟧",
}
SUBTITLE = {
    "credits": "⟦1\n00:00:01,000 --> 00:00:06,500\n--==青石字幕组==--\n翻译：阿青\n时间轴：小石\n\n⟧"
    "2\n00:00:09,100 --> 00:00:11,000\n你来了\n",
}
INSERT = {
    "sentence": "他把门关上，长长地叹了口气。⟦请记住本站域名 www.example.com，更新最快的小说网！⟧屋外的雨越下越大，谁也没有再说话。\n",
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
    "event": "乡村歌手大赛方案\n主办单位：县文化馆\n承办单位：县音乐家协会\n时间：2023-05-06\n" + SPEECH,
    "office-site": "关于开展义诊的通知\n"
    + SPEECH
    + "更多信息请登录县政府网站 www.example.gov.cn 查询。\n县卫生健康局\n2023年3月1日\n",
    "booking": "参观须知\n观众须凭有效证件入馆。\n二、请提前三天关注“县博物馆”微信公众号，点击“预约参观”。\n",
    "company": "公司简介\n" + SPEECH + "地址：某某市某某路8号\n电话：0999-6210000\n网址：www.example.com\n",
    "references": SPEECH
    + "参考资料\n[一篇文章](https://mp.weixin.qq.com/s/abcdef)\n[另一篇](https://example.com/p/1)\n",
    "software": "# 小工具\n\n下载地址：https://github.com/someone/tool/releases\n文档：https://tool.example.com\n\n"
    + SPEECH,
    "vacancy": "招聘启事\n" + SPEECH + "简历请投递至邮箱 hr@example.com，或加微信：hrexample\n联系人：王女士\n",
    "told": "第一章 群聊\n他打开手机，有人发了个二维码，喊大家扫码进群领红包，他没有理会。\n“扫码进群，领红包！”喇叭里还在喊。\n",
    "abstract": "论自媒体的版权\n摘要：公众号转载他人作品，未经授权不得转载，转载请注明出处，已成为惯例。\n关键词：版权\n",
    "inner-matter": "内部资料　注意保存\n关于安全生产的情况通报\n各乡镇：\n" + SPEECH,
    "how-to-register": "如何开通公众号\n1. 打开平台，点击立即注册。\n2. 填写邮箱、密码、验证码，登录邮箱激活。\n",
    "heading-in-text": SPEECH
    + "相关文章\n研究表明，早播有利于分蘖，也容易遭受倒春寒。\n据此我们建议，山区推迟五天播种。\n"
    + SPEECH,
    "byline": SPEECH + "（摄影：某某　责任编辑：某某　新闻热线：0999-6210000）\n",
    "translator": "7\n00:01:09,100 --> 00:01:11,000\n他在字幕组干过\n我知道\n\n8\n00:01:12,000 --> 00:01:13,000\n翻译：一言难尽\n难尽\n",
    "titles-in-a-row": "《读者文摘》、《南山旧事》、《故事会》都刊登过他的小说，后来又结集成书，\n" + SPEECH,
    "front-matter": '---\ntitle: "春耕"\nsource: "https://example.com/p/1"\n---\n\n' + SPEECH,
    "empty": "",
    "blank": "\n\n　\n",
}


GOES: Final = (HEAD, BOOK, PAGE, SUBTITLE, INSERT, TAIL, LINE, CLAUSE, BLOCK, REPEATED, HIDDEN)


@pytest.fixture(scope="module")
def clean() -> Redactor:
    return made("clean")


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


@pytest.mark.parametrize("case", cases(*GOES))
def test_goes(detector: BoilerplateDetector, case: str) -> None:
    assert marked(regex.sub("[⟦⟧]", "", case), detector) == case


@pytest.mark.parametrize("text", cases(STAYS))
def test_stays(detector: BoilerplateDetector, text: str) -> None:
    assert marked(text, detector) == text


@pytest.mark.parametrize("case", cases(HEAD, BOOK, PAGE, SUBTITLE, INSERT, TAIL, LINE, CLAUSE, BLOCK))
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
    dict.fromkeys(
        expression
        for rule in load_rules().boilerplate
        for expression in (*(cue.pattern for cue in rule.cues if cue.pattern), *rule.veto)
    )
)


def test_a_pattern_is_never_passed_over() -> None:
    """Where a pattern matches, one of its alternatives does, and the test by words says that it may; and nowhere else does one match."""
    asked = {pattern: dict(alternatives_of(pattern)) for pattern in PATTERNS}
    assert max(map(len, asked.values())) > 10
    wanted = Wanted({one: needs for each in asked.values() for one, needs in each.items()})
    every = [regex.sub("[⟦⟧]", "", c) for group in (*GOES, STAYS) for c in group.values()]
    every += [text for rule in load_rules().boilerplate for text in (*rule.examples.match, *rule.examples.no_match)]
    chance = random.Random(5)
    pool = "".join(every)
    every += ["".join(chance.choices(pool, k=40)) for _ in range(300)] + [text.upper() for text in every]
    matched = 0
    for text in every:
        may = wanted.possible(text)
        for pattern, alternatives in asked.items():
            found = pattern.pattern.search(text) is not None
            matched += found
            assert any(one.pattern.search(text) for one in alternatives if one in may) == found, (pattern.source, text)
    assert matched > 300


class TestKnownLines:
    """Rules with `lines_file`: lines and blocks named whole."""

    @staticmethod
    def redactor(folder: Path, lines: str, **keys: str) -> Redactor:
        said = {"unit": "line", "zone": "any"} | keys
        (folder / "known.txt").write_text(lines, encoding="utf-8")
        table = "\n".join(f'{key} = "{value}"' for key, value in said.items())
        (folder / "mine.toml").write_text(
            f'[[boilerplate]]\nid = "mine.known"\nlines_file = "known.txt"\n{table}\n', encoding="utf-8"
        )
        return Redactor("clean", rules=[folder / "mine.toml"], builtin=False)

    def test_lines(self, tmp_path: Path) -> None:
        redactor = self.redactor(tmp_path, "# 青石网\n第 3 次打开\n上一篇：\n青石 夜话\n")
        text = BODY + "第 1,208 次打开\n" + SPEECH + "上一篇：河岸\n青　石　夜　話\n上一篇没有写完\n" + BODY
        assert redactor.redact(text).text == BODY + SPEECH + "上一篇没有写完\n" + BODY
        assert redactor.redact(BODY).text == BODY

    def test_blocks(self, tmp_path: Path) -> None:
        redactor = self.redactor(tmp_path, "青石夜话\n\n每晚九点\n说三段旧事\n", unit="block")
        text = BODY + "每晚 8 点\n" + SPEECH + "每晚九点\n\n说三段旧事\n青石夜话\n说三段旧事\n" + BODY
        assert redactor.redact(text).text == BODY + "每晚 8 点\n" + SPEECH + "说三段旧事\n" + BODY

    def test_zone(self, tmp_path: Path) -> None:
        redactor = self.redactor(tmp_path, "青石夜话\n", zone="tail")
        text = "青石夜话\n" + BODY * 40 + "青石夜话\n"
        assert redactor.redact(text).text == "青石夜话\n" + BODY * 40

    @pytest.mark.parametrize(
        ("lines", "keys", "error"),
        [
            ("# 没有\n", {}, "names no line"),
            ("一\n", {"unit": "clause"}, "for unit line or block"),
            ("一\n" * 50_001, {}, "at most 50000"),
        ],
    )
    def test_what_is_refused(self, tmp_path: Path, lines: str, keys: dict[str, str], error: str) -> None:
        with pytest.raises(RuleError, match=error):
            self.redactor(tmp_path, lines, **keys)


def test_a_second_voice_extends_and_doubts_and_opens_below_a_text(detector: BoilerplateDetector) -> None:
    def voter(texts: Sequence[Shown]) -> list[list[float]]:
        return [
            [0.99 if "夜话" in line else 0.0 if "母亲" in line or "河岸" in line else 0.5 for line in lines]
            for lines, _, _ in texts
        ]

    voiced = replace(detector, voter=voter)
    text = BODY + "青石夜话，说三段旧事\n扫码关注公众号“青石笔记”，领取更多资料\n河岸\n青石\n"
    assert (
        marked(text, detector) == BODY + "青石夜话，说三段旧事\n⟦扫码关注公众号“青石笔记”，领取更多资料\n河岸\n青石\n⟧"
    )
    assert (
        marked(text, voiced) == BODY + "⟦青石夜话，说三段旧事\n扫码关注公众号“青石笔记”，领取更多资料\n⟧河岸\n⟦青石\n⟧"
    )
    assert marked(BODY + "青石夜话，说三段旧事\n", voiced) == BODY + "⟦青石夜话，说三段旧事\n⟧"
    less = replace(detector, voter=lambda texts: [[min(0.95, vote) for vote in votes] for votes in voter(texts)])
    assert marked(BODY + "青石夜话，说三段旧事\n", less) == BODY + "青石夜话，说三段旧事\n"
    above = "青石夜话，说三段旧事\n" + BODY
    assert marked(above, voiced) == above


@pytest.mark.parametrize(
    "paragraph",
    [
        "天黑以前赶到了镇上，孩子们在操场上踢球，水厂的压力表换了新的，代表们听取了情况汇报，会上宣读了表彰决定"
        "⟦，客服QQ：12345678，想看更多文章请关注公众号乡土人家，更多精彩内容请扫描下方二维码⟧。县里今年修了三条路，雨下了一整夜。",
        "报名的人比去年多，会上宣读了表彰决定，他把稿子又改了两遍，县里今年修了三条路。村口的老槐树还在，"
        "水厂的压力表换了新的，代表们听取了情况汇报，大家对这件事意见不一⟦，转载请注明出处，加微信wx12345678⟧。",
        "这一年收成不算坏，水厂的压力表换了新的，县里今年修了三条路，报名的人比去年多"
        "⟦，加微信wx12345678，关注微信公众号文秘之家，回复资料即可领取范文。欢迎关注我们⟧！他把稿子又改了两遍，村口的老槐树还在，老人们常坐在桥头聊天。",
    ],
)
def test_of_a_long_sentence_clauses_of_text_stay_and_those_that_promote_go(
    detector: BoilerplateDetector, paragraph: str
) -> None:
    case = BODY + paragraph + "\n" + BODY
    assert marked(regex.sub("[⟦⟧]", "", case), detector) == case
