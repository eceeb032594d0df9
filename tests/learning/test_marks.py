"""What only a site says, and what honest texts say too."""

from __future__ import annotations

import pytest

from redactor.learning.marks import is_end, is_of_site


@pytest.mark.parametrize(
    "text",
    [
        "浏览：12次　下载：3次",
        "点击数：４５",
        "审核医师：苏念　更新于2023-05-08　已有312人看过",
        "1,204次阅读",
        "清泉门诊部 医疗广告审查证明文号：（川）医广〔2023〕第0101-01-01号",
        "出版物经营许可证 新出发京零字第10号",
        "如有不适请及时就诊，预约电话400-111-0000",
        "客服热线 800 820 0000",
        "清泉门诊部官网丨健康科普丨在线挂号",
        "石门网 » 社区 » 生活",
        "↑ 点上面的蓝字和我们一起慢下来",
        "喜欢就点个在看吧 ▽",
        "- END -",
        "—— The End ——",
    ],
)
def test_only_a_site_says_so(text: str) -> None:
    assert is_of_site(text)


@pytest.mark.parametrize(
    "text",
    [
        "文号：青政发〔2023〕12号",
        "联系电话：0871-65000000",
        "卡号 6222 4001 2345 678",
        "本次会议应到代表120人，实到118人。",
        "姓名丨性别丨年龄",
        "| 序号 | 首页 | 数量 |",
        "设置 → 通用 → 点击确定",
        "图1 ↑ 桥头石狮",
        "阅读：理解和表达",
        "（完）",
        "END",
        "weekend",
        "—",
    ],
)
def test_honest_texts_say_so_too(text: str) -> None:
    assert not is_of_site(text)


def test_the_sign_of_the_end_is_no_word() -> None:
    assert is_end(" ~ END ~ ")
    assert not is_end("- BEND -")
