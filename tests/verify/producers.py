"""Files as real programs make them, of any lines of text: what the last check must let pass when nothing is wrong."""

from __future__ import annotations

import base64
import csv
import datetime
import gzip
import html
import io
import json
import tarfile
import zipfile
from collections.abc import Callable, Sequence
from email.message import EmailMessage
from random import Random

import docx
import openpyxl
import pptx
import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.parquet as pq
import xlsxwriter
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from pptx.util import Inches
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen import canvas
from reportlab.platypus import Paragraph, SimpleDocTemplate, Table

from tests.build.word import new_word

Lines = Sequence[str]
Producer = Callable[[Lines, Random], bytes]
CID = "STSong-Light"
DOT = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def word_plain(lines: Lines, random: Random) -> bytes:
    document = new_word()  # the next one has all that the template has
    document.add_heading(lines[0], level=1)
    for line in lines[1:]:
        document.add_paragraph(line)
    return _saved(document.save)


def word_rich(lines: Lines, random: Random) -> bytes:
    """Runs that cut words, a table, a header, lists, a picture, properties."""
    document = docx.Document()
    document.core_properties.title = lines[0][:40]
    document.core_properties.author = "办公室"
    document.core_properties.keywords = "讲话, 会议"
    section = document.sections[0]
    section.header.paragraphs[0].text = lines[0][:30]
    section.footer.paragraphs[0].text = "第 1 页"
    for line in lines:
        paragraph = document.add_paragraph(style=random.choice(["Normal", "List Bullet", "Body Text"]))
        at = 0
        while at < len(line):
            size = random.randint(1, 9)
            run = paragraph.add_run(line[at : at + size])
            run.bold = random.random() < 0.3
            at += size
    table = document.add_table(rows=1, cols=3, style="Table Grid")
    for cell, text in zip(table.rows[0].cells, ("事项", "内容", "数量"), strict=True):
        cell.text = text
    for number, line in enumerate(lines[:8]):
        for cell, text in zip(
            table.add_row().cells, (line[:6], line[6:20], str(random.randint(1, 99999))), strict=True
        ):
            cell.text = text
        if number % 3 == 0:
            document.add_comment(document.paragraphs[1].runs or [document.paragraphs[1].add_run("注")], text=line[:15])
    document.add_picture(io.BytesIO(DOT))
    return _saved(document.save)


def sheet_openpyxl(lines: Lines, random: Random) -> bytes:
    """Texts, numbers, dates, formulas, a comment, a chart, a hidden sheet."""
    book = openpyxl.Workbook()
    book.properties.title = lines[0][:30]
    sheet = book.active
    sheet.title = "汇总"
    sheet.append(["序号", "姓名", "内容", "金额", "日期"])
    for number, line in enumerate(lines, start=1):
        row = [number, line[:3], line, random.randint(1, 10**6) / 100, datetime.date(2024, 1 + number % 12, 5)]
        sheet.append(row)
    sheet["F1"] = "=SUM(D2:D20)"
    sheet["C2"].comment = Comment(lines[-1][:20], "办公室")
    chart = BarChart()
    chart.title = lines[0][:10]
    chart.add_data(Reference(sheet, min_col=4, min_row=1, max_row=9), titles_from_data=True)
    sheet.add_chart(chart, "H2")
    hidden = book.create_sheet("底稿")
    hidden.sheet_state = "hidden"
    for line in lines[:5]:
        hidden.append([line, random.randint(1000, 9999)])
    return _saved(book.save)


def sheet_xlsxwriter(lines: Lines, random: Random) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    book.set_properties({"title": lines[0][:30], "company": "某单位", "comments": lines[-1][:30]})
    sheet = book.add_worksheet("数据")
    bold = book.add_format({"bold": True})
    for number, line in enumerate(lines):
        sheet.write(number, 0, line)
        sheet.write(number, 1, random.randint(1, 10**5))
        sheet.write_formula(number, 2, f"=B{number + 1}*2", value=4)
        if len(line) > 8:
            sheet.write_rich_string(number, 3, line[:3], bold, line[3:6], line[6:])
    sheet.write_comment("A1", lines[-1][:20])
    sheet.write_url("E1", "https://example.com/", string=lines[0][:10])
    sheet.data_validation("F1", {"validate": "list", "source": ["甲", "乙", "丙"]})
    sheet.insert_image("G2", "dot.png", {"image_data": io.BytesIO(DOT), "description": lines[0][:12]})
    chart = book.add_chart({"type": "line"})
    chart.add_series({"values": f"=数据!$B$1:$B${len(lines)}", "name": lines[0][:8]})
    sheet.insert_chart("H9", chart)
    book.close()
    return out.getvalue()


