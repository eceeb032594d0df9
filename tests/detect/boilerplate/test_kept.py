"""Body text that no boilerplate rule may take, in many variants: each kind of loss that was ever seen is a property here."""

from __future__ import annotations

from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import made
from tests.draws import draws

CLEAN: Final = made("clean")

BODY: Final = (
    "夜里下了一场小雨，天亮时院子里的石板还是湿的，他推开门，看见母亲已经在井边洗菜。",
    "去年以来，各乡镇把春耕备耕摆在重要位置，任务一项一项落到地块，成效大家都看在眼里。",
    "实验结果表明，加入缓冲液以后反应速率下降了大约一半，与前人报道的数值基本一致。",
    "船到江心的时候，风忽然停了，四面都是雾，桨声听上去像是从很远的地方传来的。",
    "项目负责人介绍，新的处理工艺出水水质稳定，尾水将用于城市绿化和河道的补水。",
)
SENTENCES: Final = (
    "本文介绍的配置方法在三台机器上反复测试过，升级之后旧的证书仍然可用。",
    "重启服务只需要几秒钟，如果遇到权限不足的提示，可以先检查目录的属主。",
    "苗木移栽以后第一年要勤浇水，入冬之前培土，第二年春天再修剪。",
    "我家井深三十米，水平还有五十米的距离，现在的泵压力总是上不去。",
    "会员借书每次不超过五册，借书证遗失应当及时到服务台挂失。",
)
DISCLAIMERS: Final = (
    "免责声明：以上内容仅供参考，转载请注明出处，侵权请联系删除。",
    "声明：本站内容来自网络，版权归原作者所有，如有侵权请联系我们删除。",
    "以上内容仅供学习参考，由此造成的后果由使用者自行承担，作者不承担任何责任。",
    "未经授权禁止转载，违者必究。",
    "本文由AI生成，仅供参考。",
    "更多资料请关注微信公众号：青石笔记，回复“资料”即可领取。",
)
ADS: Final = (
    "扫码关注公众号“青石笔记”，领取更多资料",
    "更多范文请加QQ群：530011223",
    "上一篇：没有了",
    "责任编辑：小林　浏览次数：306",
    "相关推荐",
    "点赞、在看、转发，我们下期再见",
)
PAGES: Final = (
    "第3页/共5页",
    "第 2 页 共 9 页",
    "试卷第2页，总6页",
    "--- 第2页 共9页 青石文库 ---",
    "高一语文 第3页 共8页",
)
OPTIONS: Final = (
    ("A. 选项甲", "B. 选项乙", "C. 选项丙", "D. 选项丁"),
    ("A、菜畦　确凿", "B、轻捷　蝉蜕", "C、油蛉　斑蝥", "D、缠络　攒成"),
    ("(A) 关注公众号", "(B) 下载客户端", "(C) 打电话", "(D) 到现场"),
    ("A．转载须注明出处", "B．转载须付稿酬", "C．转载须经许可", "D．以上都对"),
)
HEADINGS: Final = (
    "第十二章　归途",
    "第三节　转载的规矩",
    "一、公众号的管理",
    "（二）下载与安装",
    "参考文献",
    "附件：防火物资清单",
)
FIELDS: Final = (
    "发布时间：2024-05-06 09:15　信息来源：青石日报　作者：小林",
    "2023年4月5日",
    "白鹿　2021-03-05",
    "来源：青石日报",
    "作者：白鹿",
    "2023-04-12 09:20　来源：青石日报",
    "原标题：春耕正当时",
    "（记者 林小青 摄）",
    "图3　渠首的闸门",
    "[1] 李明. 缓冲体系研究[J]. 化学通报, 2011, 5: 12-15.",
    "字号：海天商行",
    "联系电话：0999-6210000",
    "| 序号 | 品名 | 数量 |",
    "此致",
    "云岭县林业局",
    "（完）",
)

body, sentence, disclaimer, ad = map(st.sampled_from, (BODY, SENTENCES, DISCLAIMERS, ADS))


def left(text: str) -> list[str]:
    return [line.strip() for line in CLEAN.redact(text).text.splitlines() if line.strip()]


