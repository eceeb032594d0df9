"""A workbook with a secret of its own in every hiding place, made by openpyxl and completed by hand."""

from __future__ import annotations

import io
import re
import struct
import zlib

from openpyxl import Workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.drawing.image import Image
from openpyxl.formatting.rule import CellIsRule, Rule
from openpyxl.packaging.custom import StringProperty
from openpyxl.styles import Font, NamedStyle
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.table import Table

from tests.build.packages import RELS, Builder
from tests.build.word import new_word

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SHEETS = "application/vnd.openxmlformats-officedocument.spreadsheetml."
DRAWINGML = "http://schemas.openxmlformats.org/drawingml/2006"
_HAN = "澄砚岫珩棠翎昀槿澈屿笙栩"


class Secrets(dict[str, str]):
    """A secret for each place: a Chinese one, a number, an address, a word, in turn; none of them is part of another."""

    def __call__(self, place: str) -> str:
        assert place not in self, place
        number = len(self)
        made = (
            f"秘{_HAN[number // 12 % 12]}{_HAN[number % 12]}密",
            f"1390{number:03}4117",
            f"leak{number:03}x@hidden.example",
            f"Zebra{number:03}Quartz",
        )
        self[place] = made[number % 4]
        return self[place]

    def word(self, place: str) -> str:
        """One that can stand in a name."""
        self[place] = f"Kilo{len(self):03}Echo"
        return self[place]

    def number(self, place: str) -> int:
        self[place] = f"1380{len(self):03}6229"
        return int(self[place])

    def han(self, place: str) -> str:
        number = len(self)
        self[place] = f"隐{_HAN[number // 12 % 12]}{_HAN[number % 12]}匿"
        return self[place]


