"""The engine's promises: edits give the output, nothing else is touched, twice equals once, any string is survived."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redactor import Edit, PolicyError, Redactor, Result
from redactor.document.edits import apply, assert_intact
from redactor.policy.load import policy_names
from tests.conftest import made
from tests.draws import draws, slow

PIECES = [
    "请", "王建国", "李晓明", "欧阳慧敏", "张", "同志", "、", "，", "。", "：", "\n", "\r\n", "　", " ", "云岭县", "清溪镇", "柳河村",
    "人民政府", "同比增长", "12.5", "%", "％", "以上", "３", "月", "1", "日", "2023年", "近", "万元", "×", "×县", "××", "某", "高兴", "安全",
    "第一产业", "“十三五”", "联系电话", "13900001111", "QQ群：", "公众号", "仅供学习 禁止外传", "会员", "【", "】", "（", "）", "\u200b",
    "\ufe0f", "\x00", "\u202e", "&#49;", "①", "a@b.cn", "http://x.cn/a", "身份证号", "\ud800", "🙂", "有限公司", "学校", "在", "的",
    "牵头", "说", "路", "号", "到", "和", "湖", "12", "户", "人", "50",
]  # fmt: skip
TEXTS = st.lists(st.sampled_from(PIECES), max_size=24).map("".join)


@pytest.fixture(scope="module")
def publish() -> Redactor:
    return made()


@pytest.fixture(scope="module")
def by_policy() -> dict[str, Redactor]:
    return {name: made(policy=name) for name in policy_names()}


def check_promises(text: str, result: Result) -> None:
    assert apply(text, result.edits) == result.text
    assert_intact(text, result.text, result.edits)
    for before, after in zip(result.edits, result.edits[1:], strict=False):
        assert before.end <= after.start
    for finding in result.findings:
        assert 0 <= finding.start < finding.end <= len(text)
        assert text[finding.start : finding.end]


@draws(250)
@given(text=TEXTS)
def test_promises_hold_on_text_made_of_rule_material(publish: Redactor, text: str) -> None:
    check_promises(text, publish.redact(text))


@draws(150)
@given(text=st.text(max_size=80) | st.text(alphabet=st.characters(), max_size=40))
def test_any_string_is_survived(publish: Redactor, text: str) -> None:
    check_promises(text, publish.redact(text))


@draws(200)
@given(text=TEXTS)
@pytest.mark.parametrize("policy", ["publish", "clean", "label"])
def test_redacting_twice_equals_once(by_policy: dict[str, Redactor], policy: str, text: str) -> None:
    once = by_policy[policy].redact(text).text
    again = by_policy[policy].redact(once)
    assert again.text == once
    assert again.edits == ()


def test_what_says_more_than_a_label_says_no_less_once_it_is_masked(publish: Redactor) -> None:
    links = "a@b.cnhttp://x.cn/ahttp://x.cn/a身份证号http://x.cn/a"
    once = publish.redact(f"{'请' * 13}“十三五”联系电话仅供学习 禁止外传{links}").text
    assert once.endswith("禁止外传××身份证号×")
    assert publish.redact(once).text == once


@pytest.mark.parametrize(
    "text",
    ["请王建国同志牵头，欧阳慧敏、李晓明出席。", "云岭县的王某某，电话13900001111。", "李主任和小刘到云岭县石桥镇"],
)
def test_court_style_twice_equals_once(by_policy: dict[str, Redactor], text: str) -> None:
    once = by_policy["court"].redact(text).text
    assert by_policy["court"].redact(once).text == once


@draws(60)
@given(text=TEXTS)
def test_scan_only_changes_nothing(by_policy: dict[str, Redactor], text: str) -> None:
    result = by_policy["scan-only"].redact(text)
    assert result.text == text
    assert result.edits == ()


@pytest.mark.sampled(3)
@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("\ud800王建国同志", id="lone-surrogate"),
        pytest.param("王建国同志\x00说", id="nul"),
        pytest.param("\u202e电话13900001111\u202c", id="rtl"),
        pytest.param("请王建国同志牵头，" * 2_000, id="long-line"),
        slow("请王建国同志牵头，" * 60_000, id="half-a-megabyte-line"),
        pytest.param("1" * 30_000, id="many-digits"),
        slow("1" * 1_000_000, id="megabyte-of-digits"),
        pytest.param("\n" * 200_000, id="blank-lines"),
        pytest.param(("a" + r"\_" * 31 + "! @") * 500, id="escapes-that-read-two-ways"),
        pytest.param("e\u0301" + "\u0301" * 300_000, id="combining-marks"),
    ],
)
def test_hard_inputs(publish: Redactor, text: str) -> None:
    check_promises(text, publish.redact(text))


def test_what_only_the_second_look_finds_takes_no_sign_of_its_neighbour(by_policy: dict[str, Redactor]) -> None:
    text = "http://x.cn/a王建国\u200bhttp://x.cn/a"
    check_promises(text, by_policy["label"].redact(text))


def test_without_the_recogniser_rules_alone_decide() -> None:
    rules = made(ner="none")
    text = "请王建国同志牵头，随后唐纳德在码头见到了芭芭拉。"
    assert rules.redact("请王建国同志牵头").text == "请×同志牵头"
    assert all(f.rule != "names.tagger" for f in rules.scan(text))
    with pytest.raises(PolicyError, match="unknown recogniser 'hanlp'; known are builtin, none, onnx:PATH"):
        Redactor(ner="hanlp")


def test_offsets_are_code_points_after_astral_characters(publish: Redactor) -> None:
    text = "😀😀请王建国同志牵头"
    result = publish.redact(text)
    assert result.edits[0] == Edit(3, 6, "×", "PERSON", result.edits[0].rule)


def test_parts_carry_labels_on(by_policy: dict[str, Redactor]) -> None:
    parts = ["请王建国同志牵头。\n", "李晓明同志配合。\n", "王建国同志总结。\n"]
    texts = [r.text for r in by_policy["label"].redact_parts(parts)]
    assert texts == ["请【人名1】同志牵头。\n", "【人名2】同志配合。\n", "【人名1】同志总结。\n"]


def test_parts_equal_the_whole(publish: Redactor) -> None:
    lines = [f"第{n}段：请王建国同志牵头，增长{n}.5%，电话1390000{n:04d}。\n" for n in range(80)]
    whole = publish.redact("".join(lines)).text
    assert "".join(r.text for r in publish.redact_parts(lines)) == whole


def test_threads_share_one_redactor(publish: Redactor) -> None:
    text = "请王建国同志牵头，同比增长12.5%以上。\n" * 50
    expected = publish.redact(text).text
    seen: list[str] = []
    threads = [threading.Thread(target=lambda: seen.append(publish.redact(text).text)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [expected] * 8


def test_own_place_masks_the_short_form_but_not_the_slogan() -> None:
    redactor = Redactor(own_places=["云岭县"])
    assert redactor.redact("云岭人民建设云岭县").text == "×人民建设×县"
    slogan = Redactor(own_places=["青山县"])
    assert slogan.redact("绿水青山就是金山银山，青山人民有信心").text == "绿水青山就是金山银山，×人民有信心"


def test_user_terms_outrank_rules_and_keep_outranks_mask() -> None:
    redactor = Redactor(keep=["王建国"], mask=["第一产业", "王建国", "双11"])
    assert redactor.redact("“双11”促销").text == "“×”促销"
    assert redactor.redact("请王建国同志抓第一产业").text == "请王建国同志抓×"


def test_only_limits_what_is_touched() -> None:
    redactor = Redactor(only=["PERCENT"])
    assert redactor.redact("请王建国同志牵头，增长12.5%").text == "请王建国同志牵头，增长×%"
    with pytest.raises(PolicyError, match="unknown entity 'PERCENTAGE'"):
        Redactor(only=["PERCENTAGE"])


def test_residue_lists_same_type_doubtful_and_digits(publish: Redactor) -> None:
    text = "在云岭县召开，会议编号 7788990 备查"
    result = publish.redact(text)
    kinds = {(r.kind, result.text[r.start : r.end]) for r in publish.residue(text, result)}
    assert ("digits", "7788990") in kinds or "7788990" not in result.text


def test_why_names_rule_and_evidence_but_not_the_text(publish: Redactor) -> None:
    finding = publish.scan("请王建国同志牵头")[0]
    assert finding.rule in finding.why()
    assert "王建国" not in finding.why()


def test_what_a_cut_of_the_second_look_seems_to_say_proves_nothing(publish: Redactor) -> None:
    # The label ends one neighbourhood of an edit, and another begins with the words after it: they don't stand together.
    ahead, filling = "，大家都说今后要马上办认真办。联系人：\n　", "今天的雨下得很大，" * 4
    text = f"电话13900001111{ahead}——{filling}统筹谋划、一体推进，真正做到群众满意。\n13900001112。\n我们要统筹谋划。"
    assert publish.redact(text).text.endswith("×。\n我们要统筹谋划。")


def test_what_stays_as_it_is_is_found_once() -> None:
    result = made(policy="court", ner="none").redact("王某国和王建国同志到会。")
    assert [(f.start, f.end) for f in result.findings] == [(0, 3), (4, 7)]
