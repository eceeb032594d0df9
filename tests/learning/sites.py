"""Made collections of ten kinds of sites, drawn by a seed: each line is known to be promotion, an honest repeat, or the text itself.

How lines are judged was settled on three kinds (documents, county, news), then by what forum, school and company had shown, then by what clinic and
hobby had. Kitchen and exam were written after that and measured once; what that showed (titles that begin alike) was mended afterwards, so they
prove it no more. They are no strangers to the program: who wrote them knew it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Final, Literal

Label = Literal["promotion", "honest", "text"]
Drawn = list[tuple[str, Label]]

_SUBJECTS: Final = (
    "各村", "镇里", "工作组", "老师们", "车间", "项目部", "居委会", "青年志愿者", "合作社", "水务站", "家长代表", "研发小组",
    "读者", "巡查队", "农技员", "图书室", "护林员", "值班人员", "社区食堂", "财务室", "老党员", "种粮大户", "施工队", "监督员",
)  # fmt: skip
_TIMES: Final = (
    "春耕以前", "汛期到来时", "上半年", "入冬以后", "这几天", "去年年底", "清晨六点", "散会以后", "连着三个周末", "雨停之后",
    "第一阶段", "从那时起", "放假以前", "验收当天", "新学期", "夜里", "国庆前后", "培训结束后",
)  # fmt: skip
_VERBS: Final = (
    "修好了", "重新清点了", "逐户登记了", "公开讨论了", "反复试验了", "改造了", "推迟了", "提前完成了", "认真核对了", "记录了",
    "对照检查了", "向群众说明了", "汇总了", "翻新了", "清理了", "调整了", "验收了", "展示了", "比较了", "拍照留存了",
)  # fmt: skip
_THINGS: Final = (
    "灌溉渠道", "档案柜", "低保名册", "实验数据", "路灯线路", "旧机床", "排班表", "树苗", "安全台账", "作业本", "雨水管网", "食堂菜单",
    "村史资料", "库存物资", "宣传栏", "采样记录", "检修计划", "读书笔记", "停车位", "健身器材", "种植面积", "考勤制度", "花名册", "图纸",
)  # fmt: skip
_ENDS: Final = (
    "大家都说省了不少力气", "结果比预想的要好", "但还有两处没有做完", "这件事前后用了半个月", "花费比预算少了一些", "有人提出了不同看法",
    "后来成了固定的做法", "报告当晚就交了上去", "困难主要在人手不够", "下一步要看天气", "经验很快传到了邻近几处", "这才算放下心来",
    "并且约定每月再看一次", "留下的问题写进了清单", "没有人再提起从前的办法", "至今还在沿用",
)  # fmt: skip
_HEADS: Final = ("一、总体要求", "二、主要任务", "三、保障措施", "一、基本情况", "二、存在的问题", "三、下一步打算")
_CLOSERS: Final = ("特此通知。", "特此公告。", "此致敬礼", "谢谢大家！", "以上汇报，请批评指正。", "妥否，请批示。")
_OPENERS: Final = ("同志们：", "各位领导、同志们：", "各村（居）民委员会，镇直各单位：", "女士们、先生们：")
_FAMILY: Final = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨"
_GIVEN: Final = ("文涛", "晓梅", "建军", "志远", "雨桐", "立新", "秋生", "玉兰", "海波", "思齐")


def sentence(draw: Random) -> str:
    """A sentence that hardly comes twice."""
    first = f"{draw.choice(_TIMES)}，{draw.choice(_SUBJECTS)}{draw.choice(_VERBS)}{draw.choice(_THINGS)}"
    second = f"{draw.choice(_SUBJECTS)}{draw.choice(_VERBS)}{draw.randint(2, 98)}处{draw.choice(_THINGS)}"
    return f"{first}，{second}，{draw.choice(_ENDS)}。"


def paragraph(draw: Random) -> str:
    return "".join(sentence(draw) for _ in range(draw.randint(1, 4)))


def title(draw: Random) -> str:
    return f"{draw.choice(_SUBJECTS)}{draw.choice(('谈', '怎样看', '记', '如何做好', '关于'))}{draw.choice(_THINGS)}{draw.choice(('二三事', '一年来', '的几点体会', '见闻', '手记'))}"


def person(draw: Random) -> str:
    return draw.choice(_FAMILY) + draw.choice(_GIVEN)


def day(draw: Random) -> str:
    return f"{draw.randint(2015, 2025)}-{draw.randint(1, 12):02}-{draw.randint(1, 28):02}"


def body(draw: Random, *, honest: float = 0.35) -> Drawn:
    """The text itself, with the formulas that such texts have, each in a share of the documents."""
    lines: Drawn = [(paragraph(draw), "text") for _ in range(draw.randint(3, 9))]
    if draw.random() < honest:
        for number, head in enumerate(_HEADS[:3] if draw.random() < 0.5 else _HEADS[3:]):
            lines.insert(min(2 * number, len(lines)), (head, "honest"))
    if draw.random() < honest:
        lines.insert(0, (draw.choice(_OPENERS), "honest"))
    if draw.random() < honest:
        lines.append((draw.choice(_CLOSERS), "honest"))
    return lines


def _some(draw: Random, share: float, *lines: str) -> Drawn:
    return [(line, "promotion") for line in lines] if draw.random() < share else []


def documents_site(draw: Random) -> Drawn:
    """A site that shares documents of others."""
    head: Drawn = [
        *_some(
            draw,
            0.9,
            "文档分享网 > 公文写作 > 讲话稿",
            f"文档编号：{draw.randint(10**7, 10**8)}　上传时间：{day(draw)}",
        ),
        *_some(
            draw,
            0.4,
            f"浏览：{draw.randint(10, 9999)}次　下载：{draw.randint(1, 500)}次　大小：{draw.randint(10, 900)}KB",
        ),
        *_some(draw, 0.12, "加入会员群领取全部材料，QQ群：861234567"),
        (title(draw), "text"),
    ]
    tail: Drawn = [
        *_some(draw, 0.6, "更多公文材料请搜索微信公众号：文稿小栈"),
        *_some(draw, 0.3, "本文档由会员上传分享，版权归原作者所有，如有侵权请联系本站删除"),
        *_some(draw, 0.05, "扫码关注领取五百篇范文合集"),
        *_some(draw, 0.5, f"上一篇：{title(draw)}", f"下一篇：{title(draw)}"),
    ]
    return [*head, *body(draw), *tail]


def county_site(draw: Random) -> Drawn:
    """The portal of a county's government."""
    head: Drawn = [
        *_some(draw, 0.95, "您现在的位置：首页 > 政务公开 > 通知公告"),
        (title(draw), "text"),
        *_some(draw, 0.8, f"发布日期：{day(draw)}　浏览次数：{draw.randint(5, 4000)}　字体：[大 中 小]"),
    ]
    tail: Drawn = [
        *([("附件：1. 任务分解表", "honest")] if draw.random() < 0.1 else []),
        *([(f"联系人：{person(draw)}", "honest")] if draw.random() < 0.15 else []),
        *_some(draw, 0.9, "版权所有：青溪县人民政府办公室　网站标识码：3300000000"),
        *_some(draw, 0.9, "浙公网安备33000000000号　技术支持：青溪云科"),
        *_some(draw, 0.5, "扫一扫在手机打开当前页面"),
        *_some(draw, 0.3, f"责任编辑：{person(draw)}"),
        *_some(draw, 0.04, "主办单位：青溪县大数据发展管理中心　邮箱：qingxi@example.org"),
    ]
    return [*head, *body(draw, honest=0.6), *tail]


