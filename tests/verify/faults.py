"""Outputs with a fault: a value that was masked is still in a place that the writer has not seen to."""

from __future__ import annotations

import base64
import gzip
import io
import json
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from email.header import Header
from email.message import EmailMessage
from functools import cache
from random import Random
from urllib.parse import quote

import pikepdf
import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.parquet as pq
from pikepdf import Dictionary, Name

from tests.verify import producers

NAME = "蔚丹青"
PHONE = "13800138000"
INPUT = f"请{NAME}同志到会场讲话，联系电话{PHONE}。"
OUTPUT = "请×同志到会场讲话，联系电话×。"
LINES = ("会场安排", OUTPUT, "大家到会场听讲话。", "会后请把材料收好。")
Fault = Callable[[], bytes]
FAULTS: dict[str, tuple[str, Fault]] = {}
"""By what is wrong: the format, and what makes an output of that kind."""


def fault(kind: str) -> Callable[[Fault], Fault]:
    """Enter a function, by its name, as a fault of outputs in that format."""

    def enter(function: Fault) -> Fault:
        FAULTS[function.__name__] = kind, function
        return function

    return enter


@cache
def made(name: str) -> bytes:
    """A sound output."""
    producer, _ = producers.PRODUCERS[name]
    return producer(LINES, Random(5))