def png(text: str) -> bytes:
    """A picture of four pixels that has a text beside them."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">L", len(body)) + kind + body + struct.pack(">L", zlib.crc32(kind + body))

    pixels = zlib.compress(b"\0\1\2\0\3\4")
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">LLBBBBB", 2, 2, 8, 0, 0, 0, 0))
        + chunk(b"tEXt", b"Comment\0" + text.encode())
        + chunk(b"IDAT", pixels)
        + chunk(b"IEND", b"")
    )


def word_document(text: str) -> bytes:
    document = new_word()
    document.add_paragraph(text)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def inner_workbook(text: str) -> bytes:
    book = Workbook()
    book.active["A1"] = text
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _by_openpyxl(s: Secrets) -> bytes:
    book = Workbook()
    sheet = book.active
    sheet.title = s.han("sheet name")
    sheet.append(["品名", "数量", "说明"])
    sheet.append(["螺母", 17, s("cell")])
    sheet.append(["垫圈", 29, "普通"])
    sheet["D2"] = s.number("number")
    split = s.han("rich text")
    sheet["E2"] = CellRichText("前", TextBlock(InlineFont(b=True), split[:3]), split[3:] + "后")
    sheet["F2"] = f'=IF(B2>1,"{s("formula literal")}","无")'
    sheet["G2"] = f"='{sheet.title}'!B2*2"
    sheet["H2"] = f'=HYPERLINK("mailto:{s("formula link")}","写信")'
    sheet["I2"].value = "链接"
    sheet["I2"].hyperlink = f"https://{s.word('link target')}.example/a"
    sheet["I2"].hyperlink.tooltip = s("link tooltip")
    sheet["I3"].hyperlink = f"#'{sheet.title}'!A1"
    sheet["I3"].hyperlink.display = s("link display")
    sheet["B2"].comment = Comment(s("comment"), s("comment author"))
    sheet["B3"].number_format = f'0"{s("number format")}"'
    sheet.oddHeader.center.text = "第&P页 " + s("header")
    sheet.oddFooter.left.text = s("footer")
    choice = DataValidation(type="list", formula1=f'"甲,{s("validation list")}"')
    choice.prompt, choice.promptTitle = s("validation prompt"), s("validation title")
    choice.error, choice.errorTitle = s("validation error"), s("validation error title")
    choice.add("A9")
    sheet.add_data_validation(choice)
    sheet.conditional_formatting.add("C1:C9", CellIsRule(operator="equal", formula=[f'"{s("condition formula")}"']))
    text = s("condition text")
    rule = Rule(type="containsText", operator="containsText", text=text, dxf=DifferentialStyle(font=Font(b=True)))
    rule.formula = [f'NOT(ISERROR(SEARCH("{text}",C1)))']
    sheet.conditional_formatting.add("C1:C9", rule)
    sheet.auto_filter.ref = "A1:C3"
    sheet.auto_filter.add_filter_column(2, [s("filter value")])
    sheet.row_dimensions[11].hidden = True
    sheet["A11"] = s("hidden row")
    sheet.column_dimensions["Z"].hidden = True
    sheet["Z2"] = s("hidden column")
    sheet["Y2"] = s("white text")
    sheet["Y2"].font = Font(color="FFFFFF")
    chart = BarChart()
    chart.title = s("chart title")
    chart.x_axis.title = s("chart axis")
    chart.add_data(Reference(sheet, min_col=2, min_row=1, max_row=3), titles_from_data=True)
    chart.set_categories(Reference(sheet, min_col=3, min_row=2, max_row=3))
    sheet.add_chart(chart, "K2")
    sheet.add_image(Image(io.BytesIO(png(s("picture metadata")))), "K20")
    hidden = book.create_sheet("库房")
    hidden["A1"] = s("hidden sheet")
    hidden.sheet_state = "hidden"
    very = book.create_sheet(s.han("very hidden sheet name"))
    very["A1"] = s("very hidden sheet")
    very["A2"] = f"='{very.title}'!A1&\"。\""
    very.sheet_state = "veryHidden"
    tables = book.create_sheet("表")
    for row in (("货号", s("table header")), ("A1", "甲"), ("A2", "乙")):
        tables.append(row)
    table = Table(displayName=s.word("table name"), ref="A1:B3")
    tables.add_table(table)
    tables["D1"] = f"=COUNTA({table.displayName}[{s['table header']}])"
    book.defined_names["Bereich"] = DefinedName(
        "Bereich", attr_text=f'"{s("defined name value")}"', comment=s("defined name comment")
    )
    name = s.word("defined name")
    book.defined_names[name] = DefinedName(name, attr_text=f"'{sheet.title}'!$A$1")
    tables["D2"] = f"={name}"
    book.add_named_style(NamedStyle(name=s("style name")))
    tables["D3"].style = s["style name"]
    properties = book.properties
    properties.creator, properties.lastModifiedBy = s("creator"), s("last editor")
    properties.title, properties.keywords, properties.description = s("title"), s("keywords"), s("description")
    book.custom_doc_props.append(StringProperty(name="项目", value=s("custom property")))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def workbook() -> tuple[bytes, Secrets]:
    """The workbook, and the secret of each place."""
    s = Secrets()
    b = Builder(_by_openpyxl(s))
    _share_strings(b)
    _cells(b, s)
    _workbook_parts(b, s)
    _comments(b, s)
    _drawings(b, s)
    _pivot(b, s)
    _sources(b, s)
    b.parts["xl/worksheets/sheet99.xml"] = f"<worksheet><t>{s('unlisted member')}</t></worksheet>".encode()
    return b.bytes(), s


def _share_strings(b: Builder) -> None:
    """Let cells share their texts, as Excel has them do."""
    items: list[str] = []

    def shared(match: re.Match[str]) -> str:
        if match[2] not in items:
            items.append(match[2])
        return f'{match[1]}t="s"><v>{items.index(match[2])}</v></c>'

    for name in [n for n in b.parts if n.startswith("xl/worksheets/sheet")]:
        b.edit(
            name,
            lambda t: re.sub(
                r't="n"><v></v>', "><v></v>", re.sub(r'(<c [^>]*)t="inlineStr"><is>(.*?)</is></c>', shared, t)
            ),
        )
    body = "".join(f"<si>{item}</si>" for item in items)
    b.add(
        "xl/sharedStrings.xml",
        f"{SHEETS}sharedStrings+xml",
        f'<sst xmlns="{MAIN}" uniqueCount="{len(items)}">{body}</sst>',
    )
    b.link("xl/workbook.xml", "rIdStrings", "sharedStrings", "sharedStrings.xml")


def _cells(b: Builder, s: Secrets) -> None:
    sheet = "xl/worksheets/sheet1.xml"
    b.insert(
        "xl/sharedStrings.xml",
        "</sst>",
        f"<si><t>{s('orphan shared string')}</t></si>"
        f'<si><t>东京</t><rPh sb="0" eb="2"><t>{s("phonetic run")}</t></rPh><phoneticPr fontId="1"/></si>',
    )
    escaped = "".join(f"_x{ord(c):04X}_" for c in s.han("escaped text"))
    split = s.han("inline text over runs")
    rows = (
        f'<row r="20"><c r="A20" t="inlineStr"><is><t>{s("inline string")}</t></is></c>'
        f'<c r="B20" t="inlineStr"><is><r><t>{split[:2]}</t></r><r><rPr><b/></rPr><t>{split[2:]}</t></r></is></c></row>'
        f'<row r="21"><c r="A21" t="str"><f>A1&amp;A2</f><v>{s("cached text")}</v></c>'
        f'<c r="B21"><f>B2+1</f><v>{s.number("cached number")}</v></c>'
        f'<c r="C21" t="e"><v>{s("error value")}</v></c><c r="D21" t="inlineStr"><is><t>{escaped}</t></is></c></row>'
        f'<row r="22"><c r="A22"><v>{s.number("exponent")}E0</v></c>'
        f'<c r="B22" t="str"><f t="shared" ref="B22:B23" si="0">B2&amp;"x"</f><v>{s("shared formula value")}</v></c>'
        f'<c r="C22"><v>5</v><extLst><ext uri="u"><x>{s("cell extension")}</x></ext></extLst></c></row>'
        f'<row r="23"><c r="B23" t="str"><f t="shared" si="0"/><v>29x</v></c></row>'
    )
    b.insert(sheet, "</sheetData>", rows)
    b.edit(sheet, lambda t: t.replace("<sheetData>", f"<!--{s('markup comment')}--><sheetData>", 1))
    b.edit(sheet, lambda t: t.replace("<sheetPr>", f'<sheetPr codeName="{s.word("code name")}">', 1))
    b.add("xl/calcChain.xml", f"{SHEETS}calcChain+xml", f'<calcChain xmlns="{MAIN}"><c r="F2" i="1"/></calcChain>')
    b.link("xl/workbook.xml", "rIdChain", "calcChain", "calcChain.xml")
    b.insert(
        sheet,
        "</worksheet>",
        '<extLst><ext uri="{78C0D931-6437-407d-A8EE-F0AAD7539E65}" xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/'
        '2009/9/main" xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main"><x14:conditionalFormattings>'
        '<x14:conditionalFormatting><x14:cfRule type="expression" priority="9" id="{00000000-000E-0000-0000-000001000000}">'
        f'<xm:f>A1="{s("extended condition")}"</xm:f></x14:cfRule><xm:sqref>A1</xm:sqref></x14:conditionalFormatting>'
        "</x14:conditionalFormattings></ext></extLst>",
    )


def _workbook_parts(b: Builder, s: Secrets) -> None:
    b.edit(
        "xl/workbook.xml",
        lambda t: t.replace(
            "<workbookPr",
            f'<fileSharing userName="{s("file sharing user")}"/><workbookPr',
            1,
        ).replace(
            "</workbook>",
            '<extLst><ext uri="{x}" xmlns:x15ac="http://schemas.microsoft.com/office/spreadsheetml/2010/11/ac">'
            f'<x15ac:absPath url="C:\\Users\\{s.word("absolute path")}\\"/></ext></extLst></workbook>',
            1,
        ),
    )
    b.edit(
        "docProps/app.xml", lambda t: t.replace("</Properties>", f"<Manager>{s('manager')}</Manager></Properties>", 1)
    )
    custom = f'<?xml version="1.0"?><root>{s("custom xml")}</root>'
    b.add("customXml/item1.xml", "application/xml", custom)
    b.link("xl/workbook.xml", "rIdCustom", "customXml", "../customXml/item1.xml")
    b.add("docProps/thumbnail.png", "image/png", png(s("thumbnail")))
    b.link(
        "",
        "rIdThumb",
        "http://schemas.openxmlformats.org/package/2006/relationships/metadata/thumbnail",
        "docProps/thumbnail.png",
    )
    printer = s("printer settings").encode("utf-16-le") + bytes(40)
    b.add("xl/printerSettings/printerSettings1.bin", f"{SHEETS}printerSettings", printer)
    b.link("xl/worksheets/sheet2.xml", "rIdPrint", "printerSettings", "../printerSettings/printerSettings1.bin")
    b.insert(
        "xl/worksheets/sheet2.xml",
        "</worksheet>",
        f'<pageSetup xmlns:r="{RELS}" orientation="landscape" r:id="rIdPrint"/>',
    )
    b.add("xl/customProperty1.bin", f"{SHEETS}customProperty", s("sheet property").encode("utf-16-le"))
    b.link("xl/worksheets/sheet2.xml", "rIdProp", "customProperty", "../customProperty1.bin")
    b.insert(
        "xl/worksheets/sheet2.xml",
        "</worksheet>",
        f'<customProperties xmlns:r="{RELS}"><customPr name="{s.word("sheet property name")}" r:id="rIdProp"/></customProperties>',
    )


def _comments(b: Builder, s: Secrets) -> None:
    sheet = "xl/worksheets/sheet1.xml"
    space = "http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments"
    person = "{5CBD1A25-7CAE-4E95-9A5B-6E6B1F1B2C01}"
    b.add(
        "xl/threadedComments/threadedComment1.xml",
        "application/vnd.ms-excel.threadedcomments+xml",
        f'<ThreadedComments xmlns="{space}"><threadedComment ref="C3" dT="2024-01-02T03:04:05.00" personId="{person}" '
        f'id="{{15B40B4F-9C6E-4C04-9B5C-1F4F6F0E5D11}}"><text>{s("threaded comment")}</text></threadedComment></ThreadedComments>',
    )
    b.link(
        sheet,
        "rIdThread",
        "http://schemas.microsoft.com/office/2017/10/relationships/threadedComment",
        "../threadedComments/threadedComment1.xml",
    )
    b.add(
        "xl/persons/person.xml",
        "application/vnd.ms-excel.person+xml",
        f'<personList xmlns="{space}"><person displayName="{s("person")}" id="{person}" userId="S::{s("person mail")}::9" '
        'providerId="AD"/></personList>',
    )
    b.link(
        "xl/workbook.xml",
        "rIdPersons",
        "http://schemas.microsoft.com/office/2017/10/relationships/person",
        "persons/person.xml",
    )
    drawing = next(name for name in b.parts if name.endswith(".vml"))
    b.insert(drawing, "</ns0:shape>", f'<ns0:textpath string="{s("vml text path")}"/><div>{s("vml text")}</div>')


def _drawings(b: Builder, s: Secrets) -> None:
    drawing = next(n for n in b.parts if n.startswith("xl/drawings/drawing") and n.endswith(".xml"))
    split = s.han("text box over runs")
    b.add(
        "xl/diagrams/data1.xml",
        "application/vnd.openxmlformats-officedocument.drawingml.diagramData+xml",
        f'<dgm:dataModel xmlns:dgm="{DRAWINGML}/diagram" xmlns:a="{DRAWINGML}/main"><dgm:ptLst><dgm:pt modelId="1"><dgm:t><a:bodyPr/>'
        f"<a:p><a:r><a:t>{s('diagram')}</a:t></a:r></a:p></dgm:t></dgm:pt></dgm:ptLst></dgm:dataModel>",
    )
    b.link(drawing, "rIdDgm", "diagramData", "../diagrams/data1.xml")
    b.link(drawing, "rIdShape", "hyperlink", f"file:///C:/Users/{s.word('shape link')}/x.txt", external=True)
    root = "</wsDr>" if "</wsDr>" in b.parts[drawing].decode() else "</xdr:wsDr>"
    b.insert(
        drawing,
        root,
        '<xdr:twoCellAnchor xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing" '
        f'xmlns:a="{DRAWINGML}/main" xmlns:r="{RELS}"><xdr:from><xdr:col>1</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>30</xdr:row>'
        "<xdr:rowOff>0</xdr:rowOff></xdr:from><xdr:to><xdr:col>4</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>35</xdr:row>"
        f'<xdr:rowOff>0</xdr:rowOff></xdr:to><xdr:sp macro="" textlink="\'{s["sheet name"]}\'!$A$1"><xdr:nvSpPr>'
        f'<xdr:cNvPr id="9" name="{s("shape name")}" descr="{s("alt text")}" title="{s("alt title")}">'
        f'<a:hlinkClick r:id="rIdShape" tooltip="{s("shape tooltip")}"/></xdr:cNvPr><xdr:cNvSpPr/></xdr:nvSpPr><xdr:spPr/><xdr:txBody>'
        f'<a:bodyPr/><a:p><a:r><a:t>前{split[:2]}</a:t></a:r><a:r><a:rPr b="1"/><a:t>{split[2:]}后</a:t></a:r></a:p></xdr:txBody></xdr:sp>'
        "<xdr:clientData/></xdr:twoCellAnchor>",
    )
    chart = next(n for n in b.parts if n.startswith("xl/charts/chart"))
    b.edit(
        chart,
        lambda t: t.replace(
            "</numRef></cat>",
            f'<numCache><ptCount val="2"/><pt idx="0"><v>3</v></pt><pt idx="1"><v>{s.number("chart number")}</v></pt></numCache></numRef></cat>',
            1,
        ).replace(
            "</strRef></tx>",
            f'<strCache><ptCount val="1"/><pt idx="0"><v>{s("chart cached text")}</v></pt></strCache></strRef></tx>',
            1,
        ),
    )
    b.parts[chart].index(b"strCache"), b.parts[chart].index(b"numCache")
    sheet = "xl/worksheets/sheet1.xml"
    kinds = {
        "xl/embeddings/Microsoft_Word_Document1.docx": (
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            word_document(f"附件 {s('embedded document')}"),
        ),
        "xl/embeddings/Microsoft_Excel_Sheet1.xlsx": (
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            inner_workbook(s("embedded workbook")),
        ),
    }
    for number, (name, (kind, body)) in enumerate(kinds.items()):
        b.add(name, kind, body)
        b.link(sheet, f"rIdEmbed{number}", "package", f"../embeddings/{name.rpartition('/')[2]}")
    objects = "".join(
        f'<oleObject progId="{s.word(f"object {n}")}.Document" shapeId="10{n}" xmlns:r="{RELS}" r:id="rIdEmbed{n}"/>'
        for n in range(2)
    )
    b.insert(sheet, "<extLst>", f"<oleObjects>{objects}</oleObjects>")


def _pivot(b: Builder, s: Secrets) -> None:
    b.add(
        "xl/pivotCache/pivotCacheDefinition1.xml",
        f"{SHEETS}pivotCacheDefinition+xml",
        f'<pivotCacheDefinition xmlns="{MAIN}" xmlns:r="{RELS}" r:id="rId1" refreshedBy="{s("pivot refreshed by")}" recordCount="2">'
        f'<cacheSource type="worksheet"><worksheetSource ref="A1:C3" sheet="{s["sheet name"]}"/></cacheSource><cacheFields count="3">'
        f'<cacheField name="品名" numFmtId="0"><sharedItems count="2"><s v="螺母"/><s v="{s("pivot shared item")}"/></sharedItems></cacheField>'
        f'<cacheField name="数量" numFmtId="0"><sharedItems containsSemiMixedTypes="0" containsString="0" containsNumber="1" '
        f'containsInteger="1" minValue="17" maxValue="{s.number("pivot extreme")}"/></cacheField>'
        f'<cacheField name="{s("pivot field")}" numFmtId="0"><sharedItems/></cacheField></cacheFields></pivotCacheDefinition>',
    )
    b.add(
        "xl/pivotCache/pivotCacheRecords1.xml",
        f"{SHEETS}pivotCacheRecords+xml",
        f'<pivotCacheRecords xmlns="{MAIN}" count="2"><r><x v="0"/><n v="17"/><s v="{s("pivot record")}"/></r>'
        f'<r><x v="1"/><n v="{s.number("pivot number")}"/><s v="普通"/></r></pivotCacheRecords>',
    )
    b.add(
        "xl/pivotTables/pivotTable1.xml",
        f"{SHEETS}pivotTable+xml",
        f'<pivotTableDefinition xmlns="{MAIN}" name="{s("pivot table name")}" cacheId="7" dataCaption="{s("pivot caption")}">'
        '<location ref="A30:B33" firstHeaderRow="1" firstDataRow="1" firstDataCol="1"/><pivotFields count="3"><pivotField axis="axisRow">'
        '<items count="3"><item x="0"/><item x="1"/><item t="default"/></items></pivotField><pivotField dataField="1"/><pivotField/>'
        '</pivotFields><rowFields count="1"><field x="0"/></rowFields><rowItems count="3"><i><x/></i><i><x v="1"/></i><i t="grand"><x/></i>'
        f'</rowItems><colItems count="1"><i/></colItems><dataFields count="1"><dataField name="{s("pivot data field")}" fld="1"/></dataFields>'
        "</pivotTableDefinition>",
    )
    b.link("xl/pivotCache/pivotCacheDefinition1.xml", "rId1", "pivotCacheRecords", "pivotCacheRecords1.xml")
    b.link("xl/workbook.xml", "rIdPivot", "pivotCacheDefinition", "pivotCache/pivotCacheDefinition1.xml")
    b.link("xl/worksheets/sheet2.xml", "rIdPivot", "pivotTable", "../pivotTables/pivotTable1.xml")
    b.link("xl/pivotTables/pivotTable1.xml", "rId1", "pivotCacheDefinition", "../pivotCache/pivotCacheDefinition1.xml")
    b.edit(
        "xl/workbook.xml",
        lambda t: t.replace(
            "<extLst>",
            f'<pivotCaches xmlns:r="{RELS}"><pivotCache cacheId="7" r:id="rIdPivot"/></pivotCaches><extLst>',
            1,
        ),
    )


def _sources(b: Builder, s: Secrets) -> None:
    b.add(
        "xl/connections.xml",
        f"{SHEETS}connections+xml",
        f'<connections xmlns="{MAIN}"><connection id="1" name="{s("connection name")}" type="5" refreshedVersion="6">'
        f'<dbPr connection="Provider=X;Password={s.word("connection")}" command="SELECT"/></connection></connections>',
    )
    b.link("xl/workbook.xml", "rIdConn", "connections", "connections.xml")
    b.add(
        "xl/queryTables/queryTable1.xml",
        f"{SHEETS}queryTable+xml",
        f'<queryTable xmlns="{MAIN}" name="{s("query table")}" connectionId="1"/>',
    )
    b.link("xl/worksheets/sheet2.xml", "rIdQuery", "queryTable", "../queryTables/queryTable1.xml")
    b.add(
        "xl/externalLinks/externalLink1.xml",
        f"{SHEETS}externalLink+xml",
        f'<externalLink xmlns="{MAIN}"><externalBook xmlns:r="{RELS}" r:id="rId1"><sheetNames><sheetName val="{s.han("external sheet")}"/>'
        f'</sheetNames><definedNames><definedName name="Ext" refersTo="=\'{s["external sheet"]}\'!$A$1"/></definedNames><sheetDataSet>'
        f'<sheetData sheetId="0"><row r="1"><cell r="A1" t="str"><v>{s("external cached text")}</v></cell>'
        f'<cell r="B1"><v>{s.number("external cached number")}</v></cell></row></sheetData></sheetDataSet></externalBook></externalLink>',
    )
    b.link(
        "xl/externalLinks/externalLink1.xml",
        "rId1",
        "externalLinkPath",
        f"file:///D:/{s.word('external path')}/b.xlsx",
        external=True,
    )
    b.link("xl/workbook.xml", "rIdExt", "externalLink", "externalLinks/externalLink1.xml")
    b.edit(
        "xl/workbook.xml",
        lambda t: t.replace(
            "<definedNames>",
            f'<externalReferences xmlns:r="{RELS}"><externalReference r:id="rIdExt"/></externalReferences><definedNames>',
            1,
        ),
    )
    b.insert(
        "xl/worksheets/sheet1.xml",
        "</sheetData>",
        f'<row r="25"><c r="A25"><f>\'[1]{s["external sheet"]}\'!A1</f><v>4</v></c></row>',
    )
