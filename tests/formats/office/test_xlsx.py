"""Workbooks: a secret in each hiding place, columns, names and formulas that stay true, damage and malice."""

from __future__ import annotations

import io
import random
import shutil
import subprocess
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Font, PatternFill
from openpyxl.styles.colors import Color
from openpyxl.worksheet.table import Table

from redactor import Redactor
from redactor.formats.office.cells import escaped, plain
from redactor.formats.office.formulas import Renamed
from redactor.formats.options import Options
from redactor.model import FormatError, RedactorError
from tests.build.packages import Builder, Full, damaged, leaks, members, operated, packed, redacted, row_of
from tests.build.workbooks import MAIN, workbook
from tests.draws import some

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")
ROWS = {
    "e1": ("sheet", "hidden", "white", "code name"),
    "e2": ("shared string", "inline", "rich", "cell", "escaped", "phonetic", "text box", "exponent"),
    "e3": ("formula", "condition", "validation", "defined", "cached", "error value", "filter", "number format"),
    "e4": ("comment", "person", "vml", "threaded"),
    "e5": ("pivot", "external", "query", "connection", "table", "chart", "sheet name"),
    "e6": ("number",),
}


@pytest.fixture(scope="module")
def full() -> Full:
    data, secrets = workbook()
    out, session = redacted("xlsx", data, Redactor(mask=secrets.values()))
    return Full(data, out, secrets, session, frozenset(leaks(data, secrets)), frozenset(leaks(out, secrets)))


@pytest.fixture(scope="module")
def literal() -> Redactor:
    """Finds one text and nothing else."""
    return Redactor(mask=["秘密甲", "13800138000", "Geheim"], builtin=False, ner="none")


PLACES = list(workbook()[1])


@pytest.mark.parametrize("place", [pytest.param(p, id=f"{row_of(ROWS, p)}-{p.replace(' ', '-')}") for p in PLACES])
def test_no_secret_stays(full: Full, place: str) -> None:
    assert place in full.before, "the secret was never there"
    assert place not in full.after


def test_the_visible_rest_is_the_same(full: Full) -> None:
    secrets = full.secrets
    before, after = load_workbook(io.BytesIO(full.data)), load_workbook(io.BytesIO(full.out))
    assert [sheet.sheet_state for sheet in before] == [sheet.sheet_state for sheet in after]
    for old, new in zip(before, after, strict=True):
        assert old.dimensions == new.dimensions
        for row in old.iter_rows():
            for cell in row:
                said = str(cell.value)
                if not any(word in plain(said) for word in secrets.values()) and said not in (
                    "普通",
                    '=B2&"x"',
                    '=B3&"x"',
                ):
                    assert new[cell.coordinate].value == cell.value or said.startswith("="), cell.coordinate
                assert new[cell.coordinate].style == cell.style or cell.style in secrets.values()
                assert new[cell.coordinate].font.b == cell.font.b
    assert after.worksheets[0]["E2"].value == "前×后"
    assert len(after.worksheets[0].conditional_formatting) == len(before.worksheets[0].conditional_formatting)
    assert len(after.worksheets[0]._charts) == len(before.worksheets[0]._charts) == 1


def test_the_report_tells_what_went(full: Full) -> None:
    session, secrets = full.session, full.secrets
    told = " ".join(f"{where} {what}" for where, what in (*session.taken_out, *session.not_checked))
    for what in ("connections", "a query", "printer", "pivot table", "formulas", "thumbnail", "custom XML", "picture"):
        assert what in told
    assert not any(secret in told for secret in secrets.values())


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("soffice"), reason="needs LibreOffice")
def test_libreoffice_opens_it(full: Full, tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(full.out)
    command = [
        "soffice",
        "--headless",
        f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}",
        "--convert-to",
        "ods",
    ]
    subprocess.run([*command, "--outdir", tmp_path, tmp_path / "a.xlsx"], check=True, capture_output=True, timeout=120)
    if not (tmp_path / "a.ods").exists():
        pytest.skip("LibreOffice without Calc")
    content = zipfile.ZipFile(tmp_path / "a.ods").read("content.xml").decode()
    assert content.count("<table:table ") == 4 + content.count("'file:")
    assert "螺母" in content
    assert leaks((tmp_path / "a.ods").read_bytes(), full.secrets) == []


