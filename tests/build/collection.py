"""A folder as one finds it: a dozen kinds of documents by the programs that write them, some misnamed, cut off,
locked or no text at all."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path
from typing import Final

import pikepdf
from openpyxl import Workbook
from pptx import Presentation
from pptx.util import Inches
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from tests.build.word import new_word
from tests.build.workbooks import png

LINES: Final = (
    "在云岭县重点项目推进会上的讲话",
    "请王建国同志牵头，郑晓岚同志配合，同比增长12.5%以上，完成投资3.2亿元。",
    "要求各单位认真总结经验，再接再厉。暗语 7788990 在此。",
    "值班电话：0999-6210088，联系人：郑晓岚。",
)
"""What each document says, a line a paragraph, row, slide or page; the third has residue."""


def text(encoding: str) -> bytes:
    """Plain text."""
    return "".join(f"{line}\n" for line in LINES).encode(encoding)


def word() -> bytes:
    """The last line stands in the second row of a table."""
    made, out = new_word(), io.BytesIO()
    for line in LINES[:3]:
        made.add_paragraph(line)
    table = made.add_table(2, 2)
    table.cell(1, 1).text = LINES[2]
    made.save(out)
    return out.getvalue()


def sheet() -> bytes:
    """A row a line, in the second column."""
    made, out = Workbook(), io.BytesIO()
    made.active.title = "台账"
    for number, line in enumerate(LINES):
        made.active.append([number, line])
    made.save(out)
    return out.getvalue()


def slides() -> bytes:
    """A slide a line."""
    made, out = Presentation(), io.BytesIO()
    for line in LINES:
        slide = made.slides.add_slide(made.slide_layouts[6])
        slide.shapes.add_textbox(Inches(1), Inches(1), Inches(8), Inches(1)).text_frame.text = line
    made.save(out)
    return out.getvalue()


def pages() -> bytes:
    """A page a line."""
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    out = io.BytesIO()
    canvas = Canvas(out)
    for line in LINES:
        canvas.setFont("STSong-Light", 12)
        canvas.drawString(60, 700, line)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def mail() -> bytes:
    """The lines are its text, and once more a file that is attached."""
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "a@example.com", "b@example.com", "通知"
    made["Date"] = "Mon, 06 May 2024 10:00:00 +0800"
    made.set_content("\n".join(LINES))
    made.add_attachment(text("utf-8"), maintype="text", subtype="plain", filename="a.txt")
    return made.as_bytes()


def archive() -> bytes:
    """A zip file of a text in a folder."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("sub/a.txt", text("utf-8"))
    return out.getvalue()


def locked() -> bytes:
    """A PDF under a password."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pages())) as pdf:
        pdf.save(out, encryption=pikepdf.Encryption(owner="o", user="u"))
    return out.getvalue()


KINDS: Final[dict[str, Callable[[], bytes]]] = {
    "文本.txt": lambda: text("utf-8"),
    "国标.txt": lambda: text("gb18030"),
    "宽字.txt": lambda: text("utf-16"),
    "讲话.docx": word,
    "台账.xlsx": sheet,
    "汇报.pptx": slides,
    "公文.pdf": pages,
    "邮件.eml": mail,
    "打包.zip": archive,
    "网页.html": lambda: f"<p>{'<p>'.join(LINES)}".encode(),
    "表格.csv": lambda: f"编号,正文\n1,{LINES[1]}\n2,{LINES[2]}\n".encode(),
    "记录.jsonl": lambda: "".join(json.dumps({"正文": line}) + "\n" for line in LINES).encode(),
    "错名.bin": word,
    "无事.txt": lambda: "大家好。\n".encode(),
    "图片.png": lambda: png("x"),
    "加密.pdf": locked,
    "截断.docx": lambda: word()[:2000],
    "乱码.txt": lambda: text("utf-8") + b"\xff\xfe\xfa\n",
}
"""The files, by name; the last four can't be read."""
FAILING: Final = ("图片.png", "加密.pdf", "截断.docx", "乱码.txt")


def make(folder: Path, copies: int = 1) -> None:
    """Make them all, in a folder of its own for each copy."""
    made = {name: content() for name, content in KINDS.items()}
    for number in range(copies):
        place = folder / f"{number:02}"
        place.mkdir(parents=True)
        for name, content in made.items():
            (place / name).write_bytes(content)
