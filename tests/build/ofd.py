"""OFD documents, made by hand: pages of text objects, and a canary in each place that can hold a text."""

from __future__ import annotations

from collections.abc import Iterable
from xml.sax.saxutils import escape, quoteattr

from redactor.formats.pictures import BLANK

NS = 'xmlns:ofd="http://www.ofdspec.org/2016"'
PIXEL = BLANK


def text_object(
    number: int, x: float, y: float, text: str, *, step: float = 5.0, size: float = 5.0, more: str = "", attributes: str = ""
) -> str:  # fmt: skip
    """A text object with one stretch, whose baseline begins at a place of the page; `step`: from character to character."""
    deltas = f' DeltaX="g {len(text) - 1} {step}"' if len(text) > 1 else ""
    return (
        f'<ofd:TextObject ID="{number}" Boundary="{x} {y - size} 100 {size}" Font="3" Size="{size}"{attributes}>'
        f'<ofd:FillColor Value="0 0 0"/>{more}<ofd:TextCode X="0" Y="{size}"{deltas}>{escape(text)}</ofd:TextCode></ofd:TextObject>'
    )


def page(*objects: str) -> str:
    """The content of a page."""
    return (
        f'<ofd:Page {NS}><ofd:Area><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:Area><ofd:Content><ofd:Layer ID="9">'
        + "".join(objects)
        + "</ofd:Layer></ofd:Content></ofd:Page>"
    )


def lines(*texts: str) -> str:
    """A page of lines, one below the other, each in an object."""
    return page(*(text_object(100 + n, 20, 30 + 10 * n, text) for n, text in enumerate(texts)))


def document(pages: Iterable[str], **more: str | bytes) -> dict[str, bytes]:
    """The parts of a document by their names; `more`: what stands in the main parts, by place, and in other parts, by name."""

    def said(place: str) -> str:
        text = more.get(place, "")
        assert isinstance(text, str)
        return text

    pages = list(pages)
    listed = "".join(
        f'<ofd:Page ID="{n}" BaseLoc="Pages/Page_{n}/Content.xml"/>' for n, _ in enumerate(pages, 1)
    )  # fmt: skip
    parts = {
        "OFD.xml": f'<ofd:OFD {NS} Version="1.0" DocType="OFD"><ofd:DocBody><ofd:DocInfo><ofd:DocID>0123456789abcdef0123456789abcdef</ofd:DocID>'
        f"{said('info')}</ofd:DocInfo><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot>{said('body')}</ofd:DocBody></ofd:OFD>",
        "Doc_0/Document.xml": f"<ofd:Document {NS}><ofd:CommonData><ofd:MaxUnitID>999</ofd:MaxUnitID><ofd:PageArea><ofd:PhysicalBox>0 0 210 297"
        f"</ofd:PhysicalBox></ofd:PageArea><ofd:PublicRes>PublicRes.xml</ofd:PublicRes>{said('common')}</ofd:CommonData><ofd:Pages>{listed}</ofd:Pages>"
        f"{said('document')}</ofd:Document>",
        "Doc_0/PublicRes.xml": f'<ofd:Res {NS} BaseLoc="Res"><ofd:Fonts><ofd:Font ID="3" FontName="宋体" FamilyName="宋体">{said("font")}</ofd:Font>'
        f"</ofd:Fonts>{said('resources')}</ofd:Res>",
        **{f"Doc_0/Pages/Page_{n}/Content.xml": text for n, text in enumerate(pages, 1)},
        **{name: text for name, text in more.items() if "/" in name},
    }
    head = '<?xml version="1.0" encoding="UTF-8"?>\n'
    return {
        name: (head + text).encode() if isinstance(text, str) and name.endswith(".xml") else text.encode() if isinstance(text, str) else text
        for name, text in parts.items()
    }  # fmt: skip