def news_site(draw: Random) -> Drawn:
    """A site that gathers news of others."""
    head: Drawn = [
        (title(draw), "text"),
        *_some(
            draw,
            0.7,
            f"{day(draw)} {draw.randint(0, 23)}:{draw.randint(10, 59)}　来源：早报客户端　{draw.randint(1, 900)}评论",
        ),
        *_some(draw, 0.25, "点击上方蓝字关注早知道，每天七点准时送达"),
    ]
    tail: Drawn = [
        *_some(draw, 0.6, "特别声明：以上内容仅代表作者本人观点，平台仅提供信息存储服务"),
        *_some(draw, 0.5, f"责编：{person(draw)}"),
        *_some(draw, 0.2, "![二维码](https://img.example.com/qr/morning.png)"),
        *_some(draw, 0.15, "打开早知道客户端，查看更多精彩评论"),
        *_some(draw, 0.4, f"相关推荐：{title(draw)}"),
        *_some(draw, 0.05, "商务合作请加微信：zaozhidao2020"),
    ]
    return [*head, *body(draw, honest=0.15), *tail]


def forum_site(draw: Random) -> Drawn:
    """A board where people write."""
    head: Drawn = [
        *_some(draw, 0.8, f"老街坊论坛 » 生活杂谈 » 查看：{draw.randint(10, 9000)}｜回复：{draw.randint(0, 80)}"),
        *_some(draw, 0.6, f"发表于 {day(draw)} {draw.randint(0, 23)}:{draw.randint(10, 59)} 只看该作者 倒序浏览"),
        (title(draw), "text"),
    ]
    replies: Drawn = [(sentence(draw), "text") for _ in range(draw.randint(0, 4))]
    tail: Drawn = [
        *([("谢谢楼主分享，收藏了。", "honest")] if draw.random() < 0.08 else []),
        *_some(draw, 0.5, "您需要登录后才可以回帖 登录 | 立即注册"),
        *_some(draw, 0.3, "本版积分规则 高级模式 发表回复 回帖后跳转到最后一页"),
        *_some(draw, 0.12, "【招租】老街坊论坛首页广告位火热招商中 详情咨询站长"),
        *_some(
            draw,
            0.7,
            f"Powered by Laojie! X{draw.randint(2, 3)}.{draw.randint(0, 9)} © 2008-{draw.randint(2019, 2025)} laojie.example.com",
        ),
        *_some(draw, 0.05, "手机版｜小黑屋｜老街坊论坛（沪ICP备08000000号）"),
    ]
    return [*head, *body(draw, honest=0.08), *replies, *tail]


