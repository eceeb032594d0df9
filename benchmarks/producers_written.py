"""Documents by the libraries of Python that write them, each of a number, for producers.py."""

from __future__ import annotations

import csv
import email.policy
import io
import json
import tarfile
import zipfile
from email.message import EmailMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText

from producers_made import picture, rows, source


def word(number: int) -> bytes:
    """By python-docx: headings, lists, a table, a picture, a header, a comment, sections."""
    import docx

    document = docx.Document()
    document.core_properties.author = "李素华"
    document.add_heading(f"通知{number}", 0)
    for line in source(number).splitlines():
        document.add_paragraph(line, style=("List Bullet", "Normal", "Intense Quote", "List Number")[number % 4])
    if number % 2:
        table = document.add_table(rows=0, cols=2, style="Light Grid Accent 1")
        for row in rows(1):
            table.add_row().cells[0].text = row["姓名"]
        document.add_picture(picture())
    if number % 3 == 0:
        document.sections[0].header.paragraphs[0].text = "内部资料"
        document.add_comment(
            document.paragraphs[-1].runs or document.paragraphs[-1].add_run("x"), "请核对", "陈国强", "陈"
        )
        document.add_section()
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def sheet_openpyxl(number: int) -> bytes:
    """By openpyxl: formulas, formats, comments, merged cells, checks, a chart, a picture, two sheets."""
    from openpyxl import Workbook
    from openpyxl.chart import BarChart, Reference
    from openpyxl.comments import Comment
    from openpyxl.drawing.image import Image
    from openpyxl.formatting.rule import ColorScaleRule
    from openpyxl.worksheet.datavalidation import DataValidation

    book = Workbook()
    sheet = book.active
    data = rows(number)
    sheet.append(list(data[0]))
    for row in data:
        sheet.append(list(row.values()))
    last = len(data) + 2
    sheet[f"C{last}"] = f"=SUM(C2:C{last - 1})"
    sheet["A1"].comment = Comment("请核对", "陈国强")
    if number % 2:
        sheet.merge_cells(f"A{last}:B{last}")
        sheet.conditional_formatting.add("C2:C9", ColorScaleRule("min", None, "FFFFFF", "max", None, "FF0000"))
        check = DataValidation(type="list", formula1='"有,无"')
        check.add("E2:E9")
        sheet.add_data_validation(check)
        sheet["B2"].hyperlink = "http://example.cn/"
    if number % 3 == 0:
        chart = BarChart()
        chart.add_data(Reference(sheet, min_col=3, min_row=1, max_row=last), titles_from_data=True)
        sheet.add_chart(chart, "G2")
        sheet.add_image(Image(picture()), "G20")
        book.create_sheet("说明").append(["由李素华填写"])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def sheet_xlsxwriter(number: int) -> bytes:
    """By xlsxwriter: tables, rich text, notes, sparklines, a box of text, charts, names."""
    import xlsxwriter

    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet("名单")
        data = rows(number)
        sheet.write_row(0, 0, list(data[0]))
        for at, row in enumerate(data, 1):
            sheet.write_row(at, 0, ["" if value is None else value for value in row.values()])
        sheet.write_rich_string("G1", "由", book.add_format({"bold": True}), "李素华", "填写")
        sheet.write_comment("A1", "请核对")
        sheet.write_formula("H1", "=SUM(C2:C9)", None, 3)
        if number % 2:
            sheet.add_table(0, 0, len(data), 4, {"columns": [{"header": name} for name in data[0]]})
            sheet.insert_textbox("I2", "制表：陈国强")
            book.define_name("合计", "=名单!$H$1")
        if number % 3 == 0:
            sheet.add_sparkline("I1", {"range": "名单!C2:C9"})
            chart = book.add_chart({"type": "pie"})
            chart.add_series({"categories": "=名单!$A$2:$A$5", "values": "=名单!$C$2:$C$5"})
            sheet.insert_chart("K2", chart)
            sheet.protect()
    return out.getvalue()


def slides(number: int) -> bytes:
    """By python-pptx: titles, lists, tables, charts, pictures, notes, links."""
    from pptx import Presentation
    from pptx.chart.data import CategoryChartData
    from pptx.enum.chart import XL_CHART_TYPE
    from pptx.util import Inches

    show = Presentation()
    box = (Inches(1), Inches(3), Inches(6), Inches(2))
    for page in range(1 + number % 4):
        slide = show.slides.add_slide(show.slide_layouts[page % 2])
        slide.shapes.title.text = "请李素华同志牵头"
        slide.placeholders[1].text = source(number)[:300]
        match (number + page) % 4:
            case 0:
                table = slide.shapes.add_table(2, 2, *box).table
                table.cell(0, 0).text, table.cell(1, 1).text = "姓名", "陈国强"
            case 1:
                data = CategoryChartData()
                data.categories = ["甲", "乙"]
                data.add_series("投资", (3.2, 12.5))
                slide.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, *box, data)
            case 2:
                slide.shapes.add_picture(picture(), Inches(1), Inches(3))
                slide.notes_slide.notes_text_frame.text = "备注：李素华"
            case _:
                run = slide.shapes.add_textbox(*box).text_frame.paragraphs[0].add_run()
                run.text, run.hyperlink.address = "链接", "http://example.cn/"
    out = io.BytesIO()
    show.save(out)
    return out.getvalue()


