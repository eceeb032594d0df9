"""Sentences of the office made up from templates: names, places and organisations that news of 1998 does not have."""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from math import exp
from typing import Any, Final

import regex
from corpora import Sentence, Span

from redactor.chinese.lexicon import Lexicon
from redactor.packaged import packaged_rules
from redactor.policy.operators import compound_surnames

OFFICE: Final = "office"
"""The convention of policy `publish`: of documents that are annotated in it, and of made-up sentences."""
_KINDS: Final = {"P": "PERSON", "S": "PERSON", "I": "PERSON", "G": "PERSON", "L": "LOCATION", "O": "ORGANIZATION"}
"""By slot of a template; I is a name with blanks between its characters, S a surname, G a given name alone. T, K, N and C are no names."""
_SLOT: Final = regex.compile(r"\{(\w)\}")
_KIN: Final = [
    "师傅",
    "大爷",
    "大妈",
    "大娘",
    "大叔",
    "婶",
    "叔",
    "伯",
    "哥",
    "姐",
    "嫂",
    "奶奶",
    "爷爷",
    "阿姨",
    "妈",
    "爸",
    "家",
    "总",
    "工",
    "局",
    "处",
    "科",
    "队",
    "所",
    "老",
    "老师",
    "医生",
    "护士长",
    "某",
    "某某",
    "氏",
    "警官",
    "会计",
    "支书",
]
_TITLES: Final = [
    "书记",
    "县长",
    "镇长",
    "局长",
    "主任",
    "副主任",
    "校长",
    "院长",
    "处长",
    "科长",
    "经理",
    "总经理",
    "董事长",
    "部长",
    "副县长",
    "副局长",
    "乡长",
    "所长",
    "站长",
    "队长",
    "会长",
    "秘书长",
    "主席",
    "委员",
    "同志",
    "老师",
    "教授",
    "先生",
    "女士",
    "医生",
    "律师",
    "法官",
    "检察官",
    "记者",
    "工程师",
    "支部书记",
    "村主任",
    "副市长",
    "市长",
    "区长",
    "馆长",
    "总监",
    "教练",
    "班主任",
    "同学",
]
_SURNAME_RARE: Final = "敖卞晁褚淳邸酆苟郜缑桂郏靳隽阚蒯邝郦逯麻牟佴逄亓戚璩冉阮邵佘莘殳佟仝危隗邬奚郤冼燕鄢羿尹訾翟詹臧祝竺庄宗邹左晏闵麦明云花雷贺倪汤滕殷罗毕郝安常乐于时傅皮卡齐康伍余元卜顾孟平黄和穆萧尹"
_PARTS: Final = [
    "买买提",
    "艾力",
    "阿不都",
    "热合曼",
    "古丽",
    "努尔",
    "吐尔逊",
    "卡德尔",
    "依明",
    "帕提古丽",
    "迪丽拜尔",
    "玉素甫",
    "木沙",
    "巴哈尔",
    "斯拉木",
    "阿迪力",
    "哈力克",
    "叶尔肯",
    "别克",
    "江布拉提",
    "阿依夏",
]
_TIBETAN: Final = [
    "扎西",
    "多吉",
    "次仁",
    "卓玛",
    "平措",
    "旺堆",
    "央金",
    "尼玛",
    "达瓦",
    "格桑",
    "罗布",
    "丹增",
    "洛桑",
    "曲珍",
    "桑吉",
    "才让",
    "拉姆",
    "索南",
    "加措",
    "旺姆",
    "白玛",
    "德吉",
    "仁青",
    "贡布",
    "强巴",
    "边巴",
    "巴桑",
    "普布",
    "米玛",
    "拉巴",
    "顿珠",
    "赤列",
    "嘉措",
    "公保",
    "完么",
]
_MONGOL: Final = [
    "巴特尔",
    "乌云",
    "其其格",
    "苏和",
    "那仁",
    "格日勒",
    "朝鲁",
    "宝音",
    "额尔德尼",
    "斯琴",
    "高娃",
    "图雅",
    "哈斯",
    "乌日娜",
    "布赫",
    "阿古拉",
    "呼和",
    "孟克",
    "敖特根",
    "娜仁",
    "托娅",
    "道尔吉",
    "毕力格",
    "青格勒",
    "萨仁",
]
_FOREIGN: Final = [
    "史密斯",
    "约翰",
    "玛丽",
    "安德森",
    "布朗",
    "威廉",
    "戴维",
    "汤普森",
    "卡洛斯",
    "费尔南多",
    "伊万",
    "彼得罗夫",
    "施密特",
    "穆勒",
    "弗朗索瓦",
    "杜邦",
    "铃木",
    "一郎",
    "佐藤",
    "健二",
    "田中",
    "惠子",
    "金正浩",
    "朴成敏",
    "李在勋",
    "阮文雄",
    "罗德里格斯",
    "马丁",
    "艾伦",
    "杰克逊",
    "奥利维亚",
    "埃里克",
]
_PLACE: Final = "青云白石金银铜铁松柏柳杨桃梅竹兰龙凤虎马牛羊鹤雁东南西北上下前后大小长平安永兴福宁康泰和顺丰盛高清明秀泉溪河湖江塘潭坪坝岭坡岗台沟湾口渡桥店铺屯堡寨庄营关阳阴新古老红黄赤黑嘉禾稻麦仓灵仙圣文武义仁德礼信"
_LOCAL: Final = [
    "县",
    "市",
    "区",
    "镇",
    "乡",
    "村",
    "街道",
    "社区",
    "路",
    "大道",
    "街",
    "巷",
    "湖",
    "河",
    "山",
    "水库",
    "岛",
    "工业园",
    "开发区",
    "新区",
    "村",
    "镇",
    "县",
    "屯",
    "组",
    "湾",
    "桥",
    "广场",
    "公园",
    "隧道",
    "小区",
    "花园",
    "苑",
    "庄",
    "沟",
    "坪",
    "港",
    "码头",
    "煤矿",
    "林场",
    "灌区",
    "湿地",
    "大桥",
    "高速",
    "产业园",
    "农贸市场",
    "第一中学",
    "实验小学",
    "幼儿园",
    "博物馆",
    "图书馆",
    "创业园",
    "大厦",
    "站",
    "闸",
    "圩",
    "垸",
    "岭",
    "溪",
    "江",
    "坝",
    "林场",
    "自治县",
    "州",
    "旗",
    "苏木",
    "嘎查",
]
_TRADE: Final = [
    "建设",
    "置业",
    "农业",
    "食品",
    "科技",
    "信息技术",
    "商贸",
    "物流",
    "机械",
    "电子",
    "生物科技",
    "医药",
    "纺织",
    "服饰",
    "能源",
    "环保",
    "建材",
    "餐饮管理",
    "文化传媒",
    "教育咨询",
    "旅游开发",
    "水务",
    "矿业",
    "化工",
    "汽车",
    "投资",
    "控股",
    "实业",
    "园林",
    "网络科技",
    "新材料",
    "运输",
    "财富管理",
    "种业",
]
_FORMS: Final = [
    "有限公司",
    "有限责任公司",
    "股份有限公司",
    "集团",
    "集团有限公司",
    "公司",
    "合作社",
    "专业合作社",
    "厂",
    "家庭农场",
    "事务所",
    "控股",
    "超市",
]
_BODIES: Final = [
    "人民医院",
    "中心卫生院",
    "中医院",
    "职业技术学院",
    "大学",
    "师范大学",
    "农业大学",
    "公安局",
    "财政局",
    "教育局",
    "水利局",
    "自然资源局",
    "住房和城乡建设局",
    "市场监督管理局",
    "交通运输局",
    "人民法院",
    "人民检察院",
    "税务局",
    "农商银行",
    "信用社",
    "供电公司",
    "自来水公司",
    "电视台",
    "日报社",
    "商会",
    "慈善会",
    "协会",
    "派出所",
    "司法所",
    "报社",
    "研究院",
    "设计院",
    "农科所",
    "民政局",
    "卫健委",
    "统计局",
    "消防大队",
    "交警大队",
]
_OFFICE: Final = """
{P}同志在会上作了重要讲话。|{L}{T}{P}主持会议。|出席会议的有{P}、{P}、{P}等同志。|参加人员：{P} {P} {P} {P}|名单如下：{P}、{P}、{P}、{P}、{P}。|请{P}同志牵头，{P}同志配合，月底前完成。
{O}负责人{P}表示，今年要再上新台阶。|{P}代表{O}与{O}签订了协议。|引进了{O}、{O}等一批企业。|{L}的{P}家里养了三百头羊。|从{L}到{L}的公路已经通车。|{L}、{L}、{L}三个乡镇要加快进度。
{P}说，村里的路修好了。|{P}介绍，{O}去年销售收入翻了一番。|记者 {P} 通讯员 {P}|本报记者{P}报道|联系人：{P}，电话见附件。|申请人：{P}，男，汉族，住{L}。|被告人{P}在{L}实施盗窃。|上诉人{P}与被上诉人{O}合同纠纷一案。
审判长{P}，审判员{P}、{P}，书记员{P}。|委托代理人{P}，{O}律师。|法定代表人{P}，该公司董事长。|{L}位于{L}东部，辖{L}、{L}等。|老支书{P}守在{L}上三天三夜。|在{L}调研时，{P}强调要抓好春耕。
{P}校长常讲，读书要专心。|恭喜{P}同学获得一等奖。|{O}的{P}老师带队参加比赛。|{P}{P}{P}{P}{P}|{P}　{P}　{P}　{P}|组长：{P}　副组长：{P}、{P}|成员：{P}（{O}）、{P}（{O}）|任命{P}为{O}副局长，免去{P}的职务。
{O}、{O}、{O}要各司其职。|由{O}牵头，{O}配合。|经{O}批准，现公告如下。|{O}落户{L}，总投资五亿元。|{L}的{O}已经投产。|在{O}门口，{P}接过锦旗。|{P}，{L}人，一九七八年生。|{P}和{P}是同村人。|{P}找到{P}借钱。|{P}给{O}打了电话。
患者{P}，由{P}主治医师接诊。|姓名：{P}|住址：{L}{L}{L}|地址：{L}{L}|甲方：{O}　乙方：{O}|户主{P}，家住{L}。|乘{L}的班车去{L}。|{L}发生山洪，{L}水位上涨。|途经{L}、{L}，全长八十公里。|{P}在{L}开了一家小店。|{P}：大家好，我是{O}的{P}。
感谢{O}{P}总经理的支持。|{L}{T}{P}、副{T}{P}到场。|党委书记、董事长 {P}|（根据录音整理，{P}、{P}记录）|{P}出生在{L}，后来到{O}工作。|{P}一家住在{L}。|他叫{P}，今年五十三岁。|会议由{P}{T}主持，{P}{T}传达精神。|昨天，{P}{T}到{L}看望慰问。
分管领导：{P} 责任单位：{O}|{O}{P}摄|据{O}消息|{O}发布公告|被誉为“{L}铁人”的{P}走了。|{L}方言里管它叫馍。|向{P}学习！|{P}、{P}夫妇|{P}之子{P}|{P}诉{O}|{L}—{L}高速公路|沿{L}两岸|{L}人{P}
请{S}{K}明天来一趟。|{S}{T}和{S}{T}都到了。|{S}{T}、{S}{T}、{S}{T}分头下去。|老{S}、小{S}你们看看。|联系人：{S}{K}|{S}{K}说，路修好了。|{S}{K}的孙子在{L}打工。|住院医师{S}{K}查房。|{S}{K}讲得好。|{P}{K}|找{S}{K}签字。|{P}（女）、{P}、{P}（回族）、{P}（女，彝族）
{P}、{P}、{P}（女）、{P}、{P}、{P}|{P} {P} {P} {P} {P} {P}|{P}　男　{P}　女|{P}，{P}，{P}|审　判　长　{I}|审　判　员　{I}|书　记　员　{I}|人民陪审员　{I}|县　长　{I}|主　持：{I}|签发人：{I}|{I}、{I}、{P}、{I}|姓　名：{I}　性　别：女|主任 {I}
{P}说：“{N}是大事。”|{P}提出要{N}，{N}也不能放松。|{P}和{P}谈到{N}。|{G}同志，你先讲。|{G}啊，你听我说。|{G}、{G}两位同志留一下。|阿{G}说不去了。|小{G}今年上小学。|{P}的女儿{G}|{G}书记辛苦了。|{G}走在最前面。|妻子{P}，儿子{P}
要重视{N}。|要坚持{N}，突出{N}，狠抓{N}。|关于{N}的几点意见|一是{N}，二是{N}，三是{N}。|把{N}作为{N}的重点。|加强{N}和{N}工作|{N}、{N}、{N}|{N}：{N}|我们的{N}很{N}。|这件事关系到{N}。|没有{N}就没有{N}。|以{N}促{N}|{N}不足|{N}问题突出|大家都很{N}。|进一步{N}{N}|{N}（{N}）|为{N}而{N}|{N}的同志|{N}同志们|推进{N}{N}建设|{N}科|{N}局|{N}员|{N}　{N}　{N}|序号　{N}　{N}　备注|{N}表|对{N}进行{N}。
{L}人民政府|{L}纪委通报了三起案件。|{L}人大常委会|{L}委书记{P}|{L}政协副主席{P}|{L}委、{L}人民政府|据{L}气象台预报|从{L}赶来的{P}|向{L}转移|{L}和{L}接壤。|{L}群众不服{O}的处罚。|{L}{L}{O}|在{L}{L}路段|{L}至{L}段|环{L}绿道|{L}两岸|在{L}打工的{P}|{L}精神|{O}（以下简称“{O}”）|{O}{T}{P}|为{O}担保|{P}任{O}{T}。|经{P}介绍，{P}进了{O}。
原告{P}诉被告{P}、{P}民间借贷纠纷一案|被告人{P}，绰号“大个子”，{L}人。|证人{P}、{P}的证言|委托诉讼代理人：{P}，{O}律师。|{P}驾驶小型轿车沿{L}由南向北行驶至{L}路口。|{P}向{P}借款|{P}与{P}系夫妻关系。|{P}因{N}被{N}。|{P}将{P}送到{O}。|{P}在{N}。|{P}家的{N}|{P}也来了。|{P}都说{N}。|{P}正在{N}|{P}就{N}作了说明。|{P}对{N}负责。|{P}被评为{N}标兵。|{P}从{L}来。|{P}为{N}捐款。|{P}曾任{O}{T}。"""
_PLAIN: Final = """
{N}很少见。|{N}不是小事。|{N}会影响{N}。|{N}要跟上。|{N}同样要紧。|{N}是{N}的基础。|{N}正在改变{N}。|{N}成了热门话题。|{N}比{N}更难。|{N}和{N}缺一不可。|什么是{N}？|谈谈{N}|《{N}》|“{N}”|{N}来了。|{N}说到底还是{N}。|{N}也能{N}。|{N}都少不了{N}。|{N}、{N}等也在其中。|{N}，大家都懂。|{N}不{N}不要紧。|{N}|{N}{N}|{N}：|有了{N}，{N}就好办。|（{N}）|看重{N}。|这里的{N}不一样。
{C}不行。|{C}也可以。|要{C}。|{C}和{C}不同。|一个{C}字|{C}在前，{C}在后。|{C}、{C}、{C}|{C}多了不好。|很{C}。|{C}|{C}又{C}|最怕{C}。
{P}不在。|{P}会去。|{P}和{P}缺一不可。|{P}都懂。|{P}|{P}很少来。|{P}比{P}大两岁。|什么时候请{P}？|在街上碰到了{P}。|前天遇见{P}没有？|我认识{P}。|采访了{P}。|想起{P}来。|告诉{P}一声。|陪{P}去{L}。|问过{P}没有？|你见过{P}吧？|打电话给{P}。|都听{P}的。|没等到{P}。|送走{P}以后|{P}呢？|谢谢{P}！|拜访{P}，请教{N}。|怀念{P}|{L}|{O}|从{O}出来|进了{O}。|{O}很大。|{L}不远。|{L}的{N}|{L}也有{N}。|到过{L}吗？
看见{P}了吗？|见着{P}了没有？|碰见{P}了。|通知{P}了没？|叫上{P}了吗？|联系上{P}了。|等来{P}了吗？|前几天看到{P}了。|批评{P}了。|找着{P}了没有？|上周约过{P}了。|今早遇到{P}了吗？|是{P}吗？|就是{P}了。|{P}吗？|{P}啊！|{P}吧？|给{P}的信|{P}的{N}|{P}了解{N}。|{P}的确{N}。|{P}着手{N}。|{P}过来{N}。|{P}才{N}。|{P}又{N}。|{P}还{N}。|{P}没{N}。|{P}不{N}。|{P}等三人{N}。|{P}等人{N}。|{P}等五名{T}|{P}等同志{N}。|{P}出席{N}。|{P}到会{N}。|{P}一行{N}。|{P}为{T}。|{P}、{P}等{N}。|选{P}为{T}|{P}把{N}当成{N}。|{P}要{N}。|{P}能{N}。|{P}全{N}。|{P}即{N}。|{P}行了。|{P}力{N}。"""
"""Sentences of every day, in which a name stands where any other word may, and any other word where a name may."""
_TEMPLATES: Final = tuple(line for line in (_OFFICE + _PLAIN).replace("\n", "|").split("|") if line)