def slides(lines: Lines, random: Random) -> bytes:
    """Titles, bullets, a table, notes, a picture."""
    deck = pptx.Presentation()
    deck.core_properties.title = lines[0][:30]
    for start in range(0, len(lines), 4):
        slide = deck.slides.add_slide(deck.slide_layouts[1])
        slide.shapes.title.text = lines[start][:20]
        frame = slide.placeholders[1].text_frame
        for line in lines[start : start + 4]:
            paragraph = frame.add_paragraph()
            for at in range(0, len(line), 5):
                paragraph.add_run().text = line[at : at + 5]
        slide.notes_slide.notes_text_frame.text = lines[start]
    table = slide.shapes.add_table(2, 2, Inches(1), Inches(5), Inches(4), Inches(1)).table
    table.cell(0, 0).text = lines[0][:8]
    table.cell(1, 1).text = str(random.randint(1000, 99999))
    slide.shapes.add_picture(io.BytesIO(DOT), Inches(1), Inches(1))
    return _saved(deck.save)


def pdf_canvas(lines: Lines, random: Random) -> bytes:
    pdfmetrics.registerFont(UnicodeCIDFont(CID))
    out = io.BytesIO()
    page = canvas.Canvas(out, pagesize=A4)
    page.setTitle(lines[0][:20])
    page.setAuthor("办公室")
    at = 800
    for line in lines:
        for start in range(0, len(line), 36):
            if at < 60:
                page.showPage()
                at = 800
            page.setFont(CID, 12)
            page.drawString(60, at, line[start : start + 36])
            at -= 18
    page.save()
    return out.getvalue()


def pdf_platypus(lines: Lines, random: Random) -> bytes:
    pdfmetrics.registerFont(UnicodeCIDFont(CID))
    out = io.BytesIO()
    style = ParagraphStyle("body", fontName=CID, fontSize=11, leading=16, wordWrap="CJK", firstLineIndent=22)
    flow: list[object] = [Paragraph(html.escape(line), style) for line in lines]
    rows = [[str(number), line[:12], str(random.randint(1, 9999))] for number, line in enumerate(lines[:6])]
    flow.append(Table(rows, style=[("FONTNAME", (0, 0), (-1, -1), CID)]))
    SimpleDocTemplate(out, pagesize=A4, title=lines[0][:20]).build(flow)
    return out.getvalue()


def page(lines: Lines, random: Random) -> bytes:
    """A page as a site has it: head, navigation, scripts, style, linked data, comments, a table."""
    title = html.escape(lines[0][:30])
    data = json.dumps({"@type": "NewsArticle", "headline": lines[0][:30], "articleBody": lines[-1]}, ensure_ascii=False)
    escaped = json.dumps({"title": lines[0][:30], "n": random.randint(1, 10**6)})
    body = "\n".join(
        f'<p class="c{number % 3}" id="p{number}">{_tagged(line, random)}</p>' for number, line in enumerate(lines)
    )
    rows = "".join(
        f"<tr><td>{number}</td><td>{html.escape(line[:9])}</td><td>{random.randint(1, 99999)}</td></tr>"
        for number, line in enumerate(lines[:6])
    )
    return f"""<!DOCTYPE html>
<html lang="zh-CN"><head><meta charset="utf-8"><title>{title}</title>
<meta name="description" content="{html.escape(lines[1][:60], quote=True)}"><meta name="viewport" content="width=device-width">
<link rel="stylesheet" href="/static/main.20240305.css"><style>.c1 {{ color: #333; width: 1200px }} /* 正文 */</style>
<script type="application/ld+json">{data}</script>
<script>var page = {escaped}; window.init = function () {{ return "首页" + page.title; }};</script>
</head><body><!-- 正文开始 --><nav><a href="/">首页</a> <a href="/news" title="要闻">要闻</a></nav>
<h1>{title}</h1><img src="data:image/png;base64,{base64.b64encode(DOT).decode()}" alt="{title}">
{body}
<table><tr><th>序号</th><th>内容</th><th>数量</th></tr>{rows}</table>
<footer>版权所有 &copy; 2024</footer></body></html>
""".encode()


def page_gbk(lines: Lines, random: Random) -> bytes:
    return page(lines, random).decode().replace('charset="utf-8"', 'charset="gb18030"').encode("gb18030")


def xml_feed(lines: Lines, random: Random) -> bytes:
    items = "".join(
        f'<item id="{number}"><title>{html.escape(line[:20])}</title><description><![CDATA[<p>{line}</p>]]></description></item>'
        for number, line in enumerate(lines)
    )
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0"><channel><title>动态</title>{items}</channel></rss>'.encode()


def table_csv(lines: Lines, random: Random) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["编号", "标题", "正文", "数量"])
    for number, line in enumerate(lines):
        writer.writerow([number, line[:8], f"{line}\n“{line[:5]}”,{line[-4:]}", random.randint(1, 99999)])
    return out.getvalue().encode("utf-8-sig")


def table_tsv_gbk(lines: Lines, random: Random) -> bytes:
    rows = (f"{number}\t{line[:10]}\t{line}" for number, line in enumerate(lines))
    return ("编号\t标题\t正文\n" + "\n".join(rows) + "\n").encode("gb18030")