def school_site(draw: Random) -> Drawn:
    """The site of a school."""
    head: Drawn = [
        *_some(draw, 0.7, "当前位置：网站首页 >> 校园动态 >> 正文"),
        (title(draw), "text"),
        *_some(draw, 0.6, f"作者：{person(draw)}　发布时间：{day(draw)}　点击数：{draw.randint(3, 2000)}"),
    ]
    tail: Drawn = [
        *([("各班级、各教研组：", "honest")] if draw.random() < 0.1 else []),
        *([(f"附件：{title(draw)}", "honest")] if draw.random() < 0.12 else []),
        *_some(draw, 0.5, f"【字号 大 中 小】【打印】【关闭】阅读{draw.randint(1, 999)}次"),
        *_some(draw, 0.9, "地址：云岭市学府路18号　邮编：650000　云岭实验中学版权所有"),
        *_some(draw, 0.2, "欢迎关注云岭实验中学官方视频号，获取招生信息"),
        *_some(draw, 0.06, "我校二〇二五年高中招生咨询电话：0871-60000000"),
        *_some(draw, 0.4, f"上一条：{title(draw)}", f"下一条：{title(draw)}"),
    ]
    return [*head, *body(draw, honest=0.3), *tail]


def company_site(draw: Random) -> Drawn:
    """The notices of a company."""
    head: Drawn = [
        *_some(draw, 0.6, "首页 / 新闻中心 / 公司公告 / 详情"),
        (title(draw), "text"),
        *_some(draw, 0.5, f"{day(draw)}　编辑：综合管理部　阅读量：{draw.randint(1, 5000)}"),
    ]
    tail: Drawn = [
        *([("公司各部门、各分公司：", "honest")] if draw.random() < 0.15 else []),
        *([(f"抄送：{draw.choice(_SUBJECTS)}、{draw.choice(_SUBJECTS)}", "honest")] if draw.random() < 0.15 else []),
        *_some(draw, 0.7, "恒川机电股份有限公司　服务热线：400-000-0000"),
        *_some(draw, 0.3, "本公告内容仅供内部员工及合作伙伴参考，未经许可不得转发"),
        *_some(draw, 0.5, "![恒川机电公众号](/static/images/wechat.jpg)"),
        *_some(draw, 0.1, "恒川商城周年庆，全场备件八折起，点击进入选购"),
        *_some(draw, 0.25, f"相关阅读：{title(draw)}"),
        *_some(draw, 0.05, "应聘请投简历至人力资源邮箱hr@hengchuan.example.com"),
    ]
    return [*head, *body(draw, honest=0.5), *tail]


