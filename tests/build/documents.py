"""Makes a Word document that says something in every place where one can: python-docx for its frame, zip surgery for the rest."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Mapping
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import docx
import regex

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
REL = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "application/vnd.openxmlformats-officedocument."
NAMESPACES = " ".join(
    f'xmlns:{prefix}="{uri}"'
    for prefix, uri in {
        "w": W,
        "r": R,
        "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
        "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
        "pic": "http://schemas.openxmlformats.org/drawingml/2006/picture",
        "c": "http://schemas.openxmlformats.org/drawingml/2006/chart",
        "dgm": "http://schemas.openxmlformats.org/drawingml/2006/diagram",
        "dsp": "http://schemas.microsoft.com/office/drawing/2008/diagram",
        "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
        "wps": "http://schemas.microsoft.com/office/word/2010/wordprocessingShape",
        "w14": "http://schemas.microsoft.com/office/word/2010/wordml",
        "w15": "http://schemas.microsoft.com/office/word/2012/wordml",
        "v": "urn:schemas-microsoft-com:vml",
        "o": "urn:schemas-microsoft-com:office:office",
        "m": "http://schemas.openxmlformats.org/officeDocument/2006/math",
    }.items()
)
DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


class Secrets:
    """A secret for each place, made when it is asked for; `row`: all secrets of a row."""

    def __init__(self) -> None:
        self.by_place: dict[str, str] = {}

    def __call__(self, place: str) -> str:
        """For running text."""
        return self.by_place.setdefault(place, f"密{chr(0x7532 + len(self.by_place))}{len(self.by_place):03d}号")

    def ascii(self, place: str) -> str:
        """For names, paths and addresses."""
        return self.by_place.setdefault(place, f"Qzx{len(self.by_place):03d}vky")

    def row(self, row: str) -> dict[str, str]:
        """The secrets of the places of a row (`d7`), by place."""
        return {place: secret for place, secret in self.by_place.items() if place.split("-")[0] == row}


def chunk(kind: bytes, data: bytes) -> bytes:
    """A chunk of a PNG picture."""
    return struct.pack(">L", len(data)) + kind + data + struct.pack(">L", zlib.crc32(kind + data))


def png(text: str = "", after: str = "", size: tuple[int, int] = (1, 1)) -> bytes:
    """A PNG picture that says something beside its pixels."""
    said = chunk(b"tEXt", b"Author\0" + text.encode()) if text else b""
    header = chunk(b"IHDR", struct.pack(">LLBBBBB", *size, 8, 0, 0, 0, 0))
    return (
        b"\x89PNG\r\n\x1a\n"
        + header
        + said
        + chunk(b"IDAT", zlib.compress(b"\0\0"))
        + chunk(b"IEND", b"")
        + after.encode()
    )


def jpeg(said: str, orientation: int = 6) -> bytes:
    """A JPEG file whose Exif block, comment and tail say something; its one scan is no more than a frame for them."""
    entries = struct.pack(">HHLHH", 0x0112, 3, 1, orientation, 0) + struct.pack(">HHLL", 0x013B, 2, len(said) + 1, 38)
    exif = b"Exif\0\0MM\0*\0\0\0\x08\0\2" + entries + b"\0\0\0\0" + said.encode() + b"\0"

    def segment(marker: int, body: bytes) -> bytes:
        return bytes((0xFF, marker)) + struct.pack(">H", len(body) + 2) + body

    return b"".join(
        (
            b"\xff\xd8",
            segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0"),
            segment(0xE1, exif),
            segment(0xFE, said.encode()),
            segment(0xDB, b"\0" + bytes(range(1, 65))),
            segment(0xC0, b"\x08\0\1\0\1\1\1\x11\0"),
            segment(0xC4, b"\0" + b"\1" + bytes(15) + b"\0"),
            segment(0xDA, b"\1\1\0\0\x3f\0"),
            b"\x3f\xff\0\x12",
            b"\xff\xd9",
            said.encode(),
        )
    )


def run(text: str, properties: str = "", tag: str = "t") -> str:
    """A run of text."""
    return f'<w:r>{properties}<w:{tag} xml:space="preserve">{text}</w:{tag}></w:r>'


def par(*content: str) -> str:
    """A paragraph of runs and what stands among them."""
    return f"<w:p>{''.join(content)}</w:p>"


def field(code: str, result: str) -> str:
    """A field with its code and what it shows."""
    begin, middle, end = (f'<w:r><w:fldChar w:fldCharType="{t}"/></w:r>' for t in ("begin", "separate", "end"))
    return begin + run(code, tag="instrText") + middle + run(result) + end


def body(s: Secrets) -> str:
    """Paragraphs that hold a secret in every way that a body can."""
    d1, d1b, d5, bookmark = s("d1-runs"), s("d1-marks"), s("d5-box"), s.ascii("d10-bookmark")
    author = f'w:author="{s.ascii("d2-author")}" w:date="2024-01-01T00:00:00Z"'
    textbox = f"<w:txbxContent>{par(run(d5))}</w:txbxContent>"
    both = s("d7-result")
    return "".join(
        (
            par(
                run("前"),
                run(d1[:1], "<w:rPr><w:b/></w:rPr>"),
                run(d1[1:3], "<w:rPr><w:i/></w:rPr>"),
                run(d1[3:] + "后"),
            ),
            par(
                run(d1b[:2]),
                '<w:proofErr w:type="spellStart"/><w:bookmarkStart w:id="1" w:name="_GoBack"/>',
                run(d1b[2:]),
            ),
            '<w:p><w:bookmarkEnd w:id="1"/></w:p>',
            par(f'<w:ins w:id="2" {author}>', run(s("d2-inserted")), "</w:ins>"),
            par(run("留"), f'<w:del w:id="3" {author}>', run(s("d2-deleted"), tag="delText"), "</w:del>"),
            par(f'<w:moveFrom w:id="4" {author}>', run(s("d2-moved")), "</w:moveFrom>"),
            par(f'<w:pPr><w:jc w:val="left"/><w:pPrChange w:id="5" {author}><w:pPr/></w:pPrChange></w:pPr>', run("式")),
            par(
                '<w:commentRangeStart w:id="0"/>',
                run("批注处"),
                '<w:commentRangeEnd w:id="0"/><w:r><w:commentReference w:id="0"/></w:r>',
            ),
            par('<w:r><w:footnoteReference w:id="2"/></w:r><w:r><w:endnoteReference w:id="2"/></w:r>'),
            par(
                '<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wp:inline><wp:extent cx="914400" cy="914400"/>'
                '<wp:docPr id="5" name="tb"/><a:graphic><a:graphicData uri="http://schemas.microsoft.com/office/word/2010/wordprocessingShape">'
                f"<wps:wsp><wps:cNvSpPr/><wps:spPr/><wps:txbx>{textbox}</wps:txbx><wps:bodyPr/></wps:wsp></a:graphicData></a:graphic></wp:inline>"
                f'</w:drawing></mc:Choice><mc:Fallback><w:pict><v:shape id="{s.ascii("d9-shape-id")}" alt="{s("d9-vml-alt")}" style="width:9pt">'
                f"<v:textbox>{textbox}</v:textbox></v:shape></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
            ),
            par(run(s("d6-vanish"), "<w:rPr><w:vanish/></w:rPr>"), run("见")),
            par(
                run(s("d6-white"), '<w:rPr><w:color w:val="FFFFFF"/></w:rPr>'),
                run(s("d6-tiny"), '<w:rPr><w:sz w:val="2"/></w:rPr>'),
            ),
            par(
                field(f' INCLUDETEXT "C:\\\\{s.ascii("d7-code")}\\\\x.docx" ', both),
                field(f" REF {bookmark} \\h ", "书签"),
            ),
            par(f'<w:fldSimple w:instr=" DOCPROPERTY {s.ascii("d7-simple")} ">', run("域"), "</w:fldSimple>"),
            par(
                f'<w:del w:id="6" {author}>',
                run(f" MERGEFIELD {s.ascii('d7-deleted-code')} ", tag="delInstrText"),
                "</w:del>",
            ),
            par(f'<w:hyperlink r:id="rIdLink" w:tooltip="{s("d8-tooltip")}">', run("链接"), "</w:hyperlink>"),
            par(f'<w:hyperlink w:anchor="{bookmark}">', run("内部"), "</w:hyperlink>"),
            par(f'<w:bookmarkStart w:id="9" w:name="{bookmark}"/>', run("书签"), '<w:bookmarkEnd w:id="9"/>'),
            par(
                f'<w:r><w:drawing><wp:inline><wp:extent cx="9525" cy="9525"/><wp:docPr id="1" name="{s.ascii("d9-name")}" descr="{s("d9-alt")}" title="{s("d9-title")}"/>'
                '<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic><pic:nvPicPr>'
                f'<pic:cNvPr id="0" name="{s.ascii("d9-file")}.png"/><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill><a:blip r:embed="rIdPng"/>'
                "<a:stretch><a:fillRect/></a:stretch></pic:blipFill><pic:spPr/></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>"
            ),
            par(
                '<w:r><w:pict><v:shape id="p2" style="width:9pt"><v:imagedata r:id="rIdJpeg" o:title=""/></v:shape></w:pict></w:r>'
            ),
            f'<w:sdt><w:sdtPr><w:alias w:val="{s("d10-alias")}"/><w:tag w:val="{s.ascii("d10-tag")}"/><w:id w:val="77"/>'
            f'<w:placeholder><w:docPart w:val="{s.ascii("d10-placeholder")}"/></w:placeholder>'
            f'<w:dataBinding w:xpath="/x/{s.ascii("d15-xpath")}" w:storeItemID="{{11111111-2222-3333-4444-555555555555}}"/>'
            f'<w:dropDownList><w:listItem w:displayText="{s("d10-shown")}" w:value="{s.ascii("d10-value")}"/></w:dropDownList></w:sdtPr>'
            f"<w:sdtContent>{par(run(s('d10-content')))}</w:sdtContent></w:sdt>",
            par(
                f'<w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:name w:val="{s.ascii("d11-name")}"/><w:helpText w:type="text" w:val="{s("d11-help")}"/>'
                f'<w:statusText w:type="text" w:val="{s("d11-status")}"/><w:textInput><w:default w:val="{s("d11-default")}"/></w:textInput></w:ffData></w:fldChar></w:r>',
                run(" FORMTEXT ", tag="instrText"),
                '<w:r><w:fldChar w:fldCharType="end"/></w:r>',
            ),
            '<w:altChunk r:id="rIdChunk"/>',
            par(
                '<w:r><w:object><v:shape id="o1" style="width:9pt"/><o:OLEObject Type="Embed" ProgID="Package" ShapeID="o1" r:id="rIdOle"/></w:object></w:r>'
            ),
            par(
                '<w:r><w:drawing><wp:inline><wp:extent cx="9525" cy="9525"/><wp:docPr id="2" name="c"/><a:graphic><a:graphicData '
                'uri="http://schemas.openxmlformats.org/drawingml/2006/chart"><c:chart r:id="rIdChart"/></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>'
            ),
            par(
                f"<w:r><w:ruby><w:rubyPr/><w:rt>{run(s('d18-ruby'))}</w:rt><w:rubyBase>{run('注')}</w:rubyBase></w:ruby></w:r>",
                f"<m:oMath><m:r><m:t>{s('d18-math')}</m:t></m:r></m:oMath>",
            ),
            f'<w:tbl><w:tblPr><w:tblCaption w:val="{s("d19-caption")}"/><w:tblDescription w:val="{s("d19-description")}"/></w:tblPr>'
            f"<w:tblGrid><w:gridCol/></w:tblGrid><w:tr><w:tc>{par(run(s('d19-cell')))}</w:tc></w:tr></w:tbl>",
            f"<!-- {s.ascii('d21-comment')} --><?pi {s.ascii('d21-instruction')}?>",
            f'<w:p w:rsidR="00AB12CD" w14:paraId="0A1B2C3D" w14:textId="77777777"><w:pPr><w:pStyle w:val="{s.ascii("d19-style-id")}"/></w:pPr>{run("末段")}</w:p>',
        )
    )


def part(root: str, content: str, attributes: str = "") -> str:
    """An XML part of the document."""
    return f"{DECLARATION}<{root} {NAMESPACES} {attributes}>{content}</{root}>"


def extra_parts(s: Secrets) -> list[tuple[str, str, str, str, str | bytes]]:
    """Further parts: identifier, kind of relationship, name, content type, content."""
    word, drawing = f"{OFFICE}wordprocessingml.", f"{OFFICE}drawingml."
    microsoft = "application/vnd.openxmlformats-officedocument.wordprocessingml."
    points = f'<c:pt idx="0"><c:v>{s("d17-cache")}</c:v></c:pt>'
    return [
        (
            "rIdComments",
            "comments",
            "word/comments.xml",
            f"{word}comments+xml",
            part(
                "w:comments",
                f'<w:comment w:id="0" w:author="{s.ascii("d3-author")}" w:initials="{s.ascii("d3-initials")}">{par(run(s("d3-text")))}</w:comment>',
            ),
        ),
        (
            "rIdPeople",
            "people",
            "word/people.xml",
            f"{microsoft}people+xml",
            part(
                "w15:people",
                f'<w15:person w15:author="{s.ascii("d3-person")}"><w15:presenceInfo w15:providerId="AD" w15:userId="S::{s.ascii("d3-user")}"/></w15:person>',
            ),
        ),
        (
            "rIdExtended",
            "commentsExtended",
            "word/commentsExtended.xml",
            f"{microsoft}commentsExtended+xml",
            part("w15:commentsEx", f'<w15:commentEx w15:paraId="0A1B2C3E" w15:done="{s.ascii("d3-extended")}"/>'),
        ),
        (
            "rIdFoot",
            "footnotes",
            "word/footnotes.xml",
            f"{word}footnotes+xml",
            part("w:footnotes", f'<w:footnote w:id="2">{par(run(s("d4-footnote")))}</w:footnote>'),
        ),
        (
            "rIdEnd",
            "endnotes",
            "word/endnotes.xml",
            f"{word}endnotes+xml",
            part("w:endnotes", f'<w:endnote w:id="2">{par(run(s("d4-endnote")))}</w:endnote>'),
        ),
        (
            "rIdHeader",
            "header",
            "word/header9.xml",
            f"{word}header+xml",
            part(
                "w:hdr",
                par(run(s("d4-header")))
                + par(
                    f'<w:r><w:pict><v:shape id="w"><v:textpath string="{s("d18-watermark")}"/></v:shape></w:pict></w:r>'
                ),
            ),
        ),
        ("rIdFooter", "footer", "word/footer9.xml", f"{word}footer+xml", part("w:ftr", par(run(s("d4-footer"))))),
        (
            "rIdPng",
            "image",
            f"word/media/{s.ascii('d23-member-name')}.png",
            "image/png",
            png(s.ascii("d20-text"), s.ascii("d20-tail")),
        ),
        ("rIdJpeg", "image", "word/media/image8.jpeg", "image/jpeg", jpeg(s.ascii("d20-exif"))),
        ("rIdChunk", "aFChunk", "word/afchunk1.rtf", "application/rtf", f"{{\\rtf1 {s.ascii('d16-chunk')}}}"),
        (
            "rIdOle",
            "oleObject",
            "word/embeddings/oleObject1.bin",
            f"{OFFICE}oleObject",
            bytes.fromhex("d0cf11e0a1b11ae1") + bytes(24) + s.ascii("d16-ole").encode("utf-16-le"),
        ),
        (
            "rIdChart",
            "chart",
            "word/charts/chart1.xml",
            f"{drawing}chart+xml",
            part(
                "c:chartSpace",
                f"<c:chart><c:title><c:tx><c:rich><a:p><a:r><a:t>{s('d17-title')}</a:t></a:r></a:p></c:rich></c:tx></c:title><c:plotArea><c:layout/><c:barChart><c:barDir val='col'/><c:grouping val='clustered'/><c:ser><c:idx val='0'/><c:order val='0'/><c:cat><c:strRef><c:f>Sheet1!$A$1</c:f><c:strCache><c:ptCount val='1'/>{points}</c:strCache></c:strRef></c:cat><c:val><c:numRef><c:f>Sheet1!$B$1</c:f><c:numCache><c:ptCount val='1'/><c:pt idx='0'><c:v>7</c:v></c:pt></c:numCache></c:numRef></c:val></c:ser><c:axId val='1'/><c:axId val='2'/></c:barChart><c:catAx><c:axId val='1'/><c:scaling/><c:axPos val='b'/><c:crossAx val='2'/></c:catAx><c:valAx><c:axId val='2'/><c:scaling/><c:axPos val='l'/><c:crossAx val='1'/></c:valAx></c:plotArea></c:chart>",
            ),
        ),
        (
            "rIdData",
            "diagramData",
            "word/diagrams/data1.xml",
            f"{drawing}diagramData+xml",
            part(
                "dgm:dataModel",
                f'<dgm:ptLst><dgm:pt modelId="1"><dgm:t><a:p><a:r><a:t>{s("d17-smartart")}</a:t></a:r></a:p></dgm:t></dgm:pt></dgm:ptLst>',
            ),
        ),
        (
            "rIdDrawing",
            "diagramDrawing",
            "word/diagrams/drawing1.xml",
            "application/vnd.ms-office.drawingml.diagramDrawing+xml",
            part(
                "dsp:drawing",
                f"<dsp:spTree><dsp:sp><dsp:txBody><a:p><a:r><a:t>{s('d17-smartart')}</a:t></a:r></a:p></dsp:txBody></dsp:sp></dsp:spTree>",
            ),
        ),
        (
            "rIdGlossary",
            "glossaryDocument",
            "word/glossary/document.xml",
            f"{word}document.glossary+xml",
            part(
                "w:glossaryDocument",
                f'<w:docParts><w:docPart><w:docPartPr><w:name w:val="{s.ascii("d10-placeholder")}"/></w:docPartPr><w:docPartBody>{par(run(s("d15-glossary")))}</w:docPartBody></w:docPart></w:docParts>',
            ),
        ),
        (
            "rIdCustom",
            "customXml",
            "customXml/item9.xml",
            "application/xml",
            f"<x><{s.ascii('d15-xpath')}>{s('d15-custom')}</{s.ascii('d15-xpath')}></x>",
        ),
    ]


def hidden(s: Secrets) -> bytes:
    """A Word document with a secret in every place."""
    frame = docx.Document()
    frame.core_properties.title = s("d14-title")
    frame.core_properties.author = s("d14-author")
    frame.core_properties.last_modified_by = s("d14-modified-by")
    stream = io.BytesIO()
    frame.save(stream)
    members = read(stream.getvalue())
    text = {name: data.decode("utf-8") for name, data in members.items() if name.endswith((".xml", ".rels"))}
    end = '<w:sectPr><w:headerReference w:type="default" r:id="rIdHeader"/><w:footerReference w:type="default" r:id="rIdFooter"/></w:sectPr>'
    text["word/document.xml"] = part("w:document", f"<w:body>{body(s)}{end}</w:body>", 'mc:Ignorable="w14 w15"')
    text["word/settings.xml"] = part(
        "w:settings",
        '<w:attachedTemplate r:id="rId1"/>'
        f'<w:mailMerge><w:mainDocumentType w:val="formLetters"/><w:dataType w:val="native"/><w:connectString w:val="Data Source={s.ascii("d12-connection")}"/>'
        f'<w:query w:val="SELECT {s.ascii("d12-query")}"/></w:mailMerge><w:rsids><w:rsidRoot w:val="00AB12CD"/></w:rsids>'
        f'<w:docVars><w:docVar w:name="{s.ascii("d12-variable-name")}" w:val="{s("d12-variable")}"/></w:docVars>',
    )
    text["word/_rels/settings.xml.rels"] = relationships(
        ("rId1", "attachedTemplate", f"file:///C:/Users/{s.ascii('d13-template')}/t.dotx", True)
    )
    style = f'<w:style w:type="paragraph" w:styleId="{s.ascii("d19-style-id")}"><w:name w:val="{s("d19-style")}"/></w:style>'
    normal = '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>'
    text["word/styles.xml"] = part("w:styles", normal + style)
    for name in ("theme/theme1", "stylesWithEffects"):
        del text[f"word/{name}.xml"]
        for listing, tag in (("[Content_Types].xml", "Override"), ("word/_rels/document.xml.rels", "Relationship")):
            text[listing] = regex.sub(rf"<{tag} [^>]*{name}\.xml[^>]*/>", "", text[listing])
    text["word/numbering.xml"] = part(
        "w:numbering",
        f'<w:abstractNum w:abstractNumId="0"><w:nsid w:val="4F3A2B1C"/><w:tmpl w:val="1A2B3C4D"/><w:lvl w:ilvl="0"><w:lvlText w:val="{s("d19-numbering")}"/></w:lvl></w:abstractNum>',
    )
    text["word/fontTable.xml"] = part("w:fonts", f'<w:font w:name="宋体"><w:altName w:val="{s("d19-font")}"/></w:font>')
    text["docProps/app.xml"] = (
        f'{DECLARATION}<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"><Company>{s("d14-company")}</Company><Manager>{s("d14-manager")}</Manager></Properties>'
    )
    text["docProps/custom.xml"] = (
        f'{DECLARATION}<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties" xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes">'
        f'<property fmtid="{{D5CDD505-2E9C-101B-9397-08002B2CF9AE}}" pid="2" name="{s.ascii("d14-custom-name")}"><vt:lpwstr>{s("d14-custom")}</vt:lpwstr></property></Properties>'
    )
    types = [("docProps/custom.xml", f"{OFFICE}custom-properties+xml")]
    links = [
        (
            "rIdLink",
            "hyperlink",
            f"https://example.com/?n={s.ascii('d8-target')}&amp;m=%E5%AF%86{s('d8-percent')[1:]}",
            True,
        )
    ]
    extra: dict[str, bytes] = {}
    for identifier, kind, name, content_type, content in extra_parts(s):
        extra[name] = content.encode() if isinstance(content, str) else content
        types.append((name, content_type))
        links.append((identifier, kind, f"/{name}", False))
    members = {name: data for name, data in members.items() if name in text or not name.endswith((".xml", ".rels"))}
    members |= {name: data.encode() for name, data in text.items()} | extra
    members["docProps/thumbnail.jpeg"] = jpeg(s.ascii("d15-thumbnail"))
    members["word/unlisted.xml"] = f"<x>{s.ascii('d23-unlisted')}</x>".encode()
    add_relationships(members, "word/_rels/document.xml.rels", *links)
    add_relationships(members, "_rels/.rels", ("rIdCustom", "custom-properties", "docProps/custom.xml", False))
    add_types(members, *types)
    return write(members, comment=s.ascii("d23-zip-comment"), member_comment=s.ascii("d23-member-comment"))


def relationships(*links: tuple[str, str, str, bool]) -> str:
    """A part of relationships."""
    return f'{DECLARATION}<Relationships xmlns="{REL}">{_links(links)}</Relationships>'


def _links(links: tuple[tuple[str, str, str, bool], ...]) -> str:
    return "".join(
        f'<Relationship Id="{i}" Type="{R}/{kind}" Target="{target}"{" TargetMode=" + chr(34) + "External" + chr(34) if outside else ""}/>'
        for i, kind, target, outside in links
    )


def add_relationships(members: dict[str, bytes], name: str, *links: tuple[str, str, str, bool]) -> None:
    """Add relationships to a part of them."""
    members[name] = members[name].replace(b"</Relationships>", (_links(links) + "</Relationships>").encode())


def add_types(members: dict[str, bytes], *types: tuple[str, str]) -> None:
    """Add the content types of parts."""
    added = "".join(f'<Override PartName="/{name}" ContentType="{kind}"/>' for name, kind in types)
    members["[Content_Types].xml"] = members["[Content_Types].xml"].replace(b"</Types>", (added + "</Types>").encode())


def read(data: bytes) -> dict[str, bytes]:
    """The members of a package."""
    with ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def write(members: Mapping[str, bytes], comment: str = "", member_comment: str = "") -> bytes:
    """A package of members."""
    stream = io.BytesIO()
    with ZipFile(stream, "w", ZIP_DEFLATED) as archive:
        archive.comment = comment.encode()
        for name, data in members.items():
            info = ZipInfo(name, (2024, 3, 5, 8, 0, 0))
            info.compress_type = ZIP_DEFLATED
            info.comment = member_comment.encode()
            archive.writestr(info, data)
    return stream.getvalue()