@draws(100)
@given(st.sampled_from(PAGES), st.sampled_from(OPTIONS), st.integers(0, 4), st.integers(1, 40), st.booleans())
def test_exam_options_stay_about_a_page_footer(
    page: str, options: tuple[str, ...], at: int, number: int, blank: bool
) -> None:
    lines = [
        f"{number}. 下列说法正确的是（　　）",
        *options,
        f"{number + 1}. 下列词语中加点字读音全都正确的一项是（　　）",
    ]
    kept = list(lines)
    lines.insert(1 + at, page)
    assert [line for line in left(("\n\n" if blank else "\n").join(lines) + "\n") if line != page] == kept


@draws(100)
@given(st.lists(sentence, min_size=1, max_size=4, unique=True), disclaimer, st.booleans(), st.booleans())
def test_a_paragraph_that_ends_in_a_disclaimer_keeps_its_body(
    sentences: list[str], ending: str, alone: bool, indent: bool
) -> None:
    said = "".join(sentences)
    text = ("　　" if indent else "") + said + ending + "\n"
    out = CLEAN.redact(text if alone else f"{BODY[0]}\n{text}{BODY[1]}\n").text
    assert said in out


@draws(100)
@given(st.lists(sentence, min_size=1, max_size=3, unique=True), disclaimer)
def test_a_paragraph_of_html_wrapped_over_lines_keeps_its_body(sentences: list[str], ending: str) -> None:
    wrapped = "\n".join([*sentences, ending])
    # The reader of HTML makes one line of a paragraph: white space is collapsed.
    out = CLEAN.redact(" ".join(wrapped.split("\n")) + "\n").text
    assert all(each in out for each in sentences)


@draws(100)
@given(body, st.lists(ad, min_size=1, max_size=4), body, st.integers(0, 2))
def test_a_body_line_after_promotion_stays(above: str, ads: list[str], below: str, blank: int) -> None:
    gap = "\n" * (1 + blank)
    assert below in CLEAN.redact(gap.join([above, *ads, below]) + "\n").text
    assert above in CLEAN.redact(gap.join([above, *ads]) + "\n").text


@draws(100)
@given(body, st.sampled_from(FIELDS), st.lists(ad, min_size=1, max_size=3), st.lists(ad, min_size=0, max_size=2))
def test_fields_stay_between_promotion(text: str, field: str, above: list[str], below: list[str]) -> None:
    assert field in left("\n".join([text, *above, field, *below]) + "\n")


@draws(100)
@given(st.sampled_from(HEADINGS), st.lists(ad, min_size=1, max_size=3), body)
def test_headings_stay_below_promotion(heading: str, ads: list[str], text: str) -> None:
    assert heading in left("\n".join([text, *ads, heading, text]) + "\n")


@draws(100)
@given(st.sampled_from(("本章字数：2980", "更新时间：2021-03-04 18:20　字数：3021", "上一章 目录 下一章")), body)
def test_a_chapter_stays_above_its_word_count(count: str, text: str) -> None:
    assert left(f"第三十章　夜渡\n{count}\n　　{text}\n")[0] == "第三十章　夜渡"


SHARE: Final = st.lists(
    st.sampled_from(["分享到：", "【打印】", "字体：大 中 小", "收藏", "微信", "微博"]), min_size=1, max_size=3
)


@draws(100)
@given(SHARE, SHARE, body)
def test_date_and_source_stay_between_share_words(above: list[str], below: list[str], text: str) -> None:
    field = "2023-04-12 09:20　来源：青石日报"
    assert field in left("\n".join(["城东二期工程开工", *above, field, *below, text]) + "\n")


