"""A presentation with a secret of its own in every hiding place, made by python-pptx and completed by hand."""

from __future__ import annotations

import io

from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.oxml import parse_xml
from pptx.util import Inches

from tests.build.packages import RELS, Builder
from tests.build.workbooks import DRAWINGML, Secrets, png, word_document

MAIN = "http://schemas.openxmlformats.org/presentationml/2006/main"
SLIDES = "application/vnd.openxmlformats-officedocument.presentationml."
POWERPOINT = "application/vnd.ms-powerpoint."


def _by_python_pptx(s: Secrets) -> bytes:
    deck = Presentation()
    one = deck.slides.add_slide(deck.slide_layouts[1])
    one.shapes.title.text = "季度汇报 " + s("title of a slide")
    frame = one.placeholders[1].text_frame
    frame.text = "第一点"
    split = s.han("text over runs")
    paragraph = frame.add_paragraph()
    for text, bold in (("前" + split[:1], False), (split[1:3], True), (split[3:] + "后", False)):
        run = paragraph.add_run()
        run.text, run.font.bold = text, bold
    linked = frame.add_paragraph().add_run()
    linked.text = "链接"
    linked.hyperlink.address = f"https://{s.word('link target')}.example/?q=1"
    one.notes_slide.notes_text_frame.text = "备注 " + s("notes")
    two = deck.slides.add_slide(deck.slide_layouts[5])
    two.shapes.title.text = "表格"
    table = two.shapes.add_table(2, 2, Inches(1), Inches(2), Inches(4), Inches(1)).table
    table.cell(0, 0).text, table.cell(1, 1).text = "单位", s("table cell")
    picture = two.shapes.add_picture(io.BytesIO(png(s("picture metadata"))), Inches(1), Inches(4))
    picture.name = s("picture name")
    picture._element.nvPicPr.cNvPr.set("descr", s("alt text"))
    picture._element.nvPicPr.cNvPr.set("title", s("alt title"))
    picture.click_action.hyperlink.address = f"file:///C:/Users/{s.word('shape link')}/a.txt"
    data = CategoryChartData()
    data.categories = ["甲", s("chart category")]
    data.add_series(s("chart series"), (1.5, 2.5))
    chart = two.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, Inches(5), Inches(4), Inches(3), Inches(2), data).chart
    chart.has_title = True
    chart.chart_title.text_frame.text = s("chart title")
    group = two.shapes.add_group_shape()
    box = group.shapes.add_textbox(Inches(0), Inches(0), Inches(1), Inches(1))
    box.text_frame.text = s("text in a group")
    away = two.shapes.add_textbox(Inches(-20), Inches(0), Inches(1), Inches(1))
    away.text_frame.text = s("text off the slide")
    two.shapes.add_ole_object(
        io.BytesIO(word_document(s("embedded document"))), "Word.Document.12", Inches(1), Inches(5)
    )
    hidden = deck.slides.add_slide(deck.slide_layouts[6])
    hidden._element.set("show", "0")
    hidden.shapes.add_textbox(0, 0, Inches(2), Inches(1)).text_frame.text = s("hidden slide")
    hidden._element.cSld.set("name", s("name of a slide"))
    film = hidden.shapes.add_movie(io.BytesIO(b"\0\0\0\x18ftypmp42"), 0, 0, Inches(1), Inches(1), mime_type="video/mp4")
    film.name = s("film name")
    for place, target in (("master", deck.slide_master), ("layout", deck.slide_layouts[1])):
        target.placeholders[0].text_frame.text = s(place)
    field = parse_xml(
        f'<a:p xmlns:a="{DRAWINGML}/main"><a:fld id="{{B6F15528-21DE-4FAA-801E-634DDDAF4B2B}}" type="datetime1"><a:t>{s("field")}</a:t></a:fld>'
        f"<a:br/><a:r><a:t>{s('after a break')}</a:t></a:r></a:p>"
    )
    two.shapes.title.text_frame._txBody.append(field)
    properties = deck.core_properties
    properties.author, properties.last_modified_by = s("author"), s("last editor")
    properties.title, properties.subject, properties.keywords = s("title"), s("subject"), s("keywords")
    properties.comments, properties.category = s("comments property"), s("category")
    out = io.BytesIO()
    deck.save(out)
    return out.getvalue()


def presentation() -> tuple[bytes, Secrets]:
    """The presentation, and the secret of each place."""
    s = Secrets()
    b = Builder(_by_python_pptx(s))
    _presentation_parts(b, s)
    _comments(b, s)
    _slide_parts(b, s)
    b.parts["ppt/slides/slide99.xml"] = f"<p><t>{s('unlisted member')}</t></p>".encode()
    return b.bytes(), s