def _filled(chance: random.Random, template: str, fill: dict[str, Callable[[], str]], corpus: str) -> Sentence:
    text = ""
    spans: list[Span] = []
    for number, piece in enumerate(_SLOT.split(template)):
        value = fill[piece]() if number % 2 else piece
        if number % 2 and piece in _KINDS:
            spans.append((len(text), len(text) + len(value), _KINDS[piece]))
        text += value
    return Sentence(text, tuple(spans), corpus)


@dataclass(frozen=True, slots=True)
class NameWords:
    """Words of the language, no proper names: that look like full names (高兴), that do not, the most frequent of all, of one character."""

    names: tuple[str, ...]
    ordinary: tuple[str, ...]
    frequent: tuple[str, ...]
    single: tuple[str, ...]


def name_words(
    words: Mapping[str, tuple[float, str]], surnames: Collection[str], entities: Collection[str]
) -> NameWords:
    """From the words of a lexicon, each with its log probability and class; without `entities`, which are some in a corpus."""
    common = sorted(
        (
            w
            for w, (_, kind) in words.items()
            if kind[:1] in tuple("nvadi") and kind[:2] not in _PROPER and w not in entities
        ),
        key=lambda w: -words[w][0],
    )
    common = [w for w in common if len(w) <= 4 and all("\u4e00" <= c <= "\u9fff" for c in w)]
    single = tuple(w for w in common if len(w) == 1)[:1_500]
    common = [w for w in common if len(w) > 1][:40_000]
    names = tuple(w for w in common if len(w) < 4 and w[0] in surnames)
    return NameWords(
        names, tuple(w for w in common if w[0] not in surnames or len(w) == 4), tuple(common[:6_000]), single
    )


