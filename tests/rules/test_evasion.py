"""Rows A1–A38 of the robustness list: disguised values are masked whole; sentences of our own."""

from __future__ import annotations

import unicodedata

import pytest

from redactor import Redactor
from redactor.files.report import Report
from tests.conftest import made

# (row, text, the secret as it stands in the text)
CASES = [
    ("A1-zero-width", "电话139\u200b0000\u200b1111", "139\u200b0000\u200b1111"),
    ("A2-word-joiner", "电话139\u20600000\ufeff1111", "139\u20600000\ufeff1111"),
    ("A2-soft-hyphen", "手机139\u00ad0000\u00ad1111。", "139\u00ad0000\u00ad1111"),
    ("A3-variation-selectors", "手机1\ufe0f39\ufe0f00001111", "1\ufe0f39\ufe0f00001111"),
    ("A3-tags", "手机139\U000e00410000\U000e004f1111", "139\U000e00410000\U000e004f1111"),
    ("A4-nul-backspace", "手机139\x000000\x081111", "139\x000000\x081111"),
    ("A5-full-width", "手机：１３９００００１１１１", "１３９００００１１１１"),
    ("A6-full-width-id", "证件１１０１０１１９９００３０７１０９Ｘ", "１１０１０１１９９００３０７１０９Ｘ"),
    ("A7-chinese-digits", "手机是一三九零零零零一一一一。", "一三九零零零零一一一一"),
    ("A7-capital-digits", "手机：壹叁玖零零零零壹壹壹壹", "壹叁玖零零零零壹壹壹壹"),
    ("A7-spoken-digits", "值班手机幺三勾洞洞洞洞幺幺幺幺", "幺三勾洞洞洞洞幺幺幺幺"),
    ("A8-circled", "手机①③⑨⓪⓪⓪⓪①①①①", "①③⑨⓪⓪⓪⓪①①①①"),
    ("A8-superscript", "手机¹³⁹⁰⁰⁰⁰¹¹¹¹", "¹³⁹⁰⁰⁰⁰¹¹¹¹"),
    (
        "A8-keycaps",
        "手机1\ufe0f\u20e33\ufe0f\u20e39\ufe0f\u20e300001111",
        "1\ufe0f\u20e33\ufe0f\u20e39\ufe0f\u20e300001111",
    ),
    ("A9-mathematical", "TEL 𝟏𝟑𝟗𝟎𝟎𝟎𝟎𝟏𝟏𝟏𝟏", "𝟏𝟑𝟗𝟎𝟎𝟎𝟎𝟏𝟏𝟏𝟏"),
    ("A9-arabic-indic", "手机١٣٩٠٠٠٠١١١١", "١٣٩٠٠٠٠١١١١"),
    ("A10-mixed-families", "手机１3⑨零00零1壹１①", "１3⑨零00零1壹１①"),
    ("A11-spaced", "手机 1 3 9 0 0 0 0 1 1 1 1", "1 3 9 0 0 0 0 1 1 1 1"),
    ("A12-dots", "手机139.0000.1111", "139.0000.1111"),
    ("A12-dashes", "手机139–0000‑1111", "139–0000‑1111"),
    ("A12-slashes", "手机139/0000/1111", "139/0000/1111"),
    ("A16-plus-86", "手机+86 139-0000-1111", "+86 139-0000-1111"),
    ("A15-letters-inside", "加我139a0000b1111", "139a0000b1111"),
    ("A17-letters-for-digits", "电话l39OOOOllll", "l39OOOOllll"),
    ("A18-cyrillic", "邮箱 lіmіng@еxample.cn", "lіmіng@еxample.cn"),
    ("A19-kangxi-radicals", "请⾼晓明同志发言", "⾼晓明"),
    ("A19-radicals-supplement", "⻩建国同志和⻢晓明同志出席", "⻩建国"),
    ("A19-compatibility-ideograph", "请\uf9e1建国同志牵头", "\uf9e1建国"),
    (
        "A21-strike-through",
        "手机1\u03363\u03369\u03360\u03360\u03360\u03360\u03361\u03361\u03361\u03361\u0336",
        "1\u03363\u03369\u03360\u03360\u03360\u03360\u03361\u03361\u03361\u03361\u0336",
    ),
    ("A21-strike-through-name", "请王\u0336建\u0336国\u0336同志牵头", "王\u0336建\u0336国\u0336"),
    ("A21-decomposed-local-part", "邮箱 jose\u0301.gar@example.com 收", "jose\u0301.gar@example.com"),
    ("A21-decomposed-name", "代表 Jose\u0301 Nu\u0301n\u0303ez 出席", "Jose\u0301 Nu\u0301n\u0303ez"),
    ("A32-full-value-beside-a-masked-twin", "手机138****8000，即13812348000", "13812348000"),
    ("A32-full-name-beside-a-masked-twin", "王××（即王建国同志）", "王建国"),
    ("A36-quoted-cells", '姓名,区号,号段,尾号\n王建国,"138","0013","8000"\n', '"138","0013","8000"'),
    ("A19-radical-of-a-surname", "请⺩建国同志牵头", "⺩建国"),
    ("A21-struck-digits-in-part", "电话1\u03363\u03369\u033600001111", "1\u03363\u03369\u033600001111"),
    ("A22-rlo", "电话：\u202e11110000931\u202c", "11110000931"),
    ("A23-isolates", "电话：\u2066139\u2069\u20660000\u2069\u20661111\u2069", "139\u2069\u20660000\u2069\u20661111"),
    ("A24-at-dot", "请发至 liming [at] example [dot] cn", "liming [at] example [dot] cn"),
    ("A24-aite", "邮箱liming艾特example点com", "liming艾特example点com"),
    ("A24-full-width-at", "邮箱：liming＠example。com", "liming＠example。com"),
    ("A27-tel-link", '<a href="tel:+8613900001111">打电话</a>', "+8613900001111"),
    ("A27-mailto", '<a href="mailto:liming@example.cn">写信</a>', "liming@example.cn"),
    (
        "A28-entities",
        "电话：&#49;&#51;&#57;&#48;&#48;&#48;&#48;&#49;&#49;&#49;&#49;",
        "&#49;&#51;&#57;&#48;&#48;&#48;&#48;&#49;&#49;&#49;&#49;",
    ),
    ("A29-percent", "https://example.cn/s?q=%E7%8E%8B%E5%BB%BA%E5%9B%BD&p=2", "%E7%8E%8B%E5%BB%BA%E5%9B%BD"),
    ("A30-base64", "token: MTM5MDAwMDExMTE=", "MTM5MDAwMDExMTE="),
    ("A31-markdown", "邮箱：li\\_ming@example.com", "li\\_ming@example.com"),
    ("A33-path", "C:\\Users\\王建国\\Desktop", "王建国"),
    ("A34-dots-of-names", "阿迪力•买买提和努尔兰‧托合提出席", "阿迪力•买买提"),
    ("A37-long-run-before", "的" * 3000 + "13900001111", "13900001111"),
]


