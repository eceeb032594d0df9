"""A Chinese text of any size made from a seed: speeches and news with names, places, figures, contacts and promotion in them.

The sentences are written for this purpose; every value is drawn at random, so names and numbers are nobody's.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

import regex

# Without anything to redact: most of what a speech or a report says.
PLAIN = (
    "要坚持把{topic}作为{rank}，{act}，{act}，确保{goal}。",
    "{who}要{act}，{act}，不能{bad}，更不能{bad}。",
    "实践证明，{topic}抓得紧，{goal}就有保障；{topic}抓得松，{goal}就会落空。",
    "会议指出，当前{topic}面临的形势依然严峻，{bad}的现象不同程度存在，必须引起高度重视。",
    "会议强调，要以更大的决心、更实的举措推进{topic}，{act}，以优异成绩向党和人民交上满意的答卷。",
    "一是{act}。二是{act}。三是{act}。",
    "近年来，我们围绕{topic}，{act}，{act}，{goal}取得了明显成效，但离群众的期望还有差距。",
    "记者在现场看到，工人们正在抓紧施工，机器轰鸣，一派繁忙景象，{goal}指日可待。",
    "群众反映的问题要件件有回音，能当天办的不过夜，办不了的要说明原因，坚决防止{bad}。",
    "雨后的山村空气清新，老人们坐在门口聊着今年的收成，孩子们背着书包走在放学的路上。",
    "“过去是等客上门，现在是主动服务。”谈起{topic}的变化，大家都说，日子越过越有盼头。",
    "各级各部门要各司其职、密切配合，{who}要带头{act}，形成{topic}的强大合力。",
    "全面落实“十四五”规划，深入推进“放管服”改革，坚持“一把手”抓、抓“一把手”，做到{goal}。",
    "（一）健全机制。把{topic}纳入年度考核，{act}，对{bad}的严肃追责。",
    "思想是行动的先导。{who}要深刻认识{topic}的重要意义，切实把思想和行动统一到上级的决策部署上来。",
    "历史和现实告诉我们，越是困难的时候，越要{act}，越要防止{bad}。",
    "座谈会气氛热烈，大家畅所欲言，就{topic}提出了很好的意见和建议，请有关部门认真研究吸收。",
    "要把{topic}与{topic}结合起来，统筹谋划、一体推进，真正做到{goal}。",
)
# With something to redact.
VALUED = (
    "{post}{name}同志主持会议并讲话，{name}、{name}两位同志作了汇报。",
    "今年以来，全县新签约项目{n}个，到位资金{n}.{d}亿元，同比增长{n2}.{d}%以上。",
    "{place}县{place}镇的征地补偿款近{n}万元已拨付到位，请{name}同志牵头抓好落实。",
    "{year}年{m}月{day}日上午，{post}{name}到{place}工业园调研，实地察看项目进展。",
    "第一产业增加值增长{d}.{d}个百分点，带动{n}户{n}人增收，人均收入突破{n}00元。",
    "近期组织到浙江、江苏等地对接合作，与{place}{trade}有限公司签订框架协议，投资{n}亿元。",
    "{place}{trade}有限公司建设生产基地，占地{n}亩，总建筑面积{n}0平方米，年产值{n}亿元。",
    "据{place}县统计局数据，{m}月份全县规模以上工业增加值增长{d}.{d}%，高于全市平均{d}.{d}个百分点。",
    "{name}说，他家的{n2}亩果园今年收入{d}万多元，{place}村像他这样的有{n2}户。",
    "经研究，同意{name}任{place}镇党委副书记，免去{name}的{place}乡乡长职务。",
    "《{place}县{year}年重点项目实施方案》（{place}政发〔{year}〕{n2}号）已经印发，请遵照执行。",
    "{year}年底前，全市完成{n}个社区、{n}个村的改造任务，受益群众{n2}.{d}万人。",
)
SHORT = (
    "联系人：{name}，联系电话：139{n8}，邮箱：user{n}@example.com。\n",
    "身份证号：110105{year}0{d9}{day}{n3}X，车牌号：京A·{n5}。\n",
    "序号\t姓名\t单位\t金额（元）\n1\t{name}\t{place}村\t{n}00\n2\t{name}\t{place}村\t{n}00\n",
    "更多材料请加QQ群：30{n6}，公众号：公文小筑\n",
    "仅供学习交流，请勿外传，侵删。关注公众号“文稿驿站”，回复“讲话”领取资料\n",
)


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


WORDS = {
    "topic": _words("招商引资 安全生产 乡村建设 生态保护 作风建设 基层治理 项目建设 民生保障 防汛抗旱 信访维稳 文化惠民 教育改革 营商环境 科技创新"),
    "rank": _words("第一要务 头等大事 中心任务 重中之重 硬任务 一号工程"),
    "act": _words("落实责任 细化措施 真抓实干 马上就办 深入基层 加强督查 严格考核 创新方法 补齐短板 守住底线 强化监管 完善制度 压实担子 摸清底数 精准施策 狠抓落实"),
    "goal": _words("各项任务按期完成 群众满意 社会大局稳定 工作取得实效 发展不停步 目标如期实现 安全万无一失 服务再上台阶"),
    "bad": _words("推诿扯皮 敷衍了事 搞形式主义 弄虚作假 等靠要 光说不做 拖延应付 走过场"),
    "who": _words("各级领导干部 党员干部 各乡镇 各单位 有关部门 广大干部群众 各责任单位"),
    "post": _words("县委书记 县长 副县长 镇长 局长 办公室主任 市长"),
    "trade": _words("新材料科技 农业开发 电子商务 建筑工程 食品加工 旅游投资"),
    "surname": tuple("王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"),
    "given": tuple("伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂文华国建志晓春梅红玲立新海东民永生"),
    "head": tuple("云清石柳东永新龙凤白青黄红金银双三高平安长大小南北西河山泉溪湾岭"),
    "tail": tuple("岭溪桥河山湾丰兴泉安阳平林源江塘坪坝湖沟"),
}  # fmt: skip
_SLOT = regex.compile(r"\{(\w+)\}")


def generate(megabytes: float, seed: int = 1) -> str:
    """A text of about that many megabytes of UTF-8."""
    return "".join(paragraphs(megabytes, seed))


def paragraphs(megabytes: float, seed: int = 1) -> Iterator[str]:
    """The same a paragraph at a time."""
    rng = random.Random(seed)
    values = _values(rng)
    size, target = 0, int(megabytes * 1_000_000)
    while size < target:
        lot = rng.random()
        if lot < 0.06:
            paragraph = _fill(rng.choice(SHORT), values)
        else:
            kinds = (PLAIN if rng.random() < 0.65 else VALUED for _ in range(rng.randint(2, 6)))
            paragraph = "　　" + "".join(_fill(rng.choice(kind), values) for kind in kinds) + "\n"
        yield paragraph
        size += len(paragraph.encode())


def _fill(sentence: str, values: dict[str, Callable[[], str]]) -> str:
    return _SLOT.sub(lambda m: values[m[1]](), sentence)


def _values(rng: random.Random) -> dict[str, Callable[[], str]]:
    def pick(name: str) -> Callable[[], str]:
        return lambda: rng.choice(WORDS[name])

    def number(low: int, high: int) -> Callable[[], str]:
        return lambda: str(rng.randint(low, high))

    surname, given, head, tail = (pick(name) for name in ("surname", "given", "head", "tail"))
    return {name: pick(name) for name in WORDS} | {
        "name": lambda: surname() + given() + (given() if rng.random() < 0.8 else ""),
        "place": lambda: head() + tail(),
        "n": number(1, 999),
        "n2": number(1, 99),
        "n3": number(100, 999),
        "n5": number(10_000, 99_999),
        "n6": number(100_000, 999_999),
        "n8": number(10_000_000, 99_999_999),
        "d": number(0, 9),
        "d9": number(1, 9),
        "m": number(1, 12),
        "day": number(10, 28),
        "year": number(1980, 2024),
    }