_PROPER: Final = ("nr", "ns", "nt", "nz")


def surname(chance: random.Random, surnames: Sequence[tuple[str, float]]) -> str:
    """A surname of one character."""
    return chance.choices([s for s, _ in surnames], [w for _, w in surnames])[0]


def given_name(chance: random.Random, given: Sequence[tuple[str, float]], words: NameWords) -> str:
    """A given name of two characters, of which some are words."""
    if chance.random() < 0.25:
        return next(w for w in iter(lambda: chance.choice(words.ordinary), "") if len(w) == 2)
    return "".join(chance.choices([c for c, _ in given], [w for _, w in given], k=2))


def spaced(chance: random.Random, name: str) -> str:
    """A short name with blanks between its characters, as signatures are set."""
    return chance.choice(("　", " ", "　　")).join(name) if len(name) < 4 and "·" not in name else name


def person(
    chance: random.Random,
    surnames: Sequence[tuple[str, float]],
    given: Sequence[tuple[str, float]],
    words: NameWords | None = None,
) -> str:
    """A full name: mostly Han, some of rare or double surnames, some of minorities and foreigners, some that are words."""
    if words and chance.random() < 0.15:
        if chance.random() < 0.7:
            return chance.choice(words.names)
        return surname(chance, surnames) + given_name(chance, given, words)[: chance.choice((1, 2, 2))]
    kind = chance.random()
    if kind < 0.04:
        return "·".join(chance.sample(_PARTS, 2))
    if kind < 0.07:
        return "".join(chance.sample(_TIBETAN, 2))
    if kind < 0.09:
        return "".join(chance.sample(_MONGOL, chance.choice((1, 2))))
    if kind < 0.12:
        return chance.choice(("", "·")).join(chance.sample(_FOREIGN, chance.choice((1, 2))))
    if kind < 0.17:
        first = chance.choice(tuple(compound_surnames()))
    elif kind < 0.27:
        first = chance.choice(_SURNAME_RARE)
    else:
        first = surname(chance, surnames)
    count = 1 if chance.random() < 0.2 else 2
    return first + "".join(chance.choices([c for c, _ in given], [w for _, w in given], k=count))


