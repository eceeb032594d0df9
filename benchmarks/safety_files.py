"""Files with canaries in known places, for safety.py: each canary is a word that stands in one place of one file and nowhere else."""

from __future__ import annotations

import base64
import csv
import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pikepdf
import reportlab
from docx import Document
from docx.oxml import parse_xml
from docx.shared import RGBColor
from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.workbook.defined_name import DefinedName
from pikepdf import Array, Dictionary, Name, Pdf, String
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from pptx import Presentation
from pptx.util import Inches
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

KINDS = (
    "properties",
    "text",
    "comments",
    "revisions",
    "hidden",
    "links and names",
    "embedded",
    "under boxes",
    "encoded",
)
"""Kinds of places. Properties: who made a file, with what, about what. Hidden: what no reader of the page sees. Encoded: Base64."""
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


@dataclass
class Canaries:
    """The canaries of one file, by the kind of their place."""

    number: int
    placed: dict[str, str] = field(default_factory=dict)

    def __call__(self, kind: str) -> str:
        """A new canary."""
        assert kind in KINDS
        word = f"Zhuoqi{self.number:02}{chr(ord('a') + len(self.placed))}kuo"
        self.placed[word] = kind
        return word


def _saved(made: Any) -> bytes:
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def _changed(data: bytes, changes: dict[str, Callable[[bytes], bytes]], more: dict[str, bytes] | None = None) -> bytes:
    """A package with some members changed and some put in."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            body = old.read(info)
            new.writestr(info.filename, changes.get(info.filename, bytes)(body))
        for name, body in (more or {}).items():
            new.writestr(name, body)
    return out.getvalue()


def _png(said: str) -> bytes:
    out, info = io.BytesIO(), PngInfo()
    info.add_text("Author", said)
    Image.new("RGB", (8, 8), "white").save(out, "PNG", pnginfo=info)
    return out.getvalue()


def docx_properties(c: Canaries) -> bytes:
    made = Document()
    made.add_paragraph("A notice.")
    core = made.core_properties
    core.author, core.last_modified_by, core.title, core.keywords, core.comments = (c("properties") for _ in range(5))
    company = c("properties").encode()
    return _changed(
        _saved(made),
        {
            "docProps/app.xml": lambda b: b.replace(
                b"</Properties>", b"<Manager>" + company + b"</Manager></Properties>"
            )
        },
    )


def docx_text(c: Canaries) -> bytes:
    made = Document()
    made.add_paragraph(f"Seen by {c('text')} today.")
    made.add_table(1, 1).cell(0, 0).text = c("text")
    made.sections[0].header.paragraphs[0].text = c("text")
    made.sections[0].footer.paragraphs[0].text = c("text")
    split = c("text")
    paragraph = made.add_paragraph()
    for at in range(0, len(split), 4):
        paragraph.add_run(split[at : at + 4])
    return _saved(made)


def docx_comments(c: Canaries) -> bytes:
    made = Document()
    paragraph = made.add_paragraph("Commented.")
    made.add_comment(paragraph.runs, text=c("comments"), author=c("comments"), initials="z")
    return _saved(made)


def docx_revisions(c: Canaries) -> bytes:
    made = Document()
    paragraph = made.add_paragraph("Revised. ")
    for tag, text in (("ins", "t"), ("del", "delText")):
        xml = f'<w:{tag} {W} w:id="1" w:author="{c("revisions")}"><w:r><w:{text}>{c("revisions")}</w:{text}></w:r></w:{tag}>'
        paragraph._p.append(parse_xml(xml))
    return _saved(made)


def docx_hidden(c: Canaries) -> bytes:
    made = Document()
    paragraph = made.add_paragraph("Plain. ")
    paragraph.add_run(f"{c('hidden')} ").font.hidden = True
    paragraph.add_run(f"{c('hidden')} ").font.color.rgb = RGBColor(255, 255, 255)
    code = f' HYPERLINK "http://example.com/{c("links and names")}" '
    data = base64.b64encode(f"<EndNote><Author>{c('encoded')}</Author></EndNote>".encode()).decode()
    paragraph._p.append(
        parse_xml(
            f'<w:fldSimple {W} w:instr="{code.replace(chr(34), "&quot;")}"><w:r><w:t>link</w:t></w:r></w:fldSimple>'
        )
    )
    paragraph._p.append(
        parse_xml(f'<w:r {W}><w:fldChar w:fldCharType="begin"><w:fldData>{data}</w:fldData></w:fldChar></w:r>')
    )
    paragraph._p.append(parse_xml(f"<w:r {W}><w:instrText> ADDIN EN.CITE </w:instrText></w:r>"))
    paragraph._p.append(parse_xml(f'<w:r {W}><w:fldChar w:fldCharType="end"/></w:r>'))
    return _saved(made)


def docx_picture(c: Canaries) -> bytes:
    made = Document()
    made.add_picture(io.BytesIO(_png(c("properties"))), width=Inches(1))
    made.inline_shapes[0]._inline.docPr.set("descr", c("links and names"))
    return _saved(made)


def xlsx_properties(c: Canaries) -> bytes:
    made = Workbook()
    made.active["A1"] = "total"
    made.properties.creator, made.properties.title, made.properties.description = (c("properties") for _ in range(3))
    return _saved(made)


def xlsx_text(c: Canaries) -> bytes:
    made = Workbook()
    sheet = made.active
    sheet["A1"], sheet["B2"] = c("text"), f'=CONCATENATE("{c("text")}",A1)'
    sheet.oddHeader.left.text = c("text")
    made.defined_names["area"] = DefinedName("area", attr_text=f'"{c("links and names")}"')
    made.create_sheet(c("links and names"))
    sheet["C1"].hyperlink = f"http://example.com/{c('links and names')}"
    return _saved(made)


def xlsx_hidden(c: Canaries) -> bytes:
    made = Workbook()
    made.active["A1"] = "total"
    for state in ("hidden", "veryHidden"):
        sheet = made.create_sheet(state)
        sheet["A1"], sheet.sheet_state = c("hidden"), state
    made.active["D4"], made.active.column_dimensions["D"].hidden = c("hidden"), True
    made.active["A1"].comment = Comment(c("comments"), c("comments"))
    return _saved(made)


def pptx_properties(c: Canaries) -> bytes:
    made = Presentation()
    made.slides.add_slide(made.slide_layouts[6])
    core = made.core_properties
    core.author, core.title, core.subject = (c("properties") for _ in range(3))
    return _saved(made)


def pptx_text(c: Canaries) -> bytes:
    made = Presentation()
    slide = made.slides.add_slide(made.slide_layouts[6])
    box = slide.shapes.add_textbox(Inches(1), Inches(1), Inches(8), Inches(1))
    box.text_frame.text, box.name = c("text"), c("links and names")
    slide.notes_slide.notes_text_frame.text = c("comments")
    away = slide.shapes.add_textbox(Inches(-20), Inches(1), Inches(1), Inches(1))
    away.text_frame.text = c("hidden")
    return _saved(made)


def docx_embedded(c: Canaries) -> bytes:
    """A workbook in a document: its text, and its properties."""
    inner = Workbook()
    inner.active["A1"], inner.properties.creator = c("embedded"), c("embedded")
    made = Presentation()
    slide = made.slides.add_slide(made.slide_layouts[6])
    slide.shapes.add_ole_object(
        io.BytesIO(_saved(inner)), "Excel.Sheet.12", Inches(1), Inches(1), icon_file=io.BytesIO(_png("icon"))
    )
    return _saved(made)


def _pdf(draw: Callable[[Canvas], object]) -> Pdf:
    pdfmetrics.registerFont(TTFont("Vera", Path(reportlab.__file__).parent / "fonts" / "Vera.ttf"))
    out = io.BytesIO()
    canvas = Canvas(out)
    canvas.setFont("Vera", 12)
    canvas.drawString(72, 760, "A notice to all.")
    draw(canvas)
    canvas.save()
    return Pdf.open(io.BytesIO(out.getvalue()))


def pdf_properties(c: Canaries) -> bytes:
    made = _pdf(lambda canvas: None)
    with made.open_metadata(update_docinfo=False) as xmp:
        xmp["dc:description"] = c("properties")
    made.docinfo["/Author"], made.docinfo["/Title"] = c("properties"), c("properties")
    return _saved(made)


def pdf_text(c: Canaries) -> bytes:
    return _saved(_pdf(lambda canvas: canvas.drawString(72, 700, f"Seen by {c('text')} today.")))


def pdf_box_over(c: Canaries) -> bytes:
    def draw(canvas: Canvas) -> None:
        canvas.drawString(72, 700, c("under boxes"))
        canvas.rect(70, 690, 300, 30, fill=1)

    return _saved(_pdf(draw))


def pdf_highlight(c: Canaries) -> bytes:
    """A black mark that a reader's program lays over the text."""
    made = _pdf(lambda canvas: canvas.drawString(72, 700, c("under boxes")))
    made.pages[0].obj.Annots = Array(
        [Dictionary(Type=Name.Annot, Subtype=Name.Square, Rect=[70, 690, 370, 720], IC=[0, 0, 0], C=[0, 0, 0])]
    )
    return _saved(made)