def pages_reportlab(number: int) -> bytes:
    """By reportlab: a font of the reader's, tables, lines, a picture."""
    from reportlab.lib.utils import ImageReader
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfgen.canvas import Canvas

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    out = io.BytesIO()
    canvas = Canvas(out, pageCompression=number % 2)
    canvas.setTitle("通知")
    for _ in range(1 + number % 3):
        canvas.setFont("STSong-Light", 11)
        for at, line in enumerate(source(number).splitlines()[:40]):
            canvas.drawString(50, 780 - 18 * at, line[:45])
        canvas.line(50, 40, 500, 40)
        canvas.drawImage(ImageReader(picture()), 400, 60)
        canvas.linkURL("http://example.cn/", (50, 50, 90, 60))
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def pages_pymupdf(number: int) -> bytes:
    """By PyMuPDF: text of HTML laid out, fonts embedded, notes, an outline."""
    import pymupdf

    story = pymupdf.Story("".join(f"<p>{line}</p>" for line in source(number).splitlines() if line))
    out = io.BytesIO()
    writer, more = pymupdf.DocumentWriter(out), 1
    while more:
        device = writer.begin_page(pymupdf.paper_rect("a4"))
        more, _ = story.place(pymupdf.Rect(40, 40, 555, 802))
        story.draw(device)
        writer.end_page()
    writer.close()
    with pymupdf.open("pdf", out.getvalue()) as made:
        made.set_toc([[1, "一、总体要求", 1]])
        if number % 2:
            made[0].add_text_annot((50, 50), "请核对")
        return bytes(made.tobytes(garbage=number % 4, deflate=bool(number % 3)))


def pages_pikepdf(number: int) -> bytes:
    """By pikepdf (qpdf), of another's: object streams, linearized, or none of it."""
    import pikepdf

    out = io.BytesIO()
    with pikepdf.open(io.BytesIO((pages_reportlab, pages_pymupdf)[number % 2](number))) as pdf:
        pdf.save(out, linearize=number % 3 == 0, object_stream_mode=pikepdf.ObjectStreamMode(number % 3))
    return out.getvalue()


def csv_python(number: int) -> bytes:
    """By the csv module, in several dialects and encodings."""
    out = io.StringIO()
    data = rows(number)
    writer = csv.DictWriter(out, list(data[0]), dialect=("excel", "unix")[number % 2], delimiter=",;\t"[number % 3])
    writer.writeheader()
    writer.writerows(data)
    return out.getvalue().encode(("utf-8", "utf-8-sig", "gb18030", "utf-16")[number % 4])


def mail(number: int) -> bytes:
    """By Python's email, in several policies: texts, pages, attachments, mails in mails."""
    policy = (email.policy.default, email.policy.SMTP, email.policy.SMTPUTF8)[number % 3]
    made = EmailMessage(policy=policy)
    made["Subject"], made["From"], made["To"] = (
        "关于召开会议的通知" * (1 + number),
        "李素华 <a@example.cn>",
        "b@example.cn",
    )
    made.set_content(source(number), cte=("base64", "quoted-printable", "8bit")[number % 3])
    if number % 2:
        made.add_alternative("<html><body><p>李素华</p></body></html>", subtype="html")
    if number % 3 == 0:
        made.add_attachment(csv_python(number), "text", "csv", filename="名单.csv")
        made.add_attachment(picture().getvalue(), "image", "png", filename="图.png")
        made.add_attachment(
            word(number),
            "application",
            "vnd.openxmlformats-officedocument.wordprocessingml.document",
            filename="a.docx",
        )
    if number % 4 == 0:
        inner = EmailMessage(policy=policy)
        inner["Subject"] = "附件"
        inner.set_content("李素华")
        made.add_attachment(inner)
    return made.as_bytes()


def mail_old(number: int) -> bytes:
    """By the old interface of Python's email, as many scripts still have it."""
    made = MIMEMultipart("alternative" if number % 2 else "mixed")
    made["Subject"], made["From"] = f"通知{number}", "a@example.cn"
    charset = ("utf-8", "gb2312", "us-ascii")[number % 3]
    text = (
        "Mr. Li will call 13900001111."
        if charset == "us-ascii"
        else "请李素华同志牵头，电话13900001111。\n" * (1 + number)
    )
    made.attach(MIMEText(text, "plain", charset))
    made.attach(MIMEText(f"<p>{text}</p>", "html", charset))
    return made.as_bytes()


def members(number: int) -> dict[str, bytes]:
    """What is packed: texts, tables, a document, a picture."""
    files = {"通知.txt": source(number).encode(), "a/名单.csv": csv_python(0), "a/b/r.json": b'{"a": [1, "x"]}'}
    if number % 2:
        files |= {"通知.docx": word(number), "图.png": picture().getvalue()}
    if number % 3 == 0:
        files |= {"p.html": b"<p>Mr. Li</p>", "e.eml": mail(1), "empty.txt": b""}
    return files


def zipped(number: int) -> bytes:
    """By zipfile."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)[number % 2]) as archive:
        for name, data in members(number).items():
            archive.writestr(name, data)
    return out.getvalue()


def tarred(number: int) -> bytes:
    """By tarfile."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=number % 3) as archive:
        for name, data in members(number).items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def json_python(number: int) -> str:
    """By the json module, in several layouts."""
    return json.dumps({"rows": rows(number)}, ensure_ascii=bool(number % 2), indent=(None, 2, "\t")[number % 3])


def jsonl_python(number: int) -> str:
    """Lines by the json module."""
    return "".join(json.dumps(row, ensure_ascii=bool(number % 2)) + "\n" for row in rows(number))


def text_of(number: int) -> bytes:
    """By Python, in the encodings that are in use."""
    return source(number).encode(("utf-8", "utf-8-sig", "gb18030", "utf-16", "gbk")[number % 5])
