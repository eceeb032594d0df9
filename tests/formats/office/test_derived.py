"""What office documents hold in programs' own forms (rows SAFETY-L1, SAFETY-U1, D7): every place of the schema, one term each."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from typing import Final

import openpyxl
import pptx
import pytest
import xlsxwriter

from redactor import Redactor
from redactor.formats.office import derived
from redactor.formats.options import Options
from redactor.model import FormatError
from tests.build.canaries import Canaries, count
from tests.build.packages import Builder, members, redacted
from tests.build.word import new_word

W: Final = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
VML: Final = 'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"'
VT: Final = "http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes"
CX: Final = "http://schemas.microsoft.com/office/drawing/2014/chartex"
OFFICE: Final = "application/vnd.openxmlformats-officedocument."
MAIN: Final = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml", "pptx": "ppt/presentation.xml"}
ENCODINGS: Final = ("utf-8", "utf-16-le")
SHAPES: Final = (
    "shape",
    "rect",
    "oval",
    "line",
    "roundrect",
    "group",
    "polyline",
    "shapetype",
    "image",
    "arc",
    "curve",
)
VARIANTS: Final = ("blob", "oblob", "stream", "ostream", "storage", "ostorage", "vstream", "cf")
PARTS: Final = {
    "intelligence2": ("word/intelligence2.xml", "application/vnd.ms-office.intelligence2+xml"),
    "documenttasks": ("word/documenttasks/documenttasks1.xml", "application/vnd.ms-office.documenttasks+xml"),
    "extensibility": ("customUI/customUI14.xml", "application/xml"),
    "userCustomization": ("userCustomization/customUI.xml", "application/xml"),
    "webextension": ("webextensions/webextension1.xml", "application/vnd.ms-office.webextension+xml"),
    "webextensiontaskpanes": ("webextensions/taskpanes.xml", "application/vnd.ms-office.webextensiontaskpanes+xml"),
    "classificationlabels": ("docMetadata/LabelInfo.xml", "application/vnd.ms-office.classificationlabels+xml"),
    "keyMapCustomizations": ("word/customizations.xml", "application/vnd.ms-word.keyMapCustomizations+xml"),
    "attachedToolbars": ("word/attachedToolbars.bin", "application/vnd.ms-word.attachedToolbars"),
    "recipientData": ("word/recipientData.xml", f"{OFFICE}wordprocessingml.mailMergeRecipientData+xml"),
    "customProperty": ("xl/customProperty1.bin", f"{OFFICE}spreadsheetml.customProperty"),
    "printerSettings": ("xl/printerSettings/printerSettings1.bin", f"{OFFICE}spreadsheetml.printerSettings"),
    "control": ("word/activeX/activeX1.xml", "application/vnd.ms-office.activeX+xml"),
    "customXml": ("customXml/item1.xml", "application/xml"),
    "tasks": ("ppt/tasks/task1.xml", "application/vnd.ms-powerpoint.tasks+xml"),
}
"""By the last word of a relationship's type, a part that goes and its content type."""


def saved(kind: str) -> Builder:
    """A plain document of a kind, to be added to."""
    out = io.BytesIO()
    if kind == "docx":
        new_word().save(out)
    elif kind == "xlsx":
        openpyxl.Workbook().save(out)
    else:
        pptx.Presentation().save(out)
    return Builder(out.getvalue())


def add_parts(b: Builder, c: Canaries, kind: str) -> None:
    for number, (word, (name, content_type)) in enumerate(PARTS.items()):
        name = name if name not in b.parts else f"x{name}"
        term = c.base64(f"part {word}") if number % 2 else c(f"part {word}")
        b.add(name, content_type, f"<a>{term}</a>")
        b.link(
            MAIN[kind], f"rIdOwn{number}", f"http://schemas.microsoft.com/office/2020/relationships/{word}", f"/{name}"
        )


def add_properties(b: Builder, c: Canaries) -> None:
    """Properties of the user's own, one of each kind that is base64."""
    properties = "".join(
        f'<property fmtid="{{D5CDD505-2E9C-101B-9397-08002B2CF9AE}}" pid="{number}" name="P{number}">'
        f"<vt:{variant}>{c.base64(f'property {variant}', ENCODINGS[number % 2])}</vt:{variant}></property>"
        for number, variant in enumerate(VARIANTS, start=2)
    )
    space = f"{OFFICE}custom-properties".replace("application/vnd.openxmlformats-officedocument.", "")
    b.add(
        "docProps/custom.xml",
        f"{OFFICE}custom-properties+xml",
        f'<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/{space}" xmlns:vt="{VT}">{properties}</Properties>',
    )
    b.link("", "rIdCustom", "custom-properties", "docProps/custom.xml")
    if "docProps/app.xml" in b.parts:
        b.insert(
            "docProps/app.xml",
            "</Properties>",
            f'<DigSig><v:blob xmlns:v="{VT}">{c.base64("app DigSig")}</v:blob></DigSig>',
        )