def _presentation_parts(b: Builder, s: Secrets) -> None:
    main = "ppt/presentation.xml"
    b.insert(
        main,
        "</p:presentation>",
        f'<p:custShowLst><p:custShow name="{s("custom show")}" id="0"><p:sldLst/></p:custShow></p:custShowLst>'
        f'<p:custDataLst><p:tags r:id="rIdTags"/></p:custDataLst><p:extLst><p:ext uri="{{521415D9-36F7-43E2-AB2F-B90AF26B5E84}}">'
        '<p14:sectionLst xmlns:p14="http://schemas.microsoft.com/office/powerpoint/2010/main">'
        f'<p14:section name="{s("section")}" id="{{5F0F6F0E-0000-4000-8000-000000000001}}"><p14:sldIdLst/></p14:section></p14:sectionLst>'
        f"</p:ext></p:extLst><!--{s('markup comment')}-->",
    )
    b.add(
        "ppt/tags/tag1.xml",
        f"{SLIDES}tags+xml",
        f'<p:tagLst xmlns:p="{MAIN}"><p:tag name="SOURCE" val="{s("tag")}"/></p:tagLst>',
    )
    b.link(main, "rIdTags", "tags", "tags/tag1.xml")
    master = f'<p:cSld name="{s("handout master name")}"><p:spTree><p:nvGrpSpPr><p:cNvPr id="1" name=""/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr/>'
    b.add(
        "ppt/handoutMasters/handoutMaster1.xml",
        f"{SLIDES}handoutMaster+xml",
        f'<p:handoutMaster xmlns:p="{MAIN}" xmlns:a="{DRAWINGML}/main">{master}<p:sp><p:nvSpPr><p:cNvPr id="2" name="x"/><p:cNvSpPr/><p:nvPr/>'
        f"</p:nvSpPr><p:spPr/><p:txBody><a:bodyPr/><a:p><a:r><a:t>{s('handout master')}</a:t></a:r></a:p></p:txBody></p:sp></p:spTree></p:cSld>"
        '<p:clrMap bg1="lt1" tx1="dk1" bg2="lt2" tx2="dk2" accent1="accent1" accent2="accent2" accent3="accent3" accent4="accent4" '
        'accent5="accent5" accent6="accent6" hlink="hlink" folHlink="folHlink"/></p:handoutMaster>',
    )
    b.link(main, "rIdHandout", "handoutMaster", "handoutMasters/handoutMaster1.xml")
    b.add("customXml/item1.xml", "application/xml", f"<root>{s('custom xml')}</root>")
    b.link(main, "rIdCustom", "customXml", "../customXml/item1.xml")
    b.add(
        "docProps/custom.xml",
        "application/vnd.openxmlformats-officedocument.custom-properties+xml",
        '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties" '
        'xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes"><property fmtid="{D5CDD505-2E9C-101B-9397-08002B2CF9AE}" '
        f'pid="2" name="{s("custom property name")}"><vt:lpwstr>{s("custom property")}</vt:lpwstr></property></Properties>',
    )
    b.link("", "rIdCustomProps", "custom-properties", "docProps/custom.xml")
    b.edit(
        "docProps/app.xml", lambda t: t.replace("</Properties>", f"<Manager>{s('manager')}</Manager></Properties>", 1)
    )
    b.edit("ppt/theme/theme1.xml", lambda t: t.replace('name="Office Theme"', f'name="{s("theme name")}"', 1))