def _saved(rows: list[list[object]], **sheets: list[list[object]]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    for name, more in sheets.items():
        sheet = book.create_sheet(name)
        for row in more:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _rows(data: bytes, sheet: int = 0) -> list[list[object]]:
    return [list(row) for row in load_workbook(io.BytesIO(data)).worksheets[sheet].iter_rows(values_only=True)]


def _shared(rows: list[list[object]], **options: object) -> bytes:
    """A workbook by XlsxWriter, which lets cells share their texts."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, **options}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return out.getvalue()


@pytest.mark.parametrize("producer", [_saved, _shared])
def test_untouched_parts_stay_as_they_are(producer: object, literal: Redactor) -> None:
    data = producer([["品名", "数量"], ["螺母", 17], ["垫圈", "=B2*2"]])  # type: ignore[operator]
    out, session = redacted("xlsx", data, literal)
    assert members(out) == members(data)
    assert (session.taken_out, session.not_checked) == ([], [])


def test_parts_without_findings_stay_when_others_change(literal: Redactor) -> None:
    data = _saved([["秘密甲", 1]], 二=[["螺母", 2]])
    out, _ = redacted("xlsx", data, literal)
    before, after = members(data), members(out)
    assert [name for name in before if before[name] != after[name]] == ["xl/worksheets/sheet1.xml"]


def _white_header(book: Workbook) -> None:
    sheet = book.active
    sheet["B1"] = "数量"
    sheet["A1"].font = sheet["B1"].font = Font(color="FFFFFFFF")
    sheet.add_table(Table(displayName="T", ref="A1:B2"))


def _white_under_condition(book: Workbook) -> None:
    sheet = book.active
    sheet["A1"].font = Font(color="FFFFFFFF")
    black = PatternFill(bgColor="FF000000")
    sheet.conditional_formatting.add("A1:A9", FormulaRule(["TRUE"], fill=black))


@pytest.mark.parametrize(
    ("hide", "told"),
    [
        pytest.param(lambda b: setattr(b.active, "sheet_state", "hidden"), ("in a hidden sheet", 2), id="sheet"),
        pytest.param(lambda b: setattr(b.active, "sheet_state", "veryHidden"), ("in a hidden sheet", 2), id="very"),
        pytest.param(lambda b: setattr(b.active.row_dimensions[1], "hidden", True), ("in hidden rows", 1), id="row"),
        pytest.param(
            lambda b: b.active.column_dimensions.group("A", "C", hidden=True), ("in hidden columns", 2), id="columns"
        ),
        pytest.param(lambda b: setattr(b.active["A1"], "number_format", ";;;"), ("number format ;;;", 1), id="format"),
        pytest.param(
            lambda b: setattr(b.active["A1"], "font", Font(color="FFFFFF")), ("white on white", 1), id="white"
        ),
        pytest.param(
            lambda b: setattr(b.active["A1"], "font", Font(color=Color(theme=0))), ("white on white", 1), id="theme"
        ),
        pytest.param(lambda b: None, None, id="shown"),
        pytest.param(lambda b: setattr(b.active.row_dimensions[9], "hidden", True), None, id="empty-row"),
        pytest.param(lambda b: setattr(b.active.column_dimensions["B"], "hidden", True), None, id="empty-column"),
        pytest.param(lambda b: setattr(b.active["A1"], "number_format", "0.00;-0.00;;@"), None, id="no-zeros"),
        pytest.param(
            lambda b: (
                b.active["A1"].__setattr__("font", Font(color="FFFFFF"))
                or b.active["A1"].__setattr__("fill", PatternFill("solid", fgColor="000000"))
            ),
            None,
            id="white-filled",
        ),
        pytest.param(_white_header, None, id="white-header-of-a-table"),
        pytest.param(_white_under_condition, None, id="white-under-a-condition"),
    ],
)
def test_e1_hidden_text_is_told_and_redacted(
    hide: Callable[[Workbook], object], told: tuple[str, int] | None, literal: Redactor
) -> None:
    book = Workbook()
    book.active["A1"], book.active["A2"] = "秘密甲", "螺母"
    book.create_sheet("二")
    hide(book)
    out = io.BytesIO()
    book.save(out)
    data, session = redacted("xlsx", out.getvalue(), literal)
    assert session.hidden_texts == ({("sheet1", told[0]): told[1]} if told else {})
    assert leaks(data, {"A1": "秘密甲"}) == []


def test_e1_hidden_rows_and_columns_of_another_producer(literal: Redactor) -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet, other = book.add_worksheet(), book.add_worksheet()
        sheet.write_column(0, 1, ["秘密甲", "螺母", 17])
        sheet.write(3, 0, "垫圈", book.add_format({"font_color": "white"}))
        sheet.set_column("B:B", None, None, {"hidden": True})
        sheet.set_row(0, None, None, {"hidden": True})
        other.write(0, 0, "秘密甲")
        other.hide()
    data, session = redacted("xlsx", out.getvalue(), literal)
    assert session.hidden_texts == {
        ("sheet1", "in hidden rows"): 1,
        ("sheet1", "in hidden columns"): 2,
        ("sheet1", "white on white"): 1,
        ("sheet2", "in a hidden sheet"): 1,
    }
    assert leaks(data, {"B1": "秘密甲"}) == []


def test_twice_is_once(full: Full) -> None:
    again, session = redacted("xlsx", full.out, Redactor(mask=full.secrets.values(), builtin=False, ner="none"))
    assert members(again) == members(full.out)
    assert session.taken_out == []


class TestColumns:
    """e6: what a column's header says its cells are."""

    def test_e6_numbers_and_dates_of_named_columns(self, publish: Redactor) -> None:
        data = _shared([["编号", "生日", "手机"], [1, 32874, 13800138000], [2, 33000, "无"]])
        options = Options(columns={"生日": "DATE_TIME", "手机": "PHONE_NUMBER"})
        out, _ = redacted("xlsx", data, publish, options)
        assert _rows(out) == [["编号", "生日", "手机"], [1, "×", "×"], [2, "×", "×"]]

    def test_e6_numbers_without_a_rule(self, publish: Redactor) -> None:
        out, _ = redacted("xlsx", _shared([["甲", "乙"], [13800138000, 45123]]), publish)
        assert _rows(out) == [["甲", "乙"], ["×", 45123]]

    def test_headers_that_are_well_known(self, publish: Redactor) -> None:
        data = _shared([["通讯录（内部）"], ["姓名", "电话", "岗位"], ["欧阳", "8123", "钳工"], ["-", "无", "车工"]])
        out, _ = redacted("xlsx", data, publish)
        assert _rows(out)[1:] == [["姓名", "电话", "岗位"], ["×", "×", "钳工"], ["-", "无", "车工"]]

    def test_a_value_beside_the_word_of_a_header_goes(self, publish: Redactor) -> None:
        out, _ = redacted("xlsx", _shared([["姓名", "电话（13800138000）"], ["欧阳", "8123"]]), publish)
        assert _rows(out) == [["姓名", "电话（×）"], ["×", "×"]]

    def test_a_value_goes_from_every_cell_that_equals_it(self, literal: Redactor) -> None:
        data = _shared([["客户", "另"], ["云朵", "螺母"], ["山石", "云朵"]])
        out, _ = redacted("xlsx", data, literal, Options(columns={"客户": "PERSON"}))
        assert _rows(out) == [["客户", "另"], ["×", "螺母"], ["×", "×"]]
        assert leaks(out, {"shared strings": "云朵"}) == []

    def test_a_figure_goes_from_its_column_alone(self, literal: Redactor) -> None:
        data = _shared([["价", "规格"], ["12号", "12号"], ["7号", "8号"]])
        out, _ = redacted("xlsx", data, literal, Options(columns={"价": "MONEY"}))
        assert _rows(out) == [["价", "规格"], ["×", "12号"], ["×", "8号"]]

    def test_a_column_that_no_sheet_has(self, literal: Redactor) -> None:
        with pytest.raises(FormatError, match="no column '姓'; the columns are 甲, 乙"):
            redacted("xlsx", _shared([["甲", "乙"], [1, 2]]), literal, Options(columns={"姓": "PERSON"}))

    def test_a_column_that_an_embedded_workbook_lacks_or_has(self, literal: Redactor) -> None:
        b = Builder(_shared([["代号", "x"], ["云朵", 1]]))
        kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        for number, inner in enumerate(([["甲"], ["a"]], [["代号", "y"], ["山石", 2]])):
            b.add(f"xl/embeddings/Microsoft_Excel_Sheet{number}.xlsx", kind, _shared(inner))
            b.link(
                "xl/worksheets/sheet1.xml",
                f"rId{number}",
                "package",
                f"../embeddings/Microsoft_Excel_Sheet{number}.xlsx",
            )
        out, _ = redacted("xlsx", b.bytes(), literal, Options(columns={"代号": "PERSON"}))
        assert leaks(out, {"outer": "云朵", "inner": "山石"}) == []

    def test_a_table_has_its_own_header(self, literal: Redactor) -> None:
        book = Workbook()
        for row in (["甲", "乙"], ["a", "b"], [None, None], ["代号", "乙"], ["c", "d"]):
            book.active.append(row)
        book.active.add_table(Table(displayName="T", ref="A4:B5"))
        out = io.BytesIO()
        book.save(out)
        done, _ = redacted("xlsx", out.getvalue(), literal, Options(columns={"代号": "PERSON"}))
        assert _rows(done)[1] == ["a", "b"]
        assert _rows(done)[4] == ["×", "d"]


def test_names_follow_what_they_name(literal: Redactor) -> None:
    data = _saved([["螺母", "='秘密甲'!A1&Geheim&秘密甲"]], 秘密甲=[[1]], 秘密甲乙=[["='秘密甲'!A1"]])
    b = Builder(data)
    b.edit(
        "xl/workbook.xml",
        lambda t: t.replace(
            "<definedNames/>",
            "<definedNames><definedName name=\"Geheim\">'秘密甲'!$A$1</definedName>"
            "<definedName name=\"秘密甲\">'秘密甲'!$A$2</definedName></definedNames>",
        ),
    )
    out, _ = redacted("xlsx", b.bytes(), literal)
    book = load_workbook(io.BytesIO(out))
    assert book.sheetnames == ["Sheet", "×", "×乙"]
    assert book["Sheet"]["B1"].value == "='×'!A1&name2&name1"  # a range may be named as a sheet is
    assert book["×乙"]["A1"].value == "='×'!A1"
    assert book.defined_names["name2"].attr_text == "'×'!$A$1"


def test_rich_texts_in_one_another_are_read_once(literal: Redactor) -> None:
    b = Builder(_saved([["螺母"]]))
    inner = '<c r="A9" t="inlineStr"><is><is><formula1>"秘密甲"</formula1></is></is></c>'
    b.insert("xl/worksheets/sheet1.xml", "</sheetData>", f'<row r="9">{inner}</row>')
    out, _ = redacted("xlsx", b.bytes(), literal)
    assert '<formula1>"×"</formula1>' in members(out)["xl/worksheets/sheet1.xml"].decode()


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("密!A1", "'新'!A1"),
        ("'密'!A1+'它 的'!B2", "'新'!A1+'它 的'!B2"),
        ("SUM(密:尾!A1)", "SUM('新':尾!A1)"),
        ("SUM('密:尾'!A1)", "SUM('新:尾'!A1)"),
        ("'[3]密'!A1", "'[3]新'!A1"),
        ('"密!A1"&密!A1', "\"密!A1\"&'新'!A1"),
        ("T[密]+T[[#This Row],[密]]", "T[新]+T[[#This Row],[新]]"),
        ("Rate*RATE(A1)+Rates", "name1*name1(A1)+Rates"),
        ("Sheet密!A1", "Sheet密!A1"),
    ],
)
def test_names_in_formulas(formula: str, expected: str) -> None:
    renamed = Renamed(sheets={"密": "新"}, names={"rate": "name1"}, columns={"密": "新"})
    assert renamed.in_formula(formula) == expected


