"""Further outputs with one thing wrong, thought of by somebody who had not read the readers that are to find it."""

from __future__ import annotations

import binascii
import io
import lzma
import tarfile
import zipfile
from collections.abc import Callable

import docx
import pikepdf
from pikepdf import Dictionary, Name

from tests.verify.faults import repacked
from tests.verify.planted import FAULTS, NAME, PHONE, fault, member, text

__all__ = ["FAULTS"]

TAGS = "".join(chr(0xE0000 + ord(sign)) for sign in PHONE)
"""A number in characters that no font shows."""

text("phone_in_tags", "打扫", "打扫" + TAGS, "gone")
text("name_in_percent_twice", "打扫", "打扫%25E8%2594%259A%25E4%25B8%25B9%25E9%259D%2592", "intact")
text("name_in_style", "</style>", "p:after{content:'\\851a \\4e39 \\9752'}</style>", "gone", "intact", kinds=("page",))
text("cell_in_quotes", "编号", f'"{PHONE}"', "gone", kinds=("table_csv",))
text("name_in_instruction", "<channel>", f"<?x {NAME}?><channel>", "gone", kinds=("xml_feed",))
text("constant_for_a_number", '"id": 1', '"id": true', kinds=("tree",))
text("mail_field", "MIME-Version", f"X-Way: {NAME}\nMIME-Version", "gone", kinds=("mail_plain",))
member(
    "xlsx_defined_name", "xl/workbook.xml", "</sheets>",
    f'</sheets><definedNames><definedName name="a">"{NAME}"</definedName></definedNames>', "gone", kind="sheet_xlsxwriter",
)  # fmt: skip
member("docx_style_name", "word/styles.xml", 'w:val="heading 1"', f'w:val="{NAME}"', "gone", kind="word_plain")
member("ofd_author", "OFD.xml", "</ofd:DocID>", f"</ofd:DocID><ofd:Author>{NAME}</ofd:Author>", "gone", kind="ofd")


@fault("word_rich", "intact")
def docx_lost_paragraph(data: bytes) -> bytes:
    document, out = docx.Document(io.BytesIO(data)), io.BytesIO()
    (gone,) = (each for each in document.paragraphs if each.text == "会后请把材料收好。")
    gone._p.getparent().remove(gone._p)
    document.save(out)
    return out.getvalue()


@fault("archive_zip", "gone")
def zip_extra_field(data: bytes) -> bytes:
    extra = b"\xfe\xca" + len(PHONE).to_bytes(2, "little") + PHONE.encode()
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for each in old.infolist():
            content = old.read(each)
            each.extra = extra
            new.writestr(each, content)
    return out.getvalue()


@fault("archive_zip", "gone")
def text_before_the_archive(data: bytes) -> bytes:
    return NAME.encode() + data


@fault("archive_zip", "gone")
def archive_in_the_archive(data: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_LZMA) as inner:
        inner.writestr("x.txt", NAME)
    return repacked(data, new={"n.zip": out.getvalue()})


@fault("archive_tgz", "gone")
def tar_comment(data: bytes) -> bytes:
    out = io.BytesIO()
    with (
        tarfile.open(fileobj=io.BytesIO(data)) as old,
        tarfile.open(fileobj=out, mode="w:gz", format=tarfile.PAX_FORMAT) as new,
    ):
        for each in old:
            each.pax_headers = {"comment": NAME}
            new.addfile(each, old.extractfile(each))
    return out.getvalue()


@fault("compressed", "gone")
def another_stream(data: bytes) -> bytes:
    return data + lzma.compress(NAME.encode())


def _of_pdf(change: Callable[[pikepdf.Pdf], None]) -> Callable[[bytes], bytes]:
    def plant(data: bytes) -> bytes:
        out = io.BytesIO()
        with pikepdf.open(io.BytesIO(data)) as document:
            change(document)
            document.save(out)
        return out.getvalue()

    plant.__name__ = change.__name__
    return plant


def pdf_outline(document: pikepdf.Pdf) -> None:
    with document.open_outline() as outline:
        outline.root.append(pikepdf.OutlineItem(NAME, 0))


def pdf_note(document: pikepdf.Pdf) -> None:
    note = Dictionary(Type=Name.Annot, Subtype=Name.Text, Rect=[10, 10, 30, 30], Contents=NAME)
    document.pages[0].obj["/Annots"] = pikepdf.Array([document.make_indirect(note)])


def pdf_script(document: pikepdf.Pdf) -> None:
    document.Root["/OpenAction"] = Dictionary(S=Name.JavaScript, JS=f"app.alert('{PHONE}')")


def pdf_white_digits(document: pikepdf.Pdf) -> None:
    """Digits drawn one by one, in white."""
    page = document.pages[0]
    font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
    page.obj.Resources.Font["/F9"] = document.make_indirect(font)
    digits = " -20 ".join(f"<{ord(digit):02x}>" for digit in PHONE)
    page.contents_add(f"q 1 1 1 rg BT /F9 8 Tf 50 50 Td [{digits}] TJ ET Q".encode())


for change in (pdf_outline, pdf_note, pdf_script, pdf_white_digits):
    fault("pdf_canvas", "gone")(_of_pdf(change))


@fault("pdf_canvas", "gone")
@_of_pdf
def pdf_name(document: pikepdf.Pdf) -> None:
    """The value as a name among others."""
    document.pages[0].Resources["/Properties"] = Dictionary({"/" + NAME: Dictionary(Type=Name.OCG)})


@fault("word_plain", "again")
def docx_symbols(data: bytes) -> bytes:
    """A name of which each sign is given by its code."""
    signs = "".join(f'<w:sym w:font="SimSun" w:char="{ord(sign):04X}"/>' for sign in NAME)
    return repacked(data, changed={"word/document.xml": ("<w:sectPr", f"<w:p><w:r>{signs}</w:r></w:p><w:sectPr")})


@fault("mail_rich")
def mail_text_behind_all_parts(data: bytes) -> bytes:
    """A file in the way of old mail programs, behind the last part."""
    return data + b"begin 644 a.txt\n" + binascii.b2a_uu(f"请{NAME}来".encode()) + b"`\nend\n"


@fault("sheet_openpyxl", "again", "intact")
def xlsx_number_in_letters(data: bytes) -> bytes:
    """A number of a phone as spreadsheets write large numbers, in a cell that was free."""
    cell = f'<c r="J9"><v>{int(PHONE):.7E}</v></c></row></sheetData>'
    return repacked(data, changed={"xl/worksheets/sheet1.xml": ("</row></sheetData>", cell)})