def _comments(b: Builder, s: Secrets) -> None:
    b.add(
        "ppt/commentAuthors.xml",
        f"{SLIDES}commentAuthors+xml",
        f'<p:cmAuthorLst xmlns:p="{MAIN}"><p:cmAuthor id="0" name="{s("comment author")}" initials="{s("author initials")}" lastIdx="1" clrIdx="0"/></p:cmAuthorLst>',
    )
    b.link("ppt/presentation.xml", "rIdAuthors", "commentAuthors", "commentAuthors.xml")
    b.add(
        "ppt/comments/comment1.xml",
        f"{SLIDES}comments+xml",
        f'<p:cmLst xmlns:p="{MAIN}"><p:cm authorId="0" dt="2024-01-02T03:04:05.000" idx="1"><p:pos x="1" y="1"/><p:text>{s("comment")}</p:text></p:cm></p:cmLst>',
    )
    b.link("ppt/slides/slide1.xml", "rIdComment", "comments", "../comments/comment1.xml")
    modern = "http://schemas.microsoft.com/office/powerpoint/2018/8/main"
    author = "{5CBD1A25-7CAE-4E95-9A5B-6E6B1F1B2C01}"
    b.add(
        "ppt/authors.xml",
        f"{POWERPOINT}authors+xml",
        f'<p188:authorLst xmlns:p188="{modern}"><p188:author id="{author}" name="{s("modern author")}" initials="甲" userId="S::{s("author mail")}::1" providerId="AD"/></p188:authorLst>',
    )
    b.link(
        "ppt/presentation.xml",
        "rIdModern",
        "http://schemas.microsoft.com/office/2018/10/relationships/authors",
        "authors.xml",
    )
    b.add(
        "ppt/comments/modernComment_100_0.xml",
        f"{POWERPOINT}comments+xml",
        f'<p188:cmLst xmlns:p188="{modern}" xmlns:a="{DRAWINGML}/main"><p188:cm id="{{15B40B4F-9C6E-4C04-9B5C-1F4F6F0E5D11}}" authorId="{author}" '
        f'created="2024-01-02T03:04:05.000"><p188:txBody><a:bodyPr/><a:lstStyle/><a:p><a:r><a:t>{s("modern comment")}</a:t></a:r></a:p></p188:txBody></p188:cm></p188:cmLst>',
    )
    b.link(
        "ppt/slides/slide2.xml",
        "rIdModern",
        "http://schemas.microsoft.com/office/2018/10/relationships/comments",
        "../comments/modernComment_100_0.xml",
    )


def _slide_parts(b: Builder, s: Secrets) -> None:
    slide = "ppt/slides/slide2.xml"
    text = s("diagram")
    shape = f"<a:p><a:r><a:t>{text}</a:t></a:r></a:p>"
    b.add(
        "ppt/diagrams/data1.xml",
        "application/vnd.openxmlformats-officedocument.drawingml.diagramData+xml",
        f'<dgm:dataModel xmlns:dgm="{DRAWINGML}/diagram" xmlns:a="{DRAWINGML}/main"><dgm:ptLst><dgm:pt modelId="1"><dgm:prSet phldrT="{s("diagram placeholder")}"/>'
        f"<dgm:t><a:bodyPr/>{shape}</dgm:t></dgm:pt></dgm:ptLst></dgm:dataModel>",
    )
    b.link(slide, "rIdDgm", "diagramData", "../diagrams/data1.xml")
    b.add(
        "ppt/diagrams/drawing1.xml",
        "application/vnd.ms-office.drawingml.diagramDrawing+xml",
        f'<dsp:drawing xmlns:dsp="http://schemas.microsoft.com/office/drawing/2008/diagram" xmlns:a="{DRAWINGML}/main"><dsp:spTree><dsp:sp modelId="2">'
        f"<dsp:txBody><a:bodyPr/><a:p><a:r><a:t>{s('diagram drawing')}</a:t></a:r></a:p></dsp:txBody></dsp:sp></dsp:spTree></dsp:drawing>",
    )
    b.link(
        slide,
        "rIdDsp",
        "http://schemas.microsoft.com/office/2007/relationships/diagramDrawing",
        "../diagrams/drawing1.xml",
    )
    b.add("ppt/media/" + s("media file name") + ".png", "image/png", png("x"))
    b.link(slide, "rIdNamed", "image", "../media/" + s["media file name"] + ".png")
    b.insert(
        slide,
        "</p:spTree>",
        '<p:sp><p:nvSpPr><p:cNvPr id="77" name="文本"><a:hlinkClick r:id="" action="ppaction://noaction" '
        f'tooltip="{s("tooltip")}"/></p:cNvPr><p:cNvSpPr/><p:nvPr/></p:nvSpPr><p:spPr/><p:txBody><a:bodyPr/><a:p><a:r><a:rPr dirty="0"><a:solidFill>'
        f'<a:srgbClr val="FFFFFF"/></a:solidFill></a:rPr><a:t>{s("white text")}</a:t></a:r></a:p></p:txBody></p:sp>',
    )
    b.insert(
        slide,
        "</p:sld>",
        f'<p:extLst><p:ext uri="{{x}}"><p14:x xmlns:p14="http://schemas.microsoft.com/office/powerpoint/2010/main" note="{s.han("extension attribute")}"/></p:ext></p:extLst>',
    )
    assert RELS in b.parts[slide].decode()