def place(chance: random.Random, places: Sequence[str]) -> str:
    """A true place or one that could be."""
    if chance.random() < 0.45:
        return chance.choice(places)
    return "".join(chance.sample(_PLACE, 2 if chance.random() < 0.85 else 3)) + chance.choice(_LOCAL)


def organisation(chance: random.Random, places: Sequence[str]) -> str:
    """A company or a public body, with its place or without."""
    where = (
        chance.choice(places)
        if chance.random() < 0.5
        else "".join(chance.sample(_PLACE, 2)) + chance.choice("县市区镇省")
    )
    brand = "".join(chance.sample(_PLACE, 2 if chance.random() < 0.8 else 3))
    if chance.random() < 0.45:
        return where + chance.choice(_BODIES)
    return (where if chance.random() < 0.4 else "") + brand + chance.choice(_TRADE) + chance.choice(_FORMS)


class NameParts:
    """What names are made of: surnames and given characters with weights, flatter than they are in life; places; words."""

    def __init__(self, lexicon: Lexicon, entities: Collection[str]) -> None:
        data = packaged_rules() / "data"
        rows = [line.split("\t") for line in lines_of(data / "surnames.txt")]
        self.surnames = [
            (row[0], float(row[1]) ** 0.6) for row in rows if len(row) > 1 and len(row[0]) == 1 and row[1] != "0"
        ]
        self.given = [
            (row[0], exp(0.6 * float(row[1])))
            for row in (line.split("\t") for line in lines_of(data / "given_chars.tsv"))
        ]
        self.places = [line.split("\t")[0] for line in lines_of(data / "divisions.tsv")]
        self.words: NameWords = name_words(lexicon.words, {s for s, _ in self.surnames}, entities)

    @property
    def made(self) -> dict[str, Callable[[random.Random], str]]:
        """What makes up a name of each kind."""
        return {
            "PERSON": lambda chance: person(chance, self.surnames, self.given, self.words),
            "LOCATION": lambda chance: place(chance, self.places),
        }

    def sentences(self, count: int, seed: int) -> list[Sentence]:
        """Made-up sentences of the office and of every day."""
        chance = random.Random(seed)
        surnames, given, words = self.surnames, self.given, self.words
        fill: dict[str, Callable[[], str]] = {
            "P": lambda: person(chance, surnames, given, words),
            "I": lambda: spaced(chance, person(chance, surnames, given, words)),
            "S": lambda: chance.choice((surname(chance, surnames), chance.choice(_SURNAME_RARE))),
            "G": lambda: given_name(chance, given, words),
            "K": lambda: chance.choice(_KIN),
            "T": lambda: chance.choice(_TITLES),
            "N": lambda: chance.choice(chance.choice((words.ordinary, words.names, words.frequent))),
            "C": lambda: chance.choice(words.single),
            "L": lambda: place(chance, self.places),
            "O": lambda: organisation(chance, self.places),
        }
        return [_filled(chance, chance.choice(_TEMPLATES), fill, OFFICE) for _ in range(count)]


def lines_of(path: Any) -> list[str]:
    """The lines of a data file that are no comments."""
    return [line for line in path.read_text(encoding="utf-8").splitlines() if line and line[0] != "#"]