def repacked(
    data: bytes, new: dict[str, bytes] | None = None, changed: dict[str, tuple[str, str]] | None = None
) -> bytes:
    """A zip file with members added, and one text in others exchanged for another."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for info in old.infolist():
            content = old.read(info)
            if changed and info.filename in changed:
                before, after = changed[info.filename]
                assert before.encode() in content, (info.filename, content[:300])
                content = content.replace(before.encode(), after.encode(), 1)
            packed.writestr(info.filename, content)
        for name, content in (new or {}).items():
            packed.writestr(name, content)
    return out.getvalue()


def _word(new: dict[str, bytes] | None = None, **changed: tuple[str, str]) -> bytes:
    paths = {"document": "word/document.xml", "core": "docProps/core.xml", "app": "docProps/app.xml"}
    return repacked(made("word_plain"), new, {paths[name]: pair for name, pair in changed.items()})


def _body(inner: str) -> bytes:
    return _word(document=("<w:body>", f"<w:body><w:p>{inner}</w:p>"))


@fault("docx")
def docx_author() -> bytes:
    return _word(core=("</cp:coreProperties>", f"<dc:creator>{NAME}</dc:creator></cp:coreProperties>"))


@fault("docx")
def docx_company() -> bytes:
    return _word(app=("</Properties>", f"<Company>{NAME}</Company></Properties>"))


@fault("docx")
def docx_custom_property() -> bytes:
    return _word({"docProps/custom.xml": f'<p><property name="a"><lpwstr>{NAME}</lpwstr></property></p>'.encode()})


@fault("docx")
def docx_custom_xml() -> bytes:
    return _word({"customXml/item9.xml": f"<a><b>致{NAME}</b></a>".encode("utf-16")})


@fault("docx")
def docx_member_name() -> bytes:
    return _word({f"customXml/{NAME}.xml": b"<a/>"})


@fault("docx")
def docx_attribute() -> bytes:
    return _body(f'<w:bookmarkStart w:id="7" w:name="{NAME}"/>')


@fault("docx")
def docx_field_data() -> bytes:
    data = base64.encodebytes(f"<note>{'x' * 40}{NAME}</note>".encode()).decode()
    return _body(f'<w:r><w:fldChar w:fldCharType="begin"><w:fldData>{data}</w:fldData></w:fldChar></w:r>')


@fault("docx")
def docx_field_data_utf16() -> bytes:
    data = base64.b64encode(f"a{NAME}".encode("utf-16-le")).decode()
    return _body(f"<w:r><w:fldChar><w:fldData>{data}</w:fldData></w:fldChar></w:r>")


@fault("docx")
def docx_split_runs() -> bytes:
    return _body("".join(f"<w:r><w:t>{char}</w:t></w:r>" for char in f"请{NAME}来"))


@fault("docx")
def docx_split_around_text_box() -> bytes:
    box = "<w:r><w:pict><w:txbxContent><w:p><w:r><w:t>框</w:t></w:r></w:p></w:txbxContent></w:pict></w:r>"
    return _body(f"<w:r><w:t>{NAME[:2]}</w:t></w:r>{box}<w:r><w:t>{NAME[2:]}</w:t></w:r>")


@fault("docx")
def docx_deleted_runs() -> bytes:
    return _body("<w:del>" + "".join(f"<w:r><w:delText>{char}</w:delText></w:r>" for char in NAME) + "</w:del>")


@fault("docx")
def docx_instruction() -> bytes:
    return _body(
        f'<w:r><w:instrText> AUTHOR "{NAME[:1]}</w:instrText></w:r><w:r><w:instrText>{NAME[1:]}"</w:instrText></w:r>'
    )


@fault("docx")
def docx_xml_comment() -> bytes:
    return _body(f"<!-- {NAME} -->")


@fault("docx")
def docx_instruction_of_xml() -> bytes:
    return _body(f"<?note {NAME}?>")


@fault("docx")
def docx_character_references() -> bytes:
    return _body("<w:r><w:t>" + "".join(f"&#x{ord(char):X};" for char in NAME) + "</w:t></w:r>")


@fault("docx")
def docx_element_name() -> bytes:
    return _word({"customXml/item9.xml": f"<a><{NAME}/></a>".encode()})


@fault("docx")
def docx_attribute_name() -> bytes:
    return _word({"customXml/item9.xml": f'<a {NAME}="1"/>'.encode()})


@fault("docx")
def docx_binary_part() -> bytes:
    return _word({"word/embeddings/oleObject1.bin": b"\xd0\xcf\x11\xe0" + bytes(64) + NAME.encode("utf-16-le")})


@fault("docx")
def docx_binary_gb18030() -> bytes:
    return _word({"word/embeddings/oleObject1.bin": b"\xd0\xcf\x11\xe0" + bytes(64) + NAME.encode("gb18030")})


@fault("docx")
def docx_picture_text() -> bytes:
    body = b"Author\0" + NAME.encode()
    chunk = struct.pack(">I", len(body)) + b"tEXt" + body + struct.pack(">I", zlib.crc32(b"tEXt" + body))
    return _word({"word/media/image1.png": producers.DOT[:33] + chunk + producers.DOT[33:]})


@fault("docx")
def docx_inner_document() -> bytes:
    return _word({"word/embeddings/a.docx": _body(f"<w:r><w:t>{NAME}</w:t></w:r>")})


@fault("docx")
def docx_link() -> bytes:
    target = f"https://example.org/?q={quote(NAME)}"
    return _word({"word/_rels/x.xml.rels": f'<R><Relationship Target="{target}"/></R>'.encode()})


@fault("docx")
def docx_link_gbk() -> bytes:
    target = f"https://example.org/?q={quote(NAME, encoding='gbk').lower()}"
    return _word({"word/_rels/x.xml.rels": f'<R><Relationship Target="{target}"/></R>'.encode()})


@fault("docx")
def docx_phone_in_attribute() -> bytes:
    return _body(f'<w:bookmarkStart w:id="7" w:name="tel{PHONE}"/>')


@fault("docx")
def zip_comment() -> bytes:
    out = io.BytesIO(made("word_plain"))
    with zipfile.ZipFile(out, "a") as packed:
        packed.comment = NAME.encode()
    return out.getvalue()


@fault("docx")
def zip_member_comment() -> bytes:
    out = io.BytesIO(made("word_plain"))
    with zipfile.ZipFile(out, "a") as packed:
        info = zipfile.ZipInfo("a.xml")
        info.comment = NAME.encode("gb18030")
        packed.writestr(info, "<a/>")
    return out.getvalue()


@fault("zip")
def zip_extra_field() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        info = zipfile.ZipInfo("a.txt")
        info.extra = struct.pack("<HH", 0x7075, 9) + NAME.encode()
        packed.writestr(info, "好")
    return out.getvalue()


@fault("docx")
def zip_before_members() -> bytes:
    return zipped_after(NAME.encode("utf-16-le"))


def zipped_after(start: bytes) -> bytes:
    """A zip file with other bytes between its members."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("[Content_Types].xml", "<a/>")
        assert packed.fp is not None
        packed.fp.write(start)
        packed.start_dir = packed.fp.tell()
        packed.writestr("word/document.xml", "<a/>")
    return out.getvalue()


@fault("xlsx")
def xlsx_rich_text() -> bytes:
    runs = "".join(f"<r><t>{char}</t></r>" for char in NAME)
    return repacked(made("sheet_xlsxwriter"), {}, {"xl/sharedStrings.xml": ("</sst>", f"<si>{runs}</si></sst>")})


@fault("xlsx")
def xlsx_inline_text() -> bytes:
    cell = f'<row r="999"><c r="A999" t="inlineStr"><is><t>{NAME}</t></is></c></row></sheetData>'
    return repacked(made("sheet_openpyxl"), {}, {"xl/worksheets/sheet1.xml": ("</sheetData>", cell)})