@pytest.mark.parametrize(
    "text",
    [
        "用脚本生成二维码\n先安装依赖库，再把要编码的网址传给构造函数，手机扫一扫就能打开，扫码之后页面会跳转。\n二维码的纠错级别有四档，级别越高，能容忍的污损面积就越大。\n",
        "谈谈转载的规矩\n从前报纸转载文章，总要写上一行小字，注明某月某日某报，还要给作者寄去稿费。\n",
        "转载请注明出处的由来\n" + BODY[0] + "\n",
        "商铺登记表\n字号：海天商行\n经营者：陈某\n经营范围：日用百货、文具、五金零售\n",
        "山行\n——给阿远\n远山\n白云\n一条路\n走到黄昏\n",
        "红烧肉的做法\n食材\n五花肉 500克\n冰糖 20克\n做法\n" + BODY[3] + "\n小火炖四十分钟，收汁即可。\n",
        "学校公众号要及时更新，家长可以在公众号里查询课表，遇到问题可以留言。\n他关注的是另外一件事，谁来承担后果，谁来承担责任。\n",
        "论自媒体的免责声明\n【摘 要】 发表免责声明是目前常见的做法。但是免责声明在判例中却经常不被认定为依据。\n",
        "```\n# 关注公众号：青石笔记\necho 扫码关注，领取资料\n```\n" + BODY[2] + "\n",
        "姓名\t性别\t备注\n张\t男\t已关注公众号\n李\t女\t扫码进群\n",
        "同志们，时间不等人，让我们拿出真劲头，干出新成绩！\n",
        "请把名单发到各组邮箱。一组邮箱：li_ming@mail.example.cn。二组邮箱：wang@example.org。三组邮箱：zhang@example.com，过期不候。\n大家按时参加。\n",
        "写好一篇短文\n" + BODY[3] + "\n作业：以“点赞”为题写二百字，课后交给组长。\n",
        "按钮的写法\n" + BODY[2] + "\n练习1：做一个“返回顶部”按钮，页面滚动以后才显示。\n",
        "第四课　怎样办公众号\n" + BODY[4] + "\n思考题：什么样的文章会让你点“在看”？\n",
    ],
)
def test_what_speaks_of_such_things_stays(text: str) -> None:
    assert CLEAN.redact(text).text == text