def tree(lines: Lines, random: Random) -> bytes:
    items = [{"id": number, "text": line, "n": random.random()} for number, line in enumerate(lines)]
    return json.dumps({"title": lines[0], "items": items}, ensure_ascii=bool(random.random() < 0.5), indent=1).encode()


def json_lines(lines: Lines, random: Random) -> bytes:
    return "".join(
        json.dumps({"id": f"a{number:04}", "text": line, "meta": {"len": len(line)}}, ensure_ascii=False) + "\n"
        for number, line in enumerate(lines)
    ).encode()


def parquet(lines: Lines, random: Random) -> bytes:
    table = _table(lines, random)
    out = io.BytesIO()
    pq.write_table(table, out, compression="zstd")
    return out.getvalue()


def arrow(lines: Lines, random: Random) -> bytes:
    out = io.BytesIO()
    feather.write_feather(_table(lines, random), out)
    return out.getvalue()


def _table(lines: Lines, random: Random) -> pa.Table:
    table = pa.table(
        {
            "编号": list(range(len(lines))),
            "text": list(lines),
            "kind": pa.array([random.choice(["讲话", "通知"]) for _ in lines]).dictionary_encode(),
            "words": [[line[:4], line[4:8]] for line in lines],
            "size": [random.randint(1, 10**9) for _ in lines],
        }
    )
    return table.replace_schema_metadata({"source": "内网", "note": lines[0][:12]})


def mail_plain(lines: Lines, random: Random) -> bytes:
    message = _mail(lines)
    message.set_content("\n".join(lines), charset="utf-8")
    return bytes(message)


def mail_rich(lines: Lines, random: Random) -> bytes:
    """A text and a page of it, attachments by name, a mail within."""
    message = _mail(lines)
    message.set_content("\n".join(lines), charset="utf-8", cte="quoted-printable")
    message.add_alternative(page(lines, random).decode(), subtype="html", cte="base64")
    message.add_attachment(
        word_plain(lines, random), maintype="application", subtype="octet-stream", filename="会议讲话.docx"
    )
    message.add_attachment("\n".join(lines[:3]), filename="说明.txt")
    inner = _mail(lines[::-1])
    inner.set_content(lines[-1], charset="gb18030", cte="base64")
    message.add_attachment(inner)
    return bytes(message)


def _mail(lines: Lines) -> EmailMessage:
    message = EmailMessage()
    message["Subject"] = lines[0][:25]
    message["From"] = "办公室 <office@example.org>"
    message["To"] = "各部门 <all@example.org>"
    message["Date"] = "Tue, 05 Mar 2024 08:00:00 +0800"
    return message


def archive_zip(lines: Lines, random: Random) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("会议/讲话.docx", word_plain(lines, random))
        packed.writestr("会议/说明.txt", "\n".join(lines))
        packed.writestr("data.csv", table_csv(lines, random))
        packed.writestr("图.png", DOT)
    return out.getvalue()


def archive_tgz(lines: Lines, random: Random) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as packed:
        for name, data in (("讲话.txt", "\n".join(lines).encode()), ("页.html", page(lines, random))):
            info = tarfile.TarInfo(name)
            info.size = len(data)
            packed.addfile(info, io.BytesIO(data))
    return out.getvalue()


def compressed(lines: Lines, random: Random) -> bytes:
    return gzip.compress(json_lines(lines, random))


def _tagged(line: str, random: Random) -> str:
    """A line with inline tags that cut words."""
    at = random.randrange(len(line))
    return f"{html.escape(line[:at])}<b>{html.escape(line[at : at + 3])}</b>{html.escape(line[at + 3 :])}"


def _saved(save: Callable[[io.BytesIO], object]) -> bytes:
    out = io.BytesIO()
    save(out)
    return out.getvalue()


PRODUCERS: dict[str, tuple[Producer, str]] = {
    "word_plain": (word_plain, "docx"),
    "word_rich": (word_rich, "docx"),
    "sheet_openpyxl": (sheet_openpyxl, "xlsx"),
    "sheet_xlsxwriter": (sheet_xlsxwriter, "xlsx"),
    "slides": (slides, "pptx"),
    "pdf_canvas": (pdf_canvas, "pdf"),
    "pdf_platypus": (pdf_platypus, "pdf"),
    "page": (page, "html"),
    "page_gbk": (page_gbk, "html"),
    "xml_feed": (xml_feed, "xml"),
    "table_csv": (table_csv, "csv"),
    "table_tsv_gbk": (table_tsv_gbk, "tsv"),
    "tree": (tree, "json"),
    "json_lines": (json_lines, "jsonl"),
    "parquet": (parquet, "parquet"),
    "arrow": (arrow, "feather"),
    "mail_plain": (mail_plain, "eml"),
    "mail_rich": (mail_rich, "eml"),
    "archive_zip": (archive_zip, "zip"),
    "archive_tgz": (archive_tgz, "tar.gz"),
    "compressed": (compressed, "jsonl.gz"),
}
"""Who makes what, and the end of its name."""