def shapes(c: Canaries) -> str:
    drawn = "".join(
        f'<v:{name} o:gfxdata="{c.base64(f"vml {name}", ENCODINGS[n % 2])}"/>' for n, name in enumerate(SHAPES)
    )
    return f'{drawn}<v:shape><o:ink i="{c.base64("vml ink")}" annotation="t"/></v:shape>'


def chart(c: Canaries) -> str:
    return (
        f'<cx:chartSpace xmlns:cx="{CX}"><cx:chart><cx:plotArea><cx:plotAreaRegion><cx:series layoutId="regionMap"><cx:layoutPr>'
        f'<cx:geography cultureLanguage="zh-CN"><cx:geoCache provider="p"><cx:binary>{c.base64("map of a chart")}</cx:binary>'
        "</cx:geoCache></cx:geography></cx:layoutPr></cx:series></cx:plotAreaRegion></cx:plotArea></cx:chart></cx:chartSpace>"
    )


def word(c: Canaries) -> Builder:
    b = saved("docx")
    fields = "".join(
        f'<w:p><w:r><w:fldChar w:fldCharType="begin"><w:fldData xml:space="preserve">{c.base64(f"field {e}", e)}</w:fldData>'
        '</w:fldChar></w:r><w:r><w:instrText> ADDIN EN.CITE </w:instrText></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'
        f'<w:p><w:fldSimple w:instr=" ADDIN "><w:fldData>{c.base64(f"simple field {e}", e)}</w:fldData></w:fldSimple></w:p>'
        for e in ENCODINGS
    )
    old = "".join(
        f"<w:{name}>{c.base64(f'element {name}')}</w:{name}>" for name in ("binData", "docOleData", "docSuppData")
    )
    b.insert("word/document.xml", "<w:sectPr", f"{fields}<w:p><w:r><w:pict {VML}>{shapes(c)}{old}</w:pict></w:r></w:p>")
    kept = " ".join(
        f'w:{name}="{c.base64(f"protection {name}")}"'
        for name in ("hash", "salt", "hashValue", "saltValue", "cryptProvider")
    )
    b.insert(
        "word/settings.xml", "</w:settings>", f'<w:documentProtection w:edit="readOnly" w:enforcement="1" {kept}/>'
    )
    add_properties(b, c)
    add_parts(b, c, "docx")
    return b


def workbook(c: Canaries) -> Builder:
    b = saved("xlsx")
    password = ("algorithmName", "hashValue", "saltValue")

    def attributes(where: str, names: tuple[str, ...]) -> str:
        return " ".join(f'{name}="{c.base64(f"{where} {name}")}"' for name in names)

    book = tuple(f"{which}{name[0].upper()}{name[1:]}" for which in ("workbook", "revisions") for name in password)
    b.insert("xl/workbook.xml", "<bookViews", f"<fileSharing {attributes('sharing', password)}/>")
    b.edit(
        "xl/workbook.xml",
        lambda text: text.replace("<workbookProtection/>", "").replace(
            "<bookViews", f'<workbookProtection lockStructure="1" {attributes("workbook", book)}/><bookViews', 1
        ),
    )
    b.insert(
        "xl/worksheets/sheet1.xml",
        "<pageMargins",
        f'<sheetProtection sheet="1" {attributes("sheet", password)}/>'
        f'<protectedRanges><protectedRange name="r" sqref="A1" {attributes("range", password)}/></protectedRanges>',
    )
    b.add("xl/charts/chartEx1.xml", "application/vnd.ms-office.chartex+xml", chart(c))
    b.link(
        "xl/worksheets/sheet1.xml",
        "rIdEx",
        "http://schemas.microsoft.com/office/2014/relationships/chartEx",
        "../charts/chartEx1.xml",
    )
    b.add("xl/drawings/vmlDrawing1.vml", f"{OFFICE}vmlDrawing", f"<xml {VML}>{shapes(c)}</xml>")
    b.link("xl/worksheets/sheet1.xml", "rIdVml", "vmlDrawing", "../drawings/vmlDrawing1.vml")
    bag = "http://schemas.microsoft.com/office/spreadsheetml/2022/featurepropertybag"
    b.add(
        "xl/featurePropertyBag/featurePropertyBag.xml",
        "application/vnd.ms-excel.featurepropertybag+xml",
        f'<FeaturePropertyBags xmlns="{bag}"><bag type="{c("bag attribute")}"><s k="{c("bag key")}">{c("bag text")}</s></bag></FeaturePropertyBags>',
    )
    b.link(
        "xl/workbook.xml",
        "rIdBag",
        "http://schemas.microsoft.com/office/2022/11/relationships/FeaturePropertyBag",
        "featurePropertyBag/featurePropertyBag.xml",
    )
    add_properties(b, c)
    add_parts(b, c, "xlsx")
    return b


