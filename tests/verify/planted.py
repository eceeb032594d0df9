"""Outputs with one thing wrong, planted in what the program has written: the table that the command is held to."""

from __future__ import annotations

import base64
import gzip
import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cache
from pathlib import Path
from random import Random

import openpyxl
import pikepdf
import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.parquet as pq
from pikepdf import Array, Dictionary, Name
from reportlab.pdfgen import canvas

from redactor.files.verifying import Way, made_of
from tests.build import ofd
from tests.build.packages import packed
from tests.conftest import made
from tests.verify import producers
from tests.verify.faults import repacked

NAME = "蔚丹青"
PHONE = "13800138000"
LINES = (
    "会场安排",
    f"请{NAME}同志到会场讲话，联系电话{PHONE}。",
    "大家到会场听讲话，同比增长12.5%以上。",
    "会后请把材料收好。",
    "请王建国同志牵头，3月5日前报办公室。",
    "会议由办公室承办，各部门派人参加。",
    "散会以后打扫会场。",
    "有事请提前说明。",
)
SUBTITLES = "".join(f"{n}\n00:00:0{n},000 --> 00:00:0{n},900\n{line}\n\n" for n, line in enumerate(LINES))
MARKDOWN = "# " + "\n\n".join(LINES) + "\n\n| 序号 | 内容 |\n|---|---|\n| 1 | **会场** |\n"
TEXTS = {
    "txt": "\n".join(LINES) + "\n",
    "md": MARKDOWN,
    "srt": SUBTITLES,
}


@cache
def original(kind: str) -> bytes:
    """A file of the kind: of a producer, or a text with that ending, in GB18030 where it says so."""
    if kind in TEXTS:
        return TEXTS[kind].encode()
    if kind == "gbk.txt":
        return TEXTS["txt"].encode("gb18030")
    if kind == "utf16.txt":
        return TEXTS["txt"].encode("utf-16")
    if kind == "ofd":
        return packed(ofd.document([ofd.lines(*LINES)]))
    return producers.PRODUCERS[kind][0](LINES, Random(5))


def path(kind: str) -> Path:
    """What the file is called."""
    return Path("a." + (producers.PRODUCERS[kind][1] if kind in producers.PRODUCERS else kind.rpartition(".")[2]))


@cache
def output(kind: str, policy: str = "publish") -> bytes:
    """What the program writes of it."""
    return made_of(original(kind), path(kind), path(kind), Way(made(policy)))


@dataclass(frozen=True, slots=True)
class Planted:
    """A fault. `checks`: those of which one at least must tell it, also when another program has saved the output since (`resaved`)."""

    name: str
    kind: str
    plant: Callable[[bytes], bytes]
    checks: frozenset[str]
    resaved: bool = True


FAULTS: list[Planted] = []


def fault(
    kind: str, *checks: str, resaved: bool = True
) -> Callable[[Callable[[bytes], bytes]], Callable[[bytes], bytes]]:
    """Enter a function, by its name, as a fault of outputs of a producer."""

    def enter(function: Callable[[bytes], bytes]) -> Callable[[bytes], bytes]:
        FAULTS.append(Planted(function.__name__, kind, function, frozenset(checks or ("intact",)), resaved))
        return function

    return enter


def text(
    name: str, old: str, new: str, *checks: str, kinds: tuple[str, ...] = ("txt",), encoding: str = "utf-8"
) -> None:
    """Enter an exchange of one text for another, in each of some kinds of files that are texts."""

    def plant(data: bytes) -> bytes:
        before = old.encode(encoding)
        assert before in data, (name, old)
        return data.replace(before, new.encode(encoding), 1)

    FAULTS.extend(Planted(f"{name}_{kind}", kind, plant, frozenset(checks or ("intact",))) for kind in kinds)


def member(name: str, part: str, old: str, new: str, *checks: str, kind: str, resaved: bool = True) -> None:
    """Enter an exchange in a part of a package."""
    FAULTS.append(
        Planted(
            name,
            kind,
            lambda data: repacked(data, changed={part: (old, new)}),
            frozenset(checks or ("intact",)),
            resaved,
        )
    )


PLAIN = ("txt", "md", "srt", "page", "xml_feed", "table_csv", "json_lines")

