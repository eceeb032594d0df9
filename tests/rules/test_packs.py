"""The publish policy on sentences of our own: what each pack masks, and what stays beside it."""

from __future__ import annotations

import pytest

from redactor import Redactor
from tests.conftest import made

CASES = [
    ("请赵志刚副县长牵头，欧阳慧敏局长负责。", "请×副县长牵头，×局长负责。"),
    ("县委书记周文斌主持会议，县长阿迪力·买买提讲话。", "县委书记×主持会议，县长×讲话。"),
    ("签发人：诸葛明", "签发人：×"),
    ("犯罪嫌疑人何某某，男，36岁", "犯罪嫌疑人×某某，男，×岁"),
    ("小李、王局、张主任都到了", "小×、×局、×主任都到了"),
    ("临溪市云岭县石桥镇大柳村", "×市×县×镇×村"),
    ("中共云岭县委员会、云岭县人民政府", "中共×县委员会、×县人民政府"),
    ("云岭县委、县政府", "×县委、县政府"),
    ("家住清溪街道文昌路118号3栋2单元501室", "家住×街道×路×号×栋×单元×室"),
    ("近期到浙江、江苏、上海、福建等地", "近期到×、×、×、×等地"),
    ("江南恒瑞新材料科技有限公司", "×有限公司"),
    ("中国农业银行云岭县支行", "中国农业银行×县支行"),
    ("请市水务局配合", "请市水务局配合"),
    ("2023年5月8日上午9:30至11:00", "×年×月×日上午×:×至×:×"),
    ("二〇二三年六月一日", "×年×月×日"),
    ("同比增长12.5%以上，下降2-3个百分点", "同比增长×%以上，下降×-×个百分点"),
    ("近500万元、260多万元、￥89.00", "近×万元、×多万元、￥×"),
    ("带动86户312人，占地320亩", "带动×户×人，占地×亩"),
    ("共计13900001111元", "共计×元"),
    ("全县、我市、该镇、各乡镇", "全县、我市、该镇、各乡镇"),
    ("1.建强站点\n2.培训12名骨干", "1.建强站点\n2.培训×名骨干"),
    ("联系电话：0999-6210088转8001", "联系电话：×"),
    ("身份证号11010119900307109X", "身份证号×"),
    ("车牌号宁A·67890", "车牌号×"),
    ("微信号liming_2020，QQ：306655221", "微信号×，QQ：×"),
    ("云政办发〔2020〕7号、国发〔2019〕12号", "×政办发〔×〕×号、国发〔2019〕12号"),
    ("（2022）云1299民初876号", "×"),
]


@pytest.mark.parametrize(("text", "expected"), CASES, ids=[t[:16] for t, _ in CASES])
def test_publish(publish: Redactor, text: str, expected: str) -> None:
    assert publish.redact(text).text == expected


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ("court", "王某同志到云岭县，增长12.5%，电话"),
        ("label", "【人名1】同志到【地名1】，增长【百分比1】，电话【电话1】"),
        ("strip", "同志到县，增长%，电话"),
        ("clean", "王建国同志到云岭县，增长12.5%，电话13900001111"),
        ("scan-only", "王建国同志到云岭县，增长12.5%，电话13900001111"),
    ],
)
def test_policies(policy: str, expected: str) -> None:
    assert made(policy=policy).redact("王建国同志到云岭县，增长12.5%，电话13900001111").text == expected


def test_a_name_found_once_is_found_again(publish: Redactor) -> None:
    text = "巴岭镇抓蓝莓。后来，巴岭的乡亲富了。"
    assert publish.redact(text).text == "×镇抓蓝莓。后来，×的乡亲富了。"