def presentation(c: Canaries) -> Builder:
    b = saved("pptx")
    kept = " ".join(
        f'{name}="{c.base64(f"verifier {name}")}"' for name in ("hashValue", "saltValue", "hashData", "saltData")
    )
    b.insert("ppt/presentation.xml", "</p:presentation>", f'<p:modifyVerifier algorithmName="SHA-512" {kept}/>')
    b.add("ppt/drawings/vmlDrawing1.vml", f"{OFFICE}vmlDrawing", f"<xml {VML}>{shapes(c)}</xml>")
    b.link("ppt/presentation.xml", "rIdVml", "vmlDrawing", "drawings/vmlDrawing1.vml")
    b.add(
        "ppt/media/image9.svg",
        "image/svg+xml",
        f'<svg xmlns="http://www.w3.org/2000/svg"><metadata>{c("svg metadata")}</metadata><title>{c("svg title")}</title>'
        f'<desc>{c("svg desc")}</desc><text id="{c("svg id")}">{c("svg text")}</text><!-- {c("svg comment")} -->'
        f"<style>.a{{content: '{c('svg style')}'}}</style></svg>",
    )
    b.link("ppt/presentation.xml", "rIdSvg", "image", "media/image9.svg")
    b.add("ppt/media/media1.vtt", "text/vtt", f"WEBVTT\n\n00:01.000 --> 00:02.000\n{c('captions')}\n")
    b.link(
        "ppt/presentation.xml",
        "rIdVtt",
        "http://schemas.microsoft.com/office/2020/relationships/track",
        "media/media1.vtt",
    )
    add_properties(b, c)
    add_parts(b, c, "pptx")
    return b


@pytest.mark.sampled(3)
@pytest.mark.parametrize("scrub", [False, True], ids=["SAFETY-L1 as it comes", "SAFETY-L1 without metadata"])
@pytest.mark.parametrize(("kind", "build"), [("docx", word), ("xlsx", workbook), ("pptx", presentation)])
def test_safety_l1_nothing_is_left_in_a_form_of_a_programs_own(
    kind: str, build: Callable[[Canaries], Builder], scrub: bool
) -> None:
    canaries = Canaries()
    data = build(canaries).bytes()
    redactor = Redactor(mask=canaries.values(), ner="none")
    out, session = redacted(kind, data, redactor, Options(scrub_metadata=scrub), strict=True)
    assert count(kind, data, out, canaries) == []
    assert session.taken_out


def test_safety_l1_what_goes_is_told_and_what_it_stood_in_stays() -> None:
    canaries = Canaries()
    out, session = redacted("docx", word(canaries).bytes(), Redactor(ner="none"))
    text = members(out)["word/document.xml"].decode()
    assert ("word/document.xml", derived.ELEMENTS["fldData"]) in session.taken_out
    assert text.count("fldChar ") == 4
    assert text.count("ADDIN EN.CITE") == 2
    assert 'w:enforcement="1"' in members(out)["word/settings.xml"].decode()


def unused(name: str) -> str:
    return f"http://schemas.microsoft.com/office/2099/relationships/{name}"


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("xl/newThings/newThing1.xml", "xl/newThings/newThing1.xml"),
        ("xl/featureX/featureX.bin", "xl/featureX/featureX.bin"),
        ("xl/张三丰的表/thing.xml", "xl/×的表/thing.xml"),
        ("odd\u200bname.xml", "odd"),
    ],
)
def test_safety_u1_a_part_that_is_not_known_is_named_as_the_file_has_it(name: str, told: str) -> None:
    b = saved("xlsx")
    b.add(name, "application/vnd.ms-excel.new+xml", "<a/>")
    b.link("xl/workbook.xml", "rIdNew", unused("new"), f"/{name}")
    redactor = Redactor(mask=["张三丰"], ner="none")
    with pytest.raises(FormatError, match="a part of a kind that is not known") as refused:
        redacted("xlsx", b.bytes(), redactor)
    assert str(refused.value).startswith(told)
    out, session = redacted("xlsx", b.bytes(), redactor, Options(unknown="drop"))
    assert any(where.startswith(told) for where, _ in session.taken_out)
    assert "<a/>" not in "".join(map(repr, members(out).values()))