text("masked_name_is_back", "请×同志到", f"请{NAME}同志到", "gone", kinds=("txt", "page", "json_lines"))
text("masked_digit_is_back", "增长×%", "增长12.5%", "intact", kinds=("md", "table_csv"))
text("changed_sign", "会后请把材料", "会后请将材料", kinds=PLAIN)
text("lost_sentence", "有事请提前说明。", "", kinds=("txt", "page"))
text("added_sentence", "散会以后", "大家辛苦了。散会以后", kinds=("srt", "json_lines"))
text("mask_goes_further", "请×同志到会场", "请×到会场", kinds=("table_csv",))
text("swapped_lines", "会后请把材料收好。\n", "散会以后打扫会场。\n")
text(
    "base64_of_a_name", "会场安排", "会场安排 " + base64.b64encode(NAME.encode()).decode(), "gone", kinds=("txt", "md")
)
text("name_in_json_key", '"items"', f'"{NAME}"', "gone", kinds=("tree",))
text("name_in_script", "window.init", f'var a="{NAME}";window.init', "gone", kinds=("page",))
text("name_in_comment", "正文开始", f"正文开始 {NAME}", "gone", kinds=("page",))
text("name_in_attribute", 'id="p1"', f'id="p1" title="{NAME}"', "gone", kinds=("page",))
text("name_as_references", "打扫", "".join(f"&#{ord(c)};" for c in NAME), "gone", kinds=("page",))
text("name_with_joiners", "打扫", "\u200b".join(NAME), "gone", kinds=("txt", "page"))
text("name_in_full_width_blanks", "打扫", "\u3000".join(NAME), "gone", kinds=("txt",))
text("white_text", "</body>", '<p style="color:#fff">这里还有一句话</p></body>', kinds=("page",))
text("other_encoding", "收好。", "放好。", encoding="gb18030", kinds=("gbk.txt",))
text("phone_is_back_wide", "收好。", f"收好。{PHONE}", "gone", encoding="utf-16-le", kinds=("utf16.txt",))


@fault("txt", "gone")
def utf16_behind_a_text(data: bytes) -> bytes:
    return data + NAME.encode("utf-16-le")


@fault("txt", "gone")
def gb18030_behind_a_text(data: bytes) -> bytes:
    return data + (NAME * 3).encode("gb18030")


@fault("txt", "intact", resaved=False)
def carriage_returns(data: bytes) -> bytes:
    return data.replace(b"\n", b"\r\n")


@fault("txt", "intact", resaved=False)
def byte_order_mark(data: bytes) -> bytes:
    return b"\xef\xbb\xbf" + data


@fault("txt", "intact", resaved=False)
def blank_at_a_line_end(data: bytes) -> bytes:
    return data.replace(b"\n", b" \n", 1)


@fault("table_csv", "intact")
def swapped_cells(data: bytes) -> bytes:
    return (
        data.replace("会后请把材料收好".encode(), b"#")
        .replace("散会以后打扫会场".encode(), "会后请把材料收好".encode())
        .replace(b"#", "散会以后打扫会场".encode())
    )


@fault("json_lines", "intact")
def lost_record(data: bytes) -> bytes:
    lines = data.splitlines(keepends=True)
    return b"".join(lines[:3] + lines[4:])


@fault("json_lines", "intact")
def record_twice(data: bytes) -> bytes:
    lines = data.splitlines(keepends=True)
    return b"".join((*lines, lines[3]))


member(
    "docx_author",
    "docProps/core.xml",
    "</cp:coreProperties>",
    "<dc:creator>赵大海</dc:creator></cp:coreProperties>",
    "shell",
    kind="word_plain",
)
member("docx_revision_marks", "word/document.xml", "<w:p>", '<w:p w:rsidR="00AB12CD">', "shell", kind="word_plain")
member(
    "docx_tracked_deletion",
    "word/document.xml",
    "<w:sectPr",
    '<w:p><w:del w:id="9"><w:r><w:delText>旧句子</w:delText></w:r></w:del></w:p><w:sectPr',
    "shell",
    kind="word_plain",
)
member("docx_sentence", "word/document.xml", "会后请把材料收好", "会后请把材料带走", kind="word_plain")
member(
    "docx_white_text",
    "word/document.xml",
    "<w:sectPr",
    '<w:p><w:r><w:rPr><w:color w:val="FFFFFF"/></w:rPr><w:t>白字一行</w:t></w:r></w:p><w:sectPr',
    kind="word_rich",
)
member(
    "docx_made_white",
    "word/document.xml",
    "<w:r>",
    '<w:r><w:rPr><w:color w:val="FFFFFF"/></w:rPr>',
    kind="word_plain",
    resaved=False,
)
member(
    "docx_header", "word/header1.xml", "</w:hdr>", "<w:p><w:r><w:t>内部文稿</w:t></w:r></w:p></w:hdr>", kind="word_rich"
)
member("docx_style", "word/styles.xml", "</w:styles>", " </w:styles>", kind="word_plain", resaved=False)
member("xlsx_value_is_back", "xl/worksheets/sheet1.xml", "请×同志到", f"请{NAME}同志到", "gone", kind="sheet_openpyxl")
member("xlsx_word", "xl/worksheets/sheet1.xml", "材料收好", "材料带走", kind="sheet_openpyxl")
member("xlsx_hidden_sheet", "xl/workbook.xml", 'state="visible"', 'state="hidden"', "shell", kind="sheet_openpyxl")
member("xlsx_comment", "xl/comments/comment1.xml", "<t", "<t>看这里</t><t", kind="sheet_openpyxl")
member("pptx_notes", "ppt/notesSlides/notesSlide1.xml", "会场安排", f"会场安排{NAME}", "gone", kind="slides")
member("pptx_slide", "ppt/slides/slide1.xml", "会场安排", "会场布置", kind="slides")