def clinic_site(draw: Random) -> Drawn:
    """Advice on health that a clinic gives."""
    head: Drawn = [
        *_some(draw, 0.5, "清泉门诊部官网丨健康科普丨在线挂号"),
        (title(draw), "text"),
        *_some(draw, 0.65, f"审核医师：{person(draw)}　更新于{day(draw)}　已有{draw.randint(20, 9000)}人看过"),
    ]
    tail: Drawn = [
        *([("以上内容不能代替面诊。", "honest")] if draw.random() < 0.2 else []),
        *([("参考文献：", "honest")] if draw.random() < 0.1 else []),
        *_some(draw, 0.55, "温馨提示：本文仅作科普，如有不适请及时到院就诊，预约电话400-111-0000"),
        *_some(draw, 0.35, "长按识别下方二维码 免费领取体检套餐"),
        *_some(draw, 0.8, "清泉门诊部 医疗广告审查证明文号：（川）医广〔2023〕第0101-01-01号"),
        *_some(draw, 0.06, "【本周特惠】洁牙套餐 69 元起，名额有限"),
        *_some(draw, 0.3, f"热门文章：{title(draw)}"),
    ]
    return [*head, *body(draw, honest=0.1), *tail]


def hobby_site(draw: Random) -> Drawn:
    """Notes of an account that people follow."""
    head: Drawn = [
        (title(draw), "text"),
        *_some(
            draw,
            0.75,
            f"原创 {person(draw)} 慢生活手账 {day(draw)} {draw.randint(6, 23)}:{draw.randint(10, 59)} 发表于江苏",
        ),
        *_some(draw, 0.2, "↑ 点上面的蓝字 和我们一起慢下来"),
    ]
    tail: Drawn = [
        *([("愿你也有一个好周末。", "honest")] if draw.random() < 0.12 else []),
        *([("未完待续。", "honest")] if draw.random() < 0.06 else []),
        *_some(draw, 0.6, "喜欢就点个在看吧 ▽"),
        *_some(draw, 0.4, "- END -"),
        *_some(draw, 0.25, "慢生活手账的小店开张啦，同款布料戳左下角阅读原文"),
        *_some(draw, 0.5, f"往期回顾：{title(draw)}"),
        *_some(draw, 0.15, "![](https://mmbiz.example.com/slow/footer.gif)"),
        *_some(draw, 0.05, "投稿、转载、合作请联系 manmanlai@slow.example.com"),
    ]
    return [*head, *body(draw, honest=0.12), *tail]


