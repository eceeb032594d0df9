"""OFD documents: a canary in every place, lines put together from objects, edits that keep the layout, what is dropped and refused."""

from __future__ import annotations

import io
import itertools
import zipfile
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redactor import Redactor
from redactor.formats.ofd.lines import lines_of
from redactor.formats.office.markup import parse
from redactor.formats.options import Options
from redactor.formats.registry import load_format
from redactor.formats.session import DocumentSession
from redactor.formats.sniff import kind_of
from redactor.formats.unit import Redacted
from redactor.model import Edit, FormatError
from tests.build.ofd import PIXEL, document, full, lines, page, text_object
from tests.build.packages import packed

SIGNS = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉"
CANARIES = [f"蘷{a}{b}霻" for a, b in itertools.product(SIGNS, SIGNS)]
Clean = Callable[..., tuple[dict[str, bytes], DocumentSession]]


@pytest.fixture(scope="module")
def redactor() -> Redactor:
    return Redactor(mask=CANARIES, ner="none")


@pytest.fixture(scope="module")
def clean(redactor: Redactor) -> Clean:
    def run(
        parts: dict[str, bytes], *, strict: bool = False, **choices: object
    ) -> tuple[dict[str, bytes], DocumentSession]:
        session = DocumentSession(redactor, lambda *_: None, strict)
        out = io.BytesIO()
        load_format("ofd")(io.BytesIO(packed(parts)), out, session, Options(**choices))  # type: ignore[arg-type]
        with zipfile.ZipFile(out) as archive:
            return {name: archive.read(name) for name in archive.namelist()}, session

    return run


def shown(parts: dict[str, bytes], number: int = 1) -> list[str]:
    """The lines of a page."""
    return [line.text for line in lines_of(parse(parts[f"Doc_0/Pages/Page_{number}/Content.xml"], "page"))]


def left(parts: dict[str, bytes], given: list[str]) -> list[str]:
    """The canaries that stand in any part or name, through elements too."""
    whole = "\n".join([*parts, *(data.decode("utf-8", "replace") for data in parts.values())])
    texts = "".join("".join(parse(data, name).itertext()) for name, data in parts.items() if name.endswith(".xml"))
    return [canary for canary in given if canary in whole or canary in texts]


@pytest.mark.parametrize("scrub", [False, True], ids=["kept-metadata", "scrubbed"])
def test_no_canary_is_left_in_any_place(clean: Clean, scrub: bool) -> None:
    taken: list[str] = []
    parts = full(taken.append(each) or each for each in CANARIES)
    assert len(taken) == 38
    assert sorted(left(parts, taken)) == sorted(taken)
    out, session = clean(parts, scrub_metadata=scrub)
    assert not left(out, taken)
    told = {what for _, what in session.taken_out}
    assert {"a digital signature", "earlier versions of the document", "a thumbnail", "data of programs"} <= told
    assert "3 parts that nothing refers to" not in told
    assert any(what == "what is to be seen in a picture" for _, what in session.not_checked)
    assert session.hidden_texts
    assert not any(
        name.startswith(("Signs/", "Versions/", "Res/")) or name.endswith(("lost.txt", ".ttf")) for name in out
    )
    assert b"CGTransform" not in out["Doc_0/Pages/Page_1/Content.xml"]
    again, _ = clean(out, scrub_metadata=scrub)
    assert again == out


def test_kinds_are_told_by_content() -> None:
    assert kind_of(io.BytesIO(packed(document([lines("一")]))), "a.zip") == "ofd"


def test_a_name_over_several_objects_is_found_and_the_others_stay(clean: Clean) -> None:
    parts = document(
        [
            page(
                *(text_object(n, 20 + 5 * n, 30, character) for n, character in enumerate("请蘷甲甲霻同志来")),
                text_object(90, 20, 40, "下面还有"),
            )
        ]
    )
    assert shown(parts) == ["请蘷甲甲霻同志来", "下面还有"]
    out, _ = clean(parts)
    assert shown(out) == ["请×\t同志来", "下面还有"]


def test_what_is_kept_keeps_its_place(clean: Clean) -> None:
    parts = document([lines("开头蘷甲甲霻结尾")])
    out, _ = clean(parts)
    [code] = parse(out["Doc_0/Pages/Page_1/Content.xml"], "page").iter("{*}TextCode")
    assert code.text == "开头×结尾"
    assert code.get("DeltaX") == "5 5 20 5"
    assert code.get("X") == "0"


def test_a_text_outside_of_any_object_is_read_too(clean: Clean) -> None:
    parts = document([lines("蘷甲甲霻").replace("TextObject", "Odd")])
    assert shown(parts) == ["蘷甲甲霻"]
    assert shown(clean(parts)[0]) == ["×"]


def test_an_edit_at_the_beginning_moves_nothing(clean: Clean) -> None:
    [code] = parse(clean(document([lines("蘷甲甲霻")]))[0]["Doc_0/Pages/Page_1/Content.xml"], "page").iter(
        "{*}TextCode"
    )
    assert (code.text, code.get("DeltaX"), code.get("X")) == ("×", None, "0")


def test_lines_in_reading_order() -> None:
    """Stretches drawn in any order, in two columns, raised, upright: as a reader reads them."""
    root = parse(
        page(
            text_object(1, 30, 30, "三四"),
            text_object(2, 20, 30, "一二"),
            text_object(3, 20, 40, "左"), text_object(4, 120, 40, "右"),
            text_object(5, 20, 50, "名"), text_object(6, 28, 50, "字"),
            '<ofd:TextObject ID="7" Boundary="50 60 5 50" Font="3" Size="5"><ofd:TextCode X="0" Y="5" DeltaY="5 5">直排字</ofd:TextCode></ofd:TextObject>',
        ).encode(),
        "page",
    )  # fmt: skip
    assert [line.text for line in lines_of(root)] == ["一二三四", "左\t右", "名字", "直排字"]