@pytest.mark.parametrize(("text", "secret"), [pytest.param(t, s, id=i) for i, t, s in CASES])
def test_disguised_value_is_masked_whole(publish: Redactor, text: str, secret: str) -> None:
    start = text.index(secret)
    covered = {i for e in publish.redact(text).edits for i in range(e.start, e.end)}
    assert all(i in covered for i in range(start, start + len(secret)) if not text[i].isspace())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("电话139\n00001111", "电话×\n", id="A13-wrap-in-a-number"),
        pytest.param("身份证110101199003\r\n07109X", "身份证×\r\n", id="A13-crlf-in-an-id"),
        pytest.param("下面请王建\n　　国同志发言。", "下面请×\n　　同志发言。", id="A14-wrap-in-a-name"),
        pytest.param("刘　洋、王　芳、李晓明", "×、×、×", id="A14-spaced-names"),
        pytest.param("手机13900001111不是QQ", "手机×不是QQ", id="A38-phone-not-qq"),
        pytest.param("手机139\u200b00001111。", "手机×。", id="A1-invisible-go-with-it"),
    ],
)
def test_breaks_survive_and_values_go(publish: Redactor, text: str, expected: str) -> None:
    assert publish.redact(text).text == expected


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("加扣扣群：306655221 领取更多资料\n", id="A25-promotional-account"),
        pytest.param("关 注 公 众 号 ： 公 文 小 筑 ， 更 多 资 料\n", id="A26-letter-spaced-header"),
        pytest.param("📢訂閱會員👉立享前3年全部資料💰\n", id="A26-traditional-and-emoji"),
    ],
)
def test_promotional_lines_go(publish: Redactor, text: str) -> None:
    body = "在全县工作会议上的讲话\n同志们：\n今天的会议很重要，请大家认真听讲。\n"
    assert publish.redact(text + body).text == body