@fault("xlsx")
def xlsx_number() -> bytes:
    cell = f'<row r="999"><c r="A999"><v>{PHONE}</v></c></row></sheetData>'
    return repacked(made("sheet_openpyxl"), {}, {"xl/worksheets/sheet1.xml": ("</sheetData>", cell)})


@fault("xlsx")
def xlsx_sheet_name() -> bytes:
    return repacked(made("sheet_openpyxl"), {}, {"xl/workbook.xml": ('name="底稿"', f'name="{NAME}底稿"')})


@fault("pptx")
def pptx_runs_of_notes() -> bytes:
    runs = "".join(f"<a:r><a:t>{char}</a:t></a:r>" for char in NAME)
    part = f'<n xmlns:a="urn:a"><a:p>{runs}</a:p></n>'
    return repacked(made("slides"), {"ppt/notesSlides/notesSlide9.xml": part.encode()})


def _page(inner: str, at: str = "</body>") -> bytes:
    return made("page").decode().replace(at, inner + at).encode()


@fault("html")
def html_comment() -> bytes:
    return _page(f"<!-- {NAME} -->")


@fault("html")
def html_script() -> bytes:
    return _page(f'<script>var a = {{"who": "{NAME}"}};</script>')


@fault("html")
def html_script_escapes() -> bytes:
    return _page(f"<script>var a = {json.dumps(NAME)};</script>")


@fault("html")
def html_script_bytes() -> bytes:
    return _page("<script>var a = '" + "".join(f"\\x{byte:02x}" for byte in NAME.encode()) + "';</script>")


@fault("html")
def html_attribute() -> bytes:
    return _page(f'<img data-alt="{NAME}">')


@fault("html")
def html_character_references() -> bytes:
    return _page("<p>" + "".join(f"&#{ord(char)};" for char in NAME) + "</p>")


@fault("html")
def html_inline_tags() -> bytes:
    return _page("<p>" + "<wbr>".join(f"<i>{char}</i>" for char in NAME) + "</p>")


@fault("html")
def html_backwards() -> bytes:
    return _page(f'<p><bdo dir="rtl">{NAME[::-1]}</bdo></p>')


@fault("html")
def html_data_address() -> bytes:
    return _page(f'<a href="data:text/plain;base64,{base64.b64encode(f"ab{NAME}".encode()).decode()}">a</a>')


@fault("html")
def html_percent() -> bytes:
    return _page(f'<a href="/s?q={quote(NAME)}">a</a>')


@fault("html")
def html_hexadecimal() -> bytes:
    return _page(f'<p id="x{NAME.encode().hex()}">a</p>')


@fault("html")
def html_gbk() -> bytes:
    return _page(f"<p>{NAME}</p>").decode().replace("utf-8", "gbk").encode("gbk")


@fault("html")
def html_element_name() -> bytes:
    return _page(f"<x-{NAME}>a</x-{NAME}>")


@fault("html")
def html_markup_in_markup() -> bytes:
    return _page(f"<p>&lt;b&gt;{NAME[:1]}&lt;/b&gt;{NAME[1:]}</p>")


@fault("xml")
def xml_cdata() -> bytes:
    return f"<a><![CDATA[<p>{NAME}</p>]]></a>".encode()


@fault("xml")
def xml_entity() -> bytes:
    return f'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY n "{NAME}">]><a/>'.encode()


@fault("xml")
def xml_utf16() -> bytes:
    return f'<?xml version="1.0" encoding="utf-16"?><a b="{NAME}"/>'.encode("utf-16")


@fault("json")
def json_key() -> bytes:
    return json.dumps({"a": {NAME: 1}}, ensure_ascii=False).encode()


@fault("json")
def json_escapes() -> bytes:
    return json.dumps({"a": [NAME]}).encode()


@fault("json")
def json_number() -> bytes:
    return json.dumps({"a": int(PHONE)}).encode()


@fault("json")
def json_base64() -> bytes:
    return json.dumps({"a": base64.b64encode(f"b{NAME}c".encode()).decode()}).encode()


@fault("jsonl")
def json_lines_text() -> bytes:
    return b'{"a": "x"}\n' + json.dumps({"a": f"请{NAME}来"}, ensure_ascii=False).encode() + b"\n"


@fault("csv")
def csv_cell() -> bytes:
    return f'a,b\n1,"说""{NAME}"""\n'.encode("utf-16")


@fault("csv")
def csv_base64_urlsafe() -> bytes:
    return b"a,b\n1," + base64.urlsafe_b64encode(f"?>ÿ{NAME}".encode()) + b"\n"


