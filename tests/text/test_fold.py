"""The views that rules see, and their maps back: every character of a view stands for the input that it maps to, and for no other."""

from __future__ import annotations

from itertools import pairwise
from urllib.parse import quote

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from redactor.text.escapes import ESCAPE, decode
from redactor.text.fold import _NEEDS_FOLD, View, _kinds_of_signs, _needs_fold, contact_view, plain_view, scalars
from redactor.text.invisible import INVISIBLE, widen
from redactor.text.unwrap import is_full, unwrapped_view
from tests.draws import draws

PIECES = [
    "王建国", "电话", "139", "0000", "１１", "壹", "①", "a", "B", "@", ".", "-", "，", "。", "　", " ", "\n", "\r\n", "\r", "\t",
    "\u200b", "\u00ad", "\ufe0f", "\u0301", "\u202e", "\u202c", "\u2066", "\u2069", "\x00", "&#49;", "&#x4e00;", "&amp;", "&nbsp;",
    "%E7%8E%8B", "%40", "%", "=E7=8E=8B", "=E7=8E=\n=8B", "\\u738b", "\\u{1f600}", "\\xe7\\x8e\\x8b", "\\ud800", "\\", "<b>", "</b>",
    "<span style='color:red'>", "</span>", "<!-- x -->", "<wbr>", "<", ">", "&", "𝟏", "😀", "\ud800", "⻩", "ﬁ", "é", "㎡", "〇",
]  # fmt: skip
TEXTS = st.lists(st.sampled_from(PIECES), max_size=20).map("".join) | st.text(max_size=30)


def places(view: View, text: str) -> list[tuple[int, int]]:
    """The input span of each character of a view."""
    if view.starts is None or view.ends is None:
        assert len(view.text) == len(text)
        return [(i, i + 1) for i in range(len(text))]
    assert len(view.starts) == len(view.ends) == len(view.text)
    return list(zip(view.starts, view.ends, strict=True))


@draws(400)
@given(text=TEXTS)
def test_plain_characters_map_to_what_they_stand_for(text: str) -> None:
    view = plain_view(text)
    spans = places(view, text)
    for char, (start, end) in zip(view.text, spans, strict=True):
        assert 0 <= start < end <= len(text)
        source = text[start:end]
        if len(source) == 1:
            assert plain_view(source).text == char
        else:
            assert source[0] in "&%=\\"
    for (_, end), (start, _) in pairwise(spans):
        assert end <= start


@draws(400)
@given(text=TEXTS)
def test_what_no_character_maps_to_is_invisible_or_markup(text: str) -> None:
    left = list(text)
    for start, end in places(plain_view(text), text):
        left[start:end] = "\n" * (end - start)
    dropped = regex.findall(r"[^\n]+", "".join(left))
    for piece in dropped:
        without_markup = regex.sub(rf"<[^<>]*+>|{ESCAPE}|=\r?", "", piece)
        visible = "".join(c for c in without_markup if not INVISIBLE.match(c))
        # A short hidden span goes with what it holds.
        assert not visible or "<span" in piece


@draws(200)
@given(text=TEXTS)
def test_contact_view_differs_in_characters_only(text: str) -> None:
    plain = plain_view(text)
    contact = contact_view(plain)
    assert (contact.starts, contact.ends) == (plain.starts, plain.ends)
    assert len(contact.text) == len(plain.text)


@draws(200)
@given(text=TEXTS)
def test_unwrapped_characters_map_as_the_plain_ones_do(text: str) -> None:
    plain = plain_view(text)
    view = unwrapped_view(plain)
    if view is None:
        return
    by_place = dict(zip(places(plain, text), plain.text, strict=True))
    for group in view.text.split("\n\x00\n")[:-1]:
        assert group
    at = 0
    spans = places(view, text)
    while at < len(view.text):
        if view.text.startswith("\n\x00\n", at):
            assert all(start == end for start, end in spans[at : at + 3])
            at += 3
        else:
            assert by_place[spans[at]] == view.text[at]
            at += 1