def full(canary: Iterable[str]) -> dict[str, bytes]:
    """A document with a canary in each of its places, taken from an iterator."""
    of = iter(canary)

    def c() -> str:
        return next(of)

    split = c()
    pages = [
        page(
            text_object(11, 20, 30, f"开头{c()}结尾"),
            text_object(12, 20, 40, split[:2]), text_object(13, 30, 40, split[2:]),
            text_object(14, 20, 50, c(), more='<ofd:CGTransform CodePosition="0" CodeCount="4" GlyphCount="4"><ofd:Glyphs>11 12 13 14</ofd:Glyphs></ofd:CGTransform>'),
            text_object(15, 20, 60, c(), attributes=' Visible="false"'),
            text_object(16, 20, 70, c(), attributes=' CTM="1 0 0 1 2 3"'),
            f'<ofd:PathObject ID="17" Boundary="0 0 9 9"><ofd:AbbreviatedData>M 0 0 L 9 9 C</ofd:AbbreviatedData><ofd:Actions><ofd:Action Event="CLICK"><ofd:URI URI={quoteattr("http://a.example/" + c())}/></ofd:Action></ofd:Actions></ofd:PathObject>',
            '<ofd:ImageObject ID="18" Boundary="0 0 9 9" ResourceID="40"/>',
            f"<!-- {c()} -->",
        ),
        page(f'<ofd:PageBlock ID="20">{text_object(21, 20, 30, c())}</ofd:PageBlock>'),
    ]  # fmt: skip
    name = c()
    return document(
        pages,
        info=f"<ofd:Title>{c()}</ofd:Title><ofd:Author>{c()}</ofd:Author><ofd:Subject>{c()}</ofd:Subject><ofd:Abstract>{c()}</ofd:Abstract>"
        f"<ofd:Keywords><ofd:Keyword>{c()}</ofd:Keyword></ofd:Keywords><ofd:Creator>{c()}</ofd:Creator>"
        f'<ofd:CustomDatas><ofd:CustomData Name={quoteattr(c())}>{c()}</ofd:CustomData></ofd:CustomDatas><ofd:Cover>Res/cover.png</ofd:Cover>',
        body="<ofd:Versions><ofd:Version ID=\"1\" Index=\"1\" BaseLoc=\"Versions/V1.xml\"/></ofd:Versions><ofd:Signatures>Signs/Signatures.xml</ofd:Signatures>",
        common='<ofd:TemplatePage ID="2" BaseLoc="Tpls/Tpl_0/Content.xml"/>',
        document=f"<ofd:Outlines><ofd:OutlineElem Title={quoteattr(c())}/></ofd:Outlines><ofd:Bookmarks><ofd:Bookmark Name={quoteattr(c())}/></ofd:Bookmarks>"
        "<ofd:Annotations>Annots/Annotations.xml</ofd:Annotations><ofd:Attachments>Attachs/Attachments.xml</ofd:Attachments>"
        "<ofd:CustomTags>Tags/CustomTags.xml</ofd:CustomTags><ofd:Extensions>Extensions.xml</ofd:Extensions>",
        font="<ofd:FontFile>font_3.ttf</ofd:FontFile>",
        resources=f'<ofd:MultiMedias><ofd:MultiMedia ID="40" Type="Image" Format="PNG"><ofd:MediaFile>{name}.png</ofd:MediaFile></ofd:MultiMedia></ofd:MultiMedias>'
        f'<ofd:CompositeGraphicUnits><ofd:CompositeGraphicUnit ID="50" Width="9" Height="9"><ofd:Content>{text_object(51, 1, 9, c())}</ofd:Content></ofd:CompositeGraphicUnit></ofd:CompositeGraphicUnits>',
        **{
            "Res/cover.png": PIXEL + c().encode(),
            "Versions/V1.xml": f"<ofd:DocVersion {NS}>{c()}</ofd:DocVersion>",
            "Signs/Signatures.xml": f'<ofd:Signatures {NS}><ofd:Signature ID="1" BaseLoc="Sign_0/Signature.xml"/></ofd:Signatures>',
            "Signs/Sign_0/Signature.xml": f"<ofd:Signature {NS}><ofd:SignedInfo><ofd:Provider ProviderName={quoteattr(c())}/></ofd:SignedInfo></ofd:Signature>",
            "Signs/Sign_0/Seal.esl": c().encode(),
            "Doc_0/Tpls/Tpl_0/Content.xml": lines(c()),
            "Doc_0/Annots/Annotations.xml": f'<ofd:Annotations {NS}><ofd:Page PageID="1"><ofd:FileLoc>Page_1/Annot.xml</ofd:FileLoc></ofd:Page></ofd:Annotations>',
            "Doc_0/Annots/Page_1/Annot.xml": f'<ofd:PageAnnot {NS}><ofd:Annot ID="60" Type="Stamp" Creator={quoteattr(c())} LastModDate="2024-01-01">'
            f"<ofd:Remark>{c()}</ofd:Remark><ofd:Parameters><ofd:Parameter Name={quoteattr(c())}>{c()}</ofd:Parameter></ofd:Parameters>"
            f"<ofd:Appearance Boundary=\"0 0 9 9\">{text_object(61, 1, 9, c())}</ofd:Appearance></ofd:Annot></ofd:PageAnnot>",
            "Doc_0/Attachs/Attachments.xml": f'<ofd:Attachments {NS}><ofd:Attachment ID="70" Name={quoteattr(c())} Format="txt"><ofd:FileLoc>a.txt</ofd:FileLoc></ofd:Attachment></ofd:Attachments>',
            "Doc_0/Attachs/a.txt": c(),
            "Doc_0/Tags/CustomTags.xml": f'<ofd:CustomTags {NS}><ofd:CustomTag NameSpace="x"><ofd:FileLoc>Tag.xml</ofd:FileLoc></ofd:CustomTag></ofd:CustomTags>',
            "Doc_0/Tags/Tag.xml": f"<x xmlns=\"http://www.w3.org/x\"><n v={quoteattr(c())}>{c()}</n>{c()}</x>",
            "Doc_0/Extensions.xml": f"<ofd:Extensions {NS}>{c()}</ofd:Extensions>",
            "Doc_0/Res/font_3.ttf": b"\0\1\0\0" + c().encode(),
            f"Doc_0/Res/{name}.png": PIXEL,
            "Doc_0/lost.txt": c(),
        },
    )  # fmt: skip