def _parquet(table: pa.Table) -> bytes:
    out = io.BytesIO()
    pq.write_table(table, out, compression="zstd")
    return out.getvalue()


@fault("parquet")
def parquet_metadata_key() -> bytes:
    return _parquet(pa.table({"a": [1]}).replace_schema_metadata({NAME: "x"}))


@fault("parquet")
def parquet_metadata_value() -> bytes:
    return _parquet(pa.table({"a": [1]}).replace_schema_metadata({"x": f"由{NAME}"}))


@fault("parquet")
def parquet_field_metadata() -> bytes:
    return _parquet(pa.table([[1]], schema=pa.schema([pa.field("a", pa.int64(), metadata={"who": NAME})])))


@fault("parquet")
def parquet_nested() -> bytes:
    return _parquet(pa.table({"a": [{"b": [f"请{NAME}来"] * 3}]}))


@fault("parquet")
def parquet_dictionary() -> bytes:
    return _parquet(pa.table({"a": pa.array([NAME, "x"] * 9).dictionary_encode()}))


@fault("parquet")
def parquet_number() -> bytes:
    return _parquet(pa.table({"a": [int(PHONE)]}))


@fault("parquet")
def parquet_column_name() -> bytes:
    return _parquet(pa.table({NAME: [1]}))


@fault("arrow")
def arrow_metadata_key() -> bytes:
    out = io.BytesIO()
    feather.write_feather(pa.table({"a": [1]}).replace_schema_metadata({NAME: "x"}), out)
    return out.getvalue()


@fault("arrow")
def arrow_stream() -> bytes:
    out = io.BytesIO()
    table = pa.table({"a": [NAME]})
    with pa.ipc.new_stream(out, table.schema) as writer:
        writer.write_table(table)
    return out.getvalue()


def _mail(**parts: str) -> bytes:
    message = EmailMessage()
    message["Subject"] = "会场"
    message.set_content(OUTPUT)
    message.add_attachment("附件", filename=parts.get("filename", "a.txt"))
    for name, value in parts.items():
        if name == "boundary":
            message.set_boundary(value)
        elif name == "header":
            message["X-Note"] = value
        elif name in ("preamble", "epilogue"):
            setattr(message, name, value)
    return bytes(message)


@fault("eml")
def mail_preamble() -> bytes:
    return _mail(preamble="ascii\n").replace(b"ascii\n", f"致{NAME}\n".encode())


@fault("eml")
def mail_epilogue() -> bytes:
    return _mail(epilogue="ascii\n").replace(b"ascii\n", f"致{NAME}\n".encode("gb18030"))


@fault("eml")
def mail_boundary() -> bytes:
    return _mail(boundary=f"tel{PHONE}")


@fault("eml")
def mail_encoded_header() -> bytes:
    return _mail(header=Header(f"交{NAME}办", "gb18030").encode())


@fault("eml")
def mail_bare_header() -> bytes:
    return f"X-Note: {NAME}\n".encode() + _mail()


@fault("eml")
def mail_header_name() -> bytes:
    return f"X-{PHONE}: 1\n".encode() + _mail()


@fault("eml")
def mail_attachment_name() -> bytes:
    return _mail(filename=f"{NAME}.txt")


@fault("eml")
def mail_quoted_printable() -> bytes:
    message = EmailMessage()
    message.set_content(f"请{NAME}来", cte="quoted-printable", charset="gb18030")
    return bytes(message)


@fault("eml")
def mail_base64() -> bytes:
    message = EmailMessage()
    message.set_content(f"请{NAME}来" * 30, cte="base64")
    return bytes(message)


@fault("eml")
def mail_attached_document() -> bytes:
    message = EmailMessage()
    message.set_content(OUTPUT)
    message.add_attachment(docx_split_runs(), maintype="application", subtype="octet-stream", filename="a.bin")
    return bytes(message)


@fault("eml")
def mail_that_no_header_ends() -> bytes:
    body = base64.encodebytes(f"请{NAME}来".encode())
    return b"Subject: a\nthis is no header\nContent-Transfer-Encoding: base64\n\n" + body