@draws(200)
@given(text=st.text(alphabet="王1a，\n🙂", max_size=30))
def test_ordinary_text_folds_to_itself(text: str) -> None:
    assert plain_view(text).text == text


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        pytest.param("１３９Ａｂ＠", "139Ab@", id="width"),
        pytest.param("，：（）　“”", "，：（）　“”", id="chinese-punctuation-stays"),
        pytest.param("𝟏𝟑١٣", "1313", id="digits-of-other-families"),
        pytest.param("①²", "①²", id="signs-wait-for-the-contact-view"),
        pytest.param("ﬁ㎡é", "ﬁ㎡é", id="what-would-grow-or-decompose-stays"),
        pytest.param("⻩⿓\uf90a", "黄龍金", id="radicals-and-compatibility"),
        pytest.param("1\u200b3\u00ad9\ufe0f\u0301", "139", id="invisible-goes"),
        pytest.param("&#49;&#x33;&amp;&nbsp;&bogus;", "13&\xa0&bogus;".replace("\xa0", " "), id="entities"),
        pytest.param("%E7%8E%8B%E5%BB%BA", "王建", id="percent"),
        pytest.param("增长50%%20以上", "增长50%%20以上", id="percentages-stay"),
        pytest.param("89%C3%97 9%a1%c1", "89× 9×", id="the-sign-is-no-percentage"),
        pytest.param("a%40b.cn", "a@b.cn", id="percent-at"),
        pytest.param("增长50%0亩，%20", "增长50%0亩，%20", id="percentages-without-an-address-stay"),
        pytest.param("甲%0A12", "甲\n12", id="percent-with-a-letter"),
        pytest.param("http://a.cn/1%2012", "http://a.cn/1 12", id="percent-in-an-address"),
        pytest.param("?q=1%2012&r=%e5x", "?q=1 12&r=\ufffdx", id="percent-in-a-field"),
        pytest.param("=E7=8E=8B=\r\n=E5=BB=BA", "王建", id="quoted-printable"),
        pytest.param("%CD%F5%BD%A8", "王建", id="percent-gb2312"),
        pytest.param("%FF%FF%FF", "\ufffd" * 3, id="bytes-of-no-text-are-units"),
        pytest.param("\\u738b\\u{5efa}\\xe5\\x9b\\xbd", "王建国", id="backslashes"),
        pytest.param("\\347\\216\\213\\345\\273\\272.txt", "王建.txt", id="octal"),
        pytest.param("C:\\123\\2024", "C:\\123\\2024", id="no-octal"),
        pytest.param("\\U0000738b_x5EFA__x56fd_", "王建国", id="wide-and-in-spreadsheets"),
        pytest.param("\\u{110000}\\", "\\u{110000}\\", id="beyond-unicode"),
        pytest.param("\\ud800王", "\ufffd王", id="escaped-surrogate"),
        pytest.param("王<b>建</b>国", "王建国", id="inline-tags"),
        pytest.param("王<c.名.yellow>建</c>国王<c.yellow>建</c>国", "王<c.名.yellow>建国王建国", id="subtitles"),
        pytest.param("139<!-- x -->0000<wbr>1111", "13900001111", id="comment-and-wbr"),
        pytest.param("<b>王</b>，<p>建", "<b>王</b>，<p>建", id="markup-around-words-stays"),
        pytest.param('13<span style="display:none">99</span>9', "139", id="hidden-span"),
        pytest.param('王<a href="x@y.cn">建', '王<a href="x@y.cn">建', id="attributes-with-values-stay"),
    ],
)
def test_plain_view(text: str, plain: str) -> None:
    assert plain_view(text).text == plain


@pytest.mark.parametrize(
    ("text", "contact"),
    [
        pytest.param("一三九〇零", "13900", id="chinese-digits"),
        pytest.param("壹叁玖幺洞勾", "139109", id="capital-and-spoken"),
        pytest.param("①²⓪❸", "1203", id="signs"),
        pytest.param("139–0000‑1111", "139-0000-1111", id="dashes"),
        pytest.param("lіmіng@еxample", "liming@example", id="cyrillic"),
        pytest.param("①13900001111", "①13900001111", id="a-sign-before-a-whole-number-stays"),
        pytest.param("13900001111三天", "13900001111三天", id="a-digit-after-a-whole-number-stays"),
        pytest.param("139000011一一", "13900001111", id="one-that-completes-it-does-not"),
        pytest.param("十百千万", "十百千万", id="powers-of-ten-are-no-digits"),
    ],
)
def test_contact_view(text: str, contact: str) -> None:
    assert contact_view(plain_view(text)).text == contact


@pytest.mark.parametrize(
    ("text", "found", "source"),
    [
        pytest.param("电话1\u200b39。", "139", "1\u200b39", id="over-the-invisible"),
        pytest.param("x&#49;&#51;9y", "139", "&#49;&#51;9", id="whole-entities"),
        pytest.param("a%E7%8E%8Bb", "王", "%E7%8E%8B", id="all-bytes"),
        pytest.param("=E7=8E=\n=8B=E5=BB=BA", "王建", "=E7=8E=\n=8B=E5=BB=BA", id="over-a-soft-break"),
        pytest.param("请王<b>建</b>国", "王建国", "王<b>建</b>国", id="over-tags"),
        pytest.param("\u200b王", "王", "王", id="not-before-it"),
    ],
)
def test_span_of_what_is_found(text: str, found: str, source: str) -> None:
    view = plain_view(text)
    at = view.text.index(found)
    start, end = view.span(at, at + len(found))
    assert text[start:end] == source