@pytest.mark.parametrize(
    "name",
    ["⻩建国", "⻨⾦⻰", "⽩雪⻜", "\uf9e1\u2f24民"],
    ids=["A19-yellow", "A19-all", "A19-mixed", "A19-compatibility"],
)
def test_a19_a_listed_name_is_found_in_radicals(name: str) -> None:
    listed = unicodedata.normalize("NFKC", name).translate(str.maketrans("⻩⻨⻰⻜", "黄麦龙飞"))
    assert Redactor(mask=[listed]).redact(f"据{name}说").text == "据×说"


def residue_of(redactor: Redactor, text: str) -> list[tuple[str, str]]:
    """Kind and text of what the report lists about the output."""
    report = Report(include_text=True)
    file = report.new_file("input", None)
    result = redactor.redact(text)
    report.add_residue(file, result.text, redactor.residue(text, result))
    return [(entry["kind"], entry["text"]) for entry in file.residue]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        pytest.param("手机138****8000。", "138****8000", id="A32-asterisks"),
        pytest.param("手机138××××8000。", "138××××8000", id="A32-crosses"),
        pytest.param("手机138×8000。", "138×8000", id="A32-one-cross"),
        pytest.param("证件110101********002X。", "110101********002X", id="A32-identity-number"),
        pytest.param("手机×3900001111。", "×3900001111", id="A32-digits-after-the-sign"),
    ],
)
def test_a32_a_partial_mask_is_reported_as_one(publish: Redactor, text: str, left: str) -> None:
    assert residue_of(publish, text) == [("partial-mask", left)]


@pytest.mark.parametrize("text", ["面积12×18米", "手机×。", "×县×镇", "分辨率1920×1080"], ids=lambda t: f"A32-not-{t}")
def test_a32_a_multiplication_is_no_mask(publish: Redactor, text: str) -> None:
    assert all(kind != "partial-mask" for kind, _ in residue_of(publish, text))


@pytest.mark.parametrize(
    ("text", "left"),
    [
        pytest.param("前半 138 中间 0013 后半 8000 合起来", ["138", "0013", "8000"], id="A36-apart"),
        pytest.param("前半 1380013\n\n后半 8000\n", ["1380013", "8000"], id="A36-over-paragraphs"),
    ],
)
def test_a36_digits_that_are_not_claimed_are_listed(publish: Redactor, text: str, left: list[str]) -> None:
    assert publish.redact(text).text == text
    assert [value for kind, value in residue_of(publish, text) if kind == "digits"] == left


@pytest.mark.parametrize(
    ("text", "out"),
    [
        pytest.param(
            "号码前三位138，中间四位0013，后四位8000。", "号码前三位×，中间四位×，后四位×。", id="A36-over-sentences"
        ),
        pytest.param("倒着念：00083100831", "倒着念：×", id="A36-reversed"),
    ],
)
def test_a36_digits_in_a_list_or_behind_a_colon_are_claimed(publish: Redactor, text: str, out: str) -> None:
    assert publish.redact(text).text == out


def test_a20_traditional_form_of_a_listed_name() -> None:
    assert Redactor(mask=["張偉民"]).redact("張偉民來了").text == "×來了"


def test_a35_same_person_same_label() -> None:
    text = made(policy="label").redact("王建国同志讲话，王建国强调。").text
    assert text == "【人名1】同志讲话，【人名1】强调。"