@pytest.mark.parametrize(
    ("formula", "value", "kept", "shown"),
    [
        pytest.param("A2*2", "8", "=A2*2", 8, id="e3-nothing-in-it"),
        pytest.param('IF(A2=1,"秘密甲","b")', "b", '=IF(A2=1,"×","b")', "b", id="e3-literal"),
        pytest.param('IF(A2=2,"秘密甲","b")', "秘密甲", "×", "×", id="e3-literal-and-value"),
        pytest.param('"秘密"&"甲"', "秘密甲", "×", "×", id="e3-put-together"),
        pytest.param('IF(A2=1,"秘"&"密甲","b")', "b", "b", "b", id="e3-put-together-elsewhere"),
        pytest.param('LEN(CONCATENATE("秘密", "甲"))', "3", 3, 3, id="e3-put-together-by-a-function"),
        pytest.param('IF(A2=1,UNICHAR(31192)&"密甲","b")', "b", "b", "b", id="e3-by-number"),
        pytest.param('IF(A2=1,"秘密","甲")', "甲", '=IF(A2=1,"秘密","甲")', "甲", id="e3-apart"),
        pytest.param('IF(A2=1,"秘密甲"&"乙","b")', "b", '=IF(A2=1,"×"&"乙","b")', "b", id="e3-beside-another"),
        pytest.param("A2+13800138000", "5", 5, 5, id="e3-number"),
        pytest.param('"a""秘密甲"', 'a"', '="a""×"', 'a"', id="e3-quotes"),
    ],
)
def test_formulas_and_what_they_come_to(
    literal: Redactor, formula: str, value: str, kept: object, shown: object
) -> None:
    number = value.isdecimal()
    out_ = io.BytesIO()
    with xlsxwriter.Workbook(out_) as book:
        book.add_worksheet().write_formula("A1", formula, None, int(value) if number else value)
    out, session = redacted("xlsx", out_.getvalue(), literal)
    assert load_workbook(io.BytesIO(out)).active["A1"].value == kept
    assert load_workbook(io.BytesIO(out), data_only=True).active["A1"].value == shown
    assert bool(session.taken_out) == (not str(kept).startswith("="))