@pytest.mark.parametrize("ranges", [[(0, 2)], [(1, 3), (4, 6)], [(0, 0), (2, 5)], []], ids=str)
@pytest.mark.parametrize("text", ["abcdefg", "a\u200bbcdef\u200bg"], ids=["identity", "folded"])
def test_select(text: str, ranges: list[tuple[int, int]]) -> None:
    chosen = View(*plain_view(text).select(ranges))
    assert chosen.text == "".join("abcdefg"[start:end] for start, end in ranges)
    for char, (start, end) in zip(chosen.text, places(chosen, text), strict=True):
        assert char in text[start:end]


@pytest.mark.parametrize(
    ("text", "unwrapped"),
    [
        pytest.param("请王建\n国同志", "请王建国同志", id="lf"),
        pytest.param("请王建\r\n　　国同志", "请王建国同志", id="crlf-and-indent"),
        pytest.param("请王建 \r\n国同志", "请王建国同志", id="mail-that-flows"),
        pytest.param("> 请王建 \n> 国同志", "> 请王建国同志", id="a-quotation"),
        pytest.param("请王建\n> 国同志", None, id="where-a-quotation-begins"),
        pytest.param("共12 \n5人", "共12 5人", id="a-blank-between-numbers"),
        pytest.param("139\n00001111", "13900001111", id="number"),
        pytest.param("139-\n0000", "139-0000", id="hyphen"),
        pytest.param("《关于\n推进》", "《关于推进》", id="title"),
        pytest.param("完了。\n王建国", None, id="after-a-full-stop"),
        pytest.param("1\t甲\t98\n2\t乙\t52", None, id="rows-of-a-table"),
        pytest.param("| 98 |\n| 52 |", None, id="rows-between-bars"),
        pytest.param("共12\n3.其他", None, id="before-an-item"),
        pytest.param("2.\n5名工人", None, id="a-marker-alone"),
        pytest.param("增长1\n2.5%", "增长12.5%", id="a-decimal"),
        pytest.param("王建\n\n国", None, id="blank-line"),
        pytest.param("王建国", None, id="no-break"),
        pytest.param("一二\n三四\r五六", "一二三四五六", id="several-in-a-row"),
    ],
)
def test_unwrapped(text: str, unwrapped: str | None) -> None:
    view = unwrapped_view(plain_view(text))
    assert (view.text.removesuffix("\n\x00\n") if view else None) == unwrapped


@pytest.mark.parametrize(
    ("text", "full"),
    [
        ("收入100\n200元", False),
        ("甲乙丙丁戊己庚辛壬1\n200元", False),
        ("甲乙丙丁戊己庚辛壬癸1\n200元", True),
        ("甲乙丙丁戊己庚辛壬癸1\r\n200元", True),
        ("甲乙丙丁戊己庚辛壬癸1\n200元，子丑寅卯辰巳午未申", False),
        ("甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳1\n200元" + "子" * 20, True),
        ("甲乙丙丁戊己庚辛壬癸1\n" + "\uffff" * 9, True),
    ],
)
def test_full_lines(text: str, full: bool) -> None:
    assert is_full(text, min(at for at in (text.find("\r"), text.find("\n")) if at >= 0)) is full


def test_unwrapped_places_far_apart_are_walled_off() -> None:
    view = unwrapped_view(plain_view("甲\n乙" + "丙" * 300 + "丁\n戊"))
    assert view is not None
    assert view.text.count("\n\x00\n") == 2
    assert "丙" * 130 not in view.text


@pytest.mark.parametrize(
    ("text", "core", "wide"),
    [
        pytest.param("电话\u200b139\u200b。", "139", "\u200b139\u200b", id="both-sides"),
        pytest.param("1\ufe0f\u20e3个", "1", "1\ufe0f\u20e3", id="marks-of-a-keycap"),
        pytest.param("\u2066139\u2069", "139", "\u2066139\u2069", id="a-whole-pair"),
        pytest.param("\u2066电话139\u2069", "139", "139", id="half-a-pair-stays"),
        pytest.param("\u202e111\u202c。", "111", "\u202e111\u202c", id="override-pair"),
        pytest.param("139\u2066电话\u2069", "139", "139", id="an-opener-of-what-follows-stays"),
        pytest.param("请<b>王<i>建</i></b>", "王<i>建", "王<i>建</i>", id="an-element-cut-by-the-span"),
        pytest.param("请<b>王</b>建", "王</b>建", "<b>王</b>建", id="an-element-opened-before"),
        pytest.param("王建国", "建", "建", id="nothing-around"),
    ],
)
def test_widen(text: str, core: str, wide: str) -> None:
    start = text.index(core)
    low, high = widen(text, start, start + len(core), 0, len(text))
    assert text[low:high] == wide


