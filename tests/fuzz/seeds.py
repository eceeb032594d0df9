"""Makes the seeds that are committed: `python -m tests.fuzz.seeds`. Small documents, each with much of what its format has."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import tarfile
import zipfile
from collections.abc import Mapping
from random import Random
from typing import Final

from tests.build import collection
from tests.build.documents import DECLARATION, png
from tests.fuzz.columns import arrow, parquet
from tests.fuzz.engine import POLICIES
from tests.fuzz.engine import RULES as ENGINE_RULES
from tests.fuzz.readers import RULES
from tests.fuzz.targets import CORPUS

_TYPE: Final = "application/vnd.openxmlformats-officedocument."
_R: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_W: Final = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_S: Final = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_P: Final = (
    'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
    ' xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
)
_RNS: Final = f'xmlns:r="{_R}"'
LINE: Final = "请张三同志到云岭县，电话13800138000，占12.5%，wang@mail.cn"
TEXTS: Final = {
    "line": LINE,
    "lines": f"{LINE}\r\n\n欧阳建国\n\t石桥镇\n关注公众号\n",
    "escapes": "&#24352;三 %E5%BC%A0%E4%B8%89 \\u5f20\\u4e09 5byg5LiJ １３８００１３８０００ 张\u200b三",
    "glued": "占12.5byg5LiJwang@mail.cn 5byg5LiJ12.5%12. 13800138000wang@mail.cn5byg5LiJ",
    "empty": "",
}


def _package(parts: Mapping[str, tuple[str, str]], main: str, extra: Mapping[str, bytes] | None = None) -> bytes:
    """A package; `parts`: by name, content type (none: a part of relationships) and content. `main`: the first part."""
    types = "".join(
        f'<Override PartName="/{name}" ContentType="{_TYPE}{kind}+xml"/>' for name, (kind, _) in parts.items() if kind
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        head = (
            f'{DECLARATION}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Default Extension="xml" ContentType="application/xml"/><Default Extension="png" ContentType="image/png"/>'
            f'<Override PartName="/docProps/app.xml" ContentType="{_TYPE}extended-properties+xml"/>{types}</Types>'
        )
        packed.writestr(zipfile.ZipInfo("[Content_Types].xml"), head)
        packed.writestr(
            zipfile.ZipInfo("_rels/.rels"),
            _links(("officeDocument", main), ("extended-properties", "docProps/app.xml")),
        )
        packed.writestr(
            zipfile.ZipInfo("docProps/app.xml"),
            f'{DECLARATION}<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"><Company>张三</Company></Properties>',
        )
        for name, (_, content) in parts.items():
            packed.writestr(zipfile.ZipInfo(name), content if content.startswith("<?xml") else DECLARATION + content)
        for name, data in (extra or {}).items():
            packed.writestr(zipfile.ZipInfo(name), data)
    return out.getvalue()


def _links(*links: tuple[str, str]) -> str:
    inner = "".join(
        f'<Relationship Id="rId{number}" Type="{_R}/{kind}" Target="{target}"{" TargetMode=" + chr(34) + "External" + chr(34) if kind == "hyperlink" else ""}/>'
        for number, (kind, target) in enumerate(links, start=1)
    )
    return f'{DECLARATION}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{inner}</Relationships>'


def word() -> dict[str, bytes]:
    """Word documents: runs, fields, revisions, tables, notes, comments."""
    plain = f'<w:document {_W} {_RNS}><w:body><w:p><w:r><w:rPr><w:b/></w:rPr><w:t>请张</w:t></w:r><w:r><w:t xml:space="preserve">三同志 </w:t></w:r></w:p><w:sectPr/></w:body></w:document>'
    full = (
        f'<w:document {_W} {_RNS}><w:body><w:p><w:pPr><w:pStyle w:val="a"/></w:pPr><w:r><w:t>{LINE}</w:t></w:r></w:p>'
        '<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> HYPERLINK "http://a.cn/张三" </w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>张三</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>'
        '<w:fldSimple w:instr=" AUTHOR 张三 "><w:r><w:t>张三</w:t></w:r></w:fldSimple></w:p>'
        '<w:p><w:ins w:id="1" w:author="张三" w:date="2024-05-06T00:00:00Z"><w:r><w:t>新</w:t></w:r></w:ins><w:del w:id="2" w:author="a"><w:r><w:delText>张三</w:delText></w:r></w:del></w:p>'
        '<w:tbl><w:tr><w:tc><w:p><w:r><w:t>姓名</w:t></w:r></w:p></w:tc><w:tc><w:p><w:hyperlink r:id="rId3"><w:r><w:rPr><w:vanish/></w:rPr><w:t>张三</w:t></w:r></w:hyperlink></w:p></w:tc></w:tr></w:tbl>'
        '<w:sdt><w:sdtPr><w:alias w:val="张三"/><w:tag w:val="x"/></w:sdtPr><w:sdtContent><w:p><w:r><w:ruby><w:rt><w:r><w:t>zhāng</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>张</w:t></w:r></w:rubyBase></w:ruby><w:tab/><w:br/><w:t>三</w:t></w:r></w:p></w:sdtContent></w:sdt>'
        '<w:p><w:r><w:commentReference w:id="0"/></w:r><w:r><w:footnoteReference w:id="1"/></w:r></w:p><w:sectPr/></w:body></w:document>'
    )
    comments = f'<w:comments {_W}><w:comment w:id="0" w:author="张三" w:initials="z"><w:p><w:r><w:t>欧阳建国</w:t></w:r></w:p></w:comment></w:comments>'
    notes = f'<w:footnotes {_W}><w:footnote w:id="1"><w:p><w:r><w:t>张三</w:t></w:r></w:p></w:footnote></w:footnotes>'
    styles = f'<w:styles {_W}><w:style w:type="paragraph" w:styleId="a"><w:name w:val="张三"/><w:rPr><w:sz w:val="2"/></w:rPr></w:style></w:styles>'
    kind = "wordprocessingml."
    return {
        "plain": _package({"word/document.xml": (kind + "document.main", plain)}, "word/document.xml"),
        "full": _package(
            {
                "word/document.xml": (kind + "document.main", full),
                "word/comments.xml": (kind + "comments", comments),
                "word/footnotes.xml": (kind + "footnotes", notes),
                "word/styles.xml": (kind + "styles", styles),
                "word/_rels/document.xml.rels": (
                    "",
                    _links(
                        ("comments", "comments.xml"),
                        ("footnotes", "footnotes.xml"),
                        ("hyperlink", "http://a.cn/张三"),
                        ("styles", "styles.xml"),
                    ),
                ),
            },
            "word/document.xml",
        ),
    }


def sheets() -> dict[str, bytes]:
    """Workbooks: shared and inline strings, formulas, names, comments, checks of data."""
    book = f'<workbook {_S} {_RNS}><sheets><sheet name="张三" sheetId="1" r:id="rId1"/></sheets><definedNames><definedName name="a">"张三"</definedName></definedNames></workbook>'
    sheet = (
        f'<worksheet {_S} {_RNS}><cols><col min="2" max="2" hidden="1"/></cols><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row>'
        '<row r="2"><c r="A2" t="inlineStr"><is><t>张三</t></is></c><c r="B2"><v>13800138000</v></c><c r="C2" t="str"><f>A2&amp;"张三"</f><v>张三张三</v></c></row></sheetData>'
        '<mergeCells><mergeCell ref="A1:B1"/></mergeCells><dataValidations><dataValidation type="list" sqref="A1" prompt="张三"><formula1>"张三,李四"</formula1></dataValidation></dataValidations>'
        '<hyperlinks><hyperlink ref="A1" r:id="rId2" display="张三"/></hyperlinks><headerFooter><oddHeader>&amp;L张三</oddHeader></headerFooter></worksheet>'
    )
    strings = f'<sst {_S} count="2"><si><t>姓名</t></si><si><r><t>电</t></r><r><rPr><b/></rPr><t>话张三</t></r><rPh sb="0" eb="1"><t>z</t></rPh></si></sst>'
    comments = f'<comments {_S}><authors><author>张三</author></authors><commentList><comment ref="A1" authorId="0"><text><t>欧阳建国</t></text></comment></commentList></comments>'
    kind = "spreadsheetml."
    return {
        "full": _package(
            {
                "xl/workbook.xml": (kind + "sheet.main", book),
                "xl/worksheets/sheet1.xml": (kind + "worksheet", sheet),
                "xl/sharedStrings.xml": (kind + "sharedStrings", strings),
                "xl/comments1.xml": (kind + "comments", comments),
                "xl/_rels/workbook.xml.rels": (
                    "",
                    _links(("worksheet", "worksheets/sheet1.xml"), ("sharedStrings", "sharedStrings.xml")),
                ),
                "xl/worksheets/_rels/sheet1.xml.rels": (
                    "",
                    _links(("comments", "../comments1.xml"), ("hyperlink", "http://a.cn/张三")),
                ),
            },
            "xl/workbook.xml",
        ),
        "openpyxl": collection.sheet(),
    }


def slides() -> dict[str, bytes]:
    """A presentation of a slide with notes and a picture."""
    deck = f'<p:presentation {_P} {_RNS}><p:sldIdLst><p:sldId id="256" r:id="rId1"/></p:sldIdLst></p:presentation>'
    tree = (
        '<p:cSld><p:spTree><p:nvGrpSpPr><p:cNvPr id="1" name=""/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr/>'
        '<p:sp><p:nvSpPr><p:cNvPr id="2" name="张三" descr="欧阳建国"/><p:cNvSpPr/><p:nvPr/></p:nvSpPr><p:spPr/><p:txBody><a:bodyPr/><a:p><a:r><a:rPr/><a:t>请张</a:t></a:r><a:r><a:t>三同志到云岭县</a:t></a:r><a:br/><a:fld id="{1}" type="slidenum"><a:t>1</a:t></a:fld></a:p></p:txBody></p:sp>'
        "</p:spTree></p:cSld>"
    )
    return {
        "full": _package(
            {
                "ppt/presentation.xml": ("presentationml.presentation.main", deck),
                "ppt/slides/slide1.xml": ("presentationml.slide", f"<p:sld {_P}>{tree}</p:sld>"),
                "ppt/notesSlides/notesSlide1.xml": ("presentationml.notesSlide", f"<p:notes {_P}>{tree}</p:notes>"),
                "ppt/_rels/presentation.xml.rels": ("", _links(("slide", "slides/slide1.xml"))),
                "ppt/slides/_rels/slide1.xml.rels": (
                    "",
                    _links(("notesSlide", "../notesSlides/notesSlide1.xml"), ("image", "../media/a.png")),
                ),
            },
            "ppt/presentation.xml",
            {"ppt/media/a.png": png("张三")},
        )
    }


def pages() -> dict[str, bytes]:
    """PDFs: a font that is only named; and forms, notes, an outline, an attachment."""
    import pikepdf
    from pikepdf import Array, AttachedFileSpec, Dictionary, Name, OutlineItem, String

    with pikepdf.open(io.BytesIO(collection.pages())) as pdf:
        del pdf.pages[1:]
        out = io.BytesIO()
        pdf.save(out, static_id=True)
        plain = out.getvalue()
        page = pdf.pages[0]
        page.obj.Annots = pdf.make_indirect(
            Array([Dictionary(Type=Name.Annot, Subtype=Name.FreeText, Rect=[0, 0, 9, 9], Contents=String("张三"))])
        )
        page.obj.Resources.XObject = Dictionary(
            Fm0=pdf.make_stream(
                b"BT /F1 12 Tf (zhang 13800138000) Tj ET", Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 99, 99]
            )
        )
        page.contents_add(pdf.make_stream(b"q /Fm0 Do Q /Span <</ActualText <FEFF5F204E09>>> BDC 0 0 9 9 re f EMC"))
        pdf.Root.AcroForm = Dictionary(
            Fields=[pdf.make_indirect(Dictionary(FT=Name.Tx, T=String("a"), V=String("张三")))]
        )
        pdf.attachments["a.txt"] = AttachedFileSpec(pdf, LINE.encode(), filename="a.txt")
        with pdf.open_outline() as outline:
            outline.root.append(OutlineItem("张三", 0))
        pdf.docinfo["/Author"] = "张三"
        out = io.BytesIO()
        pdf.save(out, static_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return {"plain": plain, "full": out.getvalue()}


def mails() -> dict[str, bytes]:
    """Mails: one text; parts in parts with an attachment; headers with words of other alphabets."""
    plain = f"From: a@mail.cn\nTo: b@mail.cn\nSubject: =?utf-8?B?5byg5LiJ?=\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{LINE}\n"
    related = (
        'From: "张三" <zhang@mail.cn>\r\nTo: b@mail.cn,\r\n c@mail.cn\r\nDate: Mon, 06 May 2024 10:00:00 +0800\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b1"\r\n\r\npre\r\n'
        "--b1\r\nContent-Type: multipart/alternative; boundary=b2\r\n\r\n--b2\r\nContent-Type: text/plain; charset=gb2312\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n=D5=C5=C8=FD=CD=AC=D6=BE\r\n"
        "--b2\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>张<b>三</b></p>\r\n--b2--\r\n"
        "--b1\r\nContent-Type: text/csv; name*=utf-8''%E5%BC%A0.csv\r\nContent-Disposition: attachment; filename=\"=?utf-8?B?5byg5LiJ?=.csv\"\r\nContent-Transfer-Encoding: base64\r\n\r\n5aeT5ZCNLOeUteivnQrlvKDkuIksMTM4MDAxMzgwMDAK\r\n"
        "--b1\r\nContent-Type: message/rfc822\r\n\r\nFrom: x@mail.cn\r\nSubject: 张三\r\n\r\n欧阳建国\r\n--b1--\r\n"
    )
    return {"plain": plain.encode(), "parts": related.encode(), "collection": collection.mail()}


def archives() -> dict[str, bytes]:
    """Zip archives: some texts, and one in another."""
    inner = collection.archive()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for name, data in (
            ("张三.txt", LINE.encode()),
            ("a.html", b"<p>\xe5\xbc\xa0\xe4\xb8\x89"),
            ("b.zip", inner),
            ("c.csv", "姓名\n张三\n".encode()),
        ):
            packed.writestr(zipfile.ZipInfo(name), data)
    return {"text": inner, "nested": out.getvalue()}


def tars() -> dict[str, bytes]:
    """A tar archive of two texts."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as packed:
        for name, data in (("张三.txt", LINE.encode()), ("a/b.json", b'{"a":"1"}')):
            info = tarfile.TarInfo(name)
            info.size = len(data)
            packed.addfile(info, io.BytesIO(data))
    return {"two": out.getvalue().rstrip(b"\0") + bytes(1024 + 512)}