def kitchen_site(draw: Random) -> Drawn:
    """Recipes that people share."""
    dish = draw.choice(("红烧茄子", "酸菜鱼", "南瓜粥", "葱油饼", "凉拌木耳", "番茄牛腩", "糯米藕", "蒜蓉粉丝"))
    head: Drawn = [
        *_some(draw, 0.6, "灶边菜谱 ＞ 家常菜 ＞ 做法大全"),
        (f"{dish}：{title(draw)}", "text"),
        *_some(draw, 0.7, f"{draw.randint(20, 9000)}人做过这道菜　{draw.randint(1, 300)}个作品　由{person(draw)}发布"),
        *_some(draw, 0.3, "菜谱难度：初级　耗时：半小时以内"),
    ]
    tail: Drawn = [
        *([("用料：", "honest")] if draw.random() < 0.3 else []),
        *([("小贴士：火候以自家的灶为准。", "honest")] if draw.random() < 0.15 else []),
        *([("调料少许，按口味增减。", "honest")] if draw.random() < 0.2 else []),
        *_some(draw, 0.5, "该菜谱的做法版权归作者所有，没有许可请不要搬运"),
        *_some(draw, 0.45, "做过了？上传你的作品，晒一晒"),
        *_some(draw, 0.25, "想学更多拿手菜，来灶边应用里找我们"),
        *_some(draw, 0.7, "© 灶边网 鲁ICP备00000000号-3 食品安全投诉 9:00-18:00"),
        *_some(draw, 0.4, f"被{draw.randint(1, 90)}个菜单收录"),
        *_some(draw, 0.1, "![灶边锅铲](/img/zaobian/spatula.webp)"),
    ]
    return [*head, *body(draw, honest=0.1), *tail]


def exam_site(draw: Random) -> Drawn:
    """Study notes that a school for examinations gives away."""
    head: Drawn = [
        *_some(draw, 0.55, "启明考培 · 免费资料 · 历年真题 · 名师直播"),
        (title(draw), "text"),
        *_some(draw, 0.6, f"{day(draw)} 启明教研室整理 已更新至第{draw.randint(2, 40)}讲"),
        *_some(draw, 0.2, "0元试听三天，不满意随时退出"),
    ]
    tail: Drawn = [
        *([("本题答案见文末。", "honest")] if draw.random() < 0.15 else []),
        *([("【参考答案】", "honest")] if draw.random() < 0.3 else []),
        *([("考生须知：", "honest")] if draw.random() < 0.12 else []),
        *([("注意事项请以准考证为准。", "honest")] if draw.random() < 0.1 else []),
        *_some(draw, 0.6, "报班咨询：400-222-0000 转招生老师"),
        *_some(draw, 0.4, "添加学姐微信领取考前押题卷"),
        *_some(draw, 0.35, "把这份资料转给一起备考的朋友"),
        *_some(draw, 0.8, "启明考培教育科技有限公司 办学许可证 教民100000000000号"),
        *_some(draw, 0.3, f"下载本讲义：{draw.randint(100, 900)}KB PDF"),
        *_some(draw, 0.5, f"同类推荐：{title(draw)}"),
    ]
    return [*head, *body(draw, honest=0.2), *tail]


SITES: Final[dict[str, Callable[[Random], Drawn]]] = {
    "documents": documents_site,
    "county": county_site,
    "news": news_site,
    "forum": forum_site,
    "school": school_site,
    "company": company_site,
    "clinic": clinic_site,
    "hobby": hobby_site,
    "kitchen": kitchen_site,
    "exam": exam_site,
}
SEEN: Final = ("documents", "county", "news")
UNSEEN: Final = ("forum", "school", "company")
LATER: Final = ("clinic", "hobby")
LAST: Final = ("kitchen", "exam")


@dataclass(frozen=True, slots=True)
class Made:
    """A made document: of which site, and its lines with what each is."""

    site: str
    lines: Sequence[tuple[str, Label]]

    @property
    def text(self) -> str:
        return "\n".join(line for line, _ in self.lines) + "\n"


def made(sites: Sequence[str], count: int, seed: int) -> Iterator[Made]:
    """So many documents of each site; one in twenty-five is there again, with the site's own lines drawn anew."""
    for site in sites:
        draw = Random(f"{site}/{seed}")
        texts: list[Drawn] = []
        for _ in range(count):
            lines = SITES[site](draw)
            if texts and draw.random() < 0.04:
                own = [each for each in draw.choice(texts[:6]) if each[1] != "promotion"]
                around = [each for each in lines if each[1] == "promotion"]
                half = len(around) // 2
                lines = [*around[:half], *own, *around[half:]]
            texts.append(lines)
            yield Made(site, lines)