def _pdf(change: Callable[[pikepdf.Pdf], object]) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(made("pdf_canvas"))) as pdf:
        change(pdf)
        pdf.save(out, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return out.getvalue()


@fault("pdf")
def pdf_page() -> bytes:
    return producers.pdf_canvas((*LINES, f"请{NAME}来"), Random(1))


@fault("pdf")
def pdf_information() -> bytes:
    def change(pdf: pikepdf.Pdf) -> None:
        pdf.docinfo["/Author"] = NAME

    return _pdf(change)


@fault("pdf")
def pdf_xmp() -> bytes:
    def change(pdf: pikepdf.Pdf) -> None:
        with pdf.open_metadata() as found:
            found["dc:creator"] = [NAME]

    return _pdf(change)


@fault("pdf")
def pdf_form_field() -> bytes:
    def change(pdf: pikepdf.Pdf) -> None:
        field = pdf.make_indirect(Dictionary(FT=Name.Tx, T=pikepdf.String("a"), V=pikepdf.String(f"由{NAME}")))
        pdf.Root.AcroForm = Dictionary(Fields=[field])

    return _pdf(change)


@fault("pdf")
def pdf_annotation() -> bytes:
    def change(pdf: pikepdf.Pdf) -> None:
        note = Dictionary(Subtype=Name.Text, Rect=[0, 0, 1, 1], Contents=pikepdf.String(NAME))
        pdf.pages[0].obj.Annots = [pdf.make_indirect(note)]

    return _pdf(change)


@fault("pdf")
def pdf_string_that_nobody_draws() -> bytes:
    hidden = f"\n/Y <</K <FEFF{NAME.encode('utf-16-be').hex()}>>> DP\n".encode()
    return _pdf(lambda pdf: pdf.pages[0].contents_add(pdf.make_stream(hidden)))


@fault("pdf")
def pdf_comment_in_content() -> bytes:
    return _pdf(lambda pdf: pdf.pages[0].contents_add(pdf.make_stream(f"\n% {NAME}\n".encode())))


@fault("pdf")
def pdf_embedded_file() -> bytes:
    def change(pdf: pikepdf.Pdf) -> None:
        pdf.attachments["a.docx"] = pikepdf.AttachedFileSpec(pdf, docx_split_runs())

    return _pdf(change)


@fault("pdf")
def pdf_older_version() -> bytes:
    old = pdf_page()
    at = old.rfind(b"startxref") + 9
    start = int(old[at:].split()[0])
    new = b"\n9999 0 obj\n<<>>\nendobj\n"
    table = b"xref\n9999 1\n%010d 00000 n \ntrailer\n<</Size 10000/Root 1 0 R/Prev %d>>\n" % (len(old) + 1, start)
    return old + new + table + b"startxref\n%d\n%%%%EOF\n" % (len(old) + len(new))


@fault("pdf")
def pdf_octal_string() -> bytes:
    octal = "".join(f"\\{byte:03o}" for byte in b"\xfe\xff" + NAME.encode("utf-16-be"))
    return _pdf(lambda pdf: pdf.pages[0].contents_add(pdf.make_stream(f"\nBX ({octal}) zz EX\n".encode())))


@fault("pdf")
def pdf_codes_of_a_font() -> bytes:
    def change(pdf: pikepdf.Pdf) -> None:
        pairs = "".join(f"<{n:04x}> <{ord(char):04x}>\n" for n, char in enumerate(NAME, start=1))
        text = f"begincmap 1 beginbfchar\n{pairs}endbfchar endcmap".encode()
        pdf.Root.A = pdf.make_stream(text)
        pdf.Root.B = pdf.make_stream(b"BT /F 9 Tf 1 0 0 1 5 5 Tm [<0001> 20 <00020003>] TJ ET\n")

    return _pdf(change)


def _tar(name: str = "a.txt", data: bytes = b"x", **said: str) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as packed:
        info = tarfile.TarInfo(name)
        info.size = len(data)
        info.uname = said.get("owner", "")
        info.pax_headers = {"comment": said.get("comment", "a")}
        packed.addfile(info, io.BytesIO(data))
    return out.getvalue()


@fault("tar")
def tar_member_name() -> bytes:
    return _tar(f"{NAME}/a.txt")


@fault("tar")
def tar_owner() -> bytes:
    return _tar(owner=NAME)


@fault("tar")
def tar_comment() -> bytes:
    return _tar(comment=NAME)


@fault("gzip")
def gzip_of_tar_of_zip() -> bytes:
    return gzip.compress(_tar("a.zip", repacked(made("archive_zip"), {"b.txt": f"请{NAME}来".encode("gb18030")})))


@fault("gzip")
def gzip_name() -> bytes:
    out = io.BytesIO()
    with gzip.GzipFile(f"{PHONE}.txt", "wb", fileobj=out) as packed:
        packed.write(b"x")
    return out.getvalue()


@fault("gzip")
def gzip_second_stream() -> bytes:
    return gzip.compress(b"x") + gzip.compress(NAME.encode())
