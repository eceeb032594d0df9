"""COMMAND-F16: a table under any name is a table, and running text with commas never is."""

from __future__ import annotations

import io

import pytest

from redactor.formats.sniff import kind_of

TABLES = {
    "names-phones": "姓名,电话\n王建国,13912345678\n李晓明,13812345670\n",
    "one-row": "姓名,电话,住址,备注\n王建国,13912345678,云岭县石桥镇12号,已回访\n",
    "no-header": "王建国,13912345678\n李晓明,13812345670\n赵丽华,13712345670\n",
    "tabs": "姓名\t单位\t职务\n王建国\t县财政局\t科长\n李晓明\t县教育局\t干部\n",
    "semicolons": "name;phone;email\nWang;13912345678;wang@example.cn\nLi;13812345670;li@example.cn\n",
    "bars": "姓名|身份证号|住址\n王建国|110101199003070011|石桥镇\n李晓明|110101199003070038|青山镇\n",
    "quoted": '"序号","姓名","金额"\n"1","王建国","1,200.50"\n"2","李晓明","980"\n',
    "line-ends-within": 'title,content\n"通知","各乡镇：\n请按时报送。"\n"简报","本周工作，\n进展顺利。"\n',
    "sep-line": "sep=;\na;b\n1;2\n",
    "crlf": "姓名,邮箱\r\n王建国,wang@example.cn\r\n李晓明,li@example.cn\r\n",
    "blank-cells": "姓名,电话,备注\n王建国,13912345678,\n李晓明,,未接\n,13712345670,\n",
    "figures": "58.3,9.1,5200\n61.2,8.7,4800\n60.1,8.9,5100\n",
    "dates-figures": "2024-01-01,58.3,61.2\n2024-01-02,59.0,61.0\n2024-01-03,59.5,60.8\n",
    "documents": "id,title,text\n1,春季工作,今年春季，全县上下认真落实。\n2,夏季工作,夏季防汛，各乡镇要早准备。\n",
    "gender-age": "姓名,性别,年龄\n王建国,男,45\n李晓明,女,38\n",
    "spaced-header": "Name, Phone, Email\nWang, 13912345678, wang@example.cn\nLi, 13812345670, li@example.cn\n",
}
TABLES_UNSEEN = {
    "plates": "车牌号,车主姓名,联系电话\n川A12345,王建国,13912345678\n川B54321,李晓明,13812345670\n",
    "ids-no-header": "李晓明,110101199003070011,女\n王建国,110101199003070038,男\n赵丽华,110101199003070054,女\n",
    "one-known-and-figures": "乡镇,户数,联系人,手机号\n石桥镇,1200,王建国,13912345678\n青山镇,980,李晓明,13812345670\n",
    "tabs-amounts": "日期\t摘要\t金额\n2024-03-01\t办公用品\t1200.00\n2024-03-02\t差旅费\t860.50\n",
    "logins": "ip,user,time\n10.0.0.1,wang,2024-01-01 08:00:00\n10.0.0.2,li,2024-01-01 08:01:00\n",
    "bom": "\ufeff姓名,联系方式\n王建国,0999-6210088\n李晓明,0999-6210099\n",
    "one-column-mail": "wang@example.cn,订阅\nli@example.cn,退订\nzhao@example.cn,订阅\n",
    "wide": "序号,姓名,性别,民族,学历,职务,电话\n1,王建国,男,汉,本科,科长,13912345678\n2,李晓明,女,回,硕士,干部,13812345670\n",
    "empty-middle": "客户姓名,收货地址,收货电话\n王建国,云岭县石桥镇,13912345678\n\n李晓明,云岭县青山镇,13812345670\n",
    "escaped-quotes": '姓名,备注\n王建国,"他说""已收到"""\n李晓明,"""请回电"""\n',
    "urls": "标题,url\n春季工作,https://example.cn/1\n夏季工作,https://example.cn/2\n",
    "percent": "2019,12.5%,8.1%\n2020,13.1%,7.9%\n2021,12.9%,8.0%\n",
    "semicolon-figures": "Ort;1200;58,3\nTal;980;61,2\nBerg;760;60,0\n",
    "bank": "户主,银行卡号,开户行\n王建国,6222020000000000000,石桥支行\n李晓明,6222020000000000018,青山支行\n",
    "trailing-comma": "姓名,电话,\n王建国,13912345678,\n李晓明,13812345670,\n",
    "old-phone": "联系人,单位,固话\n王建国,财政局,6210088\n李晓明,教育局,6210099\n",
}
PROSE = {
    "speech": "同志们,今天召开全县工作会议,主要任务是总结工作。\n刚才,王建国同志作了报告,我都同意。\n",
    "couplets": "春风送暖,万象更新\n瑞雪兆丰,五谷丰登\n国泰民安,百业兴旺\n",
    "three-part-lines": "抓重点,补短板,强弱项\n聚民心,暖人心,筑同心\n重规划,重实干,重实效\n",
    "points": "1,加强组织领导\n2,落实工作责任\n3,强化督促检查\n",
    "points-of-three": "1,加强领导,落实责任\n2,完善机制,强化督查\n3,严明纪律,务求实效\n",
    "chronicle": "2023年1月5日,王建国到云岭县调研,提出三点要求\n2023年2月8日,李晓明到石桥镇走访,慰问困难群众\n2023年3月1日,召开动员大会,部署春季工作\n",
    "agenda": "8:30,签到\n9:00,开幕式\n9:30,领导讲话\n10:00,分组讨论\n",
    "letter": "Dear colleagues, we are glad to meet you,\nand we hope, as ever, that all is well,\nYours, Wang\n",
    "english-lines": "On Jan 5, 2023\nOn Feb 8, 2023\nOn Mar 1, 2023\n",
    "menu-by-tabs": "\t首页\n\t新闻\n\t公告\n",
    "contents": "第一章 总则\t1\n第二章 分则\t5\n第三章 附则\t9\n",
    "log-lines": "2024-01-01 12:00:00,123 INFO started\n2024-01-01 12:00:01,456 INFO loading\n2024-01-01 12:00:02,789 INFO ready\n",
    "two-lines-of-labels": "姓名,电话请写清楚\n地址,邮编也要写\n",
    "fullwidth": "今年以来，全县上下认真落实。\n下一步，各单位要再接再厉。\n",
    "markdown-table": "| 姓名 | 电话 |\n|---|---|\n| 王建国 | 13912345678 |\n",
    "semicolon-slogans": "认真学习;狠抓落实\n统一思想;提高认识\n加强领导;压实责任\n",
    "empty": "",
    "one-line": "姓名,电话\n",
}
PROSE_UNSEEN = {
    "verse": "白日依山,黄河入海\n欲穷千里,更上层楼\n举头望月,低头思乡\n对影三人,独酌无亲\n",
    "dialogue": "老王,你来了\n老李,吃了吗\n小张,坐下说\n",
    "minutes": "会议时间:2024年3月1日,地点:二楼会议室\n参会人员:王建国,李晓明\n会议内容:部署春季工作,明确责任\n",
    "years": "2021,起步之年\n2022,奋进之年\n2023,收获之年\n2024,跨越之年\n",
    "lyrics": "la, la, la\nhey, hey, hey\noh, oh, oh\n",
    "sentences-with-figures": "一季度,完成投资58.3亿元,增长9.1%\n二季度,完成投资61亿元,增长8%\n三季度,完成投资60亿元,增长8.5%\n",
    "salutations": "尊敬的王建国同志,您好\n尊敬的李晓明同志,您好\n尊敬的赵丽华同志,您好\n",
    "signatures": "云岭县人民政府,2024年3月1日\n",
    "dated-diary": "2024年1月1日,晴,在家看书\n2024年1月2日,雨,到石桥镇走亲戚\n2024年1月3日,阴,上班\n",
    "numbered-english": "1, open the door, walk in, sit down\n2, close the door, walk out, stand up\n3, lock the door, go home, lie down\n",
    "code": "foo(a, b)\nbar(c, d)\nbaz(e, f)\n",
    "quotes": '他说,"好"\n她说,"行"\n我说,"走"\n',
    "indented": "\t\t一、总体要求\n\t\t二、主要任务\n\t\t三、保障措施\n",
    "questions": "谁来干?干什么;怎么干\n何时干?何处干;干多久\n谁负责?负什么;怎么负\n",
    "single-comma-paragraph": "今年,成绩很大\n明年,任务更重\n后年,目标更高\n今后,道路更宽\n",
    "recipients": "报:市委办公室,市政府办公室\n送:县委各常委,各副县长\n发:各乡镇,各部门\n",
    "pipes-of-a-menu": "首页|新闻|公告\n政策|解读|互动\n关于|联系|地图\n",
}


def told(text: str, encoding: str, name: str) -> str:
    return kind_of(io.BytesIO(text.encode(encoding)), name)


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
@pytest.mark.parametrize("text", [pytest.param(t, id=f"COMMAND-F16-{n}") for n, t in (TABLES | TABLES_UNSEEN).items()])
def test_a_table_is_told_by_its_content(text: str, encoding: str) -> None:
    assert told(text, encoding, "a.txt") == "csv"


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
@pytest.mark.parametrize("text", [pytest.param(t, id=f"COMMAND-F16-{n}") for n, t in (PROSE | PROSE_UNSEEN).items()])
def test_running_text_is_no_table(text: str, encoding: str) -> None:
    assert told(text, encoding, "a.txt") == "text"