def test_headers_and_footers_are_read_without_their_codes(literal: Redactor) -> None:
    out_ = io.BytesIO()
    with xlsxwriter.Workbook(out_) as book:
        sheet = book.add_worksheet()
        sheet.set_header('&L&"宋体,Regular"秘&B密&14甲&P && &D')
    out, _ = redacted("xlsx", out_.getvalue(), literal)
    assert (
        '&amp;L&amp;"宋体,Regular"×&amp;B&amp;14&amp;P &amp;&amp; &amp;D'
        in members(out)["xl/worksheets/sheet1.xml"].decode()
    )


def test_authors_go_with_other_metadata(full: Full, literal: Redactor) -> None:
    secrets = full.secrets
    out, session = redacted("xlsx", full.data, literal, Options(scrub_metadata=True))
    places = (
        "creator",
        "last editor",
        "comment author",
        "person",
        "person mail",
        "file sharing user",
        "absolute path",
        "manager",
    )
    assert leaks(out, {p: secrets[p] for p in places}) == []
    assert any("who worked on it" in what for _, what in session.taken_out)


@given(st.text(st.characters(codec="utf-8")))
def test_escapes_of_characters_are_read_as_they_are_written(text: str) -> None:
    assert plain(escaped(text)) == text


def test_characters_that_xml_has_not_stay_escaped_beside_an_edit(literal: Redactor) -> None:
    out, _ = redacted("xlsx", _shared([["秘密甲，开\x1f"]]), literal)
    assert ">×，开_x001F_</t>" in members(out)["xl/sharedStrings.xml"].decode()