def pdf_hidden(c: Canaries) -> bytes:
    def draw(canvas: Canvas) -> None:
        canvas.setFillColorRGB(1, 1, 1)
        canvas.drawString(72, 700, c("hidden"))
        canvas.setFillColorRGB(0, 0, 0)
        canvas.drawString(-500, 600, c("hidden"))
        text = canvas.beginText(72, 500)
        text.setTextRenderMode(3)
        text.textLine(c("hidden"))
        canvas.drawText(text)

    return _saved(_pdf(draw))


def pdf_annotations(c: Canaries) -> bytes:
    made = _pdf(lambda canvas: None)
    link = Dictionary(S=Name.URI, URI=String(f"http://example.com/{c('links and names')}"))
    made.pages[0].obj.Annots = Array(
        [
            Dictionary(
                Type=Name.Annot,
                Subtype=Name.Text,
                Rect=[9, 9, 20, 20],
                Contents=String(c("comments")),
                T=String(c("comments")),
            ),
            Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=[9, 30, 20, 40], A=link),
        ]
    )
    form = Dictionary(
        FT=Name.Tx, T=String("name"), V=String(c("text")), Type=Name.Annot, Subtype=Name.Widget, Rect=[9, 50, 99, 70]
    )
    made.Root.AcroForm = Dictionary(Fields=[made.make_indirect(form)])
    with made.open_outline() as outline:
        outline.root.append(pikepdf.OutlineItem(c("links and names"), 0))
    return _saved(made)