def _texts(*more: str, encodings: tuple[str, ...] = ("utf-8",)) -> dict[str, bytes]:
    return {f"{number}-{name}": text.encode(name) for number, text in enumerate(more) for name in encodings}


def seeds() -> dict[str, dict[str, bytes]]:
    """All seeds, by target and name."""
    rng = Random(7)
    records = json.dumps({"text": LINE, "items": [{"body": "张三"}, 13800138000, None]}, ensure_ascii=False)
    markup = (
        "<!doctype html><html><head><meta charset=utf-8><title>张三</title></head><body>请张<b>三</b>同志&nbsp;&#24352;</body></html>",
        "<script>var a='张三';/*c*/b(\"13800138000\")//d\n</script><style>p{color:red}</style><p>张三",
        '<!-- 张三 --><p alt="欧阳建国" style="display:none">a<br>b</p><a href="data:text/plain;base64,5byg5LiJ">张三</a>',
        '<script type="application/ld+json">{"name":"张三"}</script><div hidden>张三</div>',
        "<table><tr><td>姓名<td>张三</table><svg><text>张三</text></svg><iframe srcdoc='&lt;p&gt;张三'></iframe>",
        "<p>张三",
    )
    rules = (
        *(
            RULES,
            ENGINE_RULES,
            '[[rule]]\nid = "a.b"\nentity = "PERSON"\npattern = "(?:a|b)+c"\n[rule.examples]\nmatch = ["ac", "bc", "abc"]\nno_match = ["c", "d"]\n',
        ),
        '[[rule]]\nid = "a"\nentity = "PERSON"\nterms = ["张三"]\n[[override]]\nid = "a"\nscore = 0.6\n',
    )
    policies = (
        'name = "a"\ndefault = "mask"\nthreshold = 0.6\n[entities]\nPERSON = { operator = "partial", show_first = "surname", sign = "某" }\nLOCATION = "strip"\n',
        'name = "b"\ndescription.zh = "b"\nkeep_list = false\n[entities]\nPERSON = { operator = "label", name = "人名" }\nPHONE_NUMBER = "hash"\nPERCENT = { operator = "replace", with = "x" }\n',
    )
    texts = {name: text.encode() for name, text in TEXTS.items()}
    return {
        "text": texts | _texts(LINE, encodings=("gb18030", "utf-16", "utf-8-sig")),
        "html": _texts(*markup),
        "xml": _texts(
            '<?xml version="1.0" encoding="UTF-8"?><a b="张三"><!-- 张三 --><c>请张三</c><![CDATA[张三]]><?p 张三?>&lt;p&gt;张三</a>'
        ),
        "json": _texts(records, '["\\u5f20\\u4e09", {"张三": "{\\"a\\": \\"张三\\"}"}]'),
        "jsonl": _texts(f"{records}\n{records}\n", '{"姓名":"张三"}\n'),
        "csv": _texts(
            "姓名,电话\n张三,13800138000\n",
            'a;"b\n张三"\r\n1;"x""y"\r\n',
            "姓名\t备注\n张三\t无\n",
            encodings=("utf-8", "gb18030"),
        ),
        "eml": mails(),
        "zip": archives(),
        "tar": tars(),
        "gzip": {
            "text": gzip.compress(LINE.encode(), mtime=0),
            "tar": gzip.compress(tars()["two"], mtime=0),
            "bzip2": bz2.compress(LINE.encode()),
        },
        "docx": word(),
        "xlsx": sheets(),
        "pptx": slides(),
        "pdf": pages(),
        "parquet": {str(number): parquet(b"", Random(number)) for number in range(20, 26)},
        "arrow": {str(number): arrow(b"", Random(number)) for number in range(20, 26)},
        "rules": _texts(*rules),
        "policies": _texts(*policies),
        "engine": {
            f"{number}-{name}": bytes([number]) + text
            for number in range(len(POLICIES))
            for name, text in texts.items()
            if rng.random() < 0.6
        },
        "builtin": {f"{number}-{name}": bytes([number]) + text for number in range(3) for name, text in texts.items()},
    }


def write() -> None:
    """Put the seeds in their place."""
    for target, files in seeds().items():
        folder = CORPUS / target
        folder.mkdir(parents=True, exist_ok=True)
        for name, data in files.items():
            (folder / name).write_bytes(data)


if __name__ == "__main__":
    write()