@draws(100)
@given(body, ad)
def test_half_a_sentence_with_an_advertisement_glued_to_it_stays(text: str, glued: str) -> None:
    half = text[: len(text) // 2]
    assert half in CLEAN.redact(f"{BODY[0]}\n{half}{text[len(text) // 2 :]}{glued}\n{BODY[1]}\n").text


TITLES: Final = (
    "在全县春季防火工作（扩大）会议上的讲话",
    "在青石中学校友会上的发言",
    "关于开展读书活动的通知",
    "致全体家长的一封信",
)
CLOSINGS: Final = (
    "谢谢大家！",
    "青石欢迎您！",
    "祝大会圆满成功！",
    "让我们共同期待。",
    "大家辛苦了！",
    "预祝同学们学业有成！",
    "我们在这里等你来！",
)
SHORT: Final = (
    "今天我们召开会议。",
    "今天很高兴来到这里。",
    "会议开得很好。",
    "讲三点意见。",
    "现将有关事项通知如下：",
)


@draws(100)
@given(
    st.lists(ad, min_size=1, max_size=4),
    st.sampled_from(TITLES),
    st.sampled_from(("同志们：", "各位家长：", "各单位：", "")),
    st.lists(st.sampled_from(SHORT), min_size=1, max_size=3),
)
def test_title_and_text_stay_below_promotion_however_short(
    ads: list[str], title: str, salutation: str, said: list[str]
) -> None:
    lines = [title, *([salutation] if salutation else []), *said]
    stays = left("\n".join([*ads, "", *lines]) + "\n")
    assert [line for line in stays if line in lines] == lines


@draws(100)
@given(st.sampled_from(CLOSINGS), st.lists(body, min_size=1, max_size=3), st.booleans())
def test_how_a_text_closes_stays(closing: str, said: list[str], blank: bool) -> None:
    text = "\n".join([*said, *([""] if blank else []), closing]) + "\n"
    assert CLEAN.redact(text).text == text


@draws(100)
@given(
    st.data(),
    st.sampled_from(("二〇二二年九月五日", "2022年9月5日", "2022年11月15日")),
    st.lists(ad, min_size=1, max_size=3),
)
def test_a_date_cut_over_two_lines_stays_above_promotion(data: st.DataObject, date: str, ads: list[str]) -> None:
    cut = data.draw(st.integers(1, len(date) - 1))
    lines = [BODY[0], "　　　　　　" + date[:cut], date[cut:]]
    assert CLEAN.redact("\n".join([*lines, "", *ads]) + "\n").text.split("\n")[:3] == lines


@draws(100)
@given(st.lists(st.one_of(body, sentence, st.sampled_from(HEADINGS), st.sampled_from(FIELDS)), min_size=1, max_size=12))
def test_text_without_promotion_stays(lines: list[str]) -> None:
    text = "\n".join(lines) + "\n"
    assert CLEAN.redact(text).text == text


@draws(100)
@given(
    st.lists(ad, max_size=3),
    st.lists(st.one_of(body, sentence), min_size=1, max_size=4),
    st.lists(ad, max_size=4),
)
def test_what_is_left_is_left_alone(above: list[str], text: list[str], below: list[str]) -> None:
    once = CLEAN.redact("\n".join([*above, *text, *below]) + "\n").text
    assert CLEAN.redact(once).text == once
    assert all(each in once for each in text)


SPOKEN: Final = ("我们走吧", "好", "等等我", "你来了", "知道了", "再见", "谢谢", "下一站", "首页呢", "别说话")
TIMED_ADS: Final = (
    ("Downloaded from YTS.EXAMPLE", "Official movies site"),
    ("--==青石字幕组==--", "翻译：阿青"),
    ("Support us and become a VIP member", "at www.example.org"),
)


@draws(60)
@given(ad=st.none() | st.sampled_from(TIMED_ADS), lines=st.lists(st.sampled_from(SPOKEN), min_size=1, max_size=8))
def test_what_is_spoken_in_subtitles_stays(ad: tuple[str, ...] | None, lines: list[str]) -> None:
    said = [*([ad] if ad else []), *((line,) for line in lines)]
    text = "\n".join(
        "\n".join((str(number), f"00:00:{number:02},000 --> 00:00:{number + 1:02},500", *each, ""))
        for number, each in enumerate(said, 1)
    )
    left = CLEAN.redact(text).text.split("\n")
    assert [line for line in left if line in SPOKEN] == lines
    assert sum("-->" in line for line in left) >= len(lines)


SAID: Final = {
    "slogans": ("保护环境，人人有责", "安全生产，重于泰山", "让阅读成为习惯", "众志成城，共克时艰", "心动不如行动"),
    "hashtags": ("#春天", "#山里的日子#", "#读书 #写作", "＃旅行"),
    "calls": ("一起行动吧", "快来参加吧！", "我们等你", "大家一起努力", "期待你的到来", "请多指教"),
    "thanks": ("谢谢您的耐心", "感谢聆听", "感谢一路有你", "新年快乐", "再见"),
    "questions": ("你怎么看？", "你会怎么选呢", "读到这里，你想起了谁", "你同意吗"),
    "words explained": ("转化率：成交的人所占的比例", "私域：微信群、公众号", "独立访客：一天里来过的人"),
    "stage directions": ("（音乐起）", "（众人下）", "（灯渐暗）", "〔切〕"),
    "names and dates": ("阿远 写于白沙", "2021年3月于青石", "石桥中学 林老师"),
    "phones": ("报警电话 110", "传真 0577-3021101", "24小时值班：3021100"),
    "prices": ("香樟 120元", "老人半价", "合计 200元"),
    "headlines": ("白沙大桥今日合龙", "图书馆延长开放时间", "春茶开采 茶农喜上眉梢"),
    "titles": ("上篇 山", "第二章 夜雨", "番外一 雪"),
    "programme": ("签到", "茶歇", "闭幕", "自由活动"),
    "chat": ("到了吗", "知道了", "别去", "好的", "哈哈"),
    "keys": ("打开设置", "返回上一步", "插入图片", "保存文件"),
    "verse": ("远山", "白云", "走到黄昏", "灯还亮着"),
    "forms": ("签名：", "家长签字：", "评分：", "备注："),
}


@pytest.mark.parametrize("kind", SAID)
@draws(25)
@given(st.data(), st.lists(body, min_size=2, max_size=3, unique=True), st.booleans(), st.booleans())
def test_no_likely_look_alone_takes_a_line(
    kind: str, data: st.DataObject, said: list[str], above: bool, blank: bool
) -> None:
    lines = data.draw(st.lists(st.sampled_from(SAID[kind]), min_size=1, max_size=4, unique=True))
    text = ("\n\n" if blank else "\n").join([*lines, *said] if above else [*said, *lines]) + "\n"
    assert CLEAN.redact(text).text == text


@draws(40)
@given(
    st.sampled_from([line for kind in ("calls", "thanks", "slogans", "questions") for line in SAID[kind]]),
    st.lists(body, min_size=1, max_size=3),
    st.lists(ad, min_size=1, max_size=3),
)
def test_what_is_said_at_the_end_stays_above_promotion(closing: str, said: list[str], ads: list[str]) -> None:
    assert closing in left("\n".join([*said, closing, "", *ads]) + "\n")


WITHOUT_SENTENCES: Final = (
    "更新日志\n2.1.0\n新增：夜间模式\n新增：批量导出\n修复：登录后闪退\n修复：分享到微信失败\n2.0.3\n修复：搜索结果为空\n优化：启动速度\n",
    "参观须知\n请保持安静\n请勿触摸展品\n禁止使用闪光灯\n凭身份证免费领取门票\n语音讲解请扫描展柜旁的二维码\n寄存处在入口左侧\n祝您参观愉快\n",
    "网站改版需求\n一、导航栏\n首页\n新闻\n产品\n关于我们\n联系我们\n二、页脚\n友情链接\n版权信息\n备案号\n三、工期\n两周\n",
    "查看日志\n用下面的命令查看最近的记录：\ntail -f access.log\n如果看到大量404，说明有链接失效。\n此时应检查：\n首页\n关于我们\n联系我们\n网站地图\n",
    "春联集锦\n上联：春风化雨千山绿\n下联：旭日临门万户新\n横批：万象更新\n上联：爆竹一声辞旧岁\n下联：梅花数点迎新春\n横批：喜迎新春\n",
    "常见按键\n确认\n返回\n首页\n菜单\n静音\n长按电源键三秒关机\n",
)


@pytest.mark.parametrize("text", WITHOUT_SENTENCES)
def test_a_text_of_short_lines_alone_stays(text: str) -> None:
    assert CLEAN.redact(text).text == text


@pytest.mark.parametrize(
    "sentence",
    [
        "在应用商店搜索“青石通”，点击下载即可，别的手机到各自的商店里找。",
        "打开客户端，点击右下角“我的”，选择“立即注册”，输入手机号和验证码。",
        "另外，征文的投稿邮箱登得太小，我找了半天。",
        "最后一步，点击下载，等进度条走完。",
    ],
)
def test_a_sentence_that_mentions_one_such_thing_stays(sentence: str) -> None:
    for text in (f"{BODY[0]}\n{sentence}\n{BODY[1]}\n", f"{BODY[0]}\n{sentence}\n祝好\n"):
        assert CLEAN.redact(text).text == text


@draws(40)
@given(
    st.lists(
        st.sampled_from(("网址：www.qslib.example.org", "微信公众号：青石图书馆", "电子邮箱：lib@qslib.example.org")),
        min_size=1,
        max_size=3,
        unique=True,
    ),
    st.booleans(),
)
def test_how_an_office_is_reached_stays(lines: list[str], signed: bool) -> None:
    card = ["咨询电话：0577-3021188", "地址：文昌路18号", *lines, *(["青石图书馆", "2022年7月1日"] if signed else [])]
    text = "\n".join([BODY[1], *card]) + "\n"
    assert CLEAN.redact(text).text == text


@pytest.mark.parametrize("wish", ["祝大家冬至快乐。", "祝愿老师们身体健康！", "最后，预祝大会圆满成功！"])
def test_a_wish_stays_below_promotion(wish: str) -> None:
    assert wish in left("\n".join([BODY[0], ADS[1], ADS[0], wish]) + "\n")


def _shown(text: str) -> list[str]:
    return [
        line.strip("\ufeff \u3000\t\r")
        for line in CLEAN.redact(text).text.split("\n")
        if line.strip("\ufeff \u3000\t\r")
    ]


@draws(60)
@given(
    st.lists(ad, max_size=3),
    st.lists(st.one_of(body, sentence), min_size=1, max_size=4),
    st.lists(ad, max_size=4),
)
def test_breaks_marks_and_indentation_change_nothing(above: list[str], text: list[str], below: list[str]) -> None:
    lines = [*above, *text, *below]
    stays = _shown("\n".join(lines) + "\n")
    assert _shown("\r\n".join(lines) + "\r\n") == stays
    assert _shown("\ufeff" + "\n".join(lines) + "\n") == stays
    assert _shown("\n".join(lines)) == stays
    assert _shown("\n".join(lines) + "\n\n\n") == stays
    assert _shown("\n".join("　　" + line for line in lines) + "\n") == stays


def test_a_text_that_would_lose_all_is_told_of() -> None:
    text = "".join(DISCLAIMERS) * 2 + "\n" + ADS[0] + "\n"
    result = CLEAN.redact(text)
    assert result.text == text
    assert [finding.entity for finding in result.doubtful] == ["BOILERPLATE"] * len(result.doubtful) != []
    assert any(residue.kind == "doubtful" for residue in CLEAN.residue(text, result))
    assert CLEAN.redact("扫码进群，每日免费领取最新材料\n").text == ""