@fault("word_plain", "shell")
def thumbnail(data: bytes) -> bytes:
    return repacked(data, {"docProps/thumbnail.jpeg": b"\xff\xd8\xff\xe0" + bytes(40)})


@fault("word_plain", "shell", "intact")
def application_properties(data: bytes) -> bytes:
    return repacked(data, {"docProps/app.xml": "<Properties><Company>东海公司</Company></Properties>".encode()})


@fault("word_plain", "gone")
def custom_part(data: bytes) -> bytes:
    return repacked(data, {"customXml/item7.xml": f"<a>{NAME}</a>".encode("utf-16")})


@fault("word_rich", "intact", resaved=False)
def another_picture(data: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for info in old.infolist():
            content = old.read(info)
            new.writestr(info.filename, content + b"\0" if info.filename.startswith("word/media/") else content)
    return out.getvalue()


@fault("word_plain", "gone")
def behind_the_package(data: bytes) -> bytes:
    return NAME.encode() + data


@fault("sheet_openpyxl", "intact")
def swapped_cells_of_a_sheet(data: bytes) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(data))
    sheet = book.worksheets[0]
    sheet["C5"].value, sheet["C8"].value = sheet["C8"].value, sheet["C5"].value
    return _saved(book.save)


@fault("sheet_openpyxl", "intact", "shell")
def another_sheet(data: bytes) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(data))
    sheet = book.create_sheet("底稿二")
    sheet["A1"] = "另一张表的内容"
    sheet.sheet_state = "hidden"
    return _saved(book.save)


def _saved(save: Callable[[io.BytesIO], object]) -> bytes:
    out = io.BytesIO()
    save(out)
    return out.getvalue()


def _pdf(data: bytes, change: Callable[[pikepdf.Pdf], object]) -> bytes:
    with pikepdf.open(io.BytesIO(data)) as document:
        change(document)
        return _saved(document.save)


@fault("pdf_canvas", "gone", "shell")
def pdf_author(data: bytes) -> bytes:
    return _pdf(data, lambda document: document.docinfo.__setitem__(Name.Author, NAME))


@fault("pdf_canvas", "shell")
def pdf_program(data: bytes) -> bytes:
    return _pdf(data, lambda document: document.docinfo.__setitem__(Name.Creator, "某软件"))


@fault("pdf_canvas", "shell", "gone")
def pdf_attachment(data: bytes) -> bytes:
    return _pdf(data, lambda document: document.attachments.__setitem__("a.txt", b"something else"))


@fault("pdf_canvas", "gone")
def pdf_older_version(data: bytes) -> bytes:
    return original("pdf_canvas") + data


@fault("pdf_canvas", "shell", "gone", "intact")
def pdf_layer(data: bytes) -> bytes:
    def change(document: pikepdf.Pdf) -> None:
        layer = document.make_indirect(Dictionary(Type=Name.OCG, Name="底稿"))
        document.Root.OCProperties = Dictionary(OCGs=Array([layer]), D=Dictionary(OFF=Array([layer])))

    return _pdf(data, change)


@fault("pdf_canvas")
def pdf_added_line(data: bytes) -> bytes:
    def change(document: pikepdf.Pdf) -> None:
        out = io.BytesIO()
        page = canvas.Canvas(out)
        page.drawString(60, 40, "one more line")
        page.save()
        with pikepdf.open(io.BytesIO(out.getvalue())) as other:
            document.pages[0].add_overlay(other.pages[0])

    return _pdf(data, change)