def pdf_attachment(c: Canaries) -> bytes:
    made = _pdf(lambda canvas: None)
    made.attachments["a.txt"] = pikepdf.AttachedFileSpec(made, c("embedded").encode(), filename="a.txt")
    return _saved(made)


def pdf_older_version(c: Canaries) -> bytes:
    """The text of an older version, before an update that only adds."""
    old = pdf_text_of(c("revisions"))
    with Pdf.open(io.BytesIO(old)) as pdf:
        size, root = len(pdf.objects) + 1, pdf.Root.objgen[0]
        contents = pdf.pages[0].obj.Contents.objgen[0]
    start = len(old) + 1
    stream = f"\n{contents} 0 obj\n<< /Length 0 >>\nstream\n\nendstream\nendobj\n".encode()
    before = int(old.rpartition(b"startxref")[2].split()[0])
    table = f"xref\n{contents} 1\n{start:010} 00000 n \ntrailer\n<< /Size {size} /Root {root} 0 R /Prev {before} >>\nstartxref\n{len(old) + len(stream)}\n%%EOF\n"
    return old + stream + table.encode()


def pdf_text_of(said: str) -> bytes:
    """A PDF that says so, with a table of places that an update can refer to."""
    out = io.BytesIO()
    _pdf(lambda canvas: canvas.drawString(72, 700, said)).save(out, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    return out.getvalue()


def html_page(c: Canaries) -> bytes:
    data = base64.b64encode(f"<p>{c('encoded')}</p>".encode()).decode()
    return (
        f'<!doctype html><html><head><meta charset="utf-8"><meta name="author" content="{c("properties")}"><title>{c("text")}</title>'
        f"<!-- {c('comments')} --><script>var user = '{c('hidden')}';</script></head><body><p>Seen by {c('text')} today.</p>"
        f'<img alt="{c("links and names")}" src="a.png"><a href="http://example.com/{c("links and names")}">a</a>'
        f'<div style="display:none">{c("hidden")}</div><iframe src="data:text/html;base64,{data}"></iframe></body></html>'
    ).encode()


def mail(c: Canaries) -> bytes:
    made = EmailMessage()
    made["From"], made["To"] = f"{c('properties')} <a@example.com>", "b@example.com"
    made["Subject"], made["X-Mailer"], made["Date"] = c("text"), c("properties"), "Mon, 06 May 2024 10:00:00 +0800"
    made.set_content(f"Seen by {c('text')} today.\n", cte="base64")
    made.add_alternative(f"<p>{c('text')}</p><!-- {c('comments')} -->", subtype="html", cte="quoted-printable")
    made.add_attachment(
        f"{c('embedded')}\n".encode(), maintype="text", subtype="plain", filename=f"{c('links and names')}.txt"
    )
    return made.as_bytes()


def archive(c: Canaries) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        info = zipfile.ZipInfo(f"{c('links and names')}.txt")
        info.comment = c("comments").encode()
        packed.writestr(info, f"Seen by {c('text')} today.\n")
        inner = Document()
        inner.add_paragraph(c("embedded"))
        inner.core_properties.author = c("properties")
        packed.writestr("inner.docx", _saved(inner))
        packed.comment = c("comments").encode()
    return out.getvalue()


def table(c: Canaries) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows([["name", "note"], [c("text"), f"seen, {c('text')}"]])
    return out.getvalue().encode()


def records(c: Canaries) -> bytes:
    return (
        json.dumps(
            {
                "name": c("text"),
                c("links and names"): 1,
                "raw": base64.b64encode(f"name: {c('encoded')} and more".encode()).decode(),
            }
        ).encode()
        + b"\n"
    )


def plain(c: Canaries) -> bytes:
    hidden = "\u200b".join(c("hidden"))
    encoded = base64.b64encode(f"name: {c('encoded')} and more".encode()).decode()
    return f"Seen by {c('text')} today. {hidden}\n{encoded}\n".encode()


FILES: dict[str, Callable[[Canaries], bytes]] = {
    "properties.docx": docx_properties,
    "text.docx": docx_text,
    "comments.docx": docx_comments,
    "revisions.docx": docx_revisions,
    "hidden.docx": docx_hidden,
    "picture.docx": docx_picture,
    "properties.xlsx": xlsx_properties,
    "text.xlsx": xlsx_text,
    "hidden.xlsx": xlsx_hidden,
    "properties.pptx": pptx_properties,
    "text.pptx": pptx_text,
    "embedded.pptx": docx_embedded,
    "properties.pdf": pdf_properties,
    "text.pdf": pdf_text,
    "box.pdf": pdf_box_over,
    "highlight.pdf": pdf_highlight,
    "hidden.pdf": pdf_hidden,
    "annotations.pdf": pdf_annotations,
    "attachment.pdf": pdf_attachment,
    "older.pdf": pdf_older_version,
    "page.html": html_page,
    "mail.eml": mail,
    "archive.zip": archive,
    "table.csv": table,
    "records.jsonl": records,
    "plain.txt": plain,
}


def make(folder: Path) -> dict[str, dict[str, str]]:
    """Write all files; their canaries by name, each with the kind of its place."""
    placed = {}
    for number, (name, build) in enumerate(FILES.items()):
        canaries = Canaries(number)
        (folder / name).write_bytes(build(canaries))
        placed[name] = canaries.placed
    return placed