SHEET = f'<worksheet xmlns="{MAIN}"><sheetData>{{}}</sheetData></worksheet>'
HOSTILE: Mapping[str, tuple[bytes, str]] = {
    "f1-external-entity": (
        operated(
            _shared([["a"]]),
            {
                "xl/sharedStrings.xml": lambda t: (
                    '<!DOCTYPE s [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
                    + t[t.index("<sst") :].replace("<t>a", "<t>&e;")
                )
            },
        ),
        "DTD|well-formed",
    ),
    "f2-entities-of-entities": (
        operated(
            _shared([["a"]]),
            {
                "xl/workbook.xml": lambda t: (
                    '<!DOCTYPE w [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>' + t[t.index("<workbook") :]
                )
            },
        ),
        "DTD",
    ),
    "f4-too-deep": (
        operated(
            _shared([["a"]]),
            {"xl/worksheets/sheet1.xml": lambda _: SHEET.format("<row>" * 100_000 + "</row>" * 100_000)},
        ),
        "well-formed",
    ),
    "f5-zip-bomb": (
        operated(_shared([["a"]]), {"xl/styles.xml": b"<a>" + b" " * (30 << 20) + b"</a>"}),
        "unpacks to more",
    ),
    "f11-no-such-shared-text": (
        operated(_shared([["a"]]), {"xl/worksheets/sheet1.xml": lambda t: t.replace("<v>0</v>", "<v>7</v>")}),
        "a text that is not there",
    ),
    "d25-macros": (
        operated(
            _shared([["a"]]),
            {
                "[Content_Types].xml": lambda t: t.replace("spreadsheetml.sheet.main", "x").replace(
                    "application/vnd.openxmlformats-officedocument.x+xml",
                    "application/vnd.ms-excel.sheet.macroEnabled.main+xml",
                )
            },
        ),
        "macros",
    ),
    "d23-unknown-part": (
        operated(
            _shared([["a"]]),
            {
                "[Content_Types].xml": lambda t: t.replace(
                    "</Types>", '<Override PartName="/xl/odd1.xml" ContentType="application/x-odd"/></Types>'
                ),
                "xl/odd1.xml": b"<a/>",
                "xl/_rels/workbook.xml.rels": lambda t: t.replace(
                    "</Relationships>",
                    '<Relationship Id="rId77" Type="http://x/odd" Target="odd1.xml"/></Relationships>',
                ),
            },
        ),
        "a kind that is not known",
    ),
    "rows-in-no-sheet": (
        operated(
            _shared([["a"]]),
            {"xl/worksheets/sheet1.xml": lambda t: t.replace("<worksheet", "<c").replace("</worksheet", "</c")},
        ),
        "rows of a sheet in a part that is no sheet",
    ),
    "f11-cut-short": (_shared([["a"]])[:-300], "broken or truncated"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_and_broken_workbooks_are_refused(case: str, literal: Redactor) -> None:
    data, reason = HOSTILE[case]
    with pytest.raises(FormatError, match=reason):
        redacted("xlsx", data, literal)


def test_unknown_parts_can_be_dropped(literal: Redactor) -> None:
    out, session = redacted("xlsx", HOSTILE["d23-unknown-part"][0], literal, Options(unknown="drop"))
    assert not any("odd" in name for name in members(out))
    assert session.taken_out


def test_pictures_are_refused_under_strict(full: Full, literal: Redactor) -> None:
    with pytest.raises(FormatError, match="--strict"):
        redacted("xlsx", full.data, literal, strict=True)


def test_what_no_office_program_writes_into_rows_goes(literal: Redactor) -> None:
    cell = '<c r="A1" t="inlineStr" odd="秘密甲"><is><t>螺母</t></is>秘密甲<extLst>秘密甲</extLst></c>'
    data = operated(
        _shared([["a"]]),
        {"xl/worksheets/sheet1.xml": lambda _: SHEET.format(f'<row r="1" odd="秘密甲">{cell}秘密甲</row>')},
    )
    out, session = redacted("xlsx", data, literal)
    assert leaks(out, {"rows": "秘密甲"}) == []
    assert _rows(out) == [["螺母"]]
    assert session.taken_out


@pytest.mark.parametrize("part", ["zip", "xml"])
def test_f11_damage_is_redacted_or_refused(part: str) -> None:
    """Bytes of the file, then of its parts, changed at random: no other error, and no output of a part."""
    secret = "秘密甲"
    data = operated(_shared([["品名", "说明"], [secret, 13800138000], ["螺母", "x"]]), {})
    literal = Redactor(mask=[secret], builtin=False, ner="none")
    random_ = random.Random(20)
    parts = members(data)
    done = 0
    tries = some(100)
    for _ in range(tries):
        if part == "zip":
            broken = damaged(data, random_)
        else:
            name = random_.choice(sorted(parts))
            broken = packed({**parts, name: damaged(parts[name], random_)})
        try:
            out, _ = redacted("xlsx", broken, literal)
        except RedactorError as error:
            told = str(error)
        else:
            done += 1
            told = ""
            assert zipfile.ZipFile(io.BytesIO(out)).testzip() is None
            assert leaks(out, {"cell": secret}) == []
        assert "\n" not in told
        assert secret not in told
    assert done < tries