@fault("pdf_platypus")
def pdf_lost_page(data: bytes) -> bytes:
    return _pdf(data, lambda document: (document.add_blank_page(), document.pages.__delitem__(0)))


@fault("pdf_canvas", "intact", "shell")
def pdf_not_cleaned(data: bytes) -> bytes:
    return original("pdf_canvas")


def _mail(data: bytes, change: Callable[[EmailMessage], object]) -> bytes:
    message = message_from_bytes(data, policy=policy.default)
    assert isinstance(message, EmailMessage)
    change(message)
    return bytes(message)


@fault("mail_plain", "shell")
def mail_program(data: bytes) -> bytes:
    return b"X-Mailer: something 1.0\r\n" + data


@fault("mail_plain", "gone")
def mail_subject(data: bytes) -> bytes:
    return _mail(data, lambda message: message.replace_header("Subject", f"{NAME}讲话"))


@fault("mail_rich", "shell", "gone")
def mail_attachment(data: bytes) -> bytes:
    return _mail(
        data,
        lambda message: message.add_attachment(f"{NAME}".encode(), maintype="text", subtype="plain", filename="b.txt"),
    )


@fault("mail_rich", "intact")
def mail_attachment_exchanged(data: bytes) -> bytes:
    return _mail(
        data, lambda message: list(message.iter_attachments())[1].set_content("换了一份说明。", filename="说明.txt")
    )


@fault("archive_zip", "intact")
def zip_another_member(data: bytes) -> bytes:
    return repacked(data, {"b.txt": "多出来的一个文件。".encode()})


@fault("archive_zip", "gone")
def zip_comment(data: bytes) -> bytes:
    out = io.BytesIO(data)
    with zipfile.ZipFile(out, "a") as packed:
        packed.comment = NAME.encode()
    return out.getvalue()


@fault("archive_zip", "gone")
def zip_inner_document(data: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for info in old.infolist():
            inner = info.filename.endswith(".docx")
            new.writestr(info.filename, original("word_plain") if inner else old.read(info))
    return out.getvalue()


@fault("compressed", "gone")
def gzip_name(data: bytes) -> bytes:
    out = io.BytesIO()
    with gzip.GzipFile(NAME + ".jsonl", "wb", fileobj=out) as packed:
        packed.write(gzip.decompress(data))
    return out.getvalue().replace(b"????", NAME.encode())[:] + gzip.compress(json.dumps({"a": NAME}).encode())


def _table(data: bytes, change: Callable[[pa.Table], pa.Table]) -> bytes:
    out = io.BytesIO()
    if data[:4] == b"PAR1":
        pq.write_table(change(pq.read_table(io.BytesIO(data))), out)
    else:
        feather.write_feather(change(feather.read_table(io.BytesIO(data))), out)
    return out.getvalue()


def _cell(table: pa.Table, row: int, value: str) -> pa.Table:
    texts = table["text"].to_pylist()
    texts[row] = value
    return table.set_column(table.schema.get_field_index("text"), "text", pa.array(texts))


@fault("parquet", "gone")
def parquet_value(data: bytes) -> bytes:
    return _table(data, lambda table: _cell(table, 1, f"请{NAME}同志"))


@fault("parquet")
def parquet_cell(data: bytes) -> bytes:
    return _table(data, lambda table: _cell(table, 3, "会后请把材料交上来。"))


@fault("parquet", "gone")
def parquet_metadata(data: bytes) -> bytes:
    return _table(data, lambda table: table.replace_schema_metadata({"by": NAME}))


@fault("arrow", "intact")
def arrow_lost_row(data: bytes) -> bytes:
    return _table(data, lambda table: table.slice(0, 6))


@fault("arrow", "gone")
def arrow_column_name(data: bytes) -> bytes:
    return _table(data, lambda table: table.rename_columns([NAME, *table.column_names[1:]]))


@fault("ofd")
def ofd_sentence(data: bytes) -> bytes:
    part = next(name for name in zipfile.ZipFile(io.BytesIO(data)).namelist() if name.endswith("Content.xml"))
    return repacked(data, changed={part: ("材料收好", "材料带走")})


@fault("ofd", "gone")
def ofd_value(data: bytes) -> bytes:
    return repacked(data, {"Doc_0/note.xml": f"<a>{NAME}</a>".encode()})