@draws(400)
@given(text=st.lists(st.sampled_from(PIECES), min_size=1, max_size=14).map("".join), data=st.data())
def test_widen_grows_within_bounds_over_the_unseen_only(text: str, data: st.DataObject) -> None:
    low = data.draw(st.integers(0, len(text) - 1))
    start = data.draw(st.integers(low, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    high = data.draw(st.integers(end, len(text)))
    left, right = widen(text, start, end, low, high)
    assert low <= left <= start < end <= right <= high
    for piece in (text[left:start], text[end:right]):
        assert all(INVISIBLE.match(c) for c in regex.sub(r"</?(?:b|span)\b[^<>]*>|<wbr>", "", piece))


@draws(200)
@given(text=st.text(alphabet=st.characters(codec="utf-8"), min_size=1, max_size=12))
@pytest.mark.parametrize("way", ["percent", "backslash", "octal", "quoted-printable"])
def test_escaped_bytes_decode_to_their_characters_in_place(way: str, text: str) -> None:
    data = text.encode()
    escaped = {
        "percent": "".join(f"%{b:02X}" for b in data),
        "backslash": "".join(f"\\x{b:02x}" for b in data),
        "octal": "".join(f"\\{b:03o}" for b in data),
        "quoted-printable": "".join(f"={b:02X}" for b in data),
    }[way]
    decoded = list(decode(escaped, 7))
    assert "".join(char for char, _, _ in decoded) == text
    at = 7
    for char, start, end in decoded:
        assert start == at
        assert end - start == len(escaped) // len(data) * len(char.encode())
        at = end
    assert at == 7 + len(escaped)


@draws(200)
@given(char=st.characters(min_codepoint=0x20, exclude_categories=["Cs", "Cc", "Cn"]))
@pytest.mark.parametrize("form", ["&#{0};", "&#x{0:x};", "&#X{0:X};", "\\u{{{0:x}}}", "\\U{0:08x}"])
def test_a_character_by_number(form: str, char: str) -> None:
    escape = form.format(ord(char))
    if not regex.fullmatch(ESCAPE, escape):  # &#x1; is too short to be taken for one
        return
    assert list(decode(escape, 3)) == [(char, 3, 3 + len(escape))]


@pytest.mark.parametrize("escape", ["&nosuchthing;", "&NotEqualTilde;", "\\u{110000}", "\\xff\\xfe\\xfd"])
def test_what_stands_for_no_character_stands_for_itself(escape: str) -> None:
    assert list(decode(escape, 5)) == [(c, 5 + i, 6 + i) for i, c in enumerate(escape)]


@draws(100)
@given(name=st.text(alphabet="王李张建国晓明", min_size=1, max_size=6))
def test_a_name_in_a_web_address_is_read(name: str) -> None:
    view = plain_view(f"https://example.cn/?q={quote(name)}&p=2")
    assert name in view.text


@pytest.mark.parametrize(
    ("text", "well_formed"), [("王", "王"), ("\ud800王\udfff", "\ufffd王\ufffd"), ("", ""), ("😀", "😀")], ids=ascii
)
def test_scalars(text: str, well_formed: str) -> None:
    assert scalars(text) == well_formed


def test_a_long_text_needs_folding_where_a_short_one_does() -> None:
    signs = _kinds_of_signs()
    for code in (*range(0x10000), *range(0x10000, 0x110000, 97)):
        # What may begin a piece of markup or an escape is looked at with what follows; all else by itself.
        assert signs[code] == 2 or (signs[code] == 0) == (_NEEDS_FOLD.match(chr(code)) is not None), hex(code)


@given(
    st.lists(
        st.sampled_from(["&", "&amp;", "%E7%8E%8B", "%", "=E7=8E=8B", "\\u738b", "_x738B_", "<b>", "<", "甲", "a"]),
        max_size=4,
    )
)
def test_a_long_text_needs_folding_by_its_pieces_as_a_short_one_does(pieces: list[str]) -> None:
    text = "".join(pieces)
    assert _needs_fold(text + "，" * 1_001) == (_NEEDS_FOLD.search(text + "，") is not None)