@pytest.mark.parametrize(
    ("objects", "line"),
    [
        ([text_object(1, 20, 30, "增长12.5%以上", step=5)], "增长12.5%以上"),
        ([text_object(1, 20, 30, "增长12.5%以上", step=12)], "增长12.5%以上"),
        ([text_object(1, 20, 30, "12")], "12"),
        ([text_object(n, 20 + 5 * n, 30, sign) for n, sign in enumerate("长12.5%以")], "长12.5%以"),
        ([text_object(n, 20 + x, 30, word, step=2.5) for n, (x, word) in enumerate([(0, "ab"), (7.5, "cd"), (15, "ef")])], "ab cd ef"),
        ([text_object(1, 20, 30, "ab", step=2.5), text_object(2, 35, 30, "cd", step=2.5)], "ab\tcd"),
    ],
    ids=["as wide as Chinese", "wider than a column", "two", "each by itself", "words", "columns"],
)  # fmt: skip
def test_what_is_set_evenly_has_no_gaps(objects: list[str], line: str) -> None:
    assert [each.text for each in lines_of(parse(page(*objects).encode(), "page"))] == [line]


def test_a_number_set_wide_goes_whole(clean: Clean) -> None:
    (line,) = shown(clean(document([lines("同比增长12.5%以上。")]))[0])
    assert line.replace("\t", "") == "同比增长×%以上。"  # what was there leaves a gap


def test_fonts_that_hold_the_shapes_of_what_was_edited_go(clean: Clean) -> None:
    font = {"font": "<ofd:FontFile>font_3.ttf</ofd:FontFile>", "Doc_0/Res/font_3.ttf": b"\0\1\0\0x"}
    transform = (
        '<ofd:CGTransform CodePosition="0" CodeCount="1" GlyphCount="1"><ofd:Glyphs>7</ofd:Glyphs></ofd:CGTransform>'
    )
    kept, session = clean(document([page(text_object(1, 20, 30, "一二", more=transform))], **font))
    assert "Doc_0/Res/font_3.ttf" in kept
    assert b"CGTransform" in kept["Doc_0/Pages/Page_1/Content.xml"]
    assert [what for _, what in session.not_checked] == ["an embedded font"]
    edited = page(text_object(1, 20, 30, "一二", more=transform), text_object(2, 20, 40, "蘷甲甲霻"))
    out, session = clean(document([edited], **font))
    assert "Doc_0/Res/font_3.ttf" not in out
    assert b"CGTransform" not in out["Doc_0/Pages/Page_1/Content.xml"]
    assert ("Doc_0/Res/font_3.ttf", "an embedded font") in session.taken_out


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"info": "<ofd:Title>&x;</ofd:Title>"}, "not well-formed"),
        ({"document": "<ofd:Actions><x>odd.bin</x></ofd:Actions>", "Doc_0/odd.bin": b"x"}, "not known"),
        ({"Doc_0/Encryptions.xml": "<x/>"}, "encrypted"),
    ],
    ids=["entity", "part of an unknown kind", "encrypted"],
)
def test_what_can_not_be_redacted_is_refused(clean: Clean, more: dict[str, str | bytes], message: str) -> None:
    with pytest.raises(FormatError, match=message):
        clean(document([lines("一")], **more))


def test_pictures_are_named_and_refused_under_strict(clean: Clean) -> None:
    media = '<ofd:MultiMedias><ofd:MultiMedia ID="40" Type="Image"><ofd:MediaFile>a.png</ofd:MediaFile></ofd:MultiMedia></ofd:MultiMedias>'
    parts = document([page('<ofd:ImageObject ID="1" ResourceID="40"/>')], resources=media, **{"Doc_0/Res/a.png": PIXEL})
    out, session = clean(parts)
    assert out["Doc_0/Res/a.png"] == PIXEL
    assert session.not_checked == [("Doc_0/Res/a.png", "what is to be seen in a picture")]
    with pytest.raises(FormatError, match="strict"):
        clean(parts, strict=True)


@given(
    st.lists(
        st.tuples(st.text("甲乙ab ", min_size=1, max_size=4), st.integers(0, 3), st.integers(0, 30)),
        min_size=1,
        max_size=6,
    ),
    st.data(),
)
def test_edits_are_read_back(placed: list[tuple[str, int, int]], data: st.DataObject) -> None:
    """Whatever is edited in a line: its text is what was wanted, but for gaps, and no other line changes."""
    root = parse(
        page(*(text_object(n, 5 * x, 30 + 10 * y, text) for n, (text, y, x) in enumerate(placed))).encode(), "page"
    )
    found = lines_of(root)
    line = data.draw(st.sampled_from(found))
    start = data.draw(st.integers(0, len(line.text) - 1))
    end = data.draw(st.integers(start + 1, len(line.text)))
    edit = Edit(start, end, data.draw(st.sampled_from(["", "×", "某某某"])), "PERSON", "r")
    before = sorted("".join(each.text.split()) for each in found if each is not line)
    wanted = "".join((line.text[:start] + edit.replacement + line.text[end:]).split())
    line.write(Redacted("", (edit,)))
    texts = sorted("".join(each.text.split()) for each in lines_of(root))
    assert sorted("".join(texts)) == sorted("".join([*before, wanted]))