@pytest.mark.parametrize(
    ("kind", "name", "content_type"),
    [
        ("docx", "word/media/model3d1.glb", "model/gltf.binary"),
        ("pptx", "ppt/media/model3d1.glb", "model/gltf.binary"),
        ("xlsx", "xl/media/model3d1.glb", "model/gltf.binary"),
        ("docx", "word/media/media1.mp4", "video/mp4"),
        ("docx", "word/ink/ink1.xml", "application/inkml+xml"),
        ("xlsx", "xl/ink/ink1.xml", "application/inkml+xml"),
    ],
)
def test_safety_u1_what_cannot_be_looked_into_is_told(kind: str, name: str, content_type: str) -> None:
    b = saved(kind)
    b.add(name, content_type, '<ink xmlns="http://www.w3.org/2003/InkML"><trace>1 2</trace></ink>')
    b.link(MAIN[kind], "rIdNew", unused("new"), f"/{name}")
    _, session = redacted(kind, b.bytes(), Redactor(ner="none"))
    assert [where for where, _ in session.not_checked] == [name]
    with pytest.raises(FormatError, match="--strict"):
        redacted(kind, b.bytes(), Redactor(ner="none"), strict=True)


def test_safety_u1_checkboxes_of_xlsxwriter_stay() -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet()
        sheet.insert_checkbox("A1", True)
        sheet.write("B1", "张三丰同志")
    done, session = redacted("xlsx", out.getvalue(), Redactor(mask=["张三丰"], ner="none"), strict=True)
    assert "xl/featurePropertyBag/featurePropertyBag.xml" in members(done)
    assert not session.taken_out
    with zipfile.ZipFile(io.BytesIO(done)) as archive:
        assert openpyxl.load_workbook(archive.fp).active["B1"].value == "×同志"  # type: ignore[arg-type,union-attr]


def test_safety_l7_runs_that_word_shows_from_right_to_left_are_read_so_too() -> None:
    b = saved("docx")
    runs = "".join(f"<w:r><w:t>{text}</w:t></w:r>" for text in ("志同丰三", "张"))
    b.insert(
        "word/document.xml",
        "<w:sectPr",
        f'<w:p><w:bdo w:val="rtl">{runs}</w:bdo></w:p><w:p><w:bdo w:val="ltr">{runs}</w:bdo></w:p>',
    )
    out, _ = redacted("docx", b.bytes(), Redactor(mask=["张三丰"], ner="none"))
    text = members(out)["word/document.xml"].decode()
    assert '<w:bdo w:val="rtl"><w:r><w:t>志同×</w:t></w:r><w:r><w:t></w:t></w:r></w:bdo>' in text
    assert f'<w:bdo w:val="ltr">{runs}</w:bdo>' in text


def test_safety_u1_a_control_goes_with_all_that_holds_nothing_else() -> None:
    b = saved("xlsx")
    spaces = (
        'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
        'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
    )
    control = '<control shapeId="1025" r:id="rIdC" name="C"><controlPr/></control>'
    inner = f'<mc:AlternateContent><mc:Choice Requires="x14">{control}</mc:Choice></mc:AlternateContent>'
    b.insert(
        "xl/worksheets/sheet1.xml",
        "</worksheet>",
        f'<mc:AlternateContent {spaces}><mc:Choice Requires="x14"><controls>{inner}</controls></mc:Choice>'
        f"<mc:Fallback><controls>{control}</controls></mc:Fallback></mc:AlternateContent>",
    )
    b.add("xl/activeX/activeX1.xml", "application/vnd.ms-office.activeX+xml", "<a/>")
    b.link("xl/worksheets/sheet1.xml", "rIdC", "control", "../activeX/activeX1.xml")
    b.add("xl/activeX/activeX1.bin", "application/vnd.ms-office.activeX", b"\0secret")
    b.link("xl/activeX/activeX1.xml", "rId1", unused("activeXControlBinary"), "activeX1.bin")
    out, session = redacted("xlsx", b.bytes(), Redactor(ner="none"), strict=True)
    sheet = members(out)["xl/worksheets/sheet1.xml"].decode()
    assert "control" not in sheet
    assert "AlternateContent" not in sheet
    assert not any("activeX" in name for name in members(out))
    assert {where for where, what in session.taken_out if what == "a control"} == {
        "xl/activeX/activeX1.xml",
        "xl/activeX/activeX1.bin",
    }
    assert openpyxl.load_workbook(io.BytesIO(out)).active is not None
